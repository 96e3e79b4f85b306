import { LRUCache } from 'lru-cache'
import { Temporal } from 'temporal-polyfill'

/** The project's time zone; UTC where it has none, or one that this computer does not know. */
function resolveTimeZone(timezone: string): string {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone).timeZoneId
  } catch {
    return 'UTC'
  }
}

/** A day of 24 hours in a time zone, and the first instants of the days at some distance from it. */
interface DayRange {
  from: number
  until: number
  starts: Map<number, Date>
}

const hourMs = 60 * 60 * 1000

/** The last such day that was asked about in each time zone: most questions are about today. */
const dayCache = new LRUCache<string, DayRange>({ max: 600 })

/**
 * The first instant of the day that lies `offset` days from today, in a time zone: its midnight, or what comes first on a day whose
 * midnight the clocks skip. Days are counted on the calendar, so that a day of 23 or 25 hours is one day.
 */
export function startOfDay(now: Date, timezone: string, offset: number): Date {
  const at = now.getTime()
  let day = dayCache.get(timezone)
  if (day === undefined || at < day.from || at >= day.until) {
    day = { from: computeStartOfDay(at, timezone, 0), until: computeStartOfDay(at, timezone, 1), starts: new Map() }
    // On others the clocks are changed: perhaps back over midnight, so that the day before comes once more.
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
