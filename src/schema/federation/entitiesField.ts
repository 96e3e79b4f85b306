import { brandWithType } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { ApprovalPolicy } from '../../features/approvals/ApprovalPolicy.ts'
import { ChangeRequest } from '../../features/approvals/ChangeRequest.ts'
import { Experiment } from '../../features/experiments/Experiment.ts'
import { FeatureFlag } from '../../features/featureFlags/FeatureFlag.ts'
import { Project } from '../../features/projects/Project.ts'
import { User } from '../../features/users/User.ts'
import { requireViewer } from '../../graphql/authorization.ts'
import { builder } from '../../graphql/builder.ts'
import type { Context } from '../../graphql/context.ts'
import { BadUserInputError } from '../../graphql/errors.ts'
import { type EntityReference, getReferenceResolver } from './references.ts'

// The plugin would add a field of its own, which neither asks for a key nor counts what it costs, and fails as a whole where one
// reference is wrong. Defined here, it is a field like any other.

/** References in one request; a gateway sends all that one step of its plan needs at once. */
const maxReferences = 1000

const Entity = builder.unionType('_Entity', {
  description: 'What other subgraphs may refer to.',
  types: [Project, FeatureFlag, Experiment, User, ChangeRequest, ApprovalPolicy],
})

const Any = builder.scalarType('_Any', {
  description: 'A reference to an entity: its `__typename`, and the fields of one of its keys.',
  serialize: (value) => value,
})

builder.queryField('_entities', (t) =>
  t.field({
    type: [Entity],
    nullable: { list: false, items: true },
    description:
      'For gateways: the entities that these references name, in their order; null for each that is not there or that the viewer may not ' +
      `see. At most ${maxReferences.toLocaleString('en')} references. Needs a key with the scope of each type (\`UNAUTHENTICATED\` or \`FORBIDDEN\` in ` +
      'its place otherwise); `BAD_USER_INPUT` in the place of a reference that is none.',
    args: {
      representations: t.arg({ type: [Any], required: true, description: 'The references.' }),
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

/** '' for what is no reference. */
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
  // Refused in the place of each: gateways ask for several lists at once, and a list that is refused as a whole would take the others along.
  requireViewer(context)
  const resolver = getReferenceResolver(info.schema.getType(typename))
  if (resolver === undefined) {
    throw new BadUserInputError(
      'representations',
      "Argument 'representations' holds something that is no reference to an entity of this service.",
    )
  }
  const rows = await resolver(references, context, info)
  for (const row of rows) if (typeof row === 'object' && row !== null && !(row instanceof Error)) brandWithType(row, typename as never)
  return rows
}
