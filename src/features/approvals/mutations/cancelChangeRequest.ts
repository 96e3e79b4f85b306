import { adminLevel, membershipLevel } from '../../../auth/membershipLevel.ts'
import { defineMutation } from '../../../graphql/mutation.ts'
import { InvalidStateError } from '../../../platform/domainErrors.ts'
import { idInput } from '../../projects/inputIds.ts'
import { ChangeRequest } from '../ChangeRequest.ts'
import { recordRequestActivity } from '../data/activity.ts'
import { CancelForbiddenError } from '../data/errors.ts'
import { expireChangeRequest } from '../data/expire.ts'
import { judgeRequests } from '../data/judgeRequests.ts'
import { explainVote, findUpstreamRequest, reloadRequest } from '../data/linked/upstreamVotes.ts'
import { lockChangeRequest } from '../data/votes.ts'
import { currentJudgement, stateAt } from '../rules/judgement.ts'
import { canCancel } from '../rules/permissions.ts'
import { normalizeReason } from '../rules/reason.ts'

defineMutation({
  name: 'cancelChangeRequest',
  type: ChangeRequest,
  scope: 'approvals:write',
  description:
    'Cancels a change request. Only its requester can, while it is pending and has no approvals. A STALE or INVALID request can be ' +
    'canceled despite approvals, and also by admins and owners of the organization. They can also cancel one whose policy was deleted.',
  errors: ['invalidState', CancelForbiddenError],
  inputDescription: 'A change request to cancel, and the reason.',
  argumentDescription: 'The change request to cancel.',
  input: (t) => ({
    id: idInput(t, 'ChangeRequest', 'The request'),
    reason: t.string({
      description: 'The reason. Only its first 2,000 characters are stored. Default: `Canceled by requester`, or `Canceled by an admin`.',
    }),
  }),
  linked: { find: findUpstreamRequest, reload: reloadRequest, explain: explainVote },
  act: async (unit, actor, input, { name }) => {
    const { tx } = unit
    const { id } = input
    const request = await lockChangeRequest(tx, actor, id)
    const isRequester = request.requestedById === actor.user.id
    const isAdmin = (membershipLevel(actor, request.organizationId) ?? 0) >= adminLevel
    const reason = normalizeReason(input.reason) || (isRequester ? 'Canceled by requester' : 'Canceled by an admin')
    if (!isRequester && !isAdmin) throw new CancelForbiddenError('You cannot cancel this change request', request)
    const state = stateAt(request, actor.now)
    if (state !== 'PENDING') {
      await expireChangeRequest(unit, request, actor.now)
      // Returned, not thrown, so that the expiry stays stored.
      return new InvalidStateError('This change request can no longer be canceled.', state)
    }
    const votes = await tx.approval.findMany({ where: { changeRequestId: id }, select: { decision: true } })
    const [judged] = await judgeRequests(tx, [request])
    const isStuck = judged !== undefined && currentJudgement(request, judged.judgement).status !== 'VALID'
    const policyIsGone = judged?.policyIsGone ?? false
    if (!canCancel(request, votes, { isStuck, policyIsGone }, { userId: actor.user.id, isAdmin })) {
      throw new CancelForbiddenError('You cannot cancel this change request', request)
    }
    const canceled = await tx.changeRequest.update({
      where: { id },
      data: { state: 'CANCELED', cancelReason: reason, decidedById: actor.user.id, updatedAt: actor.now },
    })
    await recordRequestActivity(unit, actor, name, request, canceled, reason)
    return canceled
  },
})
