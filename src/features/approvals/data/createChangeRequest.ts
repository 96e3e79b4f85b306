import type { Actor } from '../../../auth/actor.ts'
import { ApprovalRequiredError, ChangeRequestPendingError } from '../../../commands/approvalGate.ts'
import type { Command, CommandPlan } from '../../../commands/command.ts'
import { recordActivity } from '../../../commands/recordActivity.ts'
import { allOf } from '../../../database/allOf.ts'
import type { Transaction } from '../../../database/client.ts'
import type { ApprovalPolicy, ChangeRequest, Prisma } from '../../../database/generated/client.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'
import { describeChange } from '../rules/describeChange.ts'
import type { FlagOwner, GatedAction, GuardedChange } from '../rules/guardedChanges.ts'
import { parseSnapshot, toSnapshot } from '../rules/policySnapshot.ts'
import { toPreconditions } from '../rules/staleness.ts'
import { loadEligibleVoters } from './eligibleVoters.ts'
import { expireChangeRequest } from './expire.ts'

/** The states in which a request blocks others for the same action on the same flag. */
export const openStates = ['PENDING', 'APPROVED'] as const

/** A policy that guards a change. */
export interface RequiredApproval {
  policy: ApprovalPolicy
  action: GatedAction
  change: GuardedChange
}

/**
 * Stores a change as a request. If a request for the same action on the same flag is already open, returns that one, whoever made it
 * (approvals.md 10). The caller's transaction writes nothing else.
 */
export async function createChangeRequest<Input>(
  unit: UnitOfWork,
  actor: Actor,
  command: Command<Input>,
  input: Input,
  plan: CommandPlan,
  owner: FlagOwner,
  { policy, change, action }: RequiredApproval,
): Promise<ApprovalRequiredError | ChangeRequestPendingError> {
  const { tx } = unit
  const { flag, project, resource } = plan
  if (flag === null) throw new Error('The gate required approval for a command that changes no flag.')
  const target = { projectId: project.id, actionKey: action, targetKey: flag.id === null ? `create:${flag.key}` : String(flag.id) }

  const pending = await findOpenRequest(tx, target)
  if (pending !== null && pending.expiresAt > actor.now) return new ChangeRequestPendingError(pending)
  if (pending !== null) await expireChangeRequest(unit, pending, actor.now)

  const [request] = await tx.changeRequest.createManyAndReturn({
    data: {
      ...target,
      resourceType: resource.type,
      resourceId: resource.id,
      featureFlagId: flag.id,
      operation: command.name,
      input: input as Prisma.InputJsonObject,
      description: describeChange(action, { flagKey: flag.key, experimentName: plan.experimentName }, change.triggers),
      before: plan.before,
      after: plan.after,
      preconditions: toPreconditions(flag, owner),
      policySnapshot: toSnapshot(policy),
      requestedById: actor.user.id,
      createdAt: actor.now,
      updatedAt: actor.now,
      expiresAt: new Date(actor.now.getTime() + policy.expiresAfterSeconds * 1000),
    },
    // The unique index of open requests decides between concurrent callers.
    skipDuplicates: true,
  })
  if (request === undefined) {
    const existing = await findOpenRequest(tx, target)
    if (existing === null) throw new Error('An open change request blocked this one, but it is no longer open.')
    return new ChangeRequestPendingError(existing)
  }
  await recordActivity(unit, {
    activity: 'requestChange',
    actor,
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
  const snapshot = parseSnapshot(request)
  const voters = await loadEligibleVoters(tx, project.organizationId, snapshot)
  return new ApprovalRequiredError(request, !snapshot.allowSelfApprove && voters.has(actor.user.id))
}

function findOpenRequest(
  tx: Transaction,
  target: { projectId: number; actionKey: string; targetKey: string },
): Promise<ChangeRequest | null> {
  return tx.changeRequest.findFirst({ where: allOf<Prisma.ChangeRequestWhereInput>(target, { state: { in: [...openStates] } }) })
}
