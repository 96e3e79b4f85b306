import { type Actor, adminLevel, levelIn } from '../../../auth/actor.ts'
import type { ApprovalPolicy, Prisma } from '../../../database/generated/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { PermissionDeniedRefusal } from '../../../platform/domainErrors.ts'
import { type Fault, fault } from '../../../platform/fieldError.ts'
import { decodeGlobalId, isStorableId, serialId } from '../../../platform/globalId.ts'
import { roleId } from '../../users/Role.ts'
import type { GatedAction } from '../rules/guardedChanges.ts'
import { type ConditionInput, conditionFaults } from '../rules/policyConditions.ts'
import { votersOf } from './eligibleVoters.ts'

// What a policy may be (approvals.md 16, 22.16): none that makes requests which nobody could ever approve.

const maxQuorum = 100
const maxListed = 100
const maxExpiry = 31_536_000

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
export function refuseNonAdmin(actor: Actor, organizationId: string, organizationWide: boolean): void {
  if ((levelIn(actor, organizationId) ?? 0) < adminLevel) {
    throw new PermissionDeniedRefusal('Only admins and owners of the organization can manage approval policies.')
  }
  if (organizationWide && actor.scopedProjects.length > 0) {
    throw new PermissionDeniedRefusal('API key is restricted to projects: it cannot manage policies of the whole organization.')
  }
}

/** Policies of an organization are written one at a time, so that each is judged by what stands. */
export async function lockOrganization(tx: Transaction, organizationId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM organizations WHERE id = ${organizationId}::uuid FOR NO KEY UPDATE`
}

/** Checks a whole policy, and gives it as columns. Its faults are all told at once. */
export async function checkedPolicy(
  tx: Transaction,
  actor: Actor,
  organizationId: string,
  action: GatedAction,
  values: PolicyValues,
  condition: ConditionInput | null,
  /** Whether a list is newly given. What a policy that is off keeps is not judged: one whose approvers left can still be switched off. */
  isNew: (list: 'approverUserIds' | 'approverRoleIds' | 'bypassRoleIds') => boolean = () => true,
): Promise<{ faults: Fault[]; columns: PolicyColumns }> {
  const users = await membersNamed(tx, organizationId, values.approverUserIds)
  const approvers = await rolesNamed(tx, actor, organizationId, 'approverRoleIds', values.approverRoleIds)
  const bypass = await rolesNamed(tx, actor, organizationId, 'bypassRoleIds', values.bypassRoleIds)
  const { quorum, allowSelfApprove, expiresAfterSeconds, enabled } = values
  const faults = [
    ...(quorum >= 1 ? [] : [fault(['quorum'], 'Quorum must be at least 1')]),
    ...(quorum <= maxQuorum ? [] : [fault(['quorum'], `Must be at most ${maxQuorum}.`)]),
    ...(expiresAfterSeconds >= 1 && expiresAfterSeconds <= maxExpiry
      ? []
      : [fault(['expiresAfterSeconds'], `Must be a number of seconds from 1 to ${maxExpiry} (a year).`)]),
    ...(condition === null ? [] : conditionFaults(action, condition)),
    ...(enabled || isNew('approverUserIds') ? users.faults : []),
    ...(enabled || isNew('approverRoleIds') ? approvers.faults : []),
    ...(enabled || isNew('bypassRoleIds') ? bypass.faults : []),
  ]
  return {
    faults:
      faults.length > 0 || !enabled
        ? faults
        : await reachFaults(tx, organizationId, { users: users.ids, roles: approvers.ids, quorum, allowSelfApprove }),
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
async function reachFaults(
  tx: Transaction,
  organizationId: string,
  { users, roles, quorum, allowSelfApprove }: { users: number[]; roles: string[]; quorum: number; allowSelfApprove: boolean },
): Promise<Fault[]> {
  if (users.length === 0 && roles.length === 0)
    return [fault(['approverUserIds'], 'Name at least one approver, here or in approverRoleIds.', 'required')]
  const voters = await votersOf(tx, organizationId, { users, roles })
  if (voters.size < quorum) {
    return [fault(['quorum'], `Nobody could ever approve: ${quorum} approvals are asked for, and there are ${voters.size} approvers.`)]
  }
  if (allowSelfApprove || voters.size > quorum) return []
  const other = await tx.organizationMembership.findFirst({
    where: { organizationId, userId: { notIn: [...voters] }, user: { isActive: true } },
  })
  if (other !== null) return []
  return [
    fault(
      ['quorum'],
      `Nobody could ever approve: every member is an approver, none may approve their own request, and the others are fewer than ${quorum}.`,
    ),
  ]
}

async function membersNamed(
  tx: Transaction,
  organizationId: string,
  given: readonly string[],
): Promise<{ ids: number[]; faults: Fault[] }> {
  const path = ['approverUserIds']
  if (given.length > maxListed) return { ids: [], faults: [fault(path, `Ensure this field has no more than ${maxListed} elements.`)] }
  const numbers = given.map((text) => {
    const { typename, id } = decodeGlobalId(text)
    const digits = typename === 'User' ? id : text
    return serialId.test(digits) && isStorableId(Number(digits)) ? Number(digits) : null
  })
  const known = await tx.organizationMembership.findMany({
    where: { organizationId, userId: { in: numbers.filter((id) => id !== null) }, user: { isActive: true } },
    select: { userId: true },
  })
  const isKnown = (id: number | null) => known.some(({ userId }) => userId === id)
  return {
    ids: [...new Set(numbers.filter((id) => id !== null))],
    faults: numbers.flatMap((id, index) =>
      isKnown(id)
        ? []
        : [fault([...path, String(index)], 'User does not exist, or is no active member of the organization.', 'does_not_exist')],
    ),
  }
}

async function rolesNamed(
  tx: Transaction,
  actor: Actor,
  organizationId: string,
  field: string,
  given: readonly string[],
): Promise<{ ids: string[]; faults: Fault[] }> {
  if (given.length > maxListed) return { ids: [], faults: [fault([field], `Ensure this field has no more than ${maxListed} elements.`)] }
  const ids = given.map((text) => {
    const { typename, id } = decodeGlobalId(text)
    return typename === 'Role' ? id : text
  })
  // A role of an organization that the actor does not see is none.
  const seen = actor.organizations.map(({ id }) => id)
  const found = await tx.role.findMany({ where: { id: { in: ids.filter((id) => roleId.test(id)) }, organizationId: { in: seen } } })
  const missing = ids.filter((id) => !found.some((role) => role.id === id))
  const foreign = found.filter((role) => role.organizationId !== organizationId)
  return {
    ids: [...new Set(ids)],
    faults: [
      ...(missing.length === 0 ? [] : [fault([field], `Roles do not exist: ${missing.join(', ')}`, 'does_not_exist')]),
      ...(foreign.length === 0
        ? []
        : [fault([field], `Roles must belong to the same organization: ${foreign.map(({ name }) => name).join(', ')}`)]),
    ],
  }
}

/** A policy as the audit trail keeps it. */
export function auditedPolicy(policy: ApprovalPolicy): Prisma.InputJsonObject {
  const { id: _, organizationId: __, createdById: ___, createdAt: ____, updatedAt: _____, ...values } = policy
  return values as unknown as Prisma.InputJsonObject
}
