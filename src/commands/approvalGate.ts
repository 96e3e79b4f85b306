import type { Actor } from '../auth/actor.ts'
import type { ApprovalPolicy, ChangeRequest } from '../database/generated/client.ts'
import type { UnitOfWork } from '../database/transaction.ts'
import { DomainError } from '../platform/domainErrors.ts'
import type { Command, CommandPlan } from './command.ts'

// What the gate answers instead of a write. The first two come after a change request was stored, or found.

/** The change was not made; it became a change request. */
export class ApprovalRequiredError extends DomainError {
  readonly code = 'APPROVAL_REQUIRED'
  readonly changeRequest: ChangeRequest
  constructor(changeRequest: ChangeRequest, viewerIsApprover: boolean) {
    // The reference's words: an approver who may not approve their own change is told so.
    super(`A change request has been created and is pending approval${viewerIsApprover ? ' from others' : ''}.`)
    this.changeRequest = changeRequest
  }
}

/** The change was not made; one like it is waiting already. */
export class ChangeRequestPendingError extends DomainError {
  readonly code = 'CHANGE_REQUEST_PENDING'
  readonly changeRequest: ChangeRequest
  constructor(changeRequest: ChangeRequest) {
    super('A pending approval request already exists for this action')
    this.changeRequest = changeRequest
  }
}

/** The change needs the consent that several policies ask for, and one request can bring only one. */
export class PolicyConflictError extends DomainError {
  readonly code = 'POLICY_CONFLICT'
  readonly policies: readonly ApprovalPolicy[]
  readonly guidance = 'Split your changes into separate API calls to address each policy independently'
  constructor(policies: readonly ApprovalPolicy[]) {
    super('This change requires approval under multiple policies')
    this.policies = policies
  }
}

/** The errors that every gated mutation can give. */
export const gateErrors = [ApprovalRequiredError, ChangeRequestPendingError, PolicyConflictError]

/** A policy that the actor may pass, and by what right. */
export interface Bypass {
  policyId: number
  action: string
  reason: string
}

/** Decides whether a planned change may be made now, or needs the consent of others first. */
export interface ApprovalGate {
  /**
   * Looks at a plan whose rows are locked, before anything is written.
   *
   * @returns the policies that the actor bypasses; or the error that the caller gets instead of the change, with the change request that was
   *   stored in this transaction, or found
   * @throws PolicyConflictError
   */
  check<Input>(
    unit: UnitOfWork,
    actor: Actor,
    command: Command<Input>,
    input: Input,
    plan: CommandPlan,
  ): Promise<{ error: ApprovalRequiredError | ChangeRequestPendingError } | { bypasses: readonly Bypass[] }>
}
