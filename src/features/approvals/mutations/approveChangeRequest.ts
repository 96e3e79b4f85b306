import { findLink, readOnlyError } from '../../../commands/linkedProject.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { DomainError } from '../../../platform/domainErrors.ts'
import { idInput } from '../../projects/inputIds.ts'
import { ApproveChangeRequestSuccess, sendApproved } from '../ApprovalOutcome.ts'
import { recordRequestActivity } from '../data/activity.ts'
import { applyChangeRequest } from '../data/applyChangeRequest.ts'
import { checkChangeRequest, saveJudgement } from '../data/checkChangeRequest.ts'
import {
  AlreadyVotedError,
  ChangeRequestExpiredError,
  ChangeRequestStaleError,
  NotAnApproverError,
  SelfApprovalForbiddenError,
} from '../data/errors.ts'
import { markApproved } from '../data/linked/sendChangeRequest.ts'
import { explainVote, findUpstreamRequest, reloadVotes } from '../data/linked/upstreamVotes.ts'
import { assertNotVoted, castVote, loadVotingState, lockChangeRequest } from '../data/votes.ts'
import { countValidApprovals } from '../rules/judgement.ts'
import { normalizeReason } from '../rules/reason.ts'

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
  linked: { find: findUpstreamRequest, reload: reloadVotes, explain: explainVote },
  act: async (unit, actor, input, { name, log }) => {
    const { tx } = unit
    const { id } = input
    const reason = normalizeReason(input.reason)
    const request = await lockChangeRequest(tx, actor, id)
    const voting = await loadVotingState(unit, actor, request, 'approved')
    // Returned, not thrown, so that the new state of the request stays stored.
    if (voting instanceof DomainError) return voting
    const judgement = await checkChangeRequest(unit, request)
    if (judgement.status === 'STALE') {
      return new ChangeRequestStaleError(
        `The resource has changed since this request was created. Please ask for the change again. ${judgement.message}`,
        await saveJudgement(unit, request, judgement, actor.now),
        judgement.message,
      )
    }
    assertNotVoted(voting, actor, request)

    const vote = await castVote(tx, actor, request, 'APPROVED', reason)
    const approvals = countValidApprovals(voting.voters, [...voting.votes, vote])
    const { quorum } = voting.snapshot
    const isApproved = approvals >= quorum
    const link = await findLink(tx, request.projectId)
    if (link?.mode === 'mirror') throw await readOnlyError(tx, link, { type: 'CHANGE_REQUEST', id }, null)
    const apply = () => (link === null ? applyChangeRequest(unit, request, judgement, actor, log) : markApproved(unit, request, actor))
    const after = await (isApproved ? apply() : tx.changeRequest.findUniqueOrThrow({ where: { id } }))
    await recordRequestActivity(unit, actor, name, request, after, reason)
    return { changeRequest: after, approvals, quorum }
  },
  afterwards: sendApproved,
})
