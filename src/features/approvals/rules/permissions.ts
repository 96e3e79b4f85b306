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

/**
 * Whether a person may cancel a pending request: the requester, while nobody has approved it. A request that cannot be applied can also be
 * cancelled despite approvals, and by an admin. So it never blocks the flag until it expires.
 *
 * @param isStuck whether the request is stale or invalid
 * @param policyIsGone whether the policy of the request was deleted
 */
export function canCancel(
  request: Pick<ChangeRequest, 'requestedById'>,
  votes: readonly Pick<Approval, 'decision'>[],
  { isStuck, policyIsGone }: { isStuck: boolean; policyIsGone: boolean },
  { userId, isAdmin }: { userId: number; isAdmin: boolean },
): boolean {
  if (request.requestedById === userId) return isStuck || !votes.some(({ decision }) => decision === 'APPROVED')
  return isAdmin && (isStuck || policyIsGone)
}
