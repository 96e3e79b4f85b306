import type { InputShapeFromFields } from '@pothos/core'
import { Prisma } from '../../../database/generated/client.ts'
import { firstPageJson, type KeysetRow } from '../../../database/keyset/pageQuery.ts'
import { selectColumns } from '../../../database/sql.ts'
import { builder } from '../../../graphql/builder.ts'
import { selectedColumns } from '../../../graphql/columnSelection.ts'
import { hasNone, pageArguments } from '../../../graphql/connections/arguments.ts'
import { prefetchedPage } from '../../../graphql/connections/connection.ts'
import { firstPageSize, type PageArguments } from '../../../graphql/connections/pageRequest.ts'
import { pageListSize } from '../../../graphql/listSizes.ts'
import { prefetchable, selectFrom, selectRows } from '../../../graphql/prefetch.ts'
import { type FlagRow, flagStageLoader, stageColumns } from '../../featureFlags/data/flagLoaders.ts'
import { FeatureFlag } from '../../featureFlags/FeatureFlag.ts'
import type { ExperimentRow } from '../data/experimentLoaders.ts'
import { experimentSortOrder } from '../data/experimentSql.ts'
import { experimentConditions, experimentFilters } from '../experimentFilters.ts'
import { ExperimentConnection, ExperimentOrder, primeExperiments, readExperimentsPage } from './experiments.ts'

const filterArguments = builder.args((t) => ({
  archived: t.boolean({ description: 'Only archived experiments (true), or only those that are not archived (false). Both by default.' }),
  ...experimentFilters,
  orderBy: t.field({ type: ExperimentOrder, description: 'The order of the list. The newest experiment comes first by default.' }),
}))

type Filters = InputShapeFromFields<typeof filterArguments>

/** The list of a flag's experiments, without deleted ones. */
const flagExperiments = {
  from: Prisma.sql`experiments e`,
  id: Prisma.sql`e.id`,
  parent: Prisma.sql`e.feature_flag_id`,
  where: [Prisma.sql`NOT e.deleted`],
}
const allFlagExperiments = { ...flagExperiments, isConstant: true }

const newestFirst = experimentSortOrder(null, new Date(0))

/** The first page of a flag's experiments, as JSON. */
interface PrefetchedExperiments {
  /** The page size. `rows` has one more row if the list continues. */
  size: number
  /** The rows, with the columns that the selected fields declare. */
  rows: Partial<Record<keyof ExperimentRow | keyof KeysetRow, unknown>>[]
}

/** The list that these arguments ask for. */
function filterExperiments(filters: Filters) {
  const archived = filters.archived == null ? [] : [Prisma.sql`e.archived = ${filters.archived}`]
  return { ...flagExperiments, where: [...flagExperiments.where, ...archived, ...experimentConditions(filters)] }
}

/** Whether the arguments ask for the whole list, in its default order. Only that is prefetched. */
const isWholeList = (filters: Filters) => hasNone(filters, filterArguments)

builder.objectField(FeatureFlag, 'experiments', (t) =>
  t.field({
    type: ExperimentConnection,
    description:
      'The experiments of this flag, the newest first, with the archived ones. An experiment must match all filters. Needs a key with the ' +
      'scope `experiment:read`. Without it, leave the field out: its error makes the nearest nullable parent null. `BAD_USER_INPUT` names ' +
      'the wrong argument.',
    args: { ...filterArguments, ...pageArguments },
    authScopes: { scope: 'experiment:read' },
    listSize: pageListSize,
    ...prefetchable({
      scope: 'experiment:read',
      // The status of a running experiment depends on them.
      select: stageColumns,
      sql: (info, args: readonly (PageArguments & Filters)[]) => {
        if (!args.every(isWholeList)) return undefined
        const [size, ...others] = new Set(args.map(firstPageSize))
        if (size == null || others.length > 0) return undefined
        const source = { ...flagExperiments, columns: selectColumns(selectedColumns(info, 'Experiment'), 'e') }
        // The statement reads the flag as `page`.
        const rows = firstPageJson(source, newestFirst, size + 1, Prisma.sql`page.id`)
        return { json: Prisma.sql`json_build_object('size', ${size}::int, 'rows', ${rows})` }
      },
      fromJson: (json: PrefetchedExperiments, flag: FlagRow, args: PageArguments & Filters, context, info) => {
        if (!isWholeList(args)) return undefined
        const selection = selectRows(info, context, 'Experiment', 'e')
        const [first] = json.rows
        // The loader may have the flag from another selection of this field. Then the JSON lacks columns, or has another page size.
        if (json.size !== firstPageSize(args) || (first !== undefined && !selection.columns.every((column) => column in first)))
          return undefined
        flagStageLoader(context).prime(flag.id, flag)
        const page = prefetchedPage(
          context,
          flag.id,
          selectFrom(allFlagExperiments, selection),
          newestFirst,
          json.size,
          json.rows.map(reviveDates),
        )
        if (selection.isComplete) primeExperiments(context, page)
        return page
      },
      load: (flag: FlagRow, args: PageArguments & Filters, context, info) => {
        flagStageLoader(context).prime(flag.id, flag)
        const rows = isWholeList(args) ? allFlagExperiments : filterExperiments(args)
        return readExperimentsPage(context, info, flag.id, rows, args.orderBy, args)
      },
    }),
  }),
)

const dateColumns = ['startDate', 'endDate', 'createdAt', 'updatedAt'] as const

/**
 * Converts the dates, which JSON holds as strings, back to `Date`. This changes the row in place and can run twice, because concurrent
 * requests share the rows.
 */
function reviveDates(row: PrefetchedExperiments['rows'][number]): ExperimentRow & KeysetRow {
  for (const name of dateColumns) if (typeof row[name] === 'string') row[name] = new Date(row[name])
  return row as unknown as ExperimentRow & KeysetRow
}
