/** Clocks of PostHog's servers differ, and a row is committed after its `updated_at` was taken. So this much is read again each time. */
export const overlapMs = 5 * 60_000

export interface TimedRow {
  updatedAt: string | null
}

/** How a page of a list by falling `updated_at` ends: rows without one come first, and are never where reading stops. */
export function readsOn(rows: readonly TimedRow[], mark: string | null): boolean {
  if (mark === null) return true
  const limit = Date.parse(mark) - overlapMs
  return !rows.some(({ updatedAt }) => updatedAt !== null && Date.parse(updatedAt) < limit)
}

/** The rows of a page that may have changed since the mark. */
export function recentRows<Row extends TimedRow>(rows: readonly Row[], mark: string | null): Row[] {
  const limit = mark === null ? Number.NEGATIVE_INFINITY : Date.parse(mark) - overlapMs
  return rows.filter(({ updatedAt }) => updatedAt === null || Date.parse(updatedAt) >= limit)
}

/** The newest time of a page. Null if no row has one. */
export function newestOf(rows: readonly TimedRow[]): string | null {
  return rows.reduce<string | null>((top, { updatedAt }) => {
    if (updatedAt === null) return top
    return top === null || Date.parse(updatedAt) > Date.parse(top) ? updatedAt : top
  }, null)
}

/**
 * The mark after a pass. It is the newest time of its first page, because a row that is touched while pages are read has a newer one. It does not
 * go back, and not beyond PostHog's own time: a row with a time in the future would hide all that follow.
 */
export function nextMark(before: string | null, top: string | null, serverTime: Date | null): string | null {
  const newest = [before, top].reduce((a, b) => (a === null || (b !== null && Date.parse(b) > Date.parse(a)) ? b : a))
  return newest !== null && serverTime !== null && Date.parse(newest) > serverTime.getTime() ? serverTime.toISOString() : newest
}

/** Whether all rows of a page are so old that no late commit can change them any more. */
export function isSettled(rows: readonly TimedRow[], serverTime: Date | null): boolean {
  if (serverTime === null) return false
  const limit = serverTime.getTime() - 2 * overlapMs
  return rows.every(({ updatedAt }) => updatedAt !== null && Date.parse(updatedAt) < limit)
}

/** Rows that may vanish at once without proof, however few there are. One by one, people do delete things. */
const alwaysAllowed = 2

/** Whether so many rows are gone that the key may have lost its access. That looks exactly like a deletion. */
export function isSuspicious(missing: number, known: number): boolean {
  return missing > alwaysAllowed && missing > known * 0.05
}

/** Whether a row was skipped because of another one, so that it can be stored as soon as that one is: its flag, or the flag that had its key. */
export function waitsForAnother(reason: string): boolean {
  return /^(key must be unique|feature_flag )/.test(reason)
}

/** Seconds until another attempt after failed rounds. */
export function failureSeconds(failures: number, pollSeconds: number, retryAfter: number | null, random: number): number {
  const backOff = Math.min(300, Math.max(1, pollSeconds) * 2 ** Math.min(failures - 1, 10))
  return Math.max(retryAfter ?? 0, backOff * (1 - random / 4))
}
