import type { InputShapeFromFields } from '@pothos/core'
import { z } from 'zod'
import { Prisma } from '../../../database/generated/client.ts'
import type { ListSource } from '../../../database/keyset/pageQuery.ts'
import { containsTextSql } from '../../../database/sql.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import { hasNone, pageArgumentsWithOffset } from '../../../graphql/connections/arguments.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { projectField } from '../../projects/projectField.ts'
import { flagListSource } from '../data/list/flagListSource.ts'
import { type FlagSortField, flagSortOrder } from '../data/list/flagOrder.ts'
import { eligibleSql } from '../eligibility.ts'
import { EvaluationRuntime } from '../FeatureFlag.ts'
import { FeatureFlagConnection, FeatureFlagOrder, readFlagsPage } from '../FeatureFlagConnection.ts'

const filterArguments = builder.args((t) => ({
  search: t.string({
    description:
      'Only flags whose key or name contains this text: at most 400 characters. Case does not matter. Empty text matches every flag.',
    validate: boundedText(400).nullish(),
  }),
  active: t.boolean({ description: 'Only flags that are on (true), or off (false).' }),
  createdByIds: t.idList({
    description: 'Only flags that one of these users created: at most 100 global ids or numbers. An empty list matches none.',
    validate: z.array(z.string()).max(100, 'must hold at most 100 ids.').nullish(),
  }),
  evaluationRuntime: t.field({ type: EvaluationRuntime, description: 'Only flags with exactly this runtime.' }),
  hasEvaluationContexts: t.boolean({
    description: 'Only flags with at least one evaluation context (true), or with none (false).',
  }),
  orderBy: t.field({
    type: FeatureFlagOrder,
    description: 'The order of the list. The newest flag comes first by default.',
  }),
}))

const eligibleFlagSource = {
  from: Prisma.sql`feature_flags f`,
  id: Prisma.sql`f.id`,
  parent: Prisma.sql`f.project_id`,
  where: [eligibleSql],
}
const allEligibleFlags = { ...eligibleFlagSource, isConstant: true }

/** The eligible flags of a project that match a filter (experiments.md 3). */
function filterEligibleFlags({
  search,
  active,
  createdByIds,
  evaluationRuntime,
  hasEvaluationContexts,
}: InputShapeFromFields<typeof filterArguments>): Omit<ListSource, 'columns'> {
  const where = [...eligibleFlagSource.where]
  if (active != null) where.push(Prisma.sql`f.active = ${active}`)
  if (createdByIds != null) {
    const ids = createdByIds.map((id) => parseDatabaseId('User', String(id), 'createdByIds'))
    where.push(Prisma.sql`f.created_by_id = ANY (${ids}::bigint[])`)
  }
  if (evaluationRuntime != null) where.push(Prisma.sql`f.evaluation_runtime = ${evaluationRuntime}::evaluation_runtime`)
  if (hasEvaluationContexts != null) {
    const hasContextSql = Prisma.sql`EXISTS (SELECT FROM feature_flag_evaluation_contexts c WHERE c.feature_flag_id = f.id)`
    where.push(hasEvaluationContexts ? hasContextSql : Prisma.sql`NOT ${hasContextSql}`)
  }
  return {
    ...eligibleFlagSource,
    where,
    ...(search
      ? {
          search: {
            holds: containsTextSql(Prisma.sql`f.key`, Prisma.sql`f.name`, search),
            parent: Prisma.sql`f.project_id::bigint`,
            alias: Prisma.sql`f`,
          },
        }
      : {}),
  }
}

/** The same flags, for an order in which only the indexes of all flags are. */
const eligibleOfAllFlags = (filter: InputShapeFromFields<typeof filterArguments>, order: FlagSortField): Omit<ListSource, 'columns'> =>
  flagListSource({
    shelves: ['listed', 'archived'],
    order,
    search: filter.search,
    active: filter.active,
    facts: [
      'eligible',
      ...(filter.evaluationRuntime == null ? [] : [`runtime:${filter.evaluationRuntime}`]),
      ...(filter.hasEvaluationContexts == null ? [] : [filter.hasEvaluationContexts ? 'context' : 'no context']),
    ],
    oneOf:
      filter.createdByIds == null ? [] : [filter.createdByIds.map((id) => `by:${parseDatabaseId('User', String(id), 'createdByIds')}`)],
    more: [],
  })

/** The orders in which there is an index of the eligible flags alone. */
const eligibleOrders: readonly FlagSortField[] = ['CREATED_AT', 'KEY', 'NAME']

projectField(
  { root: 'eligibleFeatureFlags', onProject: 'eligibleFeatureFlags' },
  {
    type: FeatureFlagConnection,
    scope: 'feature_flag:read',
    description:
      'The flags that an experiment may use. Such a flag is not deleted and has at least two variants, `control` first. No survey or ' +
      'product tour created it for its own use. It may be off, archived, or already used by experiments. A flag must match all filters. ' +
      '`BAD_USER_INPUT` names the wrong argument.',
    args: { ...filterArguments, ...pageArgumentsWithOffset },
    listSize: pageListSize,
    resolve: (project, { orderBy, ...args }, context, info) => {
      const order = flagSortOrder('eligibleFeatureFlags', orderBy)
      const field = orderBy?.field ?? 'CREATED_AT'
      if (!eligibleOrders.includes(field)) return readFlagsPage(context, info, project.id, eligibleOfAllFlags(args, field), order, args)
      const rows = hasNone({ ...args, orderBy: null }, filterArguments) ? allEligibleFlags : filterEligibleFlags(args)
      return readFlagsPage(context, info, project.id, rows, order, args)
    },
  },
)
