import { columnsOf } from '../../../database/columns.ts'
import { Prisma } from '../../../database/generated/client.ts'
import { firstRowsAsArray, type Placed, type Rows } from '../../../database/keyset/pageQuery.ts'
import { firstPage, type Page } from '../../../graphql/connections/connection.ts'
import type { Context } from '../../../graphql/context.ts'
import { type ExperimentRow, experimentColumns, experimentRows, lightColumns } from './experimentLoaders.ts'
import { orderingOf } from './experimentSql.ts'

/** Where experiments are, and what a list reads of one. */
export const listedExperiments = {
  from: Prisma.sql`experiments e`,
  columns: columnsOf(lightColumns, 'e'),
  id: Prisma.sql`e.id`,
}

/** The experiments of a flag; deleted ones are in no list. */
export const experimentsOfFlag: Rows = { ...listedExperiments, parent: Prisma.sql`e.feature_flag_id`, where: [Prisma.sql`NOT e.deleted`] }

const newestFirst = orderingOf(null, new Date(0))

/** The first experiments of a flag, as JSON holds them. */
export interface ReadExperiments {
  /** How many make a page; there is one more where the list goes on. */
  size: number
  /** With the columns that were asked for. */
  rows: Partial<Record<keyof ExperimentRow | keyof Placed, unknown>>[]
}

/** A first page of experiments as JSON (`ReadExperiments`), for a statement that reads the flag with this number. */
export function experimentsAsJson(flagId: Prisma.Sql, size: number, columns: readonly (keyof ExperimentRow)[]): Prisma.Sql {
  const rows = firstRowsAsArray({ ...experimentsOfFlag, columns: columnsOf(columns, 'e') }, newestFirst, size + 1, flagId)
  return Prisma.sql`json_build_object('size', ${size}::int, 'rows', ${rows})`
}

/** The page of experiments that was read along with a flag. */
export function experimentsFromJson(context: Context, flagId: number, { size, rows }: ReadExperiments): Page<ExperimentRow & Placed> {
  const page = firstPage(context, flagId, experimentsOfFlag, newestFirst, size, rows.map(fromJson))
  for (const { node } of page.edges)
    if (experimentColumns.all.every((column) => column in node)) experimentRows(context).prime(node.id, node)
  return page
}

const times = ['startDate', 'endDate', 'createdAt', 'updatedAt'] as const

/** JSON has no times: they are its only texts that are something else in a row. In place, once: requests at the same moment share the rows. */
function fromJson(row: ReadExperiments['rows'][number]): ExperimentRow & Placed {
  for (const name of times) if (typeof row[name] === 'string') row[name] = new Date(row[name])
  return row as unknown as ExperimentRow & Placed
}
