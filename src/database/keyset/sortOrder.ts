import { Prisma } from '../generated/client.ts'

export type SortDirection = 'ASC' | 'DESC'

/** The times of the years 1 to 9999, in milliseconds: those that PostgreSQL reads as JavaScript writes them. */
export const minTimestamp = -62_135_596_800_000
export const maxTimestamp = 253_402_300_799_999

/** What an order goes by. Each kind says how its value is written into a cursor, and read out of one. */
interface SortKeyType {
  /** The value as text, from a row. */
  toText(expression: Prisma.Sql): Prisma.Sql
  /** The value for a comparison; null when the text can be no such value. */
  fromText(text: string): Prisma.Sql | null
}

/** A time. A missing one is 'infinity', so that it stands after every time, as NULLs do in the reference. */
export const timestampKey: SortKeyType = {
  toText: (expression) =>
    Prisma.sql`CASE WHEN isfinite(${expression}) THEN (extract(epoch FROM ${expression}) * 1000)::bigint::text ELSE 'infinity' END`,
  fromText: (text) => {
    if (text === 'infinity') return Prisma.sql`'infinity'::timestamptz`
    const time = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    return time >= minTimestamp && time <= maxTimestamp ? Prisma.sql`${new Date(time)}::timestamptz` : null
  },
}

/** Text, by code point. */
export const textKey: SortKeyType = {
  toText: (expression) => Prisma.sql`${expression}`,
  fromText: (text) => Prisma.sql`${text}::text COLLATE "C"`,
}

/** A double. A missing one is 'Infinity'. */
export const numberKey: SortKeyType = {
  toText: (expression) => Prisma.sql`(${expression})::text`,
  fromText: (text) => {
    if (text === 'Infinity') return Prisma.sql`'Infinity'::float8`
    // JavaScript reads more texts as numbers than PostgreSQL does, and those too small for a double as 0: it writes the number anew.
    const number = /^-?\d+(\.\d+)?(e[+-]?\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
    return Number.isFinite(number) ? Prisma.sql`${String(number)}::float8` : null
  },
}

/** One order of one list. Rows that are equal in it are ordered by id, in the same direction. */
export interface SortOrder {
  /** Names list, column and direction in cursors: one from another order is refused. */
  name: string
  direction: SortDirection
  keyType: SortKeyType
  /** The SQL of the value, never null; an index serves it (see the migrations) unless the order says otherwise. */
  expression: Prisma.Sql
  /** The instant that the values depend on; the pages that follow a cursor keep to it. */
  asOf?: Date
}

/** A place in an ordered list: just at this row. */
export interface KeysetPosition {
  value: Prisma.Sql
  id: number
}
