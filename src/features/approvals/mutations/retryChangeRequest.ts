import { defineMutation } from '../../../graphql/mutation.ts'
import { InvalidStateError } from '../../../platform/domainErrors.ts'
import { idInput } from '../../projects/inputIds.ts'
import { ApproveChangeRequestSuccess, toVoteResult } from '../ApprovalOutcome.ts'
import { applyChangeRequest } from '../data/applyChangeRequest.ts'
import { loadEligibleVoters } from '../data/eligibleVoters.ts'
import { ChangeRequestExpiredError, NotAnApproverError } from '../data/errors.ts'
import { countValidApprovals, lockChangeRequest, recordRequestActivity } from '../data/votes.ts'
import { parseSnapshot } from '../rules/policySnapshot.ts'

defineMutation({
  name: 'retryChangeRequest',
  type: ApproveChangeRequestSuccess,
  scope: 'approvals:write',
  description:
    'Tries again to make a change that had its quorum and failed. Any of its approvers may, the requester too where they are one; the votes of ' +
    'those who still may vote must reach the quorum, and its time must not have passed.',
  errors: ['invalidState', ChangeRequestExpiredError, NotAnApproverError],
  inputDescription: 'A change request that failed.',
  argumentDescription: 'Which request.',
  input: (t) => ({ id: idInput(t, 'ChangeRequest', 'The request') }),
  act: async (unit, actor, { id }, { name, log }) => {
    const { tx } = unit
    const request = await lockChangeRequest(tx, actor, id)
    if (request.state !== 'FAILED') throw new InvalidStateError('Only failed change requests can be tried again', request.state)
    if (request.expiresAt <= actor.now) throw new ChangeRequestExpiredError('This change request has expired.', request)
    const snapshot = parseSnapshot(request)
    const voters = await loadEligibleVoters(tx, request.organizationId, snapshot)
    if (!voters.has(actor.user.id)) throw new NotAnApproverError('You are not in the approver set for this change request', request)
    const votes = await tx.approval.findMany({ where: { changeRequestId: id } })
    const approvals = countValidApprovals({ voters, votes })
    if (approvals < snapshot.quorum) {
      throw new InvalidStateError(`Only ${approvals} of ${snapshot.quorum} approvals still count. Ask for the change again.`, request.state)
    }
    const after = await applyChangeRequest(unit, request, actor, log)
    await recordRequestActivity(unit, actor, name, request, after, '')
    return toVoteResult(after, approvals, snapshot.quorum)
  },
})
