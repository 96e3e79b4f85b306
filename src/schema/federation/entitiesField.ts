import { brandWithType } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { BadUserInputError } from '../../graphql/errors.ts'
import { Entity, referenceResolvers } from './entities.ts'
import type { EntityReference } from './references.ts'

// The federation plugin would add an `_entities` field without authentication or cost, which fails as a whole if one reference is wrong.
// So the field is defined here.

/** The maximum number of references. A gateway sends all references of one step of its plan at once. */
const maxReferences = 1000

const Any = builder.scalarType('_Any', {
  description: 'A reference to an entity: its `__typename`, and the fields of one of its keys.',
  serialize: (value) => value,
})

builder.queryField('_entities', (t) =>
  t.field({
    type: [Entity],
    nullable: { list: false, items: true },
    description:
      'For gateways: reads entities by reference, in the order of the references. An entry is null when there is no such object, or the ' +
      `viewer may not see it. At most ${maxReferences.toLocaleString('en')} references. Needs a key with the scope of each type. A missing key ` +
      '(`UNAUTHENTICATED`), a missing scope (`FORBIDDEN`) or an invalid reference (`BAD_USER_INPUT`) affects only its own entry in the list.',
    args: {
      representations: t.arg({
        type: [Any],
        required: true,
        description: 'The references, each with the `__typename` of an entity and the fields of one of its keys.',
      }),
    },
    complexity: ({ representations }) => ({ field: 1, multiplier: representations.length }),
    resolve: async (_root, { representations }, context, info) => {
      if (representations.length > maxReferences) {
        throw new BadUserInputError(
          'representations',
          `Argument 'representations' must hold at most ${maxReferences} references; it holds ${representations.length}.`,
        )
      }
      const found: unknown[] = []
      await Promise.all(
        [...Map.groupBy(representations.keys(), (place) => getTypename(representations[place]))].map(async ([typename, places]) => {
          const references = places.map((place) => representations[place] as EntityReference)
          const rows = await resolveReferences(typename, references, context, info).catch((error: unknown) => places.map(() => error))
          for (const [index, place] of places.entries()) found[place] = rows[index]
        }),
      )
      return found as never
    },
  }),
)

/** Returns '' for a value that is not a reference. */
function getTypename(value: unknown): string {
  const typename = typeof value === 'object' ? (value as EntityReference | null)?.__typename : undefined
  return typeof typename === 'string' ? typename : ''
}

async function resolveReferences(
  typename: string,
  references: readonly EntityReference[],
  context: Context,
  info: GraphQLResolveInfo,
): Promise<readonly unknown[]> {
  // Throws per entry, not for the whole list: gateways send several lists at once, and an error of one list would null the others.
  requireViewer(context)
  const resolver = referenceResolvers.get(typename)
  if (resolver === undefined) {
    throw new BadUserInputError(
      'representations',
      "Argument 'representations' must hold only references to entities of this service, each with its '__typename'.",
    )
  }
  const rows = await resolver(references, context, info)
  for (const row of rows) if (typeof row === 'object' && row !== null && !(row instanceof Error)) brandWithType(row, typename as never)
  return rows
}
