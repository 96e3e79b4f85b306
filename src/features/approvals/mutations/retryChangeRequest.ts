import { withTransaction } from '../../../database/transaction.ts'
import { builder } from '../../../graphql/builder.ts'
import { clearLoaders } from '../../../graphql/context.ts'
import { resultUnionOptions, toActor } from '../../../graphql/mutation.ts'
import { InvalidStateError, PermissionDeniedError, ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { ApproveChangeRequestSuccess } from '../ApprovalOutcome.ts'
import { applyChangeRequest } from '../data/applyChangeRequest.ts'
import { loadEligibleVoters } from '../data/eligibleVoters.ts'
import { ChangeRequestExpiredError, NotAnApproverError } from '../data/errors.ts'
import { countValidApprovals, lockChangeRequest, recordRequestActivity } from '../data/votes.ts'
import { parseSnapshot } from '../rules/policySnapshot.ts'
import { toVoteOutcome } from './approveChangeRequest.ts'

const RetryChangeRequestInput = builder.inputType('RetryChangeRequestInput', {
  description: 'A change request that failed.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The request: its global id, or its number.' }) }),
})

builder.mutationField('retryChangeRequest', (t) =>
  t.field({
    type: ApproveChangeRequestSuccess,
    description:
      'Tries again to make a change that had its quorum and failed. Any of its approvers may, the requester too where they are one; the votes of ' +
      `those who still may vote must reach the quorum, and its time must not have passed.\n\n${requiresScopeText('approvals:write')}`,
    args: { input: t.arg({ type: RetryChangeRequestInput, required: true, description: 'Which request.' }) },
    authScopes: { scope: 'approvals:write' },
    errors: {
      types: [InvalidStateError, ChangeRequestExpiredError, NotAnApproverError, PermissionDeniedError, ResourceNotFoundError],
      ...resultUnionOptions('retryChangeRequest'),
    },
    resolve: async (_root, { input }, context) => {
      const actor = toActor(context)
      const id = parseInputId('ChangeRequest', input.id)
      const result = await withTransaction(context, async (unit) => {
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
          throw new InvalidStateError(
            `Only ${approvals} of ${snapshot.quorum} approvals still count. Ask for the change again.`,
            request.state,
          )
        }
        const after = await applyChangeRequest(unit, request, actor, context.log)
        await recordRequestActivity(unit, actor, 'retryChangeRequest', request, after, '')
        return { changeRequest: after, outcome: toVoteOutcome(after, approvals, snapshot.quorum) }
      })
      clearLoaders(context)
      return result
    },
  }),
)
