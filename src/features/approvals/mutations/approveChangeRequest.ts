import { defineMutation } from '../../../graphql/mutation.ts'
import { DomainError } from '../../../platform/domainErrors.ts'
import { idInput } from '../../projects/inputIds.ts'
import { ApproveChangeRequestSuccess } from '../ApprovalOutcome.ts'
import { recordRequestActivity } from '../data/activity.ts'
import { applyChangeRequest } from '../data/applyChangeRequest.ts'
import { findStaleness, lockResource, saveValidationStatus } from '../data/checkChangeRequest.ts'
import {
  AlreadyVotedError,
  ChangeRequestExpiredError,
  ChangeRequestStaleError,
  NotAnApproverError,
  SelfApprovalForbiddenError,
} from '../data/errors.ts'
import { assertNotVoted, castVote, countValidApprovals, loadVotingState, lockChangeRequest, normalizeReason } from '../data/votes.ts'

defineMutation({
  name: 'approveChangeRequest',
  type: ApproveChangeRequestSuccess,
  scope: 'approvals:write',
  description:
    'Votes for a change request. The vote that reaches the quorum applies the whole change at once, in the name of the requester. ' +
    '`outcome` shows the result. If the change fails, the vote still counts: see `ApplyFailed`.',
  errors: [
    'invalidState',
    ChangeRequestStaleError,
    ChangeRequestExpiredError,
    AlreadyVotedError,
    SelfApprovalForbiddenError,
    NotAnApproverError,
  ],
  inputDescription: 'A vote for a change request.',
  argumentDescription: 'The vote.',
  input: (t) => ({
    id: idInput(t, 'ChangeRequest', 'The request'),
    reason: t.string({ description: 'The reason for the vote. Only its first 2,000 characters are stored.' }),
  }),
  act: async (unit, actor, input, { name, log }) => {
    const { tx } = unit
    const { id } = input
    const reason = normalizeReason(input.reason)
    const request = await lockChangeRequest(tx, actor, id)
    const voting = await loadVotingState(unit, actor, request, 'approved')
    // Returned, not thrown, so that the new state of the request stays stored.
    if (voting instanceof DomainError) return voting
    await lockResource(tx, request)
    const staleness = await findStaleness(tx, request)
    if (staleness !== null) {
      const staleRequest = await saveValidationStatus(unit, request, { status: 'STALE', error: staleness.message }, actor.now)
      return new ChangeRequestStaleError(
        `The resource has changed since this request was created. Please ask for the change again. ${staleness.message}`,
        staleRequest,
      )
    }
    assertNotVoted(voting, actor, request)

    const vote = await castVote(tx, actor, request, 'APPROVED', reason)
    const approvals = countValidApprovals({ ...voting, votes: [...voting.votes, vote] })
    const { quorum } = voting.snapshot
    const isApproved = approvals >= quorum
    const after = await (isApproved ? applyChangeRequest(unit, request, actor, log) : tx.changeRequest.findUniqueOrThrow({ where: { id } }))
    await recordRequestActivity(unit, actor, name, request, after, reason)
    return { changeRequest: after, approvals, quorum }
  },
})
