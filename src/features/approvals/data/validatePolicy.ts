import type { Actor } from '../../../auth/actor.ts'
import type { Transaction } from '../../../database/client.ts'
import type { ApprovalPolicy } from '../../../database/generated/client.ts'
import { assertValid } from '../../../platform/domainErrors.ts'
import { errorIf, type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { decodeGlobalId, isInt4, parseIntegerId, uuidPattern } from '../../../platform/globalId.ts'
import type { GatedAction } from '../rules/guardedChanges.ts'
import { type ConditionInput, validateCondition } from '../rules/policyConditions.ts'
import { needsOtherRequesters, validateLimits, validateQuorum } from '../rules/policyLimits.ts'
import { loadVoters } from './eligibleVoters.ts'

const maxListLength = 100

/** The values of a new policy that the client does not set. */
export const policyDefaults = {
  approverUserIds: [],
  approverRoleIds: [],
  allowSelfApprove: false,
  bypassMembershipLevels: [],
  bypassRoleIds: [],
  expiresAfterSeconds: 1_209_600,
  enabled: true,
}

/** The columns of a policy that clients set. */
type PolicyColumns = Pick<ApprovalPolicy, 'quorum' | keyof typeof policyDefaults>

/** The columns as a client sends them, with global ids. A field that is missing or null keeps its previous value. */
type PolicyInput = {
  readonly [Column in keyof PolicyColumns]?:
    | PolicyColumns[Column]
    | (Column extends 'approverUserIds' ? string[] : never)
    | null
    | undefined
} & { readonly condition?: ConditionInput | null | undefined }

/**
 * Checks a whole policy, and returns its columns.
 *
 * @param previous the policy before the change, or the defaults of a new one
 * @throws ValidationError with all errors.
 */
export async function validatePolicy(
  tx: Transaction,
  actor: Actor,
  organizationId: string,
  action: GatedAction,
  previous: PolicyColumns,
  input: PolicyInput,
): Promise<PolicyColumns> {
  const quorum = input.quorum ?? previous.quorum
  const allowSelfApprove = input.allowSelfApprove ?? previous.allowSelfApprove
  const bypassMembershipLevels = input.bypassMembershipLevels ?? previous.bypassMembershipLevels
  const expiresAfterSeconds = input.expiresAfterSeconds ?? previous.expiresAfterSeconds
  const enabled = input.enabled ?? previous.enabled
  const users = await resolveMembers(tx, organizationId, input.approverUserIds ?? previous.approverUserIds)
  const resolve = (list: 'approverRoleIds' | 'bypassRoleIds') =>
    resolveRoles(tx, actor, organizationId, list, input[list] ?? previous[list])
  const approvers = await resolve('approverRoleIds')
  const bypass = await resolve('bypassRoleIds')
  assertValid([
    ...validateLimits({ quorum, expiresAfterSeconds }),
    ...(input.condition == null ? [] : validateCondition(action, input.condition)),
    // Old lists of a disabled policy are not checked: it can be disabled even after its approvers left.
    ...(enabled || input.approverUserIds != null ? users.fieldErrors : []),
    ...(enabled || input.approverRoleIds != null ? approvers.fieldErrors : []),
    ...(enabled || input.bypassRoleIds != null ? bypass.fieldErrors : []),
  ])
  const columns = {
    quorum,
    approverUserIds: users.ids,
    approverRoleIds: approvers.ids,
    allowSelfApprove,
    bypassMembershipLevels: [...new Set(bypassMembershipLevels)].sort((a, b) => a - b),
    bypassRoleIds: bypass.ids,
    expiresAfterSeconds,
    enabled,
  }
  if (enabled) assertValid(await validateQuorumReachable(tx, organizationId, columns))
  return columns
}

/** Checks that requests under a policy can reach their quorum. */
async function validateQuorumReachable(tx: Transaction, organizationId: string, policy: PolicyColumns): Promise<FieldError[]> {
  const voters = await loadVoters(tx, { organizationId, users: policy.approverUserIds, roles: policy.approverRoleIds })
  const errors = validateQuorum(policy, voters.size)
  if (errors.length > 0 || !needsOtherRequesters(policy, voters.size)) return errors
  const otherMember = await tx.organizationMembership.findFirst({
    where: { organizationId, userId: { notIn: [...voters] }, user: { isActive: true } },
  })
  return errorIf(
    otherMember === null,
    ['quorum'],
    `The quorum cannot be reached: every member is an approver, nobody may approve their own request, and fewer than ${policy.quorum} others remain.`,
  )
}

/** The ids of a list, and its errors. */
interface ResolvedList<Id> {
  ids: Id[]
  fieldErrors: FieldError[]
}

async function resolveMembers(tx: Transaction, organizationId: string, input: readonly (string | number)[]): Promise<ResolvedList<number>> {
  const path = ['approverUserIds']
  if (input.length > maxListLength) return { ids: [], fieldErrors: [listTooLong(path)] }
  const userIds = input.map((text) => parseIntegerId('User', String(text))).map((id) => (id !== null && isInt4(id) ? id : null))
  const ids = [...new Set(userIds.filter((id) => id !== null))]
  const members = await tx.organizationMembership.findMany({
    where: { organizationId, userId: { in: ids }, user: { isActive: true } },
    select: { userId: true },
  })
  const fieldErrors = userIds.flatMap((id, index) => {
    const isMember = members.some(({ userId }) => userId === id)
    return errorIf(
      !isMember,
      [...path, String(index)],
      'User does not exist, or is no active member of the organization.',
      'does_not_exist',
    )
  })
  return { ids, fieldErrors }
}

async function resolveRoles(
  tx: Transaction,
  actor: Actor,
  organizationId: string,
  field: string,
  input: readonly string[],
): Promise<ResolvedList<string>> {
  if (input.length > maxListLength) return { ids: [], fieldErrors: [listTooLong([field])] }
  const ids = input.map((text) => {
    const { typename, id } = decodeGlobalId(text)
    return typename === 'Role' ? id : text
  })
  // A role of an organization that the actor cannot see does not exist for them.
  const visibleOrganizationIds = actor.organizations.map(({ id }) => id)
  const found = await tx.role.findMany({
    where: { id: { in: ids.filter((id) => uuidPattern.test(id)) }, organizationId: { in: visibleOrganizationIds } },
  })
  const missing = ids.filter((id) => !found.some((role) => role.id === id))
  const foreign = found.filter((role) => role.organizationId !== organizationId).map(({ name }) => name)
  return {
    ids: [...new Set(ids)],
    fieldErrors: [
      ...errorIf(missing.length > 0, [field], `Roles do not exist: ${missing.join(', ')}`, 'does_not_exist'),
      ...errorIf(foreign.length > 0, [field], `Roles must belong to the same organization: ${foreign.join(', ')}`),
    ],
  }
}

function listTooLong(path: readonly string[]): FieldError {
  return fieldError(path, `Ensure this field has no more than ${maxListLength} elements.`)
}
