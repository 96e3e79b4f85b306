import type { Transaction } from '../../../database/client.ts'
import type { PolicySnapshot } from '../rules/policySnapshot.ts'

/**
 * The people who may vote on a request now: the users of its policy snapshot, and the members of its roles. They must be active members
 * of the organization today (approvals.md 8, 22.17).
 */
export async function loadEligibleVoters(
  tx: Transaction,
  organizationId: string,
  { users, roles }: Pick<PolicySnapshot, 'users' | 'roles'>,
): Promise<Set<number>> {
  const voters = await tx.user.findMany({
    where: {
      isActive: true,
      memberships: { some: { organizationId } },
      OR: [{ id: { in: users } }, { roleMemberships: { some: { roleId: { in: roles }, role: { organizationId } } } }],
    },
    select: { id: true },
  })
  return new Set(voters.map(({ id }) => id))
}
