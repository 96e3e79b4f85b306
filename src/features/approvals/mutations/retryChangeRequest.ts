import { findLink, readOnlyError } from '../../../commands/linkedProject.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { InvalidStateError } from '../../../platform/domainErrors.ts'
import { idInput } from '../../projects/inputIds.ts'
import { ApproveChangeRequestSuccess, sendApproved } from '../ApprovalOutcome.ts'
import { recordRequestActivity } from '../data/activity.ts'
import { applyChangeRequest } from '../data/applyChangeRequest.ts'
import { checkChangeRequest } from '../data/checkChangeRequest.ts'
import { loadVoters } from '../data/eligibleVoters.ts'
import { ChangeRequestExpiredError, NotAnApproverError } from '../data/errors.ts'
import { markApproved } from '../data/linked/sendChangeRequest.ts'
import { explainVote, findUpstreamRequest, reloadVotes } from '../data/linked/upstreamVotes.ts'
import { lockChangeRequest } from '../data/votes.ts'
import { countValidApprovals } from '../rules/judgement.ts'
import { parseSnapshot } from '../rules/policySnapshot.ts'

defineMutation({
  name: 'retryChangeRequest',
  type: ApproveChangeRequestSuccess,
  scope: 'approvals:write',
  description:
    'Tries again to apply a change request that reached its quorum and failed. Any approver can, also the requester if they are an ' +
    'approver. The votes of those who are still approvers must reach the quorum, and the request must not have expired.',
  errors: ['invalidState', ChangeRequestExpiredError, NotAnApproverError],
  inputDescription: 'The change request to retry.',
  argumentDescription: 'The failed change request.',
  input: (t) => ({ id: idInput(t, 'ChangeRequest', 'The request') }),
  linked: { find: findUpstreamRequest, reload: reloadVotes, explain: explainVote },
  act: async (unit, actor, { id }, { name, log }) => {
    const { tx } = unit
    const request = await lockChangeRequest(tx, actor, id)
    const link = await findLink(tx, request.projectId)
    if (link?.mode === 'mirror') throw await readOnlyError(tx, link, { type: 'CHANGE_REQUEST', id }, null)
    // One that was to be sent to PostHog when the server was killed.
    const isUnsent = link !== null && request.state === 'APPROVED'
    if (request.state !== 'FAILED' && !isUnsent)
      throw new InvalidStateError('Only failed change requests can be tried again', request.state)
    if (request.expiresAt <= actor.now) throw new ChangeRequestExpiredError('This change request has expired.', request)
    const snapshot = parseSnapshot(request)
    const voters = await loadVoters(tx, { ...snapshot, organizationId: request.organizationId })
    if (!voters.has(actor.user.id)) throw new NotAnApproverError('You are not in the approver set for this change request', request)
    const votes = await tx.approval.findMany({ where: { changeRequestId: id } })
    const approvals = countValidApprovals(voters, votes)
    if (approvals < snapshot.quorum) {
      throw new InvalidStateError(`Only ${approvals} of ${snapshot.quorum} approvals still count. Ask for the change again.`, request.state)
    }
    const after =
      link === null
        ? await applyChangeRequest(unit, request, await checkChangeRequest(unit, request), actor, log)
        : await markApproved(unit, request, actor)
    await recordRequestActivity(unit, actor, name, request, after, '')
    return { changeRequest: after, approvals, quorum: snapshot.quorum }
  },
  afterwards: sendApproved,
})
