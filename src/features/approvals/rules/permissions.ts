import type { Approval, ChangeRequest } from '../../../database/generated/client.ts'
import type { PolicySnapshot } from './policySnapshot.ts'

// Who may do what with a request, as pure rules (approvals.md 8 and 11). The mutations and the viewer's fields share them.

/** Whether somebody may vote on a request: an approver, and not the requester unless the policy lets them. Looks at no state. */
export function canVote(
  request: Pick<ChangeRequest, 'requestedById'>,
  snapshot: PolicySnapshot,
  userId: number,
  isApprover: boolean,
): boolean {
  return isApprover && (request.requestedById !== userId || snapshot.allowSelfApprove)
}

/** Whether somebody may cancel a request: the requester, while it is pending and nobody has approved; a stale one also then. */
export function canCancel(
  request: Pick<ChangeRequest, 'requestedById' | 'state' | 'validationStatus'>,
  votes: readonly Pick<Approval, 'decision'>[],
  userId: number,
): boolean {
  if (request.requestedById !== userId || request.state !== 'PENDING') return false
  return request.validationStatus === 'STALE' || !votes.some(({ decision }) => decision === 'APPROVED')
}
