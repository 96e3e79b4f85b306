import type { Db } from '../db/database.ts'
import type { Prisma, User } from '../db/generated/client.ts'
import { bearerToken, hashToken } from './personalApiKey.ts'

const admin = 8
const hour = 60 * 60 * 1000

/** An organization that the viewer belongs to. */
export interface ViewerOrganization {
  id: string
  name: string
  /** 1 = member, 8 = admin, 15 = owner. */
  level: number
  /** False when the organization lets only admins use personal API keys, and the viewer is none. */
  allowsKeys: boolean
}

/** Who asks: a person, through one of their keys. */
export interface Viewer {
  user: User
  keyId: string
  /** The key's hash: what limits are counted by. */
  keyHash: string
  /** What may be shown of the key. */
  keyMask: string
  /** When the use of the key was last written down. */
  keyLastUsedAt: Date | null
  scopes: ReadonlySet<string>
  organizations: readonly ViewerOrganization[]
  /** The projects and organizations the key is restricted to; empty when it is not. */
  scopedProjects: readonly number[]
  scopedOrganizations: readonly string[]
}

/** The viewer, or the reason why there is none (experiments.md 11.3). */
export type Authentication = { viewer: Viewer } | { viewer: null; refusal: string }

/** Finds out who sent a request from its `Authorization` header, in one statement. */
export async function authenticate(db: Db, authorization: string | null): Promise<Authentication> {
  const token = bearerToken(authorization)
  if (token === null) return { viewer: null, refusal: 'Authentication credentials were not provided.' }

  const keyHash = hashToken(token)
  const key = await db.personalApiKey.findFirst({
    where: { secureValue: keyHash, user: { isActive: true } },
    include: { user: { include: { memberships: { include: { organization: true } } } } },
    relationLoadStrategy: 'join',
  })
  if (key === null) return { viewer: null, refusal: 'Personal API key found in request Authorization header is invalid.' }

  const { memberships, ...user } = key.user
  return {
    viewer: {
      user,
      keyId: key.id,
      keyHash,
      keyMask: key.mask,
      keyLastUsedAt: key.lastUsedAt,
      scopes: new Set(key.scopes),
      organizations: memberships.map(({ level, organization }) => ({
        id: organization.id,
        name: organization.name,
        level,
        allowsKeys: organization.membersCanUsePersonalApiKeys || level >= admin,
      })),
      scopedProjects: key.scopedProjects,
      scopedOrganizations: key.scopedOrganizations,
    },
  }
}

/** Notes that the key was used, unless that was noted within the last hour. */
export async function noteKeyUse(db: Db, { keyId, keyLastUsedAt }: Viewer, now: Date): Promise<void> {
  const anHourAgo = new Date(now.getTime() - hour)
  if (keyLastUsedAt !== null && keyLastUsedAt >= anHourAgo) return
  // Asked again of the row: of the requests that arrive together, one writes.
  const unnoted = { OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: anHourAgo } }] }
  await db.personalApiKey.updateMany({ where: { id: keyId, ...unnoted }, data: { lastUsedAt: now } })
}

/** The organizations whose projects exist for a viewer: they belong to it, it lets them use keys, and the key is not for others only. */
export function visibleOrganizations({
  organizations,
  scopedOrganizations,
}: Pick<Viewer, 'organizations' | 'scopedOrganizations'>): string[] {
  return organizations
    .filter(({ id, allowsKeys }) => allowsKeys && (scopedOrganizations.length === 0 || scopedOrganizations.includes(id)))
    .map(({ id }) => id)
}

/** The people who exist for a viewer: themselves, and the members of the organizations whose projects exist for them. */
export function visibleUsers(viewer: Viewer): Prisma.UserWhereInput {
  const { scopedProjects } = viewer
  return {
    OR: [
      { id: viewer.user.id },
      {
        memberships: {
          some: {
            organizationId: { in: visibleOrganizations(viewer) },
            ...(scopedProjects.length === 0 ? {} : { organization: { projects: { some: { id: { in: [...scopedProjects] } } } } }),
          },
        },
      },
    ],
  }
}

/** The projects that exist for a viewer. Every look-up of rows that belong to a project goes through this. */
export function visibleProjects(
  viewer: Pick<Viewer, 'organizations' | 'scopedOrganizations' | 'scopedProjects'>,
): Prisma.ProjectWhereInput {
  return {
    organizationId: { in: visibleOrganizations(viewer) },
    ...(viewer.scopedProjects.length === 0 ? {} : { id: { in: [...viewer.scopedProjects] } }),
  }
}
