import { brandWithType } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { ApprovalPolicy } from '../approvals/ApprovalPolicy.ts'
import { ChangeRequest } from '../approvals/ChangeRequest.ts'
import { requireViewer } from '../auth/require.ts'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { BadUserInputError } from '../errors/refusals.ts'
import { Experiment } from '../experiments/Experiment.ts'
import { FeatureFlag } from '../featureFlags/FeatureFlag.ts'
import { Project } from '../projects/Project.ts'
import { User } from '../users/User.ts'
import type { Reference } from './references.ts'

// The plugin would add a field of its own, which neither asks for a key nor counts what it costs, and fails as a whole where one
// reference is wrong. Defined here, it is a field like any other.

/** References in one request; a gateway sends all that one step of its plan needs at once. */
const most = 1000

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
      `see. At most ${most.toLocaleString('en')} references. Needs a key with the scope of each type (\`UNAUTHENTICATED\` or \`FORBIDDEN\` in ` +
      'its place otherwise); `BAD_USER_INPUT` in the place of a reference that is none.',
    args: {
      representations: t.arg({ type: [Any], required: true, description: 'The references.' }),
    },
    complexity: ({ representations }) => ({ field: 1, multiplier: representations.length }),
    resolve: (_root, { representations }, context, info) => {
      if (representations.length > most) {
        throw new BadUserInputError(
          'representations',
          `Argument 'representations' must hold at most ${most} references; it holds ${representations.length}.`,
        )
      }
      return representations.map((reference) => read(reference, context, info))
    },
  }),
)

type ResolveReference = (reference: Reference, context: Context, info: GraphQLResolveInfo) => unknown

async function read(value: unknown, context: Context, info: GraphQLResolveInfo) {
  // Asked for each: gateways ask for several lists at once, and a list that is refused as a whole would take the others along.
  requireViewer(context)
  const reference = value as Reference | null
  const typename = typeof reference === 'object' ? reference?.__typename : undefined
  const type = typeof typename === 'string' ? info.schema.getType(typename) : undefined
  const { apollo } = (type?.extensions ?? {}) as { apollo?: { subgraph?: { resolveReference?: ResolveReference } } }
  const resolveReference = apollo?.subgraph?.resolveReference
  if (!reference || !typename || !resolveReference) {
    throw new BadUserInputError(
      'representations',
      "Argument 'representations' holds something that is no reference to an entity of this service.",
    )
  }
  const row = await resolveReference(reference, context, info)
  if (typeof row === 'object' && row !== null) brandWithType(row, typename as never)
  return row as never
}
