import { visibleProjectSql } from '../../../auth/visibility.ts'
import type { CommandResult } from '../../../commands/command.ts'
import { type FeatureFlag, Prisma } from '../../../database/generated/client.ts'
import { coalescedRows } from '../../../database/queryCoalescer.ts'
import { selectColumns } from '../../../database/sql.ts'
import { toBatchQuery } from '../../../database/statements/statementTemplate.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { declaredColumns, declaredSelect } from '../../../graphql/columnSelection.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'
import type { PrefetchedRow } from '../../../graphql/prefetch.ts'
import { isInt4 } from '../../../platform/globalId.ts'
import { redactFilters } from '../rules/encryptedPayloads.ts'

/** The columns of a flag's filters. They are read on demand, because they may be large and few lists select them. */
const filterColumns = ['filters', 'hasEncryptedPayloads'] as const

export type FlagFiltersRow = Pick<FeatureFlag, (typeof filterColumns)[number]>

/** A flag with the columns that its fields declare. A list reads only those of the selected fields, and the filters if selected. */
export type FlagRow = Omit<FeatureFlag, keyof FlagFiltersRow> & Partial<FlagFiltersRow> & PrefetchedRow

const flagsByIdSql = (context: Context, ids: number[], columns: Prisma.Sql) => Prisma.sql`
  SELECT ${columns} FROM feature_flags f
  WHERE f.id = ANY (${ids}::int[]) AND ${visibleProjectSql(requireViewer(context), Prisma.sql`f.project_id`)}`

/** The loader of flags by id, for the flags that the viewer may see. Lists put complete rows into it. */
export const flagLoader = coalescedLoaderById<FlagRow>((context, ids) =>
  flagsByIdSql(context, ids, selectColumns(declaredColumns('FeatureFlag'), 'f')),
)

/**
 * Loads only these columns of many flags that the viewer may see.
 *
 * @returns a function from the id to the row, null when there is none
 */
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

/** Reads a flag again after a write, and puts it into the loader. */
export async function reloadFlag(context: Context, { id }: Pick<CommandResult, 'id'>): Promise<FlagRow> {
  const row = await context.db.featureFlag.findUniqueOrThrow({ where: { id }, select: flagSelect() })
  flagLoader(context).prime(id, row)
  return row
}

/** The columns of `FlagRow` without the filters, as Prisma's `select`. */
export const flagSelect = () => declaredSelect<Exclude<keyof FeatureFlag, keyof FlagFiltersRow>>('FeatureFlag')

/** The columns of a flag that the status of its experiments depends on. */
export const stageColumns = ['active', 'exposureFrozen'] as const

/** Loads those columns. Does not check visibility: use it only for the flags of rows that the viewer may see. */
export const flagStageLoader = coalescedLoaderById<Pick<FlagRow, 'id' | (typeof stageColumns)[number]>>(
  (_context, ids) =>
    Prisma.sql`SELECT ${selectColumns(['id', ...stageColumns], 'f')} FROM feature_flags f WHERE f.id = ANY (${ids}::int[])`,
)

const flagFiltersLoader = coalescedLoaderById<FlagFiltersRow & { id: number }>(
  (_context, ids) =>
    Prisma.sql`SELECT ${selectColumns(['id', ...filterColumns], 'f')} FROM feature_flags f WHERE f.id = ANY (${ids}::int[])`,
)

/** The options of a field that reads the filters. A list reads them with its rows. The loader of flags does not read them. */
export const readsFilters = { select: [], prefetch: { columns: filterColumns } }

/** Loads the filters of a flag that the viewer may see, without encrypted payloads. The flags of one page share one statement. */
export async function loadFilters(context: Context, flag: FlagRow): Promise<Prisma.JsonValue> {
  return redactFilters(await loadFiltersRow(context, flag))
}

/** Loads the columns of the filters. Its payloads may be encrypted: show them only by `loadFilters`. */
export async function loadFiltersRow(context: Context, flag: FlagRow): Promise<FlagFiltersRow> {
  const row = hasFilters(flag) ? flag : await flagFiltersLoader(context).load(flag.id)
  // This cannot happen: the flag was just read, and deleted flags stay in the table.
  if (row === null) throw new Error(`Flag ${flag.id} disappeared while it was read.`)
  return row
}

const hasFilters = (flag: FlagRow): flag is FlagRow & FlagFiltersRow => flag.filters !== undefined
