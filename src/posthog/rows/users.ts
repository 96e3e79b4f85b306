import { memberLevel } from '../../auth/membershipLevel.ts'
import type { Transaction } from '../../database/client.ts'
import type { Person } from './fields.ts'

/**
 * Returns a function from a person to the id of the user. Missing users are created as members of the organization. Existing users stay
 * unchanged, even if they are not members: an import must not give access to the organization.
 */
export async function findOrCreateUsers(
  tx: Transaction,
  organizationId: string,
  people: readonly Person[],
): Promise<(person: Person) => number | null> {
  const byEmail = new Map(people.flatMap((person) => (person === null ? [] : [[person.email, person] as const])))
  const found = await tx.user.findMany({ where: { email: { in: [...byEmail.keys()] } }, select: { id: true, email: true } })
  const ids = new Map(found.map(({ id, email }) => [email, id]))
  for (const { email, firstName } of byEmail.values()) {
    if (ids.has(email)) continue
    const created = await tx.user.create({ data: { email, firstName, memberships: { create: { organizationId, level: memberLevel } } } })
    ids.set(email, created.id)
  }
  return (person) => ids.get(person?.email ?? '') ?? null
}
