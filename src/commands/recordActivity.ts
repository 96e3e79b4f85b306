import type { Prisma } from '../database/generated/client.ts'
import type { UnitOfWork } from '../database/transaction.ts'

export interface ActivityRecord {
  /** The name of the mutation, `bypassPolicy`, or the action of a job. */
  activity: string
  /** Who did it and when. For jobs, only the time. */
  actor: { user?: { id: number }; keyMask?: string | null; now: Date }
  organizationId: string
  /** Null for changes that affect a whole organization. */
  projectId: number | null
  experimentId?: number | null
  featureFlagId?: number | null
  changeRequestId?: number | null
  policyId?: number | null
  /** A sentence for what `before` and `after` do not show. */
  detail?: string
  before: Prisma.InputJsonObject
  after: Prisma.InputJsonObject
}

/** Records an activity entry, and the change events for subscribers. Call it in the transaction of the change. */
export async function recordActivity({ tx, recordChange }: UnitOfWork, { actor, ...entry }: ActivityRecord): Promise<void> {
  await tx.activity.create({
    data: { ...entry, userId: actor.user?.id ?? null, keyMask: actor.keyMask ?? null, createdAt: actor.now },
    select: { id: true },
  })
  if (entry.projectId !== null) recordChange({ ...entry, projectId: entry.projectId })
}
