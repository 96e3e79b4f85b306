import { inTransaction } from '../../../database/transaction.ts'
import { builder } from '../../../graphql/builder.ts'
import { forgetReads } from '../../../graphql/context.ts'
import { actorOf, resultUnion } from '../../../graphql/mutation.ts'
import { InvalidStateRefusal, NotFoundRefusal, PermissionDeniedRefusal } from '../../../platform/domainErrors.ts'
import { addressed } from '../../projects/inputIds.ts'
import { needs } from '../../projects/projectField.ts'
import { ChangeRequest } from '../ChangeRequest.ts'
import { CancelRefusal } from '../data/errors.ts'
import { keptReason, lockRequest, recordOnRequest } from '../data/votes.ts'
import { mayCancel } from '../rules/permissions.ts'

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
    description: `Takes a change request back: its requester may, while it is pending and nobody has approved; a stale one also then.\n\n${needs('approvals:write')}`,
    args: { input: t.arg({ type: CancelChangeRequestInput, required: true, description: 'Which request.' }) },
    authScopes: { scope: 'approvals:write' },
    errors: {
      types: [InvalidStateRefusal, CancelRefusal, PermissionDeniedRefusal, NotFoundRefusal],
      ...resultUnion('cancelChangeRequest'),
    },
    resolve: async (_root, { input }, context) => {
      const actor = actorOf(context)
      const id = addressed('ChangeRequest', input.id)
      const reason = keptReason(input.reason) || 'Canceled by requester'
      const canceled = await inTransaction(context.db, async (tx) => {
        const request = await lockRequest(tx, actor, id)
        if (request.requestedById !== actor.user.id) throw new CancelRefusal('You cannot cancel this change request', request)
        if (request.state !== 'PENDING') throw new InvalidStateRefusal('This change request can no longer be canceled.', request.state)
        const votes = await tx.approval.findMany({ where: { changeRequestId: id }, select: { decision: true } })
        if (!mayCancel(request, votes, actor.user.id)) throw new CancelRefusal('You cannot cancel this change request', request)
        const row = await tx.changeRequest.update({
          where: { id },
          data: { state: 'CANCELED', cancelReason: reason, decidedById: actor.user.id, updatedAt: actor.now },
        })
        await recordOnRequest(tx, actor, 'cancelChangeRequest', request, row, reason)
        return row
      })
      forgetReads(context)
      return canceled
    },
  }),
)
