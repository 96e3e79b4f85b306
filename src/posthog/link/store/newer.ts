interface RowTimes {
  version?: unknown
  updatedAt?: unknown
}

/**
 * Whether a stored row is newer than one that PostHog answered, because answers can overtake each other. The version decides where there is
 * one: clocks of PostHog's servers differ, but each write through its API adds one. Equal rows are not newer.
 */
export function isStoredNewer(stored: RowTimes, row: RowTimes): boolean {
  const [ours, theirs] = [numberOf(stored.version), numberOf(row.version)]
  if (ours !== null && theirs !== null && ours !== theirs) return ours > theirs
  const [before, after] = [timeOf(stored.updatedAt), timeOf(row.updatedAt)]
  return before !== null && after !== null && before > after
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function timeOf(value: unknown): number | null {
  return value instanceof Date ? value.getTime() : null
}
