import type { Approval, ChangeRequest } from '../../../database/generated/client.ts'
import type { PolicySnapshot } from './policySnapshot.ts'

// Who may vote on or cancel a request (approvals.md 8 and 11). The mutations and the viewer's fields share these rules.

/** Whether a person may vote on a request: an approver, but not the requester, unless the policy allows it. Ignores the state of the request. */
export function canVote(
  request: Pick<ChangeRequest, 'requestedById'>,
  snapshot: PolicySnapshot,
  userId: number,
  isApprover: boolean,
): boolean {
  return isApprover && (request.requestedById !== userId || snapshot.allowSelfApprove)
}

/** Whether a person may cancel a request: the requester, while it is pending and has no approval. A stale request also with approvals. */
export function canCancel(
  request: Pick<ChangeRequest, 'requestedById' | 'state' | 'validationStatus'>,
  votes: readonly Pick<Approval, 'decision'>[],
  userId: number,
): boolean {
  if (request.requestedById !== userId || request.state !== 'PENDING') return false
  return request.validationStatus === 'STALE' || !votes.some(({ decision }) => decision === 'APPROVED')
}
