import type { InputShapeFromFields } from '@pothos/core'
import { z } from 'zod'
import { Prisma } from '../../../database/generated/client.ts'
import type { KeysetRow, ListSource } from '../../../database/keyset/pageQuery.ts'
import { type SortDirection, type SortOrder, textKey, timestampKey } from '../../../database/keyset/sortOrder.ts'
import { containsTextSql } from '../../../database/sql.ts'
import { boundedText } from '../../../graphql/argumentLimits.ts'
import { builder } from '../../../graphql/builder.ts'
import { pageArgumentsWithOffset } from '../../../graphql/connections/arguments.ts'
import { pageSizeOf, readConnection } from '../../../graphql/connections/connection.ts'
import { OrderDirection } from '../../../graphql/connections/orderDirection.ts'
import { parseDatabaseId } from '../../../graphql/nodeIds.ts'
import { type RowSelection, selectRows } from '../../../graphql/prefetch.ts'
import { projectField } from '../../projects/projectField.ts'
import { type FlagRow, flagLoader } from '../data/flagLoaders.ts'
import { eligibleSql } from '../eligibility.ts'
import { EvaluationRuntime, FeatureFlag } from '../FeatureFlag.ts'

const FeatureFlagOrderField = builder.enumType('FeatureFlagOrderField', {
  description: 'The values that flags can be ordered by.',
  values: {
    CREATED_AT: { description: 'When the flag was created.' },
    KEY: { description: 'The key, by code point: upper case before lower case.' },
    NAME: { description: 'The name, by code point: upper case before lower case. Only its first 400 characters count.' },
  } as const,
})

export const FeatureFlagOrder = builder.inputType('FeatureFlagOrder', {
  description: 'An order of flags. Flags with equal values are ordered by their number, in the same direction.',
  fields: (t) => ({
    field: t.field({ type: FeatureFlagOrderField, required: true, description: 'The value to order by.' }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Ascending or descending.' }),
  }),
})

export const FeatureFlagConnection = builder.connectionObject(
  { type: FeatureFlag, name: 'FeatureFlagConnection', description: 'A page of flags.' },
  { name: 'FeatureFlagEdge', description: 'A flag on a page.' },
)

const sortKeys = {
  CREATED_AT: { keyType: timestampKey, expression: Prisma.sql`f.created_at` },
  KEY: { keyType: textKey, expression: Prisma.sql`f.key COLLATE "C"` },
  NAME: { keyType: textKey, expression: Prisma.sql`left(f.name, 400) COLLATE "C"` },
}

function flagSortOrder(order: { field: keyof typeof sortKeys; direction: SortDirection } | null | undefined): SortOrder {
  const { field, direction } = order ?? { field: 'CREATED_AT', direction: 'DESC' }
  return { name: `eligibleFeatureFlags by ${field} ${direction}`, direction, ...sortKeys[field] }
}

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
    complexity: (args) => ({ field: 1, multiplier: pageSizeOf(args) }),
    resolve: async (project, { orderBy, ...args }, context, info) => {
      const selection = selectRows(info, context, 'FeatureFlag', 'f')
      const filtered = filterEligibleFlags(args)
      const isFiltered = filtered.where.length > eligibleFlagSource.where.length || filtered.search !== undefined
      const rows = isFiltered ? { ...filtered, ...selection.source } : unfilteredSource(selection)
      const page = await readConnection<FlagRow & KeysetRow>(context, project.id, rows, flagSortOrder(orderBy), args)
      if (selection.isComplete) for (const { node } of page.edges) flagLoader(context).prime(node.id, node)
      return page
    },
  },
)

const unfilteredSources = new WeakMap<RowSelection, ListSource>()

/** The source of the list without a filter. Cached per selection, so that its SQL is built once. */
function unfilteredSource(selection: RowSelection): ListSource {
  const source = unfilteredSources.get(selection) ?? { ...eligibleFlagSource, ...selection.source, statementCache: new Map() }
  unfilteredSources.set(selection, source)
  return source
}
