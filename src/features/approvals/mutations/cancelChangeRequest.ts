import { defineMutation } from '../../../graphql/mutation.ts'
import { InvalidStateError } from '../../../platform/domainErrors.ts'
import { idInput } from '../../projects/inputIds.ts'
import { ChangeRequest } from '../ChangeRequest.ts'
import { recordRequestActivity } from '../data/activity.ts'
import { CancelForbiddenError } from '../data/errors.ts'
import { lockChangeRequest, normalizeReason } from '../data/votes.ts'
import { canCancel } from '../rules/permissions.ts'

defineMutation({
  name: 'cancelChangeRequest',
  type: ChangeRequest,
  scope: 'approvals:write',
  description:
    'Cancels a change request. Only its requester can, while it is pending and has no approvals. A stale request can be canceled despite ' +
    'approvals.',
  errors: ['invalidState', CancelForbiddenError],
  inputDescription: 'A change request to cancel, and the reason.',
  argumentDescription: 'The change request to cancel.',
  input: (t) => ({
    id: idInput(t, 'ChangeRequest', 'The request'),
    reason: t.string({
      description: 'The reason. Only its first 2,000 characters are stored. Default: `Canceled by requester`.',
    }),
  }),
  act: async (unit, actor, input, { name }) => {
    const { tx } = unit
    const { id } = input
    const reason = normalizeReason(input.reason) || 'Canceled by requester'
    const request = await lockChangeRequest(tx, actor, id)
    if (request.requestedById !== actor.user.id) throw new CancelForbiddenError('You cannot cancel this change request', request)
    if (request.state !== 'PENDING') throw new InvalidStateError('This change request can no longer be canceled.', request.state)
    const votes = await tx.approval.findMany({ where: { changeRequestId: id }, select: { decision: true } })
    if (!canCancel(request, votes, actor.user.id)) throw new CancelForbiddenError('You cannot cancel this change request', request)
    const canceled = await tx.changeRequest.update({
      where: { id },
      data: { state: 'CANCELED', cancelReason: reason, decidedById: actor.user.id, updatedAt: actor.now },
    })
    await recordRequestActivity(unit, actor, name, request, canceled, reason)
    return canceled
  },
})
