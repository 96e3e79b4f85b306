/** A flag that nobody has used for longer than this is stale. */
export const staleAfterDays = 30

/** The time before which a use is too long ago, at a moment. */
export function staleBefore(now: Date): Date {
  return new Date(now.getTime() - staleAfterDays * 24 * 60 * 60 * 1000)
}

/**
 * Whether a flag is stale at a moment. The rule is the generated column `unusedSince`: when the time of its disuse began. It is null for a
 * flag that does not become stale.
 */
export function isStale({ unusedSince }: { unusedSince: Date | null }, now: Date): boolean {
  return unusedSince !== null && unusedSince < staleBefore(now)
}
