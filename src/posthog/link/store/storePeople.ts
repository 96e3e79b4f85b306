import { z } from 'zod'
import type { Transaction } from '../../../database/client.ts'
import type { Project } from '../../../database/generated/client.ts'
import { chunk } from '../../import/writeRows.ts'
import * as field from '../../rows/fields.ts'
import { findOrCreateUsers } from '../../rows/users.ts'

export const memberSchema = z.object(
  {
    id: field.uuid,
    user: z.looseObject({ id: z.number() }, 'must be an object with an id').and(z.looseObject({ email: z.string() })),
  },
  'it must be an object: a member',
)

export const roleSchema = z.object(
  {
    id: field.uuid,
    name: field.boundedText(1, 200),
    members: field.withDefault(z.array(z.looseObject({ user: field.person }), 'must be a list'), []),
  },
  'it must be an object: a role',
)

/**
 * Stores people. They are known by their e-mail address. A new one becomes a member here, which gives no access without a key of this service.
 * Levels stay as they are: who may do what here is decided here. Their numbers in PostHog are kept, because policies name people by them.
 */
export async function storeMembers(tx: Transaction, project: Project, rows: readonly z.infer<typeof memberSchema>[]): Promise<number> {
  const people = rows.map(({ user }) => ({ number: String(user.id), person: field.person.safeParse(user).data ?? null }))
  const userId = await findOrCreateUsers(
    tx,
    project.organizationId,
    people.map(({ person }) => person),
  )
  const ids = new Map(people.flatMap(({ number, person }) => (userId(person) === null ? [] : [[number, String(userId(person))]])))
  const projectId = project.id
  const kind = 'users'
  const stored = await tx.linkRow.findMany({ where: { projectId, kind, upstreamId: { in: [...ids.keys()] } } })
  const known = new Map(stored.map(({ upstreamId, localId }) => [upstreamId, localId]))
  const changed = [...ids].filter(([number, id]) => known.get(number) !== id)
  if (changed.length === 0) return 0
  await tx.linkRow.deleteMany({ where: { projectId, kind, upstreamId: { in: changed.map(([number]) => number) } } })
  await tx.linkRow.createMany({ data: changed.map(([upstreamId, localId]) => ({ projectId, kind, upstreamId, localId, contentHash: '' })) })
  return changed.length
}

/** Our ids of people, by their numbers in PostHog. Unknown ones are left out. */
export async function findUserIds(tx: Transaction, projectId: number, numbers: readonly number[]): Promise<Map<number, number>> {
  const rows = await tx.linkRow.findMany({
    where: { projectId, kind: 'users', upstreamId: { in: [...new Set(numbers)].map(String) } },
    select: { upstreamId: true, localId: true },
  })
  return new Map(rows.map(({ upstreamId, localId }) => [Number(upstreamId), Number(localId)]))
}

/** Stores a role with its members, as far as they are members of the organization here. A role of the same name becomes this one. */
export async function storeRole(
  tx: Transaction,
  { organizationId }: Project,
  { id: importedId, name, members }: z.infer<typeof roleSchema>,
): Promise<boolean> {
  const emails = members.flatMap(({ user }) => user?.email ?? [])
  const stored =
    (await tx.role.findFirst({ where: { organizationId, importedId } })) ??
    (await tx.role.findFirst({ where: { organizationId, name, importedId: null } }))
  const role =
    stored === null
      ? await tx.role.create({ data: { organizationId, name, importedId } })
      : await tx.role.update({ where: { id: stored.id }, data: { name, importedId } })
  const users: { id: number }[] = []
  for (const batch of chunk([...new Set(emails)], 1_000)) {
    const where = { email: { in: batch }, memberships: { some: { organizationId } } }
    users.push(...(await tx.user.findMany({ where, select: { id: true } })))
  }
  await tx.roleMembership.deleteMany({ where: { roleId: role.id, userId: { notIn: users.map(({ id }) => id) } } })
  await tx.roleMembership.createMany({ data: users.map(({ id: userId }) => ({ roleId: role.id, userId })), skipDuplicates: true })
  return true
}
