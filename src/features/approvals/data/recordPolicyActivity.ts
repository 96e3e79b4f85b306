import type { Actor } from '../../../auth/actor.ts'
import { recordActivity } from '../../../commands/recordActivity.ts'
import type { ApprovalPolicy, Prisma } from '../../../database/generated/client.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'

/** Records that somebody created, changed or deleted a policy. */
export async function recordPolicyActivity(
  unit: UnitOfWork,
  actor: Actor,
  activity: string,
  { id: policyId, organizationId, projectId }: ApprovalPolicy,
  { before, after }: { before?: ApprovalPolicy; after?: ApprovalPolicy },
): Promise<void> {
  await recordActivity(unit, {
    activity,
    actor,
    now: actor.now,
    organizationId,
    projectId,
    policyId,
    before: before === undefined ? {} : auditValues(before),
    after: after === undefined ? {} : auditValues(after),
  })
}

function auditValues(policy: ApprovalPolicy): Prisma.InputJsonObject {
  const { id: _, organizationId: __, createdById: ___, createdAt: ____, updatedAt: _____, ...values } = policy
  return values as unknown as Prisma.InputJsonObject
}
