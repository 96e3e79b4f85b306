import { Prisma } from '../../../database/generated/client.ts'
import { firstPageJson, type KeysetRow } from '../../../database/keyset/pageQuery.ts'
import { selectColumns } from '../../../database/sql.ts'
import { builder } from '../../../graphql/builder.ts'
import { selectedColumns } from '../../../graphql/columnSelection.ts'
import { pageArguments } from '../../../graphql/connections/arguments.ts'
import { firstPageSize, type PageArguments, pageSizeOf, prefetchedPage } from '../../../graphql/connections/connection.ts'
import { prefetchable, selectRows } from '../../../graphql/prefetch.ts'
import { type FlagRow, flagActiveLoader } from '../../featureFlags/data/flagLoaders.ts'
import { FeatureFlag } from '../../featureFlags/FeatureFlag.ts'
import type { ExperimentRow } from '../data/experimentLoaders.ts'
import { experimentSortOrder } from '../data/experimentSql.ts'
import { ExperimentConnection, primeExperiments, readExperimentsPage } from './experiments.ts'

/** The list of a flag's experiments, without deleted ones. */
const flagExperiments = {
  from: Prisma.sql`experiments e`,
  id: Prisma.sql`e.id`,
  parent: Prisma.sql`e.feature_flag_id`,
  where: [Prisma.sql`NOT e.deleted`],
}

const newestFirst = experimentSortOrder(null, new Date(0))

/** The first page of a flag's experiments, as JSON. */
interface PrefetchedExperiments {
  /** The page size. `rows` has one more row if the list continues. */
  size: number
  /** The rows, with the columns that the selected fields declare. */
  rows: Partial<Record<keyof ExperimentRow | keyof KeysetRow, unknown>>[]
}

builder.objectField(FeatureFlag, 'experiments', (t) =>
  t.field({
    type: ExperimentConnection,
    description:
      'The experiments of this flag, the newest first, with the archived ones. Needs a key with the scope `experiment:read`. Without it, ' +
      'leave the field out: its error makes the nearest nullable parent null. `BAD_USER_INPUT` names the wrong argument.',
    args: pageArguments,
    authScopes: { scope: 'experiment:read' },
    complexity: (args) => ({ field: 1, multiplier: pageSizeOf(args) }),
    ...prefetchable({
      scope: 'experiment:read',
      // The status of a running experiment depends on whether its flag is on.
      select: ['active'],
      sql: (info, args: readonly PageArguments[]) => {
        const [size, ...others] = new Set(args.map(firstPageSize))
        if (size == null || others.length > 0) return undefined
        const source = { ...flagExperiments, columns: selectColumns(selectedColumns(info, 'Experiment'), 'e') }
        // The statement reads the flag as `page`.
        const rows = firstPageJson(source, newestFirst, size + 1, Prisma.sql`page.id`)
        return { json: Prisma.sql`json_build_object('size', ${size}::int, 'rows', ${rows})` }
      },
      fromJson: (json: PrefetchedExperiments, flag: FlagRow, args: PageArguments, context, info) => {
        const { columns, source, isComplete } = selectRows(info, context, 'Experiment', 'e')
        const [first] = json.rows
        // The loader may have the flag from another selection of this field. Then the JSON lacks columns, or has another page size.
        if (json.size !== firstPageSize(args) || (first !== undefined && !columns.every((column) => column in first))) return undefined
        flagActiveLoader(context).prime(flag.id, flag)
        const rows = { ...flagExperiments, ...source }
        const page = prefetchedPage(context, flag.id, rows, newestFirst, json.size, json.rows.map(reviveDates))
        if (isComplete) primeExperiments(context, page)
        return page
      },
      load: (flag: FlagRow, args: PageArguments, context, info) => {
        flagActiveLoader(context).prime(flag.id, flag)
        return readExperimentsPage(context, info, flag.id, flagExperiments, null, args)
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
