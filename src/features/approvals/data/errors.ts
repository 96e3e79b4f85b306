import type { ChangeRequest } from '../../../database/generated/client.ts'
import { Refusal } from '../../../platform/domainErrors.ts'

// Why a vote, or a cancellation, was not taken. All but one carry the request as it is now.

abstract class RequestRefusal extends Refusal {
  readonly changeRequest: ChangeRequest
  constructor(message: string, changeRequest: ChangeRequest) {
    super(message)
    this.changeRequest = changeRequest
  }
}

/** What the request would change has changed since. */
export class StaleRefusal extends RequestRefusal {
  readonly code = 'STALE'
}

/** The request's time has passed. */
export class ExpiredRefusal extends RequestRefusal {
  readonly code = 'EXPIRED'
}

/** One vote a person. */
export class AlreadyVotedRefusal extends RequestRefusal {
  readonly code = 'ALREADY_VOTED'
}

/** The requester may not vote on this request. */
export class SelfApprovalRefusal extends RequestRefusal {
  readonly code = 'SELF_APPROVAL_FORBIDDEN'
}

/** The viewer is none of the approvers. */
export class NotAnApproverRefusal extends RequestRefusal {
  readonly code = 'NOT_AN_APPROVER'
}

/** Only the requester may cancel, and only before anybody approved. */
export class CancelRefusal extends RequestRefusal {
  readonly code = 'CANCEL_FORBIDDEN'
}

/** A rejection needs a reason. */
export class ReasonRefusal extends Refusal {
  readonly code = 'REASON_REQUIRED'
}
