import type { User } from '../database/generated/client.ts'
import { mayUseApiKeys } from './membershipLevel.ts'
import type { Viewer } from './viewer.ts'

/** The columns of a key and its memberships, without its user. */
export interface KeyRow
  extends Pick<Viewer, 'keyHash' | 'keyId' | 'keyMask' | 'keyLabel' | 'keyLastUsedAt' | 'scopedProjects' | 'scopedOrganizations'> {
  scopes: string[]
  organizations: { id: string; name: string; level: number; allowsMembersKeys: boolean }[]
}

/** The viewer of a key, from what is stored. */
export function toViewer({
  scopes,
  organizations,
  keyHash,
  keyId,
  keyMask,
  keyLabel,
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
    keyLabel,
    keyLastUsedAt,
    scopes: new Set(scopes),
    organizations: organizations.map(({ id, name, level, allowsMembersKeys }) => ({
      id,
      name,
      level,
      allowsApiKeys: mayUseApiKeys(level, allowsMembersKeys),
    })),
    scopedProjects,
    scopedOrganizations,
  }
}
