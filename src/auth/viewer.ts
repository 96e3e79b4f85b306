import type { User } from '../database/generated/client.ts'

/** An organization that the viewer belongs to. */
export interface ViewerOrganization {
  id: string
  name: string
  /** A `MembershipLevel`. */
  level: number
  /** False if the organization reserves API keys for admins and owners, and the viewer is neither. */
  allowsApiKeys: boolean
}

/** The user behind the API key of a request. */
export interface Viewer {
  user: User
  keyId: string
  /** The hash of the key. Rate limits and open subscriptions are counted by it. */
  keyHash: string
  /** The part of the key that may be shown. */
  keyMask: string
  /** The name that the owner gave the key. */
  keyLabel: string
  /** When the use of the key was last recorded. */
  keyLastUsedAt: Date | null
  scopes: ReadonlySet<string>
  organizations: readonly ViewerOrganization[]
  /** The projects that the key is restricted to; empty for no restriction. */
  scopedProjects: readonly number[]
  /** The organizations that the key is restricted to; empty for no restriction. */
  scopedOrganizations: readonly string[]
}
