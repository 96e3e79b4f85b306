import type { Prisma } from '../database/generated/client.ts'
import type { Actor } from './actor.ts'

/** What `toActor` reads of a user. */
export const withOrganizations = {
  memberships: { include: { organization: { select: { id: true, name: true } } } },
} as const satisfies Prisma.UserInclude

/**
 * The actor of a change that somebody asked for earlier.
 *
 * @param key its restrictions apply to the change. Null if no key made it.
 */
export function toActor(
  { memberships, ...user }: Prisma.UserGetPayload<{ include: typeof withOrganizations }>,
  key: Pick<Actor, 'scopedProjects' | 'scopedOrganizations'> | null,
  now: Date,
): Actor {
  const organizations = memberships.map(({ level, organization: { id, name } }) => ({ id, name, level, allowsApiKeys: true }))
  const { scopedProjects, scopedOrganizations } = key ?? { scopedProjects: [], scopedOrganizations: [] }
  return { user, organizations, scopedProjects, scopedOrganizations, keyId: null, keyMask: null, now }
}
