import type { Actor } from '../auth/actor.ts'
import type { Db, Transaction } from '../database/open.ts'
import { withTransaction } from '../database/transaction.ts'
import { createChangeRequest } from '../features/approvals/data/createChangeRequest.ts'
import { evaluateGate, type GateDecision } from '../features/approvals/data/gate.ts'
import { DomainError } from '../platform/domainErrors.ts'
import { PolicyConflictError } from './approvalGate.ts'
import type { Command, CommandPlan, CommandResult } from './command.ts'
import { recordActivity } from './recordActivity.ts'

/**
 * Does an operation, or stores it as a change request where a policy guards what it would change: the one way in which mutations write
 * flags and experiments. All of it in one transaction; the gate judges locked rows before anything is written.
 *
 * @throws Refusal
 */
export async function executeCommand<Input>(db: Db, actor: Actor, command: Command<Input>, input: Input): Promise<CommandResult> {
  const outcome = await withTransaction(db, async (tx): Promise<CommandResult | DomainError> => {
    const plan = await command.plan(tx, actor, input)
    const decision = await evaluateGate(tx, actor, plan)
    if (decision.kind === 'conflict') throw new PolicyConflictError(decision.policies)
    // Given back, not thrown: the request stays.
    if (decision.kind === 'approval') return createChangeRequest(tx, actor, command, input, plan, decision)
    if (plan.versionConflict !== undefined) throw plan.versionConflict
    const result = await commitPlan(tx, actor, command.name, plan)
    await recordBypasses(tx, actor, plan, result, decision)
    return result
  })
  if (outcome instanceof DomainError) throw outcome
  return outcome
}

/** Writes what a plan says, and its row in the audit trail. */
export async function commitPlan(
  tx: Transaction,
  actor: Actor,
  activity: string,
  plan: CommandPlan,
  changeRequestId: number | null = null,
): Promise<CommandResult> {
  const result = await plan.apply(tx)
  // An equal save has written nothing.
  if (Object.keys(plan.after).length === 0) return result
  const { experimentId, featureFlagId } = result
  await recordActivity(tx, {
    activity,
    actor,
    now: actor.now,
    organizationId: plan.project.organizationId,
    projectId: plan.project.id,
    experimentId,
    featureFlagId,
    changeRequestId,
    before: plan.before,
    after: plan.after,
  })
  return result
}

/** Whoever passes a policy leaves a trace (approvals.md 22.21). */
async function recordBypasses(
  tx: Transaction,
  actor: Actor,
  plan: CommandPlan,
  result: CommandResult,
  decision: GateDecision,
): Promise<void> {
  if (decision.kind !== 'pass') return
  for (const { policy, bypassReason, action } of decision.bypassed) {
    await recordActivity(tx, {
      activity: 'bypassPolicy',
      actor,
      now: actor.now,
      organizationId: plan.project.organizationId,
      projectId: plan.project.id,
      experimentId: result.experimentId,
      featureFlagId: result.featureFlagId,
      policyId: policy.id,
      detail: `Bypassed the policy for ${action} by ${bypassReason}.`,
      before: plan.before,
      after: plan.after,
    })
  }
}
