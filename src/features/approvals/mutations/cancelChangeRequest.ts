import { withTransaction } from '../../../database/transaction.ts'
import { builder } from '../../../graphql/builder.ts'
import { clearLoaders } from '../../../graphql/context.ts'
import { resultUnionOptions, toActor } from '../../../graphql/mutation.ts'
import { InvalidStateError, PermissionDeniedError, ResourceNotFoundError } from '../../../platform/domainErrors.ts'
import { parseInputId } from '../../projects/inputIds.ts'
import { requiresScopeText } from '../../projects/projectField.ts'
import { ChangeRequest } from '../ChangeRequest.ts'
import { CancelForbiddenError } from '../data/errors.ts'
import { lockChangeRequest, normalizeReason, recordRequestActivity } from '../data/votes.ts'
import { canCancel } from '../rules/permissions.ts'

const CancelChangeRequestInput = builder.inputType('CancelChangeRequestInput', {
  description: 'A change request that is taken back.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The request: its global id, or its number.' }),
    reason: t.string({
      required: false,
      description: 'Why; only its first 2,000 characters are kept. `Canceled by requester` when nothing is said.',
    }),
  }),
})

builder.mutationField('cancelChangeRequest', (t) =>
  t.field({
    type: ChangeRequest,
    description: `Takes a change request back: its requester may, while it is pending and nobody has approved; a stale one also then.\n\n${requiresScopeText('approvals:write')}`,
    args: { input: t.arg({ type: CancelChangeRequestInput, required: true, description: 'Which request.' }) },
    authScopes: { scope: 'approvals:write' },
    errors: {
      types: [InvalidStateError, CancelForbiddenError, PermissionDeniedError, ResourceNotFoundError],
      ...resultUnionOptions('cancelChangeRequest'),
    },
    resolve: async (_root, { input }, context) => {
      const actor = toActor(context)
      const id = parseInputId('ChangeRequest', input.id)
      const reason = normalizeReason(input.reason) || 'Canceled by requester'
      const canceled = await withTransaction(context, async (unit) => {
        const { tx } = unit
        const request = await lockChangeRequest(tx, actor, id)
        if (request.requestedById !== actor.user.id) throw new CancelForbiddenError('You cannot cancel this change request', request)
        if (request.state !== 'PENDING') throw new InvalidStateError('This change request can no longer be canceled.', request.state)
        const votes = await tx.approval.findMany({ where: { changeRequestId: id }, select: { decision: true } })
        if (!canCancel(request, votes, actor.user.id)) throw new CancelForbiddenError('You cannot cancel this change request', request)
        const row = await tx.changeRequest.update({
          where: { id },
          data: { state: 'CANCELED', cancelReason: reason, decidedById: actor.user.id, updatedAt: actor.now },
        })
        await recordRequestActivity(unit, actor, 'cancelChangeRequest', request, row, reason)
        return row
      })
      clearLoaders(context)
      return canceled
    },
  }),
)
