import { type JsonObject, toNearestNumber } from '../../../../src/platform/json.ts'
import { notFound, permissionDenied, validationError } from '../server/errors.ts'
import { bool, integer, list, object, readFields, text } from '../server/fields.ts'
import { page } from '../server/pages.ts'
import { type Call, created, noContent, ok, route } from '../server/router.ts'
import type { Policy } from '../state/approvalRows.ts'
import { day } from '../state/time.ts'
import { assertEntitled } from './changeRequests.ts'
import { parseDuration, policyView } from './view.ts'

const path = 'approval_policies/'
const readers = {
  action_key: text(128, false),
  conditions: object,
  approver_config: object,
  allow_self_approve: bool,
  bypass_org_membership_levels: list((value) => {
    const level = Number(toNearestNumber(value))
    if (!Number.isInteger(level)) throw validationError('All membership levels must be integers', 'bypass_org_membership_levels')
    return level
  }),
  bypass_roles: list(text()),
  expires_after: text(),
  enabled: bool,
}

/** Checks the body, and turns it into columns. */
function read(call: Call, required: readonly (keyof typeof readers)[]): Partial<Policy> {
  const { state, organization, body } = call
  const { expires_after, approver_config, ...sent } = readFields(body, readers, required)
  const duration = expires_after === undefined ? undefined : parseDuration(expires_after)
  if (expires_after !== undefined && duration === undefined) throw validationError('Duration has wrong format.', 'expires_after')
  const missing = sent.bypass_roles?.filter((id) => state.roles.get(id) === undefined) ?? []
  if (missing.length > 0) throw validationError(`Roles do not exist: ${missing.join(', ')}`, 'bypass_roles')
  const foreign = sent.bypass_roles?.filter((id) => state.roles.get(id)?.organization !== organization.id) ?? []
  const names = foreign.map((id) => state.roles.get(id)?.name).join(', ')
  if (foreign.length > 0) throw validationError(`Roles must belong to the same organization: ${names}`, 'bypass_roles')
  return {
    ...(sent as Partial<Policy>),
    ...(duration === undefined ? {} : { expires_after: duration }),
    ...(approver_config === undefined ? {} : { approver_config: readApprovers(approver_config) }),
  }
}

export function readApprovers(config: JsonObject): Policy['approver_config'] {
  const { quorum = 0, users = [], roles = [] } = readFields(config, { quorum: integer, users: list(integer), roles: list(text()) })
  if (quorum < 1) throw validationError('Quorum must be at least 1', 'approver_config')
  return { quorum, users, roles }
}

export const newPolicy = {
  conditions: {},
  allow_self_approve: false,
  bypass_org_membership_levels: [],
  bypass_roles: [],
  expires_after: 14 * day,
  enabled: true,
} satisfies Partial<Policy>

/** Only the project's own policies are there. */
function find({ state, project, params }: Call): Policy {
  const row = state.policies.get(params.id ?? '')
  if (row?.team_id !== project.id) throw notFound()
  return row
}

function assertAdmin(call: Call): void {
  assertEntitled(call, true)
  const level = call.state.memberOf(call.organization.id, call.viewer.id)?.level ?? 0
  if (level < 8) throw permissionDenied('You do not have admin access to this organization.')
}

function assertFree({ state, project }: Call, action_key: string, id?: string): void {
  if (action_key.startsWith('experiment.') && !state.settings.experimentPolicies) {
    throw validationError("This approval action isn't available yet.", 'action_key')
  }
  const existing = state.policies.find((row) => row.team_id === project.id && row.action_key === action_key && row.id !== id)
  if (existing !== undefined) throw validationError('A policy for this action already exists. You can edit the existing policy instead.')
}

export const policyRoutes = [
  route('GET', path, 'approvals:read', (call) => {
    assertEntitled(call, false)
    const { state, project, query } = call
    const key = query.get('action_key')
    const enabled = query.get('enabled')
    const rows = state.policies.where((row) => {
      return row.team_id === project.id && (!key || row.action_key === key) && (!enabled || row.enabled === (enabled === 'true'))
    })
    return ok(page(call, rows.reverse(), (row) => policyView(state, row)))
  }),
  route('POST', path, 'approvals:write', (call) => {
    assertAdmin(call)
    const { state, project, organization, actor } = call
    const sent = read(call, ['action_key', 'approver_config']) as Partial<Policy> & Pick<Policy, 'action_key' | 'approver_config'>
    assertFree(call, sent.action_key)
    const now = state.now()
    const own = {
      id: state.uuid(),
      organization: organization.id,
      team_id: project.id,
      created_by: actor.user.id,
      created_at: now,
      updated_at: now,
    }
    return created(policyView(state, state.policies.add({ ...newPolicy, ...sent, ...own })))
  }),
  route('GET', `${path}:id/`, 'approvals:read', (call) => {
    assertEntitled(call, false)
    return ok(policyView(call.state, find(call)))
  }),
  route('PATCH', `${path}:id/`, 'approvals:write', (call) => {
    assertAdmin(call)
    const row = find(call)
    const sent = read(call, [])
    if (sent.action_key !== undefined) assertFree(call, sent.action_key, row.id)
    return ok(policyView(call.state, call.state.policies.update(row, { ...sent, updated_at: call.state.now() })))
  }),
  route('DELETE', `${path}:id/`, 'approvals:write', (call) => {
    assertAdmin(call)
    call.state.policies.remove(find(call))
    return noContent
  }),
]
