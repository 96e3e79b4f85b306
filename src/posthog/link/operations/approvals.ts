import { asArray, asObject, type JsonObject } from '../../../platform/json.ts'
import { policySchema } from '../store/upstreamApprovals.ts'
import type { Given, Operation, Refusal } from './operation.ts'
import { given as defined, isSame } from './values.ts'

// Policies and votes of PostHog.

/** `FEATURE_FLAG_ENABLE` is `feature_flag.enable` there. */
export function actionKeyOf(actionKey: string): string {
  const [, family, action] = /^(FEATURE_FLAG|EXPERIMENT_HOLDOUT|EXPERIMENT)_(.+)$/.exec(actionKey) ?? []
  return family === undefined || action === undefined ? actionKey : `${family}.${action}`.toLowerCase()
}

/** A duration as Django reads it: `14 00:00:00`. */
export function formatDuration(seconds: number): string {
  const pad = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${Math.floor(seconds / 86_400)} ${pad((seconds % 86_400) / 3_600)}:${pad((seconds % 3_600) / 60)}:${pad(seconds % 60)}`
}

function policyBody({ planned, ids }: Given): JsonObject | Refusal {
  const policy = planned ?? {}
  if (policy.projectId === null) return { refuse: 'The REST API of PostHog has no policies for a whole organization.' }
  if (policy.actionKey === 'FEATURE_FLAG_DELETE') return { refuse: 'PostHog has no policy for the deletion of flags.' }
  const conditions = asObject(policy.conditions) ?? {}
  if (conditions.type === 'crosses_threshold') return { refuse: 'PostHog has no condition that a threshold is crossed.' }
  const toIds = (type: 'user' | 'role', list: unknown) => (asArray(list) ?? []).map((id) => ids.of(type, id as number | string))
  const [users, roles, bypassRoles] = [
    toIds('user', policy.approverUserIds),
    toIds('role', policy.approverRoleIds),
    toIds('role', policy.bypassRoleIds),
  ]
  if ([users, roles, bypassRoles].some((list) => list.includes(null))) {
    return { refuse: 'A person or role of the policy is not in the organization in PostHog.' }
  }
  return {
    action_key: actionKeyOf(String(policy.actionKey)),
    conditions,
    approver_config: { quorum: policy.quorum, users, roles },
    allow_self_approve: policy.allowSelfApprove,
    bypass_org_membership_levels: policy.bypassMembershipLevels,
    bypass_roles: bypassRoles,
    expires_after: formatDuration(Number(policy.expiresAfterSeconds)),
    enabled: policy.enabled,
  }
}

const policyValues = policySchema.omit({ id: true, created_by: true, created_at: true, updated_at: true })

/** Whether a policy is what a request makes of it. */
function hasPolicyValues(policy: JsonObject, given: Given): boolean {
  const [stored, sent] = [policy, policyBody(given)].map((values) => policyValues.safeParse(values).data)
  return stored !== undefined && isSame(stored, sent)
}

const isRefusal = (body: JsonObject | Refusal): body is Refusal => 'refuse' in body

export const createApprovalPolicy: Operation = {
  kind: 'policies',
  reads: [],
  toRequest: (given) => {
    const body = policyBody(given)
    return isRefusal(body) ? body : { method: 'POST', path: 'approval_policies/', body }
  },
  settlement: {
    by: 'list',
    query: ({ planned }) => [{ action_key: actionKeyOf(String(planned?.actionKey)) }],
    isOurs: hasPolicyValues,
  },
  // An action has one policy, so that a second one is refused.
  repeatable: true,
  moves: [],
}

export const updateApprovalPolicy: Operation = {
  kind: 'policies',
  reads: [],
  toRequest: (given) => {
    const body = policyBody(given)
    if (isRefusal(body)) return body
    const { action_key: _, ...changes } = body
    return { method: 'PATCH', path: `approval_policies/${given.id}/`, body: changes }
  },
  settlement: { by: 'row', isDone: hasPolicyValues },
  repeatable: true,
  moves: [],
}

export const deleteApprovalPolicy: Operation = {
  kind: 'policies',
  reads: [],
  toRequest: ({ id }) => ({ method: 'DELETE', path: `approval_policies/${id}/` }),
  settlement: { by: 'absence' },
  repeatable: true,
  moves: [],
}

/** A vote. PostHog decides who may, and whether the change is made then. */
function vote(name: 'approve' | 'reject' | 'cancel', isDone: (request: JsonObject) => boolean): Operation {
  return {
    kind: 'change_requests',
    reads: [],
    toRequest: ({ id, input }) => ({
      method: 'POST',
      path: `change_requests/${id}/${name}/`,
      body: defined({ reason: input.reason ?? undefined }),
    }),
    settlement: { by: 'row', isDone },
    repeatable: true,
    moves: ['flag', 'experiments'],
  }
}

// `user_decision` is that of the owner of the key.
export const approveChangeRequest = vote('approve', ({ user_decision }) => user_decision === 'approved')
export const rejectChangeRequest = vote('reject', ({ state, user_decision }) => state === 'rejected' || user_decision === 'rejected')
export const cancelChangeRequest = vote('cancel', ({ state }) => state === 'rejected')
