import { type ApprovalGate, PolicyConflictError } from '../../../commands/approvalGate.ts'
import { createChangeRequest } from './createChangeRequest.ts'
import { evaluateGate } from './gate.ts'

/** The gate that checks plans against the approval policies of the project and its organization. */
export const approvalGate: ApprovalGate = {
  async check(unit, actor, command, input, plan) {
    const decision = await evaluateGate(unit.tx, actor, plan)
    if (decision.kind === 'conflict') throw new PolicyConflictError(decision.policies)
    if (decision.kind === 'approval') return { error: await createChangeRequest(unit, actor, command, input, plan, decision) }
    return {
      bypasses: decision.bypassed.flatMap(({ policy, action, bypassReason }) =>
        bypassReason === null ? [] : [{ policyId: policy.id, action, reason: bypassReason }],
      ),
    }
  },
}
