import type { Transaction } from '../../database/open.ts'
import type { Person } from '../rows/fields.ts'

const member = 1

/**
 * The user of each e-mail address, in lower case. Who is missing is made, as a member of the organization; who is there stays as they
 * are, also where they are no member: an import lets nobody in who has an account elsewhere.
 */
export async function findOrCreatePeople(
  tx: Transaction,
  organizationId: string,
  people: readonly (Person | null)[],
): Promise<Map<string, number>> {
  const wanted = new Map(people.flatMap((person) => (person === null ? [] : [[person.email, person] as const])))
  const found = await tx.user.findMany({ where: { email: { in: [...wanted.keys()] } }, select: { id: true, email: true } })
  const ids = new Map(found.map(({ id, email }) => [email, id]))
  for (const { email, firstName } of wanted.values()) {
    if (ids.has(email)) continue
    const user = await tx.user.create({ data: { email, firstName, memberships: { create: { organizationId, level: member } } } })
    ids.set(email, user.id)
  }
  return ids
}
