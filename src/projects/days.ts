import { Temporal } from 'temporal-polyfill'

/** The project's time zone; UTC where it has none, or one that this computer does not know. */
function knownZone(timezone: string): string {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone).timeZoneId
  } catch {
    return 'UTC'
  }
}

/**
 * The first instant of the day that lies `offset` days from today, in a time zone: its midnight, or what comes first on a day whose
 * midnight the clocks skip. Days are counted on the calendar, so that a day of 23 or 25 hours is one day.
 */
export function startOfDay(now: Date, timezone: string, offset: number): Date {
  const zone = knownZone(timezone)
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate()
  return new Date(today.add({ days: offset }).toZonedDateTime(zone).epochMilliseconds)
}
