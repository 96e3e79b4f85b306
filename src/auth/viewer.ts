import type { User } from '../database/generated/client.ts'

/** An organization that the viewer belongs to. */
export interface ViewerOrganization {
  id: string
  name: string
  /** A `MembershipLevel`. */
  level: number
  /** False when the organization lets only admins use personal API keys, and the viewer is none. */
  allowsApiKeys: boolean
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
