import type { ReadClient } from '../../../database/client.ts'
import type { PolicySnapshot } from '../rules/policySnapshot.ts'

/** The approvers of a policy, and its organization. */
type ApproverSet = Pick<PolicySnapshot, 'users' | 'roles'> & { organizationId: string }

/**
 * The people who may vote on requests now, for each approver set: the users of a policy snapshot, and the members of its roles. They must be
 * active members of the organization today (approvals.md 8, 22.17).
 */
export async function loadEligibleVoters(db: ReadClient, sets: readonly ApproverSet[]): Promise<Set<number>[]> {
  const organizationIds = [...new Set(sets.map(({ organizationId }) => organizationId))]
  const userIds = [...new Set(sets.flatMap(({ users }) => users))]
  const roleIds = [...new Set(sets.flatMap(({ roles }) => roles))]
  if (userIds.length + roleIds.length === 0) return sets.map(() => new Set())
  const people = await db.user.findMany({
    where: {
      isActive: true,
      memberships: { some: { organizationId: { in: organizationIds } } },
      OR: [{ id: { in: userIds } }, { roleMemberships: { some: { roleId: { in: roleIds } } } }],
    },
    select: {
      id: true,
      memberships: { where: { organizationId: { in: organizationIds } }, select: { organizationId: true } },
      roleMemberships: { where: { roleId: { in: roleIds } }, select: { roleId: true, role: { select: { organizationId: true } } } },
    },
    relationLoadStrategy: 'join',
  })
  return sets.map(({ organizationId, users, roles }) => {
    const members = people.filter(({ memberships }) => memberships.some((membership) => membership.organizationId === organizationId))
    const voters = members.filter(
      ({ id, roleMemberships }) =>
        users.includes(id) || roleMemberships.some(({ roleId, role }) => role.organizationId === organizationId && roles.includes(roleId)),
    )
    return new Set(voters.map(({ id }) => id))
  })
}

/** The people who may vote on requests of one approver set now. */
export async function loadVoters(db: ReadClient, set: ApproverSet): Promise<Set<number>> {
  const [voters] = await loadEligibleVoters(db, [set])
  return voters ?? new Set()
}
