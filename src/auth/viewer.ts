import { columnsOf } from '../db/columns.ts'
import type { Db } from '../db/database.ts'
import { Prisma, type User } from '../db/generated/client.ts'
import { type Asker, askTogether } from '../db/together.ts'
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

/** What is read of a key, beside its user. */
interface KeyRow extends Pick<Viewer, 'keyHash' | 'keyId' | 'keyMask' | 'keyLastUsedAt' | 'scopedProjects' | 'scopedOrganizations'> {
  scopes: string[]
  organizations: { id: string; name: string; level: number; allowsMembersKeys: boolean }[]
}

/** Finds out who sent a request from its `Authorization` header; those who send requests at the same moment in one statement. */
export async function authenticate(asker: Asker, authorization: string | null): Promise<Authentication> {
  const token = bearerToken(authorization)
  if (token === null) return { viewer: null, refusal: 'Authentication credentials were not provided.' }

  const keyHash = hashToken(token)
  const viewers = await askTogether(asker, readViewers, [keyHash], (hashes) => readViewers(asker.db, hashes))
  const viewer = viewers.get(keyHash)
  return viewer === undefined ? { viewer: null, refusal: 'Personal API key found in request Authorization header is invalid.' } : { viewer }
}

/** Whose keys have these hashes, by hash. */
async function readViewers(db: Db, hashes: readonly string[]): Promise<Map<string, Viewer>> {
  // Every request asks this; by hand it takes a third of what Prisma's joins take.
  const found = await db.$queryRaw<(User & KeyRow)[]>(Prisma.sql`
    SELECT ${columnsOf(Prisma.UserScalarFieldEnum, 'u')}, k.secure_value AS "keyHash", k.id::text AS "keyId", k.mask AS "keyMask", k.last_used_at AS "keyLastUsedAt",
      k.scopes, k.scoped_projects AS "scopedProjects", k.scoped_organizations::text[] AS "scopedOrganizations",
      (
        SELECT coalesce(json_agg(json_build_object(
          'id', o.id, 'name', o.name, 'level', m.level, 'allowsMembersKeys', o.members_can_use_personal_api_keys)), '[]')
        FROM organization_memberships m JOIN organizations o ON o.id = m.organization_id
        WHERE m.user_id = u.id
      ) AS organizations
    FROM personal_api_keys k JOIN users u ON u.id = k.user_id
    WHERE k.secure_value = ANY (${[...hashes]}::text[]) AND u.is_active`)
  return new Map(found.map((row) => [row.keyHash, viewerOf(row)]))
}

function viewerOf({
  scopes,
  organizations,
  keyHash,
  keyId,
  keyMask,
  keyLastUsedAt,
  scopedProjects,
  scopedOrganizations,
  ...user
}: User & KeyRow): Viewer {
  return {
    user,
    keyId,
    keyHash,
    keyMask,
    keyLastUsedAt,
    scopes: new Set(scopes),
    organizations: organizations.map(({ id, name, level, allowsMembersKeys }) => ({
      id,
      name,
      level,
      allowsKeys: allowsMembersKeys || level >= admin,
    })),
    scopedProjects,
    scopedOrganizations,
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

/**
 * Holds for a row of one of the projects that `visibleProjects` means, for statements by hand. OFFSET 0 keeps the look-up from becoming a
 * join, for which PostgreSQL may read every project of the viewer's organizations, or of all.
 *
 * @param project the column that holds the number of the row's project
 */
export function inVisibleProject(
  viewer: Pick<Viewer, 'organizations' | 'scopedOrganizations' | 'scopedProjects'>,
  project: Prisma.Sql,
): Prisma.Sql {
  const scoped = viewer.scopedProjects.length === 0 ? Prisma.empty : Prisma.sql`AND v.id = ANY (${[...viewer.scopedProjects]}::int[])`
  return Prisma.sql`EXISTS (
      SELECT FROM projects v WHERE v.id = ${project} AND v.organization_id = ANY (${visibleOrganizations(viewer)}::uuid[]) ${scoped} OFFSET 0
    )`
}
