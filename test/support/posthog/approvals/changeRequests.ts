import type { JsonObject } from '../../../../src/platform/json.ts'
import { ApiError, notFound, paymentRequired, permissionDenied, validationError } from '../server/errors.ts'
import { page, whole } from '../server/pages.ts'
import { type Answer, type Call, ok, route } from '../server/router.ts'
import type { ChangeRequest, Vote } from '../state/approvalRows.ts'
import { applyChange, revalidate } from './apply.ts'
import { changeRequestView, isApprover, mayCancel } from './view.ts'

const path = 'change_requests/'

/** The hosted service wants the paid feature for everything, others for writes only. */
export function assertEntitled({ state, organization }: Call, isWrite: boolean): void {
  if (!organization.approvals && (state.settings.hosted || isWrite))
    throw paymentRequired('Your organization does not have the approvals feature.')
}

function list(call: Call): Answer {
  assertEntitled(call, false)
  const { state, project, query, viewer } = call
  const states = query.get('state')?.split(',')
  const requester = query.get('requester')
  const requesterId = whole(requester)
  if (requester && requesterId === undefined) throw validationError('Enter a number.', 'requester')
  const equals = (name: 'action_key' | 'resource_type' | 'resource_id', row: ChangeRequest) =>
    !query.get(name) || query.get(name) === row[name]
  const rows = state.changeRequests.where(
    (row) =>
      row.team_id === project.id &&
      (!states || states.includes(row.state)) &&
      (requesterId === undefined || row.created_by === requesterId) &&
      equals('action_key', row) &&
      equals('resource_type', row) &&
      equals('resource_id', row),
  )
  rows.reverse().sort((a, b) => b.created_at - a.created_at)
  return ok(page(call, rows, (row) => changeRequestView(state, row, viewer)))
}

function find({ state, project, params }: Call): ChangeRequest {
  const row = state.changeRequests.get(params.id ?? '')
  if (row?.team_id !== project.id) throw notFound()
  return row
}

const refuse = (error: string) => new ApiError(400, { error })

function assertMayVote({ state, viewer }: Call, row: ChangeRequest, verb: 'approve' | 'reject'): void {
  if (row.state !== 'pending') throw permissionDenied(`Only pending change requests can be ${verb === 'approve' ? 'approved' : 'rejected'}`)
  if (row.created_by === viewer.id && !row.policy_snapshot.allow_self_approve)
    throw permissionDenied(`You cannot ${verb} your own change request`)
  if (!isApprover(state, row, viewer)) throw permissionDenied('You are not in the approver set for this change request')
}

function vote({ state, viewer }: Call, row: ChangeRequest, decision: Vote['decision'], reason: string): void {
  if (row.approvals.some(({ created_by }) => created_by === viewer.id)) throw refuse('You have already voted on this change request.')
  const added: Vote = { id: state.uuid(), created_by: viewer.id, decision, reason, created_at: state.now() }
  state.changeRequests.update(row, { approvals: [...row.approvals, added], updated_at: state.now() })
}

function answer({ state, viewer }: Call, row: ChangeRequest, status: string, message: string, more: JsonObject = {}): Answer {
  return ok({ status, message, change_request: changeRequestView(state, row, viewer), ...more })
}

const reasonOf = ({ body }: Call) => (typeof body.reason === 'string' ? body.reason.trim() : '')

/** The vote that reaches the quorum applies the change. A failure of that is 200 too. */
function approve(call: Call): Answer {
  assertEntitled(call, true)
  const row = find(call)
  assertMayVote(call, row, 'approve')
  revalidate(call.state, row)
  if (row.validation_status === 'stale')
    throw refuse('The resource changed since this request was created. Please request the change again.')
  vote(call, row, 'approved', reasonOf(call))
  const count = row.approvals.filter(({ decision }) => decision === 'approved').length
  const { quorum } = row.policy_snapshot
  if (count < quorum) return answer(call, row, 'approved', `Approval recorded. ${count}/${quorum} approvals received.`)
  call.state.changeRequests.update(row, { state: 'approved' })
  const failure = applyChange(call.state, row)
  if (failure !== null) return answer(call, row, 'failed', `Quorum reached but application failed: ${failure}`)
  return answer(call, row, 'applied', 'Quorum reached. Change applied successfully.', { result: row.result_data })
}

function reject(call: Call): Answer {
  assertEntitled(call, true)
  const row = find(call)
  assertMayVote(call, row, 'reject')
  if (reasonOf(call) === '') throw refuse('A reason is required for rejection.')
  vote(call, row, 'rejected', reasonOf(call))
  call.state.changeRequests.update(row, { state: 'rejected' })
  return answer(call, row, 'rejected', 'Change request rejected.')
}

/** There is no state of its own: a cancelled request is one that its requester rejected. */
function cancel(call: Call): Answer {
  assertEntitled(call, true)
  const row = find(call)
  if (!mayCancel(row, call.viewer)) throw permissionDenied('You cannot cancel this change request')
  vote(call, row, 'rejected', reasonOf(call) || 'Canceled by requester')
  call.state.changeRequests.update(row, { state: 'rejected' })
  return answer(call, row, 'canceled', 'Change request canceled.')
}

export const changeRequestRoutes = [
  route('GET', path, 'approvals:read', list),
  route('GET', `${path}:id/`, 'approvals:read', (call) => {
    assertEntitled(call, false)
    return ok(changeRequestView(call.state, find(call), call.viewer))
  }),
  route('POST', `${path}:id/approve/`, 'approvals:write', approve),
  route('POST', `${path}:id/reject/`, 'approvals:write', reject),
  route('POST', `${path}:id/cancel/`, 'approvals:write', cancel),
]
