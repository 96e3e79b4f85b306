import { inVisibleProject } from '../../../auth/viewer.ts'
import { columnsOf } from '../../../database/columns.ts'
import { Prisma } from '../../../database/generated/client.ts'
import { questionOf, rowsTogether } from '../../../database/queryCoalescer.ts'
import { requireViewer } from '../../../graphql/authorization.ts'
import { shownColumns } from '../../../graphql/columnSelection.ts'
import type { Context } from '../../../graphql/context.ts'
import { sharedLoaderById } from '../../../graphql/dataLoaders.ts'
import { isStorableId } from '../../../platform/globalId.ts'
import type { ReadExperiments } from '../../experiments/data/flagExperimentsPage.ts'
import type { PersonRow } from '../../users/data/userLoader.ts'
import { shownFilters } from '../rules/redacted.ts'

/** What is read of a flag wherever one is shown. */
export const lightColumns = {
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
export const flagColumns = shownColumns('FeatureFlag', lightColumns, {
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
export interface Along {
  createdBy?: PersonRow | null
  lastModifiedBy?: PersonRow | null
  evaluationContexts?: string[]
  experiments?: ReadExperiments
}

/**
 * A flag without its filters, which may be large, and which few readers of a list want. Where it is read for fields that are known
 * (`flagColumns`), only what they are made of is there.
 */
export type FlagRow = Prisma.FeatureFlagGetPayload<{ select: typeof lightColumns }> & { along?: Along }

const flagsById = (context: Context, ids: number[], columns: Prisma.Sql) => Prisma.sql`
  SELECT ${columns} FROM feature_flags f
  WHERE f.id = ANY (${ids}::int[]) AND ${inVisibleProject(requireViewer(context), Prisma.sql`f.project_id`)}`

const columns = columnsOf(lightColumns, 'f')

/** The flags of this request that the viewer may see, by id; lists put what they read into it. */
export const flagRows = sharedLoaderById<FlagRow>((context, ids) => flagsById(context, ids, columns))

/** The same of many flags at once, with these columns alone. */
export async function readFlags(
  context: Context,
  ids: readonly number[],
  shown: readonly (keyof typeof lightColumns)[],
): Promise<(id: number) => FlagRow | null> {
  if (ids.length === 0) return () => null
  const question = questionOf((all) => flagsById(context, all, columnsOf(shown, 'f')))
  const rows = await rowsTogether<FlagRow>(context, question, [...new Set(ids.filter(isStorableId))], 'id')
  return (id) => rows.get(id)?.[0] ?? null
}

/** Whether flags are switched on, of those that something that the viewer may see belongs to; lists of flags put it into it. */
export const flagStates = sharedLoaderById<Pick<FlagRow, 'id' | 'active'>>(
  (_context, ids) => Prisma.sql`SELECT f.id, f.active FROM feature_flags f WHERE f.id = ANY (${ids}::int[])`,
)

/** What is read for a flag's filters. */
export const filterColumns = { filters: true, hasEncryptedPayloads: true } as const satisfies Prisma.FeatureFlagSelect

export type Filters = Prisma.FeatureFlagGetPayload<{ select: typeof filterColumns }>

/** By id; a list whose filters are wanted puts them into it. */
export const filterRows = sharedLoaderById<Filters & { id: number }>(
  (_context, ids) =>
    Prisma.sql`SELECT ${columnsOf({ id: true, ...filterColumns }, 'f')} FROM feature_flags f WHERE f.id = ANY (${ids}::int[])`,
)

/** The filters of a flag that the viewer may see, as people may see them; those of a whole page take one statement. */
export async function filtersOf(context: Context, flagId: number): Promise<Prisma.JsonValue> {
  const row = await filterRows(context).load(flagId)
  // It was read a moment ago, and flags stay in the database when they are deleted.
  if (row === null) throw new Error(`Flag ${flagId} went away while it was read.`)
  return shownFilters(row)
}
