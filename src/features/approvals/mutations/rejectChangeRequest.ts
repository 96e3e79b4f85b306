import { defineMutation } from '../../../graphql/mutation.ts'
import { DomainError } from '../../../platform/domainErrors.ts'
import { idInput } from '../../projects/inputIds.ts'
import { ChangeRequest } from '../ChangeRequest.ts'
import { recordRequestActivity } from '../data/activity.ts'
import {
  AlreadyVotedError,
  ChangeRequestExpiredError,
  NotAnApproverError,
  ReasonRequiredError,
  SelfApprovalForbiddenError,
} from '../data/errors.ts'
import { explainVote, findUpstreamRequest, reloadRequest } from '../data/linked/upstreamVotes.ts'
import { assertNotVoted, castVote, loadVotingState, lockChangeRequest } from '../data/votes.ts'
import { normalizeReason } from '../rules/reason.ts'

defineMutation({
  name: 'rejectChangeRequest',
  type: ChangeRequest,
  scope: 'approvals:write',
  description: 'Votes against a change request. One such vote ends the request, whatever the quorum, and nothing is changed.',
  errors: [
    'invalidState',
    ChangeRequestExpiredError,
    AlreadyVotedError,
    ReasonRequiredError,
    SelfApprovalForbiddenError,
    NotAnApproverError,
  ],
  inputDescription: 'A vote against a change request.',
  argumentDescription: 'The vote.',
  input: (t) => ({
    id: idInput(t, 'ChangeRequest', 'The request'),
    reason: t.string({
      required: true,
      description: 'The reason for the vote. It must not be blank. Only its first 2,000 characters are stored.',
    }),
  }),
  linked: { find: findUpstreamRequest, reload: reloadRequest, explain: explainVote },
  act: async (unit, actor, input, { name }) => {
    const { tx } = unit
    const { id } = input
    const reason = normalizeReason(input.reason)
    const request = await lockChangeRequest(tx, actor, id)
    if (reason === '') throw new ReasonRequiredError('A reason is required for rejection.')
    const voting = await loadVotingState(unit, actor, request, 'rejected')
    // Returned, not thrown, so that the new state of the request stays stored.
    if (voting instanceof DomainError) return voting
    assertNotVoted(voting, actor, request)
    await castVote(tx, actor, request, 'REJECTED', reason)
    const rejected = await tx.changeRequest.update({
      where: { id },
      data: { state: 'REJECTED', decidedById: actor.user.id, updatedAt: actor.now },
    })
    await recordRequestActivity(unit, actor, name, request, rejected, reason)
    return rejected
  },
})
