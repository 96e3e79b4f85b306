import type { Actor } from '../../../auth/actor.ts'
import { type ActivityRecord, recordActivity } from '../../../commands/recordActivity.ts'
import type { ApprovalPolicy, ChangeRequest, Prisma } from '../../../database/generated/client.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'

// The entries of approvals in the audit trail.

/** Records that somebody created, changed or deleted a policy. */
export async function recordPolicyActivity(
  unit: UnitOfWork,
  actor: Actor,
  activity: string,
  { id, organizationId, projectId, actionKey }: ApprovalPolicy,
  { before, after }: { before?: ApprovalPolicy; after?: ApprovalPolicy },
): Promise<void> {
  const resource = { type: 'APPROVAL_POLICY', id, name: actionKey } as const
  const values = { before: auditValues(before), after: auditValues(after) }
  await recordActivity(unit, { activity, actor, organizationId, projectId, resource, ...values })
}

function auditValues(policy: ApprovalPolicy | undefined): Prisma.InputJsonObject {
  if (policy === undefined) return {}
  const { id: _, organizationId: __, createdById: ___, createdAt: ____, updatedAt: _____, ...values } = policy
  return values as unknown as Prisma.InputJsonObject
}

/** Records an action on a change request. */
export async function recordRequestActivity(
  unit: UnitOfWork,
  actor: ActivityRecord['actor'],
  activity: string,
  { state, organizationId }: Pick<ChangeRequest, 'state'> & { organizationId: string },
  after: ChangeRequest,
  detail = '',
): Promise<void> {
  await recordActivity(unit, {
    activity,
    actor,
    organizationId,
    projectId: after.projectId,
    resource: { type: 'CHANGE_REQUEST', id: after.id, name: after.resourceName },
    experimentId: after.resourceType === 'EXPERIMENT' ? after.resourceId : null,
    holdoutId: after.resourceType === 'EXPERIMENT_HOLDOUT' ? after.resourceId : null,
    featureFlagId: after.featureFlagId,
    detail,
    before: { state },
    after: { state: after.state, ...(after.applyError === null ? {} : { applyError: after.applyError }) },
  })
}
