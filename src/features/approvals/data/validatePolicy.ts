import type { Actor } from '../../../auth/actor.ts'
import { adminLevel, membershipLevel } from '../../../auth/membershipLevel.ts'
import type { Transaction } from '../../../database/client.ts'
import type { ApprovalPolicy } from '../../../database/generated/client.ts'
import { PermissionDeniedError } from '../../../platform/domainErrors.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { decodeGlobalId, isInt4, parseIntegerId } from '../../../platform/globalId.ts'
import { roleIdPattern } from '../../users/Role.ts'
import type { GatedAction } from '../rules/guardedChanges.ts'
import { type ConditionInput, validateCondition } from '../rules/policyConditions.ts'
import { loadEligibleVoters } from './eligibleVoters.ts'

// The rules for policies (approvals.md 16, 22.16). A policy is invalid if nobody could ever approve its requests.

const maxQuorum = 100
const maxListLength = 100
const maxExpirySeconds = 31_536_000

/** The values of a policy that clients set. The ids of people and roles are as the client sent them. */
export interface PolicyValues {
  quorum: number
  approverUserIds: readonly string[]
  approverRoleIds: readonly string[]
  allowSelfApprove: boolean
  bypassMembershipLevels: readonly number[]
  bypassRoleIds: readonly string[]
  expiresAfterSeconds: number
  enabled: boolean
}

/** The same values as columns. */
export type PolicyColumns = Pick<
  ApprovalPolicy,
  | 'quorum'
  | 'approverUserIds'
  | 'approverRoleIds'
  | 'allowSelfApprove'
  | 'bypassMembershipLevels'
  | 'bypassRoleIds'
  | 'expiresAfterSeconds'
  | 'enabled'
>

/**
 * @throws PermissionDeniedError if the actor is not an admin or owner. Also if the policy is for the whole organization, and the key is
 *   restricted to projects.
 */
export function assertAdmin(actor: Actor, organizationId: string, organizationWide: boolean): void {
  if ((membershipLevel(actor, organizationId) ?? 0) < adminLevel) {
    throw new PermissionDeniedError('Only admins and owners of the organization can manage approval policies.')
  }
  if (organizationWide && actor.scopedProjects.length > 0) {
    throw new PermissionDeniedError('API key is restricted to projects: it cannot manage policies of the whole organization.')
  }
}

