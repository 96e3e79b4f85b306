import type { ChangeRequest as RequestRow } from '../../../database/generated/client.ts'
import { withTransaction } from '../../../database/transaction.ts'
import { builder } from '../../../graphql/builder.ts'
import { clearLoaders } from '../../../graphql/context.ts'
import { resultUnionOptions, toActor } from '../../../graphql/mutation.ts'
import { DomainError, InvalidStateError, PermissionDeniedError, ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { ChangeRequest } from '../ChangeRequest.ts'
import {
  AlreadyVotedError,
  ChangeRequestExpiredError,
  NotAnApproverError,
  ReasonRequiredError,
  SelfApprovalForbiddenError,
} from '../data/errors.ts'
import { assertNotVoted, castVote, loadVotingState, lockChangeRequest, normalizeReason, recordRequestActivity } from '../data/votes.ts'

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
    description: `Votes against a change request, which ends it at once, whatever the quorum. What it was about stays as it is.\n\n${requiresScopeText('approvals:write')}`,
    args: { input: t.arg({ type: RejectChangeRequestInput, required: true, description: 'The vote.' }) },
    authScopes: { scope: 'approvals:write' },
    errors: {
      types: [
        InvalidStateError,
        ChangeRequestExpiredError,
        AlreadyVotedError,
        ReasonRequiredError,
        SelfApprovalForbiddenError,
        NotAnApproverError,
        PermissionDeniedError,
        ResourceNotFoundError,
      ],
      ...resultUnionOptions('rejectChangeRequest'),
    },
    resolve: async (_root, { input }, context) => {
      const actor = toActor(context)
      const id = parseInputId('ChangeRequest', input.id)
      const reason = normalizeReason(input.reason)
      const outcome = await withTransaction(context, async (unit): Promise<RequestRow | DomainError> => {
        const { tx } = unit
        const request = await lockChangeRequest(tx, actor, id)
        if (reason === '') throw new ReasonRequiredError('A reason is required for rejection.')
        const voting = await loadVotingState(unit, actor, request, 'rejected')
        // Given back, not thrown: that it is expired stays written.
        if (voting instanceof DomainError) return voting
        assertNotVoted(voting, actor, request)
        await castVote(tx, actor, request, 'REJECTED', reason)
        const rejected = await tx.changeRequest.update({
          where: { id },
          data: { state: 'REJECTED', decidedById: actor.user.id, updatedAt: actor.now },
        })
        await recordRequestActivity(unit, actor, 'rejectChangeRequest', request, rejected, reason)
        return rejected
      })
      if (outcome instanceof DomainError) throw outcome
      clearLoaders(context)
      return outcome
    },
  }),
)
