import type { Actor } from './actor.ts'

// What a user is in an organization, as PostHog numbers it.

export const memberLevel = 1
/** From here on, a user manages the organization. */
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

/** The actor's level in an organization; null for one who is no member. */
export function membershipLevel({ organizations }: Pick<Actor, 'organizations'>, organizationId: string): number | null {
  return organizations.find(({ id }) => id === organizationId)?.level ?? null
}
