import { isDeepStrictEqual } from 'node:util'
import type { FlagChange } from '../../../commands/command.ts'
import type { FeatureFlag, Prisma } from '../../../database/generated/client.ts'
import { toJsonValue } from '../../../platform/json.ts'
import type { FlagOwner } from './guardedChanges.ts'

/** The state of the guarded flag that a request needs when it is applied (approvals.md 13, 22.27). */
export interface Preconditions {
  /** Null if the request creates the flag. It then needs no state. */
  flag: {
    owner: FlagOwner
    /** The version that the caller sent, if it already differed from the flag's version. Otherwise null. */
    version: number | null
    touched: FlagChange['changedValues']
  } | null
}

export function toPreconditions(change: FlagChange, owner: FlagOwner): Prisma.InputJsonObject {
  const { id, expectedVersion: version, changedValues } = change
  const preconditions: Preconditions = { flag: id === null ? null : { owner, version, touched: changedValues } }
  return toJsonValue(preconditions) as Prisma.InputJsonObject
}

export type Staleness = { reason: 'RESOURCE_GONE' | 'OWNER_CHANGED' | 'VERSION_MISMATCH'; message: string }

/**
 * Returns why a request is stale. Null if every value that it would set is unchanged, or already has the new value. Changes of other values
 * do not make it stale.
 */
export function detectStaleness(stored: unknown, flag: FeatureFlag | null, owner: FlagOwner): Staleness | null {
  const { flag: expected } = stored as Preconditions
  if (expected === null) return null
  if (flag === null) return { reason: 'RESOURCE_GONE', message: 'The feature flag is gone.' }
  if (ownerName(owner) !== ownerName(expected.owner)) {
    return {
      reason: 'OWNER_CHANGED',
      message: `Ownership changed since this request was created: ${ownerName(expected.owner)} -> ${ownerName(owner)}`,
    }
  }
  if (expected.version !== null) {
    return {
      reason: 'VERSION_MISMATCH',
      message: `Flag version mismatch: expected ${expected.version}, got ${flag.version}`,
    }
  }
  const changed = Object.entries(expected.touched).filter(([path, { before, after }]) => {
    const current = toJsonValue(getValueAtPath(flag, path))
    return !isDeepStrictEqual(current, before) && !isDeepStrictEqual(current, after)
  })
  if (changed.length === 0) return null
  return { reason: 'VERSION_MISMATCH', message: `Changed since this request was created: ${changed.map(([path]) => path).join(', ')}.` }
}

/** Returns the value of a flag at a path: a column, or a top-level key of its filters. A missing key is null. */
export function getValueAtPath(flag: Pick<FeatureFlag, 'filters'>, path: string): unknown {
  if (!path.startsWith('filters.')) return (flag as Record<string, unknown>)[path] ?? null
  return (flag.filters as Record<string, unknown>)[path.slice('filters.'.length)] ?? null
}

function ownerName(owner: FlagOwner): string {
  return owner === 'experiment' || owner === 'createdForExperiment' ? 'experiment' : 'unowned'
}
