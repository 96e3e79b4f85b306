import type { Clock } from '../platform/clock.ts'

/** How often a line is repeated at most, in milliseconds. */
const intervalMs = 10_000

/** Writes a line of a kind. `unreported` is how many events of this kind had no line of their own since the last one. */
export type WriteRepeated = (kind: string, write: (unreported: number) => void) => void

interface Kind {
  loggedAt: number
  unreported: number
  /** Writes the count when the interval is over, if no event does it before. */
  timer: NodeJS.Timeout | null
}

/**
 * Creates a function for events that can come in floods. The first event of a kind writes its line, and then there is at most one line every ten
 * seconds. No event is lost from the counts: when a flood ends, a last line tells the rest.
 */
export function createRepeatedLines(clock: Clock): WriteRepeated {
  const kinds = new Map<string, Kind>()
  return (name, write) => {
    const now = clock().getTime()
    const kind = kinds.get(name) ?? { loggedAt: Number.NEGATIVE_INFINITY, unreported: 0, timer: null }
    kinds.set(name, kind)
    const line = () => {
      if (kind.timer !== null) clearTimeout(kind.timer)
      kind.timer = null
      kind.loggedAt = clock().getTime()
      write(kind.unreported)
      kind.unreported = 0
    }
    const waitMs = kind.loggedAt + intervalMs - now
    if (waitMs <= 0) return line()
    kind.unreported++
    kind.timer ??= setTimeout(line, waitMs).unref()
  }
}
