import { Prisma } from '../../../database/generated/client.ts'
import { firstPageJson, type KeysetRow, type ListSource } from '../../../database/keyset/pageQuery.ts'
import { selectColumns } from '../../../database/sql.ts'
import { type Page, prefetchedPage } from '../../../graphql/connections/connection.ts'
import type { Context } from '../../../graphql/context.ts'
import type { ExperimentRow } from './experimentLoaders.ts'
import { experimentSortOrder } from './experimentSql.ts'

/** The experiments of a flag; deleted ones are in no list. */
export const flagExperiments: Omit<ListSource, 'columns'> = {
  from: Prisma.sql`experiments e`,
  id: Prisma.sql`e.id`,
  parent: Prisma.sql`e.feature_flag_id`,
  where: [Prisma.sql`NOT e.deleted`],
}

const newestFirst = experimentSortOrder(null, new Date(0))

/** The first experiments of a flag, as JSON holds them. */
export interface PrefetchedExperiments {
  /** How many make a page; there is one more where the list goes on. */
  size: number
  /** With the columns that the selected fields declare. */
  rows: Partial<Record<keyof ExperimentRow | keyof KeysetRow, unknown>>[]
}

/** A first page of experiments as JSON (`PrefetchedExperiments`), for a statement that reads the flag as `page`. */
export function experimentsPageJson(size: number, columns: readonly string[]): Prisma.Sql {
  const rows = firstPageJson({ ...flagExperiments, columns: selectColumns(columns, 'e') }, newestFirst, size + 1, Prisma.sql`page.id`)
  return Prisma.sql`json_build_object('size', ${size}::int, 'rows', ${rows})`
}

/** The page of experiments that was read along with a flag. */
export function experimentsPageFromJson(
  context: Context,
  flagId: number,
  source: ListSource,
  { size, rows }: PrefetchedExperiments,
): Page<ExperimentRow & KeysetRow> {
  return prefetchedPage(context, flagId, source, newestFirst, size, rows.map(reviveDates))
}

const dateColumns = ['startDate', 'endDate', 'createdAt', 'updatedAt'] as const

/** JSON has no times: they are its only texts that are something else in a row. In place, once: requests at the same moment share the rows. */
function reviveDates(row: PrefetchedExperiments['rows'][number]): ExperimentRow & KeysetRow {
  for (const name of dateColumns) if (typeof row[name] === 'string') row[name] = new Date(row[name])
  return row as unknown as ExperimentRow & KeysetRow
}