/** Locks the organization, so that its policies are written one at a time. Each is then checked against the committed ones. */
export async function lockOrganization(tx: Transaction, organizationId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`
}

/** Checks a whole policy. Returns all of its errors at once, and its columns. */
export async function validatePolicy(
  tx: Transaction,
  actor: Actor,
  organizationId: string,
  action: GatedAction,
  values: PolicyValues,
  condition: ConditionInput | null,
  /** Whether a list is new. Old lists of a disabled policy are not checked: it can be disabled even after its approvers left. */
  isNew: (list: 'approverUserIds' | 'approverRoleIds' | 'bypassRoleIds') => boolean = () => true,
): Promise<{ fieldErrors: FieldError[]; columns: PolicyColumns }> {
  const users = await resolveMembers(tx, organizationId, values.approverUserIds)
  const approvers = await resolveRoles(tx, actor, organizationId, 'approverRoleIds', values.approverRoleIds)
  const bypass = await resolveRoles(tx, actor, organizationId, 'bypassRoleIds', values.bypassRoleIds)
  const { quorum, allowSelfApprove, expiresAfterSeconds, enabled } = values
  const fieldErrors = [
    ...(quorum >= 1 ? [] : [fieldError(['quorum'], 'Quorum must be at least 1')]),
    ...(quorum <= maxQuorum ? [] : [fieldError(['quorum'], `Must be at most ${maxQuorum}.`)]),
    ...(expiresAfterSeconds >= 1 && expiresAfterSeconds <= maxExpirySeconds
      ? []
      : [fieldError(['expiresAfterSeconds'], `Must be a number of seconds from 1 to ${maxExpirySeconds} (a year).`)]),
    ...(condition === null ? [] : validateCondition(action, condition)),
    ...(enabled || isNew('approverUserIds') ? users.fieldErrors : []),
    ...(enabled || isNew('approverRoleIds') ? approvers.fieldErrors : []),
    ...(enabled || isNew('bypassRoleIds') ? bypass.fieldErrors : []),
  ]
  return {
    fieldErrors:
      fieldErrors.length > 0 || !enabled
        ? fieldErrors
        : await validateQuorumReachable(tx, organizationId, { users: users.ids, roles: approvers.ids, quorum, allowSelfApprove }),
    columns: {
      quorum,
      approverUserIds: users.ids,
      approverRoleIds: approvers.ids,
      allowSelfApprove,
      bypassMembershipLevels: [...new Set(values.bypassMembershipLevels)].sort((a, b) => a - b),
      bypassRoleIds: bypass.ids,
      expiresAfterSeconds,
      enabled,
    },
  }
}

/** Checks that requests under a policy can reach their quorum. */
async function validateQuorumReachable(
  tx: Transaction,
  organizationId: string,
  { users, roles, quorum, allowSelfApprove }: { users: number[]; roles: string[]; quorum: number; allowSelfApprove: boolean },
): Promise<FieldError[]> {
  if (users.length === 0 && roles.length === 0)
    return [fieldError(['approverUserIds'], 'Name at least one approver, here or in approverRoleIds.', 'required')]
  const voters = await loadEligibleVoters(tx, organizationId, { users, roles })
  if (voters.size < quorum) {
    return [fieldError(['quorum'], `The quorum cannot be reached: it is ${quorum}, and there are ${voters.size} approvers.`)]
  }
  if (allowSelfApprove || voters.size > quorum) return []
  const otherMember = await tx.organizationMembership.findFirst({
    where: { organizationId, userId: { notIn: [...voters] }, user: { isActive: true } },
  })
  if (otherMember !== null) return []
  return [
    fieldError(
      ['quorum'],
      `The quorum cannot be reached: every member is an approver, nobody may approve their own request, and fewer than ${quorum} others remain.`,
    ),
  ]
}

async function resolveMembers(
  tx: Transaction,
  organizationId: string,
  input: readonly string[],
): Promise<{ ids: number[]; fieldErrors: FieldError[] }> {
  const path = ['approverUserIds']
  if (input.length > maxListLength)
    return { ids: [], fieldErrors: [fieldError(path, `Ensure this field has no more than ${maxListLength} elements.`)] }
  const userIds = input.map((text) => parseIntegerId('User', text)).map((id) => (id !== null && isInt4(id) ? id : null))
  const members = await tx.organizationMembership.findMany({
    where: { organizationId, userId: { in: userIds.filter((id) => id !== null) }, user: { isActive: true } },
    select: { userId: true },
  })
  const isMember = (id: number | null) => members.some(({ userId }) => userId === id)
  return {
    ids: [...new Set(userIds.filter((id) => id !== null))],
    fieldErrors: userIds.flatMap((id, index) =>
      isMember(id)
        ? []
        : [fieldError([...path, String(index)], 'User does not exist, or is no active member of the organization.', 'does_not_exist')],
    ),
  }
}

async function resolveRoles(
  tx: Transaction,
  actor: Actor,
  organizationId: string,
  field: string,
  input: readonly string[],
): Promise<{ ids: string[]; fieldErrors: FieldError[] }> {
  if (input.length > maxListLength)
    return { ids: [], fieldErrors: [fieldError([field], `Ensure this field has no more than ${maxListLength} elements.`)] }
  const ids = input.map((text) => {
    const { typename, id } = decodeGlobalId(text)
    return typename === 'Role' ? id : text
  })
  // A role of an organization that the actor cannot see does not exist for them.
  const visibleOrganizationIds = actor.organizations.map(({ id }) => id)
  const found = await tx.role.findMany({
    where: { id: { in: ids.filter((id) => roleIdPattern.test(id)) }, organizationId: { in: visibleOrganizationIds } },
  })
  const missing = ids.filter((id) => !found.some((role) => role.id === id))
  const foreign = found.filter((role) => role.organizationId !== organizationId)
  return {
    ids: [...new Set(ids)],
    fieldErrors: [
      ...(missing.length === 0 ? [] : [fieldError([field], `Roles do not exist: ${missing.join(', ')}`, 'does_not_exist')]),
      ...(foreign.length === 0
        ? []
        : [fieldError([field], `Roles must belong to the same organization: ${foreign.map(({ name }) => name).join(', ')}`)]),
    ],
  }
}
