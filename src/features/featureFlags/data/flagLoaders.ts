import { visibleProjectSql } from '../../../auth/visibility.ts'
import { Prisma } from '../../../database/generated/client.ts'
import { coalescedRows, toBatchQuery } from '../../../database/queryCoalescer.ts'
import { selectColumns } from '../../../database/sql.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { columnSelection } from '../../../graphql/columnSelection.ts'
import type { Context } from '../../../graphql/context.ts'
import { coalescedLoaderById } from '../../../graphql/dataLoaders.ts'
import { isInt4 } from '../../../platform/globalId.ts'
import type { PrefetchedExperiments } from '../../experiments/data/flagExperimentsPage.ts'
import type { UserRow } from '../../users/data/userLoader.ts'
import { redactFilters } from '../rules/encryptedPayloads.ts'

/** What is read of a flag wherever one is shown. */
export const flagListColumns = {
  id: true,
  projectId: true,
  key: true,
  name: true,
  active: true,
  archived: true,
  deleted: true,
  version: true,
  ensureExperienceContinuity: true,
  evaluationRuntime: true,
  tags: true,
  createdById: true,
  lastModifiedById: true,
  createdAt: true,
  updatedAt: true,
  ineligibility: true,
} as const satisfies Prisma.FeatureFlagSelect

/** Which of them the fields of a flag are made of. */
export const flagColumnSelection = columnSelection('FeatureFlag', flagListColumns, {
  __typename: [],
  id: [],
  project: ['projectId'],
  projectId: ['projectId'],
  filters: [],
  variants: [],
  rolloutPercentage: [],
  evaluationContexts: [],
  createdBy: ['createdById'],
  lastModifiedBy: ['lastModifiedById'],
  // The status of one that is under way depends on whether its flag is on.
  experiments: ['active'],
  experimentEligibility: ['ineligibility'],
  activity: [],
  pendingChangeRequests: [],
})

/** What was read along with a flag, because it was selected; the fields find it here first. */
export interface Prefetched {
  createdBy?: UserRow | null
  lastModifiedBy?: UserRow | null
  evaluationContexts?: string[]
  experiments?: PrefetchedExperiments
}

/**
 * A flag without its filters, which may be large, and which few readers of a list want. Where it is read for fields that are known
 * (`flagColumns`), only what they are made of is there.
 */
export type FlagRow = Prisma.FeatureFlagGetPayload<{ select: typeof flagListColumns }> & { prefetched?: Prefetched }

const flagsByIdSql = (context: Context, ids: number[], columns: Prisma.Sql) => Prisma.sql`
  SELECT ${columns} FROM feature_flags f
  WHERE f.id = ANY (${ids}::int[]) AND ${visibleProjectSql(requireViewer(context), Prisma.sql`f.project_id`)}`

const listColumnsSql = selectColumns(flagListColumns, 'f')

/** The flags of this request that the viewer may see, by id; lists put what they read into it. */
export const flagLoader = coalescedLoaderById<FlagRow>((context, ids) => flagsByIdSql(context, ids, listColumnsSql))

/** The same of many flags at once, with these columns alone. */
export async function loadFlagsById(
  context: Context,
  ids: readonly number[],
  columns: readonly (keyof typeof flagListColumns)[],
): Promise<(id: number) => FlagRow | null> {
  if (ids.length === 0) return () => null
  const query = toBatchQuery((all) => flagsByIdSql(context, all, selectColumns(columns, 'f')))
  const rows = await coalescedRows<FlagRow>(context, query, [...new Set(ids.filter(isInt4))], 'id')
  return (id) => rows.get(id)?.[0] ?? null
}

/** Whether flags are switched on, of those that something that the viewer may see belongs to; lists of flags put it into it. */
export const flagActiveLoader = coalescedLoaderById<Pick<FlagRow, 'id' | 'active'>>(
  (_context, ids) => Prisma.sql`SELECT f.id, f.active FROM feature_flags f WHERE f.id = ANY (${ids}::int[])`,
)

/** What is read for a flag's filters. */
export const flagFilterColumns = { filters: true, hasEncryptedPayloads: true } as const satisfies Prisma.FeatureFlagSelect

export type FlagFiltersRow = Prisma.FeatureFlagGetPayload<{ select: typeof flagFilterColumns }>

/** By id; a list whose filters are wanted puts them into it. */
export const flagFiltersLoader = coalescedLoaderById<FlagFiltersRow & { id: number }>(
  (_context, ids) =>
    Prisma.sql`SELECT ${selectColumns({ id: true, ...flagFilterColumns }, 'f')} FROM feature_flags f WHERE f.id = ANY (${ids}::int[])`,
)

/** The filters of a flag that the viewer may see, as people may see them; those of a whole page take one statement. */
export async function loadFilters(context: Context, flagId: number): Promise<Prisma.JsonValue> {
  const row = await flagFiltersLoader(context).load(flagId)
  // It was read a moment ago, and flags stay in the database when they are deleted.
  if (row === null) throw new Error(`Flag ${flagId} went away while it was read.`)
  return redactFilters(row)
}
