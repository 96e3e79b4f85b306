import type { Actor } from '../auth/actor.ts'
import type { ApprovalPolicy, ChangeRequest } from '../database/generated/client.ts'
import type { UnitOfWork } from '../database/transaction.ts'
import { DomainError } from '../platform/domainErrors.ts'
import type { Command, CommandPlan } from './command.ts'

/** An error that carries the change request that it is about. */
export abstract class ChangeRequestError extends DomainError {
  readonly changeRequest: ChangeRequest
  constructor(message: string, changeRequest: ChangeRequest) {
    super(message)
    this.changeRequest = changeRequest
  }
}

// The errors of the gate.

/** The change was not made. It became a change request. */
export class ApprovalRequiredError extends ChangeRequestError {
  readonly code = 'APPROVAL_REQUIRED'
  constructor(changeRequest: ChangeRequest, viewerIsApprover: boolean) {
    // The reference's text. `from others` is for an approver who may not approve their own change.
    super(`A change request has been created and is pending approval${viewerIsApprover ? ' from others' : ''}.`, changeRequest)
  }
}

/** The change was not made, because a change request for the same action on the same flag is already open. */
export class ChangeRequestPendingError extends ChangeRequestError {
  static readonly text = 'A pending approval request already exists for this action'
  readonly code = 'CHANGE_REQUEST_PENDING'
  constructor(changeRequest: ChangeRequest) {
    super(ChangeRequestPendingError.text, changeRequest)
  }
}

/** The change was not made, because several policies guard it. A change request can get the approval of only one policy. */
export class PolicyConflictError extends DomainError {
  readonly code = 'POLICY_CONFLICT'
  readonly policies: readonly ApprovalPolicy[]
  readonly guidance = 'Split your changes into separate API calls to address each policy independently'
  constructor(policies: readonly ApprovalPolicy[]) {
    super('This change requires approval under multiple policies')
    this.policies = policies
  }
}

/** The errors that every gated mutation can return. */
export const gateErrors = [ApprovalRequiredError, ChangeRequestPendingError, PolicyConflictError]

/** A policy that the actor bypasses. `reason` names the level or role that allows it. */
export interface Bypass {
  policyId: number
  action: string
  reason: string
  /** The approvals and the change that were not approved, in words. */
  skipped: string
}

/** What a change request stores of a call, so that its plan can be computed again. */
export interface CommandCall<Input> {
  input: Input
  /** The seed of the ids that the plan made up. */
  idSeed: string
}

/** Decides whether a plan may be applied now, or needs approval first. */
export interface ApprovalGate {
  /**
   * Checks a plan against the policies. Its rows must be locked, and nothing may be written yet.
   *
   * @returns the policies that the actor bypasses. If another policy requires approval, also the error for the caller. It carries the change
   *   request, which was stored in this transaction or already existed.
   * @throws PolicyConflictError if several policies guard the plan.
   */
  check<Input>(
    unit: UnitOfWork,
    actor: Actor,
    command: Command<Input>,
    call: CommandCall<Input>,
    plan: CommandPlan,
  ): Promise<{ error?: ApprovalRequiredError | ChangeRequestPendingError; bypasses: readonly Bypass[] }>
}
