import type { JsonObject } from '../../../../src/platform/json.ts'
import { ApiError } from '../server/errors.ts'
import type { ChangeRequest, Policy } from '../state/approvalRows.ts'
import type { Actor, State } from '../state/state.ts'
import { changedPaths, conditionsMatch, type FieldChange } from './conditions.ts'
import { changeRequestView, isApprover } from './view.ts'

/** A change that a policy can guard. */
export interface GuardedAction {
  key: string
  changes: FieldChange[]
  current_state: JsonObject
  gated_changes: JsonObject
}

/** A write, before it is done. */
export interface GuardedWrite {
  team_id: number
  resource_type: ChangeRequest['resource_type']
  resource_id: string | null
  owner_kind: string | null
  /** What duplicates are found by: the id, or the key of a flag that is yet to be made. */
  target: string
  actions: GuardedAction[]
  /** What is replayed once the change is approved. */
  data: JsonObject
  preconditions: JsonObject
  /** Gates of endpoints answer in another form than those of writes. */
  endpointLevel?: boolean
}

/** Throws 409 with a change request if a policy guards the write, and 400 if several do. */
export function passGate(state: State, actor: Actor, write: GuardedWrite): void {
  const organization = state.organizationOf(state.projectOf(write))
  if (!actor.gated || !organization.approvals) return
  const guarded = write.actions.filter(({ key }) => policiesFor(state, write, key).length > 0)
  const [action] = guarded
  if (action === undefined) return
  if (guarded.length > 1) {
    const conflicting = guarded.flatMap(({ key }) => policiesFor(state, write, key).slice(0, 1))
    throw policyConflict('This change requires approval under multiple policies', conflicting, true)
  }
  const policies = policiesFor(state, write, action.key)
  const matching = policies.filter(({ conditions }) => conditionsMatch(conditions, action.changes))
  if (matching.length > 1) throw policyConflict('This change matches multiple approval policies', matching, false)
  const [policy] = policies
  if (policy === undefined || !matching.includes(policy) || bypasses(state, actor, policy)) return
  const pending = state.changeRequests.find(
    (row) =>
      row.team_id === write.team_id &&
      row.action_key === action.key &&
      row.resource_type === write.resource_type &&
      row.intent.target === write.target &&
      (row.state === 'pending' || row.state === 'approved'),
  )
  if (pending !== undefined) throw pendingAnswer(state, write, pending)
  throw requiredAnswer(state, actor, write, action, policy)
}

/** The project's policy first, then the organization's. */
function policiesFor(state: State, { team_id }: GuardedWrite, action_key: string): Policy[] {
  const { organization } = state.projectOf({ team_id })
  const applies = (row: Policy) => row.enabled && row.action_key === action_key && row.organization === organization
  const enabled = state.policies.where((row) => applies(row) && (row.team_id === null || row.team_id === team_id))
  return enabled.sort((a, b) => Number(a.team_id === null) - Number(b.team_id === null))
}

function bypasses(state: State, { user }: Actor, policy: Policy): boolean {
  const level = state.memberOf(policy.organization, user.id)?.level
  const hasRole = policy.bypass_roles.some((role) => state.roles.get(role)?.members.some((member) => member.user === user.id))
  return (level !== undefined && policy.bypass_org_membership_levels.includes(level)) || hasRole
}

function requiredAnswer(state: State, actor: Actor, write: GuardedWrite, action: GuardedAction, policy: Policy): ApiError {
  const now = state.now()
  const { quorum, users, roles } = policy.approver_config
  const { allow_self_approve, conditions, bypass_org_membership_levels, bypass_roles } = policy
  const intent = {
    ...(write.resource_type === 'feature_flag' ? { flag_id: write.resource_id === null ? null : Number(write.resource_id) } : {}),
    target: write.target,
    current_state: action.current_state,
    gated_changes: action.gated_changes,
    triggered_paths: action.changes.flatMap(changedPaths),
    full_request_data: write.data,
    preconditions: write.preconditions,
  }
  const row = state.changeRequests.add({
    id: state.uuid(),
    team_id: write.team_id,
    action_key: action.key,
    resource_type: write.resource_type,
    resource_id: write.resource_id,
    owner_kind: write.owner_kind,
    intent,
    intent_display: {
      description: `${action.key} of ${write.resource_type} ${write.target}`,
      before: action.current_state,
      after: /update$/.test(action.key) ? action.gated_changes : write.data,
      ...(/update$/.test(action.key) ? { triggered_paths: intent.triggered_paths } : {}),
    },
    policy_snapshot: { quorum, users, roles, allow_self_approve, conditions, bypass_org_membership_levels, bypass_roles },
    validation_status: 'valid',
    validation_errors: null,
    validated_at: null,
    state: 'pending',
    created_by: actor.user.id,
    created_at: now,
    updated_at: now,
    applied_by: null,
    applied_at: null,
    expires_at: now + policy.expires_after,
    apply_error: '',
    result_data: null,
    approvals: [],
  })
  const others = isApprover(state, row, actor.user) && !allow_self_approve ? ' from others' : ''
  const message = `A change request has been created and is pending approval${others}.`
  const body = {
    ...{ code: 'approval_required', status: 'approval_required' },
    ...(write.endpointLevel ? { message } : { detail: message, message }),
    ...{ resource_type: row.resource_type, resource_id: row.resource_id, change_request_id: row.id },
    change_request: changeRequestView(state, row, null),
    required_approvers: policy.approver_config,
  }
  return new ApiError(409, body)
}

function pendingAnswer(state: State, { endpointLevel }: GuardedWrite, row: ChangeRequest): ApiError {
  const message = 'A pending approval request already exists for this action'
  const shown = changeRequestView(state, row, null)
  const common = { resource_type: row.resource_type, resource_id: row.resource_id, change_request_id: row.id }
  const head = { code: 'change_request_pending', status: 'approval_required' }
  if (endpointLevel) return new ApiError(409, { ...head, error: message, ...common, existing_change_request: shown })
  return new ApiError(409, { ...head, detail: message, message, ...common, change_request: shown, required_approvers: {} })
}

function policyConflict(error: string, policies: readonly Policy[], withKeys: boolean): ApiError {
  return new ApiError(400, {
    code: 'policy_conflict',
    error,
    conflicting_policies: policies.map(({ id, action_key }) => ({ id, name: action_key, ...(withKeys ? { action_key } : {}) })),
    guidance: 'Split your changes into separate API calls to address each policy independently',
  })
}
