import type { ApprovalPolicy, ChangeRequest } from '../../../database/generated/client.ts'
import { DomainError } from '../../../platform/domainErrors.ts'

// Why a vote, or a cancellation, was not taken. All but one carry the request as it is now.

abstract class ChangeRequestActionError extends DomainError {
  readonly changeRequest: ChangeRequest
  constructor(message: string, changeRequest: ChangeRequest) {
    super(message)
    this.changeRequest = changeRequest
  }
}

/** What the request would change has changed since. */
export class ChangeRequestStaleError extends ChangeRequestActionError {
  readonly code = 'STALE'
}

/** The request's time has passed. */
export class ChangeRequestExpiredError extends ChangeRequestActionError {
  readonly code = 'EXPIRED'
}

/** One vote a person. */
export class AlreadyVotedError extends ChangeRequestActionError {
  readonly code = 'ALREADY_VOTED'
}

/** The requester may not vote on this request. */
export class SelfApprovalForbiddenError extends ChangeRequestActionError {
  readonly code = 'SELF_APPROVAL_FORBIDDEN'
}

/** The viewer is none of the approvers. */
export class NotAnApproverError extends ChangeRequestActionError {
  readonly code = 'NOT_AN_APPROVER'
}

/** Only the requester may cancel, and only before anybody approved. */
export class CancelForbiddenError extends ChangeRequestActionError {
  readonly code = 'CANCEL_FORBIDDEN'
}

/** A rejection needs a reason. */
export class ReasonRequiredError extends DomainError {
  readonly code = 'REASON_REQUIRED'
}

/** An action has one policy a project, and one for the whole organization. */
export class PolicyExistsError extends DomainError {
  readonly code = 'POLICY_EXISTS'
  readonly existing: ApprovalPolicy
  constructor(existing: ApprovalPolicy) {
    super('A policy for this action already exists. You can edit the existing policy instead.')
    this.existing = existing
  }
}
