import type { ChangeRequest as RequestRow } from '../../../database/generated/client.ts'
import { inTransaction } from '../../../database/transaction.ts'
import { builder } from '../../../graphql/builder.ts'
import { forgetReads } from '../../../graphql/context.ts'
import { actorOf, resultUnion } from '../../../graphql/mutation.ts'
import { InvalidStateRefusal, NotFoundRefusal, PermissionDeniedRefusal, Refusal } from '../../../platform/domainErrors.ts'
import { addressed } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { ChangeRequest } from '../ChangeRequest.ts'
import { AlreadyVotedRefusal, ExpiredRefusal, NotAnApproverRefusal, ReasonRefusal, SelfApprovalRefusal } from '../data/errors.ts'
import { castVote, keptReason, lockRequest, openBallot, recordOnRequest, refuseSecondVote } from '../data/votes.ts'

const RejectChangeRequestInput = builder.inputType('RejectChangeRequestInput', {
  description: 'A vote against a change request.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The request: its global id, or its number.' }),
    reason: t.string({ required: true, description: 'Why; it must say something. Only its first 2,000 characters are kept.' }),
  }),
})

builder.mutationField('rejectChangeRequest', (t) =>
  t.field({
    type: ChangeRequest,
    description: `Votes against a change request, which ends it at once, whatever the quorum. What it was about stays as it is.\n\n${needs('approvals:write')}`,
    args: { input: t.arg({ type: RejectChangeRequestInput, required: true, description: 'The vote.' }) },
    authScopes: { scope: 'approvals:write' },
    errors: {
      types: [
        InvalidStateRefusal,
        ExpiredRefusal,
        AlreadyVotedRefusal,
        ReasonRefusal,
        SelfApprovalRefusal,
        NotAnApproverRefusal,
        PermissionDeniedRefusal,
        NotFoundRefusal,
      ],
      ...resultUnion('rejectChangeRequest'),
    },
    resolve: async (_root, { input }, context) => {
      const actor = actorOf(context)
      const id = addressed('ChangeRequest', input.id)
      const reason = keptReason(input.reason)
      const outcome = await inTransaction(context.db, async (tx): Promise<RequestRow | Refusal> => {
        const request = await lockRequest(tx, actor, id)
        if (reason === '') throw new ReasonRefusal('A reason is required for rejection.')
        const ballot = await openBallot(tx, actor, request, 'rejected')
        // Given back, not thrown: that it is expired stays written.
        if (ballot instanceof Refusal) return ballot
        refuseSecondVote(ballot, actor, request)
        await castVote(tx, actor, request, 'REJECTED', reason)
        const rejected = await tx.changeRequest.update({
          where: { id },
          data: { state: 'REJECTED', decidedById: actor.user.id, updatedAt: actor.now },
        })
        await recordOnRequest(tx, actor, 'rejectChangeRequest', request, rejected, reason)
        return rejected
      })
      if (outcome instanceof Refusal) throw outcome
      forgetReads(context)
      return outcome
    },
  }),
)
