import { Prisma } from '../generated/client.ts'

export type SortDirection = 'ASC' | 'DESC'

/** The first and last millisecond of the years 1 to 9999. PostgreSQL can read these times in the format of JavaScript. */
export const minTimestamp = -62_135_596_800_000
export const maxTimestamp = 253_402_300_799_999

/** The type of an order's sort value. It converts the value to the text in a cursor and back. */
interface SortKeyType {
  /** SQL for the value of a row as text. */
  toText(expression: Prisma.Sql): Prisma.Sql
  /** Reads the text of a cursor, as a value for `toValue`. Null if it is not valid. */
  parse(text: string): string | null
  /** SQL for such a value, for comparisons. A subquery, so that the statement is not planned for the value (decision 0033). */
  toValue(parameter: unknown): Prisma.Sql
}

/** A time. A missing time is 'infinity', so that it sorts after all others, as NULL does in the reference. */
export const timestampKey: SortKeyType = {
  toText: (expression) =>
    Prisma.sql`CASE WHEN isfinite(${expression}) THEN (extract(epoch FROM ${expression}) * 1000)::bigint::text ELSE 'infinity' END`,
  parse: (text) => {
    if (text === 'infinity') return text
    const time = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    return time >= minTimestamp && time <= maxTimestamp ? new Date(time).toISOString() : null
  },
  toValue: (parameter) => Prisma.sql`(SELECT ${parameter}::timestamptz)`,
}

/** Text, by code point. */
export const textKey: SortKeyType = {
  toText: (expression) => Prisma.sql`${expression}`,
  parse: (text) => text,
  toValue: (parameter) => Prisma.sql`(SELECT ${parameter}::text) COLLATE "C"`,
}

/** A double. A missing value is 'Infinity'. */
export const numberKey: SortKeyType = {
  toText: (expression) => Prisma.sql`(${expression})::text`,
  parse: (text) => {
    if (text === 'Infinity') return text
    // JavaScript formats the number again, because PostgreSQL rejects texts that are too small for a double. JavaScript reads them as 0.
    const number = /^-?\d+(\.\d+)?(e[+-]?\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
    return Number.isFinite(number) ? String(number) : null
  },
  toValue: (parameter) => Prisma.sql`(SELECT ${parameter}::float8)`,
}

/** One order of one list. Rows with equal sort values are ordered by id, in the same direction. */
export interface SortOrder {
  /** The name of list, column and direction in cursors. Cursors of another order are rejected. */
  name: string
  direction: SortDirection
  keyType: SortKeyType
  /** SQL for the sort value, which is never null. The migrations create an index on it, unless the order says otherwise. */
  expression: Prisma.Sql
  /** The time that the sort values depend on. All pages after a cursor use the time of that cursor. */
  asOf?: Date
}

/** The position of a row in an ordered list: its sort value as `toValue` takes it, and its id. */
export interface KeysetPosition<Value = string | number> {
  value: Value
  id: Value
}

/** The order of a list by a column with the time of creation, the newest first. */
export function newestFirst(list: string, createdAt: Prisma.Sql): SortOrder {
  return { name: `${list} by CREATED_AT DESC`, direction: 'DESC', keyType: timestampKey, expression: createdAt }
}
