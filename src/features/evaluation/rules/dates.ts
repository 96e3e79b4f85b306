import { Temporal } from 'temporal-polyfill'
import { toNearestNumber } from '../../../platform/json.ts'

// Dates in filters and properties (evaluation.md 7). A time is in milliseconds since 1970. It may have a fraction.

/** The clock and the time zone that dates are reckoned by. */
export interface DateContext {
  now: Date
  /** The IANA time zone of the project. An unknown one counts as UTC. */
  timezone: string
}

const dayMs = 86_400_000
const maxTime = 8.64e15
const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, d: dayMs, w: 7 * dayMs }

/** The time of a filter: relative to now, or a date. Null for anything else. */
export function filterTime(value: unknown, context: DateContext): number | null {
  if (typeof value !== 'string') return null
  return relativeTime(value, context) ?? dateTime(value, context.timezone)
}

/** The time of a property: a date, or seconds since 1970. Null for anything else. */
export function propertyTime(value: unknown, { timezone }: DateContext): number | null {
  const number = toNearestNumber(value)
  const seconds = typeof number === 'string' && /^-?\d+(\.\d+)?$/.test(number) ? Number(number) : number
  if (typeof seconds === 'number') return Math.abs(seconds * 1_000) <= maxTime ? seconds * 1_000 : null
  return typeof seconds === 'string' ? dateTime(seconds, timezone) : null
}

/** `-30d` and its kin, reckoned on the wall clock of the project. */
function relativeTime(text: string, { now, timezone }: DateContext): number | null {
  const found = /^-?(\d{1,20})([hdwmy])$/.exec(text)
  const amount = Number(found?.[1])
  if (found === null || amount >= 10_000) return null
  const wall = now.getTime() + offsetAt(now.getTime(), timezone)
  const unit = found[2] ?? ''
  const length = unitMs[unit]
  return timeOfWall(length === undefined ? stepBack(wall, amount, unit === 'y' ? 12 : 1) : wall - amount * length, timezone)
}

/** Steps back by months, one step after the other. A day that the month does not have becomes its last. */
function stepBack(wall: number, steps: number, months: number): number {
  const date = new Date(wall)
  const time = wall - Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())
  let [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  for (let n = 0; n < steps; n++) {
    month -= months
    if (month < 0) {
      month += 12
      year -= 1
    }
    day = Math.min(day, daysInMonth(year, month))
    // The rest can be taken at once: the day is in all months to come.
    if (day <= 28 || (months === 12 && month !== 1)) return utc(year, month - (steps - n - 1) * months, day) + time
  }
  return utc(year, month, day) + time
}

/** `Date.UTC` takes years below 100 for years of the last century. */
const utc = (year: number, month: number, day: number) => new Date(0).setUTCFullYear(year, month, day)
const daysInMonth = (year: number, month: number) => new Date(utc(year, month + 1, 0)).getUTCDate()

const datePattern = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?: ?([Zz]|[+-]\d\d(?::?\d\d)?))?)?$/

/** A date with an offset is that instant. Without one, it is wall-clock time of the project. */
function dateTime(text: string, timezone: string): number | null {
  const found = datePattern.exec(text)
  if (found === null) return null
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((n) => Number(found[n] ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month - 1)) return null
  // A leap second counts as the second after it.
  if (hour > 23 || minute > 59 || second > 60) return null
  const wall = utc(year, month - 1, day) + hour * 3_600_000 + minute * 60_000 + second * 1_000 + Number(`0.${found[7] ?? 0}`) * 1_000
  const offset = found[8]
  if (offset === undefined) return timeOfWall(wall, timezone)
  if (/^z$/i.test(offset)) return wall
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(3).replace(':', '') || 0)]
  return hours > 23 || minutes > 59 ? null : wall - (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

/** The instant of a time on the wall clock. Null for an hour that the zone skips. Of a repeated hour, the first counts. */
function timeOfWall(wall: number, timezone: string): number | null {
  if (Math.abs(wall) > maxTime - dayMs) return null
  const offsets = [offsetAt(wall - dayMs, timezone), offsetAt(wall + dayMs, timezone)]
  const times = offsets.filter((offset) => offsetAt(wall - offset, timezone) === offset).map((offset) => wall - offset)
  return times.length === 0 ? null : Math.min(...times)
}

/** How far the wall clock of a zone is ahead of UTC, in milliseconds. */
function offsetAt(time: number, timezone: string): number {
  if (timezone === 'UTC') return 0
  try {
    return Temporal.Instant.fromEpochMilliseconds(Math.floor(time)).toZonedDateTimeISO(timezone).offsetNanoseconds / 1e6
  } catch {
    return 0
  }
}
