import type { Actor } from './actor.ts'

// The levels of members in an organization, with PostHog's numbers.

export const memberLevel = 1
/** The lowest level that manages the organization. */
export const adminLevel = 8
export const ownerLevel = 15

export type MembershipLevel = typeof memberLevel | typeof adminLevel | typeof ownerLevel

export const membershipLevelNames: Readonly<Record<number, string>> = {
  [memberLevel]: 'member',
  [adminLevel]: 'admin',
  [ownerLevel]: 'owner',
}

/** Whether a member of this level may use API keys. Some organizations let only admins do so. */
export function mayUseApiKeys(level: number, membersMay: boolean): boolean {
  return membersMay || level >= adminLevel
}

/** The actor's level in an organization. Null if the actor is not a member. */
export function membershipLevel({ organizations }: Pick<Actor, 'organizations'>, organizationId: string): number | null {
  return organizations.find(({ id }) => id === organizationId)?.level ?? null
}
