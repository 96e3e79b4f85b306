import type { Prisma } from '../database/generated/client.ts'
import type { UnitOfWork } from '../database/transaction.ts'

interface ActivityRecord {
  /** The mutation's name, `bypassPolicy`, or what a job did. */
  activity: string
  /** Null where it was a job. */
  actor: { user: { id: number }; keyMask: string | null } | null
  now: Date
  organizationId: string
  /** Null for what belongs to a whole organization. */
  projectId: number | null
  experimentId?: number | null
  featureFlagId?: number | null
  changeRequestId?: number | null
  policyId?: number | null
  /** A sentence, where the values do not say it. */
  detail?: string
  before: Prisma.InputJsonObject
  after: Prisma.InputJsonObject
}

/** Leaves a row in the audit trail, and tells those who follow what it is about. Call it inside the transaction of what it tells of. */
export async function recordActivity(
  { tx, recordChange }: UnitOfWork,
  { actor, now, detail = '', ...entry }: ActivityRecord,
): Promise<void> {
  await tx.activity.create({
    data: { ...entry, detail, userId: actor?.user.id ?? null, keyMask: actor?.keyMask ?? null, createdAt: now },
    select: { id: true },
  })
  if (entry.projectId !== null) recordChange({ ...entry, projectId: entry.projectId })
}
