import type { Actor } from '../auth/actor.ts'
import type { Db, Transaction } from '../database/open.ts'
import { inTransaction } from '../database/transaction.ts'
import { requestChange } from '../features/approvals/data/createChangeRequest.ts'
import { judge, type Verdict } from '../features/approvals/data/gate.ts'
import { Refusal } from '../platform/domainErrors.ts'
import { PolicyConflictRefusal } from './approvalGate.ts'
import type { Operation, Plan, Written } from './command.ts'
import { recordActivity } from './recordActivity.ts'

/**
 * Does an operation, or stores it as a change request where a policy guards what it would change: the one way in which mutations write
 * flags and experiments. All of it in one transaction; the gate judges locked rows before anything is written.
 *
 * @throws Refusal
 */
export async function perform<Input>(db: Db, actor: Actor, operation: Operation<Input>, input: Input): Promise<Written> {
  const outcome = await inTransaction(db, async (tx): Promise<Written | Refusal> => {
    const plan = await operation.plan(tx, actor, input)
    const verdict = await judge(tx, actor, plan)
    if (verdict.kind === 'conflict') throw new PolicyConflictRefusal(verdict.policies)
    // Given back, not thrown: the request stays.
    if (verdict.kind === 'approval') return requestChange(tx, actor, operation, input, plan, verdict)
    if (plan.outdated !== undefined) throw plan.outdated
    const written = await carryOut(tx, actor, operation.name, plan)
    await recordBypasses(tx, actor, plan, written, verdict)
    return written
  })
  if (outcome instanceof Refusal) throw outcome
  return outcome
}

/** Writes what a plan says, and its row in the audit trail. */
export async function carryOut(
  tx: Transaction,
  actor: Actor,
  activity: string,
  plan: Plan,
  changeRequestId: number | null = null,
): Promise<Written> {
  const written = await plan.write(tx)
  // An equal save has written nothing.
  if (Object.keys(plan.after).length === 0) return written
  const { experimentId, featureFlagId } = written
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
  return written
}

/** Whoever passes a policy leaves a trace (approvals.md 22.21). */
async function recordBypasses(tx: Transaction, actor: Actor, plan: Plan, written: Written, verdict: Verdict): Promise<void> {
  if (verdict.kind !== 'pass') return
  for (const { policy, bypass, action } of verdict.bypassed) {
    await recordActivity(tx, {
      activity: 'bypassPolicy',
      actor,
      now: actor.now,
      organizationId: plan.project.organizationId,
      projectId: plan.project.id,
      experimentId: written.experimentId,
      featureFlagId: written.featureFlagId,
      policyId: policy.id,
      detail: `Bypassed the policy for ${action} by ${bypass}.`,
      before: plan.before,
      after: plan.after,
    })
  }
}
