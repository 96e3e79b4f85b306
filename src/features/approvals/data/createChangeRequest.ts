import type { Actor } from '../../../auth/actor.ts'
import { changedResource } from '../../../commands/activityEntries.ts'
import { ApprovalRequiredError, ChangeRequestPendingError, type CommandCall } from '../../../commands/approvalGate.ts'
import type { Command, CommandPlan } from '../../../commands/command.ts'
import { recordActivity } from '../../../commands/recordActivity.ts'
import { allOf } from '../../../database/allOf.ts'
import type { Transaction } from '../../../database/client.ts'
import type { ApprovalPolicy, ChangeRequest, Prisma } from '../../../database/generated/client.ts'
import type { UnitOfWork } from '../../../database/transaction.ts'
import { PermissionDeniedError } from '../../../platform/domainErrors.ts'
import { describeChange } from '../rules/describeChange.ts'
import type { FlagOwner, GatedAction, GuardedChange } from '../rules/guardedChanges.ts'
import { quorumFault } from '../rules/judgement.ts'
import { openStates } from '../rules/openStates.ts'
import { parseSnapshot, toSnapshot } from '../rules/policySnapshot.ts'
import { toPreconditions } from '../rules/staleness.ts'
import { toColumns } from './checkChangeRequest.ts'
import { loadVoters } from './eligibleVoters.ts'
import { expireChangeRequest } from './expire.ts'
import { judgeRequests } from './judgeRequests.ts'

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
  { input, idSeed }: CommandCall<Input>,
  plan: CommandPlan,
  owner: FlagOwner,
  { policy, change, action }: RequiredApproval,
): Promise<ApprovalRequiredError | ChangeRequestPendingError> {
  const { tx } = unit
  const { flag, project, resource } = plan
  const target = { projectId: project.id, actionKey: action, targetKey: toTargetKey(plan) }

  const pending = await findOpenRequest(tx, target)
  if (pending !== null && pending.expiresAt > actor.now) return new ChangeRequestPendingError(pending)
  if (pending !== null) await expireChangeRequest(unit, pending, actor.now)

  const { name: resourceName } = changedResource(plan, resource.id)
  const snapshot = parseSnapshot({ policySnapshot: toSnapshot(policy) })
  const voters = await loadVoters(tx, { ...snapshot, organizationId: project.organizationId })
  const blocker = quorumFault({ requestedById: actor.user.id }, snapshot, { voters, votes: [] })
  // Other people can get a role later. The list of users is fixed.
  if (blocker !== null && snapshot.roles.length === 0) {
    throw neverApproved(action, blocker.message)
  }
  let [request] = await tx.changeRequest.createManyAndReturn({
    data: {
      ...target,
      resourceType: resource.type,
      resourceId: resource.id,
      resourceName,
      featureFlagId: flag?.id ?? null,
      operation: command.name,
      input: input as Prisma.InputJsonObject,
      description: describeChange(action, plan, change.triggers),
      before: plan.before,
      after: plan.after,
      preconditions: toPreconditions(plan, owner, { idSeed, keyId: actor.keyId }),
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
    resource: { type: 'CHANGE_REQUEST', id: request.id, name: resourceName },
    experimentId: resource.type === 'EXPERIMENT' ? resource.id : null,
    featureFlagId: flag?.id ?? null,
    holdoutId: resource.type === 'EXPERIMENT_HOLDOUT' ? resource.id : null,
    policyId: policy.id,
    detail: request.description,
    before: plan.before,
    after: plan.after,
  })
  // A request on an old version of the flag is stale from the start. All others are as they were planned.
  const [judged] = (flag?.expectedVersion ?? null) === null && blocker === null ? [] : await judgeRequests(tx, [request])
  if (judged !== undefined && judged.judgement.status !== 'VALID') {
    request = await tx.changeRequest.update({ where: { id: request.id }, data: toColumns(judged.judgement) })
  }
  return new ApprovalRequiredError(request, !snapshot.allowSelfApprove && voters.has(actor.user.id))
}

/** The error for a change that the policy guards and that nobody can approve. */
export function neverApproved(action: GatedAction, reason: string | null): PermissionDeniedError {
  return new PermissionDeniedError(`The policy for ${action} can never approve this change. ${reason} Ask an admin to change it.`)
}

/** What a request changes. An action has at most one open request for it. */
function toTargetKey({ flag, holdout }: CommandPlan): string {
  if (holdout !== undefined) return `holdout:${holdout.id}`
  if (flag === null) throw new Error('The gate required approval for a command that changes no flag.')
  return flag.id === null ? `create:${flag.key}` : String(flag.id)
}

function findOpenRequest(
  tx: Transaction,
  target: { projectId: number; actionKey: string; targetKey: string },
): Promise<ChangeRequest | null> {
  return tx.changeRequest.findFirst({ where: allOf<Prisma.ChangeRequestWhereInput>(target, { state: { in: [...openStates] } }) })
}
