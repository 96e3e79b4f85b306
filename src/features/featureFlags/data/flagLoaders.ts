import { visibleProjectSql } from '../../../auth/visibility.ts'
import type { CommandResult } from '../../../commands/command.ts'
import { type FeatureFlag, Prisma } from '../../../database/generated/client.ts'
import { coalescedRows, toBatchQuery } from '../../../database/queryCoalescer.ts'
import { selectColumns } from '../../../database/sql.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { declaredColumns, declaredSelect } from '../../../graphql/columnSelection.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'
import type { PrefetchedRow } from '../../../graphql/prefetch.ts'
import { isInt4 } from '../../../platform/globalId.ts'
import { redactFilters } from '../rules/encryptedPayloads.ts'

/** The columns of a flag's filters. They may be large, and few readers of a list want them. */
const filterColumns = ['filters', 'hasEncryptedPayloads'] as const

export type FlagFiltersRow = Pick<FeatureFlag, (typeof filterColumns)[number]>

/** A flag with the columns that its fields declare. A list reads those of the selected fields, and the filters with them. */
export type FlagRow = Omit<FeatureFlag, keyof FlagFiltersRow> & Partial<FlagFiltersRow> & PrefetchedRow

const flagsByIdSql = (context: Context, ids: number[], columns: Prisma.Sql) => Prisma.sql`
  SELECT ${columns} FROM feature_flags f
  WHERE f.id = ANY (${ids}::int[]) AND ${visibleProjectSql(requireViewer(context), Prisma.sql`f.project_id`)}`

/** The flags of this request that the viewer may see, by id; lists put what they read into it. */
export const flagLoader = coalescedLoaderById<FlagRow>((context, ids) =>
  flagsByIdSql(context, ids, selectColumns(declaredColumns('FeatureFlag'), 'f')),
)

/** The same of many flags at once, with these columns alone. */
export async function loadFlagsById(
  context: Context,
  ids: readonly number[],
  columns: readonly string[],
): Promise<(id: number) => FlagRow | null> {
  if (ids.length === 0) return () => null
  const query = toBatchQuery((all) => flagsByIdSql(context, all, selectColumns(columns, 'f')))
  const rows = await coalescedRows<FlagRow>(context, query, [...new Set(ids.filter(isInt4))], 'id')
  return (id) => rows.get(id)?.[0] ?? null
}

/** The flag that was just written, as it is now. */
export async function reloadFlag(context: Context, { id }: Pick<CommandResult, 'id'>): Promise<FlagRow> {
  const row = await context.db.featureFlag.findUniqueOrThrow({ where: { id }, select: flagSelect() })
  flagLoader(context).prime(id, row)
  return row
}

/** The same columns for Prisma. */
export const flagSelect = () => declaredSelect<Exclude<keyof FeatureFlag, keyof FlagFiltersRow>>('FeatureFlag')

/** Whether flags are switched on, of those that something that the viewer may see belongs to. */
export const flagActiveLoader = coalescedLoaderById<Pick<FlagRow, 'id' | 'active'>>(
  (_context, ids) => Prisma.sql`SELECT f.id, f.active FROM feature_flags f WHERE f.id = ANY (${ids}::int[])`,
)

const flagFiltersLoader = coalescedLoaderById<FlagFiltersRow & { id: number }>(
  (_context, ids) =>
    Prisma.sql`SELECT ${selectColumns(['id', ...filterColumns], 'f')} FROM feature_flags f WHERE f.id = ANY (${ids}::int[])`,
)

/** What a field declares that shows filters: a list reads them along, and the loader of all other columns does not. */
export const readsFilters = { select: [], prefetch: { columns: filterColumns } }

/** The filters of a flag that the viewer may see, as people may see them; those of a whole page take one statement. */
export async function loadFilters(context: Context, flag: FlagRow): Promise<Prisma.JsonValue> {
  const row = hasFilters(flag) ? flag : await flagFiltersLoader(context).load(flag.id)
  // It was read a moment ago, and flags stay in the database when they are deleted.
  if (row === null) throw new Error(`Flag ${flag.id} went away while it was read.`)
  return redactFilters(row)
}

const hasFilters = (flag: FlagRow): flag is FlagRow & FlagFiltersRow => flag.filters !== undefined
