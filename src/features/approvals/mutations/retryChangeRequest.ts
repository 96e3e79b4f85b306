import { inTransaction } from '../../../database/transaction.ts'
import { builder } from '../../../graphql/builder.ts'
import { forgetReads } from '../../../graphql/context.ts'
import { actorOf, resultUnion } from '../../../graphql/mutation.ts'
import { InvalidStateRefusal, NotFoundRefusal, PermissionDeniedRefusal } from '../../../platform/domainErrors.ts'
import { addressed } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { ApproveChangeRequestSuccess } from '../ApprovalOutcome.ts'
import { applyRequest } from '../data/applyChangeRequest.ts'
import { votersOf } from '../data/eligibleVoters.ts'
import { ExpiredRefusal, NotAnApproverRefusal } from '../data/errors.ts'
import { countedApprovals, lockRequest, recordOnRequest } from '../data/votes.ts'
import { readSnapshot } from '../rules/policySnapshot.ts'
import { outcomeOf } from './approveChangeRequest.ts'

const RetryChangeRequestInput = builder.inputType('RetryChangeRequestInput', {
  description: 'A change request that failed.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The request: its global id, or its number.' }) }),
})

builder.mutationField('retryChangeRequest', (t) =>
  t.field({
    type: ApproveChangeRequestSuccess,
    description:
      'Tries again to make a change that had its quorum and failed. Any of its approvers may, the requester too where they are one; the votes of ' +
      `those who still may vote must reach the quorum, and its time must not have passed.\n\n${needs('approvals:write')}`,
    args: { input: t.arg({ type: RetryChangeRequestInput, required: true, description: 'Which request.' }) },
    authScopes: { scope: 'approvals:write' },
    errors: {
      types: [InvalidStateRefusal, ExpiredRefusal, NotAnApproverRefusal, PermissionDeniedRefusal, NotFoundRefusal],
      ...resultUnion('retryChangeRequest'),
    },
    resolve: async (_root, { input }, context) => {
      const actor = actorOf(context)
      const id = addressed('ChangeRequest', input.id)
      const tried = await inTransaction(context.db, async (tx) => {
        const request = await lockRequest(tx, actor, id)
        if (request.state !== 'FAILED') throw new InvalidStateRefusal('Only failed change requests can be tried again', request.state)
        if (request.expiresAt <= actor.now) throw new ExpiredRefusal('This change request has expired.', request)
        const snapshot = readSnapshot(request)
        const voters = await votersOf(tx, request.organizationId, snapshot)
        if (!voters.has(actor.user.id)) throw new NotAnApproverRefusal('You are not in the approver set for this change request', request)
        const votes = await tx.approval.findMany({ where: { changeRequestId: id } })
        const approvals = countedApprovals({ voters, votes })
        if (approvals < snapshot.quorum) {
          throw new InvalidStateRefusal(
            `Only ${approvals} of ${snapshot.quorum} approvals still count. Ask for the change again.`,
            request.state,
          )
        }
        const after = await applyRequest(tx, request, actor, context.log)
        await recordOnRequest(tx, actor, 'retryChangeRequest', request, after, '')
        return { changeRequest: after, outcome: outcomeOf(after, approvals, snapshot.quorum) }
      })
      forgetReads(context)
      return tried
    },
  }),
)
