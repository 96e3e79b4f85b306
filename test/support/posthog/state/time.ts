/** Microseconds since 1970. PostHog's times have microseconds; JavaScript's dates do not. */
export type Micros = number

export const second = 1_000_000
export const day = 86_400 * second

export function toMicros(date: Date): Micros {
  return date.getTime() * 1_000
}

/** RFC 3339 with `Z`, and with microseconds when they are not zero. */
export function formatTime(micros: Micros): string {
  const fraction = ((micros % second) + second) % second
  const whole = new Date((micros - fraction) / 1_000).toISOString().slice(0, 19)
  return fraction === 0 ? `${whole}Z` : `${whole}.${String(fraction).padStart(6, '0')}Z`
}

export const formatNullable = (micros: Micros | null) => (micros === null ? null : formatTime(micros))

/** Reads a date, or a date with a time. A time without an offset is in UTC. Undefined if it is neither. */
export function parseTime(text: string): Micros | undefined {
  const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text.trim())
  if (parts === null) return undefined
  const [, date, minutes = '00:00', seconds = ':00', fraction = '', zone = 'Z'] = parts
  const millis = Date.parse(`${date}T${minutes}${seconds}${zone === 'Z' ? zone : zone.replace(/(\d\d):?(\d\d)$/, '$1:$2')}`)
  return Number.isNaN(millis) ? undefined : millis * 1_000 + Number(fraction.padEnd(6, '0'))
}
