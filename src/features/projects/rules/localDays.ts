import { LRUCache } from 'lru-cache'
import { Temporal } from 'temporal-polyfill'

/** Returns the time zone, or UTC if this computer does not know it. */
function resolveTimeZone(timezone: string): string {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone).timeZoneId
  } catch {
    return 'UTC'
  }
}

/** A day in a time zone, in milliseconds since the epoch. `starts` holds the starts of other days, by their offset from this one. */
interface DayRange {
  from: number
  until: number
  starts: Map<number, Date>
}

const hourMs = 60 * 60 * 1000

/** Caches the last day of each time zone, because most calls are about today. */
const dayCache = new LRUCache<string, DayRange>({ max: 600 })

/**
 * Returns the start of the day that is `offset` days from today in a time zone. That is midnight, or the first instant of the day if the
 * clocks skip midnight. Days are calendar days, so a day of 23 or 25 hours is one day.
 */
export function startOfDay(now: Date, timezone: string, offset: number): Date {
  const at = now.getTime()
  let day = dayCache.get(timezone)
  if (day === undefined || at < day.from || at >= day.until) {
    day = { from: computeStartOfDay(at, timezone, 0), until: computeStartOfDay(at, timezone, 1), starts: new Map() }
    // On other days the clocks change. They may go back over midnight, so that the previous day returns. Those days are not cached.
    if (day.until - day.from === 24 * hourMs) dayCache.set(timezone, day)
  }
  const start = day.starts.get(offset) ?? new Date(computeStartOfDay(at, timezone, offset))
  day.starts.set(offset, start)
  return start
}

function computeStartOfDay(now: number, timezone: string, offset: number): number {
  const zone = resolveTimeZone(timezone)
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate()
  return today.add({ days: offset }).toZonedDateTime(zone).epochMilliseconds
}

/**
 * Returns the first days of months in a time zone: of the last `count` calendar months, the current one last, and of the month after them. Each
 * with the instant at which it starts.
 */
export function startsOfMonths(now: Date, timezone: string, count: number): { date: string; start: Date }[] {
  const zone = resolveTimeZone(timezone)
  const thisMonth = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate().with({ day: 1 })
  return Array.from({ length: count + 1 }, (_, index) => {
    const first = thisMonth.add({ months: index + 1 - count })
    return { date: first.toString(), start: new Date(first.toZonedDateTime(zone).epochMilliseconds) }
  })
}

/** Returns the day of a moment in a time zone, such as `2026-03-29`. */
export function dayIn(time: Date, timezone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(time.getTime()).toZonedDateTimeISO(resolveTimeZone(timezone)).toPlainDate().toString()
}
