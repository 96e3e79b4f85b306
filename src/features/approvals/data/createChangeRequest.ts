import type { Actor } from '../../../auth/actor.ts'
import { ApprovalRequiredRefusal, ChangeRequestPendingRefusal } from '../../../commands/approvalGate.ts'
import type { Operation, Plan } from '../../../commands/command.ts'
import { recordActivity } from '../../../commands/recordActivity.ts'
import { allOf } from '../../../database/allOf.ts'
import type { ChangeRequest, Prisma } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { describeChange } from '../rules/describeChange.ts'
import { readSnapshot, snapshotOf } from '../rules/policySnapshot.ts'
import { preconditionsOf } from '../rules/staleness.ts'
import { votersOf } from './eligibleVoters.ts'
import { expire } from './expire.ts'
import type { Verdict } from './gate.ts'

/** The states in which a request stands in the way of another like it. */
export const openStates = ['PENDING', 'APPROVED'] as const

/**
 * Stores a change as a request, or finds the one that is open for the same action on the same flag: whoever asked first, there is one
 * (approvals.md 10). The caller's transaction writes nothing else.
 */
export async function requestChange<Input>(
  tx: Transaction,
  actor: Actor,
  operation: Operation<Input>,
  input: Input,
  plan: Plan,
  { ruling, owner }: Extract<Verdict, { kind: 'approval' }>,
): Promise<ApprovalRequiredRefusal | ChangeRequestPendingRefusal> {
  const { flag, project, resource } = plan
  if (flag === null) throw new Error('The gate stopped an operation that changes no flag.')
  const target = { projectId: project.id, actionKey: ruling.action, targetKey: flag.id === null ? `create:${flag.key}` : String(flag.id) }

  const waiting = await openRequest(tx, target)
  if (waiting !== null && waiting.expiresAt > actor.now) return new ChangeRequestPendingRefusal(waiting)
  if (waiting !== null) await expire(tx, waiting, actor.now)

  const { policy, change, action } = ruling
  const [request] = await tx.changeRequest.createManyAndReturn({
    data: {
      ...target,
      resourceType: resource.type,
      resourceId: resource.id,
      featureFlagId: flag.id,
      operation: operation.name,
      input: input as Prisma.InputJsonObject,
      description: describeChange(action, { flagKey: flag.key, experimentName: plan.experimentName }, change.triggers),
      before: plan.before,
      after: plan.after,
      preconditions: preconditionsOf(flag, owner),
      policySnapshot: snapshotOf(policy),
      requestedById: actor.user.id,
      createdAt: actor.now,
      updatedAt: actor.now,
      expiresAt: new Date(actor.now.getTime() + policy.expiresAfterSeconds * 1000),
    },
    // The index of open requests decides between callers that get here at once.
    skipDuplicates: true,
  })
  if (request === undefined) {
    const winner = await openRequest(tx, target)
    if (winner === null) throw new Error('A change request was taken and let go at once.')
    return new ChangeRequestPendingRefusal(winner)
  }
  await recordActivity(tx, {
    activity: 'requestChange',
    actor,
    now: actor.now,
    organizationId: project.organizationId,
    projectId: project.id,
    experimentId: resource.type === 'EXPERIMENT' ? resource.id : null,
    featureFlagId: flag.id,
    changeRequestId: request.id,
    policyId: policy.id,
    detail: request.description,
    before: plan.before,
    after: plan.after,
  })
  const snapshot = readSnapshot(request)
  const voters = await votersOf(tx, project.organizationId, snapshot)
  return new ApprovalRequiredRefusal(request, !snapshot.allowSelfApprove && voters.has(actor.user.id))
}

function openRequest(tx: Transaction, target: { projectId: number; actionKey: string; targetKey: string }): Promise<ChangeRequest | null> {
  return tx.changeRequest.findFirst({ where: allOf<Prisma.ChangeRequestWhereInput>(target, { state: { in: [...openStates] } }) })
}
