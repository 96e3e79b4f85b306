import type { Prisma } from '../database/generated/client.ts'
import type { UnitOfWork } from '../database/transaction.ts'

/** The types of things that entries are about, and the column that holds the id of each. A project's settings are named by `projectId`. */
export const activityResourceColumns = {
  FEATURE_FLAG: 'featureFlagId',
  EXPERIMENT: 'experimentId',
  HOLDOUT: 'holdoutId',
  SAVED_METRIC: 'savedMetricId',
  CHANGE_REQUEST: 'changeRequestId',
  APPROVAL_POLICY: 'policyId',
  PROJECT_SETTINGS: 'projectId',
} as const

export type ActivityResourceType = keyof typeof activityResourceColumns

/** The thing that an entry is about. */
export interface ActivityResource {
  type: ActivityResourceType
  /** Null if the thing is yet to be created. The number of the project for its settings. */
  id: number | null
  /** What the thing is called: a flag's key, a policy's action, otherwise a name. It is kept, also when the thing is renamed or deleted. */
  name: string
}

export interface ActivityRecord {
  /** The name of the mutation, `bypassPolicy`, or the action of a job. */
  activity: string
  /** Who did it and when. For jobs, only the time. */
  actor: { user?: { id: number }; keyMask?: string | null; now: Date }
  organizationId: string
  /** Null for changes that affect a whole organization. */
  projectId: number | null
  resource: ActivityResource
  /** Other things that the change was about. Their trails show the entry too. The id of `resource` need not be repeated. */
  experimentId?: number | null
  featureFlagId?: number | null
  changeRequestId?: number | null
  policyId?: number | null
  holdoutId?: number | null
  savedMetricId?: number | null
  /** The version of the flag that the change made. */
  flagVersion?: number | null
  /** A sentence for what `before` and `after` do not show. */
  detail?: string
  before: Prisma.InputJsonObject
  after: Prisma.InputJsonObject
}

const maxNameLength = 400

/** Records an activity entry, and the change events for subscribers. Call it in the transaction of the change. */
export async function recordActivity(unit: UnitOfWork, record: ActivityRecord): Promise<void> {
  await recordActivities(unit, [record])
}

/** Records several activity entries with one statement, or none with none. */
export async function recordActivities({ tx, recordChange }: UnitOfWork, records: readonly ActivityRecord[]): Promise<void> {
  if (records.length === 0) return
  const entries = records.map(({ resource, ...record }) => ({ ...record, [activityResourceColumns[resource.type]]: resource.id, resource }))
  await tx.activity.createMany({
    data: entries.map(({ actor, resource, ...entry }) => ({
      ...entry,
      resourceType: resource.type,
      resourceName: truncate(resource.name),
      userId: actor.user?.id ?? null,
      keyMask: actor.keyMask ?? null,
      createdAt: actor.now,
    })),
  })
  for (const { actor: _actor, resource: _resource, ...entry } of entries) {
    if (entry.projectId !== null) recordChange({ ...entry, projectId: entry.projectId })
  }
}

/** Cuts a name to what the column holds. It counts characters, not the halves of one. */
function truncate(name: string): string {
  return name.length <= maxNameLength ? name : [...name].slice(0, maxNameLength).join('')
}
