import { diffValues } from '../../../commands/diff.ts'
import { type ActivityRecord, type ActivityResource, recordActivities } from '../../../commands/recordActivity.ts'
import type { Prisma, Project } from '../../../database/generated/client.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'
import type { RowChange } from '../../import/writeRows.ts'
import type { KindName } from './kinds.ts'

/** The activities of a mirror. The word before the point is what mutations never have. */
export const upstreamActivities = { created: 'posthog.create', updated: 'posthog.update', deleted: 'posthog.delete' } as const

/** Columns whose change is not worth an entry: they follow from other changes, or move by themselves. */
const quietColumns = [...['version', 'updatedAt', 'createdAt', 'lastCalledAt', 'createdById', 'lastModifiedById', 'featureFlagId', 'links']]
/** Columns whose change is news for subscribers, but no entry. */
const markColumns = ['version', 'updatedAt']

interface Recording {
  unit: UnitOfWork
  project: Project
  now: Date
  /** Who changed a row, as the activity log tells: our ids of people, by kind and id in PostHog. */
  changedBy: ReadonlyMap<string, number>
}

type Resource = Pick<ActivityResource, 'type'> & Partial<Pick<ActivityRecord, 'featureFlagId' | 'experimentId'>>

const resources: Partial<Record<KindName, (id: number) => Resource>> = {
  feature_flags: (featureFlagId) => ({ type: 'FEATURE_FLAG', featureFlagId }),
  experiments: (experimentId) => ({ type: 'EXPERIMENT', experimentId }),
  holdouts: () => ({ type: 'HOLDOUT' }),
  saved_metrics: () => ({ type: 'SAVED_METRIC' }),
  policies: () => ({ type: 'APPROVAL_POLICY' }),
}

/** Records who changed what in PostHog, and publishes it, as a mutation does. */
export async function recordUpstreamChanges(recording: Recording, kind: KindName, changes: readonly RowChange[]): Promise<void> {
  const resource = resources[kind]
  if (resource === undefined) return
  const { unit, project } = recording
  const records = changes.flatMap((change) => {
    const columns = Object.keys(change.after).filter((name) => !quietColumns.includes(name))
    const { before, after } =
      change.before === null
        ? { before: {}, after: diffValues({}, pick(change.after, columns)).after }
        : diffValues(pick(change.before, columns), pick(change.after, columns))
    const { type, ...ids } = resource(Number(change.id))
    if (change.before !== null && Object.keys(after).length === 0) {
      const marks = diffValues(pick(change.before, markColumns), pick(change.after, markColumns))
      if (Object.keys(marks.after).length > 0) unit.recordChange({ projectId: project.id, ...ids })
      return []
    }
    return [toRecord(recording, kind, change, { type, ...ids }, before, after)]
  })
  if (records.length > 0) await recordActivities(unit, records)
}

function toRecord(
  { project, now, changedBy }: Recording,
  kind: KindName,
  { id, importedId, before: stored, after: values }: RowChange,
  { type, ...ids }: Resource,
  before: Prisma.InputJsonObject,
  after: Prisma.InputJsonObject,
): ActivityRecord {
  const isDeletion = values.deleted === true && stored !== null && stored.deleted === false
  const userId = changedBy.get(`${kind}:${importedId}`) ?? (stored === null ? values.createdById : values.lastModifiedById) ?? null
  const nameOf = (row: RowChange['before']) => row?.key ?? row?.name ?? row?.actionKey
  const name = String(nameOf(values) ?? nameOf(stored) ?? '')
  return {
    activity: stored === null ? upstreamActivities.created : isDeletion ? upstreamActivities.deleted : upstreamActivities.updated,
    actor: { ...(typeof userId === 'number' ? { user: { id: userId } } : {}), now },
    organizationId: project.organizationId,
    projectId: project.id,
    resource: { type, id: Number(id), name },
    ...ids,
    flagVersion: type === 'FEATURE_FLAG' && typeof values.version === 'number' ? values.version : null,
    detail: 'In PostHog.',
    before,
    after,
  }
}

function pick(values: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, values[name]]))
}
