import type { ApprovalPolicy, ChangeRequest } from '../database/generated/client.ts'
import { DomainError } from '../platform/domainErrors.ts'

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
