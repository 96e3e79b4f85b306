import { ChangeRequestError } from '../../../commands/approvalGate.ts'
import type { ApprovalPolicy, ChangeRequest } from '../../../database/generated/client.ts'
import { DomainError } from '../../../platform/domainErrors.ts'

// The errors of votes and cancellations. All but `ReasonRequiredError` carry the current request.

/** A value that the request would set, or the use of the flag by experiments, has changed since. */
export class ChangeRequestStaleError extends ChangeRequestError {
  readonly code = 'STALE'
  readonly staleReason: string
  constructor(message: string, changeRequest: ChangeRequest, staleReason: string) {
    super(message, changeRequest)
    this.staleReason = staleReason
  }
}

/** The request has expired. */
export class ChangeRequestExpiredError extends ChangeRequestError {
  readonly code = 'EXPIRED'
}

/** The actor has already voted. Each person has one vote. */
export class AlreadyVotedError extends ChangeRequestError {
  readonly code = 'ALREADY_VOTED'
}

/** The policy does not let the requester vote. */
export class SelfApprovalForbiddenError extends ChangeRequestError {
  readonly code = 'SELF_APPROVAL_FORBIDDEN'
}

/** The viewer is not an approver. */
export class NotAnApproverError extends ChangeRequestError {
  readonly code = 'NOT_AN_APPROVER'
}

/** Only the requester may cancel. After the first approval, only a stale request can be cancelled. */
export class CancelForbiddenError extends ChangeRequestError {
  readonly code = 'CANCEL_FORBIDDEN'
}

/** A rejection needs a reason. */
export class ReasonRequiredError extends DomainError {
  readonly code = 'REASON_REQUIRED'
}

/** Each action has at most one policy per project, and at most one for the whole organization. */
export class PolicyExistsError extends DomainError {
  readonly code = 'POLICY_EXISTS'
  readonly existing: ApprovalPolicy
  constructor(existing: ApprovalPolicy) {
    super('A policy for this action already exists. You can edit the existing policy instead.')
    this.existing = existing
  }
}
