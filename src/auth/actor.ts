import type { Viewer } from './viewer.ts'

/** In whose name something is written: the viewer of a request, or the requester of a change that others consented to. */
export interface Actor extends Pick<Viewer, 'user' | 'organizations' | 'scopedProjects' | 'scopedOrganizations'> {
  /** What may be shown of the key it is done with; null when it is done without one. */
  keyMask: string | null
  /** The instant it is done at. */
  now: Date
}

/** Membership levels that may manage an organization. */
export const adminLevel = 8

/** The actor's level in an organization: 1 = member, 8 = admin, 15 = owner; null for one who is no member. */
export function membershipLevel({ organizations }: Pick<Actor, 'organizations'>, organizationId: string): number | null {
  return organizations.find(({ id }) => id === organizationId)?.level ?? null
}
