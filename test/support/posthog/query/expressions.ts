import { asObject, type JsonObject, toNearestNumber } from '../../../../src/platform/json.ts'
import { formatTime, type Micros, parseTime } from '../state/time.ts'
import { badQuery } from './tokens.ts'

export type Row = Record<string, unknown>

/** An expression. Aggregates see all rows of their group, others the first. */
export type Expression = (rows: readonly Row[]) => unknown

/** A point in time. It compares with texts. */
export class Moment {
  readonly micros: Micros
  readonly zone: string

  constructor(micros: Micros, zone = 'UTC') {
    this.micros = micros
    this.zone = zone
  }

  toJSON(): string {
    return formatTime(this.micros)
  }
}

export function compareValues(a: unknown, b: unknown): number | null {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (const [at, value] of a.entries()) {
      const order = compareValues(value, b[at])
      if (order !== 0) return order
    }
    return 0
  }
  const [left, right] = a instanceof Moment || b instanceof Moment ? [microsOf(a), microsOf(b)] : [comparable(a), comparable(b)]
  if (left === null || right === null) return null
  if (typeof left !== typeof right) return compareValues(String(left), String(right))
  return left === right ? 0 : (left as number) < (right as number) ? -1 : 1
}

function comparable(value: unknown): unknown {
  const number = toNearestNumber(value)
  return typeof number === 'boolean' ? Number(number) : (number ?? null)
}

function microsOf(value: unknown): Micros | null {
  if (value instanceof Moment) return value.micros
  return typeof value === 'string' ? (parseTime(value) ?? null) : null
}

const aggregates: Record<string, (values: unknown[], others: unknown[]) => unknown> = {
  count: (values) => values.filter((value) => value !== null).length,
  min: (values) =>
    values.reduce((least, value) => ((compareValues(value, least) ?? 1) < 0 || least === undefined ? value : least), undefined) ?? null,
  max: (values) =>
    values.reduce((most, value) => ((compareValues(value, most) ?? -1) > 0 || most === undefined ? value : most), undefined) ?? null,
  uniq: (values) => new Set(values.filter((value) => value !== null).map((value) => JSON.stringify(value))).size,
  uniqexact: (values) => new Set(values.filter((value) => value !== null).map((value) => JSON.stringify(value))).size,
  any: ([value = null]) => value,
  argmax: (values, others) => {
    let most = 0
    for (const [at, other] of others.entries()) if ((compareValues(other, others[most]) ?? -1) > 0) most = at
    return values[most] ?? null
  },
}

export const isAggregate = (name: string) => name.toLowerCase() in aggregates

export function aggregate(name: string, [argument, other]: readonly Expression[]): Expression {
  const reduce = aggregates[name.toLowerCase()]
  if (reduce === undefined) throw badQuery(`function ${name}`)
  const valuesOf = (rows: readonly Row[], of: Expression | undefined) => rows.map((row) => (of === undefined ? true : of([row])))
  return (rows) => reduce(valuesOf(rows, argument), valuesOf(rows, other))
}

/** An element of a list for which a condition is evaluated, as `x -> x > 1` names it. */
export interface Lambda {
  name: string
  body: Expression
}

/** `arrayFilter(x -> …, list)`. */
export function filterList({ name, body }: Lambda, list: Expression): Expression {
  return (rows) => {
    const values = list(rows)
    return Array.isArray(values) ? values.filter((value) => Boolean(body([{ ...rows[0], [name]: value }]))) : []
  }
}

const time = (value: unknown) => {
  const micros = microsOf(value)
  return micros === null ? null : new Moment(micros)
}
/** The day of a moment in its zone: `2026-11-20`. */
const dayOf = ({ micros, zone }: Moment) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(new Date(Math.floor(Number(micros) / 1_000)))

const propertyOf = (properties: unknown, key: unknown) => asObject(parsed(properties))?.[String(key)]

function parsed(value: unknown): unknown {
  return typeof value === 'string' ? (JSON.parse(value) as unknown) : value
}

const functions: Record<string, (...values: unknown[]) => unknown> = {
  todatetime: time,
  todatetime64: time,
  parsedatetimebesteffort: time,
  parsedatetime64besteffort: time,
  totimezone: (value, zone) => {
    const micros = microsOf(value)
    return micros === null ? null : new Moment(micros, String(zone))
  },
  todate: (value) => (value instanceof Moment ? dayOf(value) : value === null ? null : String(value).slice(0, 10)),
  touuid: (value) => value,
  tostring: (value) => (value instanceof Moment ? value.toJSON() : value === null ? null : String(value)),
  toint: (value) => Math.trunc(Number(value)),
  lower: (value) => String(value).toLowerCase(),
  tuple: (...values) => values,
  coalesce: (...values) => values.find((value) => value != null) ?? null,
  jsonextractstring: (properties, key) => String(propertyOf(properties, key) ?? ''),
  jsonextractraw: (properties, key) => JSON.stringify(propertyOf(properties, key)) ?? '',
  jsonextractbool: (properties, key) => propertyOf(properties, key) === true,
  jsonhas: (properties, key) => propertyOf(properties, key) !== undefined,
  jsonextractkeys: (properties) => Object.keys(asObject(parsed(properties)) ?? {}),
  startswith: (text, part) => String(text).startsWith(String(part)),
  positioncaseinsensitive: (text, part) => String(text).toLowerCase().indexOf(String(part).toLowerCase()) + 1,
  position: (text, part) => String(text).indexOf(String(part)) + 1,
  like: (text, pattern) => like(text, pattern, ''),
  ilike: (text, pattern) => like(text, pattern, 'i'),
}

export function call(name: string, values: readonly Expression[], now: Micros): Expression {
  if (name.toLowerCase() === 'now') return () => new Moment(now)
  const run = functions[name.toLowerCase()]
  if (run === undefined) throw badQuery(`function ${name}`)
  return (rows) => run(...values.map((value) => value(rows)))
}

export function like(text: unknown, pattern: unknown, flags: string): boolean {
  const source = String(pattern)
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '[\\s\\S]*')
    .replaceAll('_', '[\\s\\S]')
  return new RegExp(`^${source}$`, flags).test(String(text ?? ''))
}

/** A column, or a property of one: `properties.$browser`. */
export function column(path: readonly string[], columns: readonly string[]): Expression {
  const [name = '', ...keys] = path
  if (!columns.includes(name)) throw badQuery(`column ${path.join('.')}`)
  return ([row]) => keys.reduce<unknown>((value, key) => (asObject(value) as JsonObject | null)?.[key] ?? null, row?.[name] ?? null)
}
