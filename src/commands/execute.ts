import type { Actor } from '../auth/actor.ts'
import type { Database } from '../database/database.ts'
import { type UnitOfWork, withTransaction } from '../database/transaction.ts'
import type { ApprovalGate } from './approvalGate.ts'
import type { Command, CommandPlan, CommandResult } from './command.ts'
import { recordActivity } from './recordActivity.ts'

/**
 * Runs a command, or stores it as a change request if a policy guards the change. All writes of flags and experiments by mutations go through
 * here. In one transaction, the plan locks the rows, the gate checks it, and the plan is applied.
 *
 * @throws DomainError if the change was not made.
 */
export async function executeCommand<Input>(
  database: Database,
  gate: ApprovalGate,
  actor: Actor,
  command: Command<Input>,
  input: Input,
): Promise<CommandResult> {
  const outcome = await withTransaction(database, async (unit) => {
    const plan = await command.plan(unit.tx, actor, input)
    const decision = await gate.check(unit, actor, command, input, plan)
    // Returned and not thrown, so that the transaction commits the change request.
    if ('error' in decision) return decision
    if (plan.versionConflict !== undefined) throw plan.versionConflict
    const result = await commitPlan(unit, actor, command.name, plan)
    // Each bypassed policy leaves an entry of its own (approvals.md 22.21).
    for (const { policyId, action, reason } of decision.bypasses) {
      const detail = `Bypassed the policy for ${action} by ${reason}.`
      await recordActivity(unit, { activity: 'bypassPolicy', policyId, detail, ...activityOf(actor, plan, result) })
    }
    return result
  })
  if ('error' in outcome) throw outcome.error
  return outcome
}

/** Applies a plan, and records an activity entry. */
export async function commitPlan(
  unit: UnitOfWork,
  actor: Actor,
  activity: string,
  plan: CommandPlan,
  changeRequestId: number | null = null,
): Promise<CommandResult> {
  const result = await plan.apply(unit.tx)
  // A plan that changes no value leaves no entry.
  if (Object.keys(plan.after).length === 0) return result
  await recordActivity(unit, { activity, changeRequestId, ...activityOf(actor, plan, result) })
  return result
}

function activityOf(actor: Actor, { project, before, after }: CommandPlan, { experimentId, featureFlagId }: CommandResult) {
  const { id: projectId, organizationId } = project
  return { actor, organizationId, projectId, experimentId, featureFlagId, before, after }
}
