import type {
  CreateApprovalPolicyInput,
  GatedAction,
  OrganizationMembershipLevel,
  PoliciesQuery,
  UpdateApprovalPolicyInput,
} from '../generated/graphql.ts'
import { type ConditionForm, compares, conditionOf, toCondition } from './policyCondition.ts'

export type Policy = NonNullable<PoliciesQuery['approvalPolicies']>['nodes'][number]

/** What somebody has entered for a policy. */
export interface PolicyForm {
  actionKey: GatedAction
  condition: ConditionForm
  organizationWide: boolean
  quorum: string
  days: string
  users: ReadonlySet<string>
  roles: ReadonlySet<string>
  bypassLevels: ReadonlySet<OrganizationMembershipLevel>
  bypassRoles: ReadonlySet<string>
  allowSelfApprove: boolean
  enabled: boolean
}

const daySeconds = 86_400

/** A form with the values of a policy. @param policy null for a new one */
export function formOf(policy: Policy | null): PolicyForm {
  return {
    actionKey: policy?.actionKey ?? 'FEATURE_FLAG_UPDATE',
    condition: conditionOf(policy?.conditions),
    organizationWide: policy !== null && policy.project === null,
    quorum: String(policy?.quorum ?? 1),
    days: String(Number(((policy?.expiresAfterSeconds ?? 14 * daySeconds) / daySeconds).toFixed(5))),
    users: new Set(policy?.approverUsers.map(({ id }) => id)),
    roles: new Set(policy?.approverRoles.map(({ id }) => id)),
    bypassLevels: new Set(policy?.bypassMembershipLevels),
    bypassRoles: new Set(policy?.bypassRoles.map(({ id }) => id)),
    allowSelfApprove: policy?.allowSelfApprove ?? false,
    enabled: policy?.enabled ?? true,
  }
}

/** What is missing before it can be sent. The server checks the rest. Null if nothing is. */
export function problemOf({ quorum, days, users, roles, condition: { kind, value } }: PolicyForm): string | null {
  if (!/^[1-9]\d{0,2}$/.test(quorum.trim())) return 'Enter how many approvals are needed: a whole number from 1.'
  if (!(Number(days) > 0 && Number(days) <= 365)) return 'Enter after how many days a request expires: up to 365.'
  if (compares(kind) && !(value.trim() !== '' && Number(value) >= 0 && Number(value) <= 100)) return 'Enter a percentage from 0 to 100.'
  if (users.size + roles.size === 0) return 'Choose who may approve.'
  return null
}

type Values = Omit<UpdateApprovalPolicyInput, 'id'> & { quorum: number }

function valuesOf(form: PolicyForm): Values {
  const condition = toCondition(form.condition)
  return {
    ...(condition === undefined ? {} : { condition }),
    quorum: Number(form.quorum),
    expiresAfterSeconds: Math.max(1, Math.round(Number(form.days) * daySeconds)),
    approverUserIds: [...form.users],
    approverRoleIds: [...form.roles],
    bypassMembershipLevels: [...form.bypassLevels],
    bypassRoleIds: [...form.bypassRoles],
    allowSelfApprove: form.allowSelfApprove,
    enabled: form.enabled,
  }
}

export function createInput(form: PolicyForm, projectId: string): CreateApprovalPolicyInput {
  return { projectId, actionKey: form.actionKey, organizationWide: form.organizationWide, ...valuesOf(form) }
}

export function updateInput(form: PolicyForm, id: string): UpdateApprovalPolicyInput {
  return { id, ...valuesOf(form) }
}

/** A set with a value put in or taken out. */
export function toggled<Value>(set: ReadonlySet<Value>, value: Value, chosen: boolean): ReadonlySet<Value> {
  const next = new Set(set)
  if (chosen) next.add(value)
  else next.delete(value)
  return next
}
