import { Prisma } from '../../../database/generated/client.ts'
import { firstPageJson, type KeysetRow, type ListSource } from '../../../database/keyset/pageQuery.ts'
import { selectColumns } from '../../../database/sql.ts'
import type { ExperimentRow } from './experimentLoaders.ts'
import { experimentSortOrder } from './experimentSql.ts'

/** The source of the list of a flag's experiments, without deleted ones. */
export const flagExperiments: Omit<ListSource, 'columns'> = {
  from: Prisma.sql`experiments e`,
  id: Prisma.sql`e.id`,
  parent: Prisma.sql`e.feature_flag_id`,
  where: [Prisma.sql`NOT e.deleted`],
}

export const newestFirst = experimentSortOrder(null, new Date(0))

/** The first page of a flag's experiments, as JSON. */
export interface PrefetchedExperiments {
  /** The page size. `rows` has one more row if the list continues. */
  size: number
  /** The rows, with the columns that the selected fields declare. */
  rows: Partial<Record<keyof ExperimentRow | keyof KeysetRow, unknown>>[]
}

/** Selects the first page of a flag's experiments as JSON (`PrefetchedExperiments`). The statement must read the flag as `page`. */
export function experimentsPageJson(size: number, columns: readonly string[]): Prisma.Sql {
  const rows = firstPageJson({ ...flagExperiments, columns: selectColumns(columns, 'e') }, newestFirst, size + 1, Prisma.sql`page.id`)
  return Prisma.sql`json_build_object('size', ${size}::int, 'rows', ${rows})`
}

const dateColumns = ['startDate', 'endDate', 'createdAt', 'updatedAt'] as const

/**
 * Converts the dates, which JSON holds as strings, back to `Date`. This changes the row in place and can run twice, because concurrent
 * requests share the rows.
 */
export function reviveDates(row: PrefetchedExperiments['rows'][number]): ExperimentRow & KeysetRow {
  for (const name of dateColumns) if (typeof row[name] === 'string') row[name] = new Date(row[name])
  return row as unknown as ExperimentRow & KeysetRow
}
