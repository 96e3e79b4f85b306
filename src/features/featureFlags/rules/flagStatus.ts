import type { FeatureFlag } from '../../../database/generated/client.ts'
import { isStale, staleAfterDays } from './staleness.ts'

/** The state of a flag. `flagListSource` has the same rule in SQL. */
export type FlagStatus = 'ACTIVE' | 'INACTIVE' | 'STALE' | 'ARCHIVED' | 'DELETED'

/** Returns the state of a flag at a moment. Of several that apply, the first of deleted, archived, off and stale counts. */
export function getFlagStatus(flag: Pick<FeatureFlag, 'active' | 'archived' | 'deleted' | 'unusedSince'>, now: Date): FlagStatus {
  if (flag.deleted) return 'DELETED'
  if (flag.archived) return 'ARCHIVED'
  if (!flag.active) return 'INACTIVE'
  return isStale(flag, now) ? 'STALE' : 'ACTIVE'
}

/** Returns why a flag is stale. Null when it is not. */
export function getStaleReason(flag: Pick<FeatureFlag, 'unusedSince' | 'calledAt'>, now: Date): 'NOT_CALLED' | 'FULLY_ROLLED_OUT' | null {
  if (!isStale(flag, now)) return null
  return flag.calledAt === null ? 'FULLY_ROLLED_OUT' : 'NOT_CALLED'
}

/** Explains the state of a flag to a person. */
export function explainStatus(flag: Pick<FeatureFlag, 'active' | 'archived' | 'deleted' | 'unusedSince' | 'calledAt'>, now: Date): string {
  const status = getFlagStatus(flag, now)
  if (status !== 'STALE') return explanations[status]
  return flag.calledAt === null
    ? `The flag serves the same to everybody. It is older than ${staleAfterDays} days, and no call of it is known.`
    : `The flag was last called on ${flag.calledAt.toISOString().slice(0, 10)}, more than ${staleAfterDays} days ago.`
}

const explanations: Record<Exclude<FlagStatus, 'STALE'>, string> = {
  ACTIVE: 'The flag is on.',
  INACTIVE: 'The flag is off.',
  ARCHIVED: 'The flag is archived.',
  DELETED: 'The flag is deleted.',
}
