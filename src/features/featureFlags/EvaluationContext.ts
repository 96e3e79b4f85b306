import { Prisma } from '../../database/generated/client.ts'
import { builder } from '../../graphql/builder.ts'
import { pageArguments } from '../../graphql/connections/arguments.ts'
import type { Context } from '../../graphql/context.ts'
import { pageListSize } from '../../graphql/listSizes.ts'
import { nodeIdPatterns, uuidPattern } from '../../platform/globalId.ts'
import { flagSortOrder } from './data/list/flagOrder.ts'
import { FeatureFlagConnection, readFlagsPage } from './FeatureFlagConnection.ts'
import { type ContextRow, loadContexts } from './flagThings.ts'

nodeIdPatterns.set('EvaluationContext', uuidPattern)

export const EvaluationContext = builder.loadableNodeRef('EvaluationContext', {
  id: { resolve: ({ id }: ContextRow) => id },
  load: async (ids: string[], context: Context) => await loadContexts(context, ids),
  toKey: ({ id }) => id,
  sort: true,
})

/** The flags of an evaluation context. */
const contextFlags = {
  from: Prisma.sql`feature_flag_evaluation_contexts l JOIN feature_flags f ON f.id = l.feature_flag_id`,
  id: Prisma.sql`f.id`,
  parent: Prisma.sql`l.evaluation_context_id`,
  parentType: 'uuid' as const,
  where: [Prisma.sql`NOT f.deleted`],
  isConstant: true,
}

EvaluationContext.implement({
  description: 'A named place in which flags may be evaluated, such as an application. Needs a key with the scope `feature_flag:read`.',
  authScopes: { scope: 'feature_flag:read' },
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name, in lower case: at most 255 characters, unique in the project.' }),
    featureFlags: t.field({
      type: FeatureFlagConnection,
      description:
        'The flags that may be evaluated in this context, the newest first, with the archived ones. `BAD_USER_INPUT` names the wrong argument.',
      args: pageArguments,
      listSize: pageListSize,
      select: [],
      resolve: ({ id }, args, context, info) =>
        readFlagsPage(context, info, id, contextFlags, flagSortOrder('featureFlags of a context', null), args),
    }),
  }),
})
