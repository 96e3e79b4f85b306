import type { Viewer } from './viewer.ts'

/** The user in whose name a command runs: the viewer, or the requester of a change request. */
export interface Actor extends Pick<Viewer, 'user' | 'organizations' | 'scopedProjects' | 'scopedOrganizations'> {
  /** The mask of the API key; null without a key. */
  keyMask: string | null
  /** The time of the write. */
  now: Date
}

/** The lowest membership level that may manage an organization. */
export const adminLevel = 8

/** The actor's level in an organization: 1 = member, 8 = admin, 15 = owner; null if the actor is not a member. */
export function membershipLevel({ organizations }: Pick<Actor, 'organizations'>, organizationId: string): number | null {
  return organizations.find(({ id }) => id === organizationId)?.level ?? null
}
