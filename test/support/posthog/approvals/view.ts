import type { JsonObject } from '../../../../src/platform/json.ts'
import type { ChangeRequest, Policy } from '../state/approvalRows.ts'
import type { User } from '../state/rows.ts'
import type { State } from '../state/state.ts'
import { day, formatNullable, formatTime, type Micros, second } from '../state/time.ts'
import { userView } from '../state/userView.ts'

/** A change request. The one inside a 409 is shown for nobody: its last four fields are wrong for the caller. */
export function changeRequestView(state: State, row: ChangeRequest, viewer: User | null): JsonObject {
  const isRequester = viewer !== null && row.created_by === viewer.id
  return {
    id: row.id,
    action_key: row.action_key,
    action_version: 1,
    resource_type: row.resource_type,
    resource_id: row.resource_id,
    intent: row.intent,
    intent_display: row.intent_display,
    policy_snapshot: row.policy_snapshot,
    validation_status: row.validation_status,
    validation_errors: row.validation_errors,
    validated_at: formatNullable(row.validated_at),
    state: row.state,
    created_by: userView(state, row.created_by),
    applied_by: userView(state, row.applied_by),
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
    expires_at: formatTime(row.expires_at),
    applied_at: formatNullable(row.applied_at),
    apply_error: row.apply_error,
    result_data: row.result_data,
    approvals: row.approvals.map((vote) => ({
      ...{ id: vote.id, created_by: userView(state, vote.created_by), decision: vote.decision, reason: vote.reason },
      created_at: formatTime(vote.created_at),
    })),
    can_approve: viewer !== null && isApprover(state, row, viewer) && (!isRequester || row.policy_snapshot.allow_self_approve),
    can_cancel: viewer !== null && mayCancel(row, viewer),
    is_requester: isRequester,
    user_decision: row.approvals.find(({ created_by }) => created_by === viewer?.id)?.decision ?? null,
  }
}

/** The users are fixed when the request is made. The members of the roles are read at each vote. */
export function isApprover(state: State, { policy_snapshot }: ChangeRequest, { id }: User): boolean {
  const hasRole = policy_snapshot.roles.some((role) => state.roles.get(role)?.members.some(({ user }) => user === id))
  return policy_snapshot.users.includes(id) || hasRole
}

/** The requester, while nobody has approved. A stale request can be cancelled despite approvals. */
export function mayCancel(row: ChangeRequest, viewer: User): boolean {
  const isApproved = row.approvals.some(({ decision }) => decision === 'approved')
  return row.created_by === viewer.id && row.state === 'pending' && (!isApproved || row.validation_status === 'stale')
}

export function policyView(state: State, row: Policy): JsonObject {
  return {
    id: row.id,
    action_key: row.action_key,
    conditions: row.conditions,
    approver_config: row.approver_config,
    allow_self_approve: row.allow_self_approve,
    bypass_org_membership_levels: row.bypass_org_membership_levels,
    bypass_roles: row.bypass_roles,
    expires_after: formatDuration(row.expires_after),
    enabled: row.enabled,
    created_by: userView(state, row.created_by),
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
  }
}

/** `14 00:00:00` is 14 days. Without a day, only the time is written. */
export function formatDuration(micros: Micros): string {
  const days = Math.floor(micros / day)
  const seconds = Math.floor((micros % day) / second)
  const time = [seconds / 3_600, (seconds / 60) % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':')
  return days === 0 ? time : `${days} ${time}`
}

export function parseDuration(text: string): Micros | undefined {
  const parts = /^(?:(\d+) )?(?:(\d+):)?(\d+):(\d+)$/.exec(text)
  if (parts === null) return /^\d+$/.test(text) ? Number(text) * second : undefined
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number]
  return days * day + (hours * 3_600 + minutes * 60 + seconds) * second
}
