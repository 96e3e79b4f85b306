import type { Actor } from '../../../auth/actor.ts'
import { adminLevel, membershipLevel } from '../../../auth/membershipLevel.ts'
import type { ApprovalPolicy, Prisma } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { PermissionDeniedError } from '../../../platform/domainErrors.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { decodeGlobalId, isInt4, parseIntegerId } from '../../../platform/globalId.ts'
import { roleIdPattern } from '../../users/Role.ts'
import type { GatedAction } from '../rules/guardedChanges.ts'
import { type ConditionInput, validateCondition } from '../rules/policyConditions.ts'
import { loadEligibleVoters } from './eligibleVoters.ts'

// What a policy may be (approvals.md 16, 22.16): none that makes requests which nobody could ever approve.

const maxQuorum = 100
const maxListLength = 100
const maxExpirySeconds = 31_536_000

/** The values of a policy that clients set; people and roles by the ids that they gave. */
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

/** The same as columns. */
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

/** @throws PermissionDeniedRefusal for who is no admin or owner of the organization. */
export function assertAdmin(actor: Actor, organizationId: string, organizationWide: boolean): void {
  if ((membershipLevel(actor, organizationId) ?? 0) < adminLevel) {
    throw new PermissionDeniedError('Only admins and owners of the organization can manage approval policies.')
  }
  if (organizationWide && actor.scopedProjects.length > 0) {
    throw new PermissionDeniedError('API key is restricted to projects: it cannot manage policies of the whole organization.')
  }
}

/** Policies of an organization are written one at a time, so that each is judged by what stands. */
export async function lockOrganization(tx: Transaction, organizationId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`
}

/** Checks a whole policy, and gives it as columns. Its faults are all told at once. */
export async function validatePolicy(
  tx: Transaction,
  actor: Actor,
  organizationId: string,
  action: GatedAction,
  values: PolicyValues,
  condition: ConditionInput | null,
  /** Whether a list is newly given. What a policy that is off keeps is not judged: one whose approvers left can still be switched off. */
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

/** Whether requests under a policy can get their quorum at all. */
async function validateQuorumReachable(
  tx: Transaction,
  organizationId: string,
  { users, roles, quorum, allowSelfApprove }: { users: number[]; roles: string[]; quorum: number; allowSelfApprove: boolean },
): Promise<FieldError[]> {
  if (users.length === 0 && roles.length === 0)
    return [fieldError(['approverUserIds'], 'Name at least one approver, here or in approverRoleIds.', 'required')]
  const voters = await loadEligibleVoters(tx, organizationId, { users, roles })
  if (voters.size < quorum) {
    return [fieldError(['quorum'], `Nobody could ever approve: ${quorum} approvals are asked for, and there are ${voters.size} approvers.`)]
  }
  if (allowSelfApprove || voters.size > quorum) return []
  const otherMember = await tx.organizationMembership.findFirst({
    where: { organizationId, userId: { notIn: [...voters] }, user: { isActive: true } },
  })
  if (otherMember !== null) return []
  return [
    fieldError(
      ['quorum'],
      `Nobody could ever approve: every member is an approver, none may approve their own request, and the others are fewer than ${quorum}.`,
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
  // A role of an organization that the actor does not see is none.
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

/** A policy as the audit trail keeps it. */
export function policyAuditValues(policy: ApprovalPolicy): Prisma.InputJsonObject {
  const { id: _, organizationId: __, createdById: ___, createdAt: ____, updatedAt: _____, ...values } = policy
  return values as unknown as Prisma.InputJsonObject
}
