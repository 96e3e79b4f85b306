const pattern = /^(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d(?:\.\d{1,9})?) ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i

/** Who writes times in a form, for the report. ISO 8601 is what PostHog's API writes. */
export type TimeDialect = 'ClickHouse' | 'BigQuery' | 'PostgreSQL' | 'ISO 8601'

/** Converts the time of an event to ISO 8601 with a zone, where a database wrote it. Other texts stay. */
export function toIsoTime(text: string): string {
  const [, date, separator, time, zone = separator === ' ' ? 'Z' : ''] = pattern.exec(text) ?? []
  return date === undefined ? text : `${date}T${time}${toIsoZone(zone)}`
}

/** A time without a zone is UTC where a database wrote it. With a `T`, it stays without one, and is rejected later. */
function toIsoZone(zone: string): string {
  if (/^(Z|UTC)$/i.test(zone)) return 'Z'
  const [, hours, minutes = '00'] = /^([+-]\d\d):?(\d\d)?$/.exec(zone) ?? []
  return hours === undefined ? '' : `${hours}:${minutes}`
}

/** Recognizes who wrote a time. Null for other texts. */
export function timeDialect(text: string): TimeDialect | null {
  const [, date, separator, , zone = ''] = pattern.exec(text) ?? []
  if (date === undefined) return null
  if (zone.toUpperCase() === 'UTC') return 'BigQuery'
  if (separator === ' ' && zone === '') return 'ClickHouse'
  return separator === ' ' || /^[+-]\d\d$/.test(zone) ? 'PostgreSQL' : 'ISO 8601'
}
