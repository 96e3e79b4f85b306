import { Prisma } from './generated/client.ts'

/**
 * The columns of a model for a hand-written statement, under their Prisma names. A column has the name of its field in snake_case.
 *
 * @param fields the names of fields, or an object that has them as keys: the model's `…ScalarFieldEnum`, or a `select` of columns
 * @param alias the alias of the table in the statement
 */
export function selectColumns(fields: readonly string[] | object, alias: string): Prisma.Sql {
  const byAlias = columnLists.get(fields) ?? new Map<string, Prisma.Sql>()
  columnLists.set(fields, byAlias)
  const known = byAlias.get(alias)
  if (known !== undefined) return known
  const columns = (Array.isArray(fields) ? fields : Object.keys(fields)).map((field) => `${alias}.${snakeCase(field)} AS "${field}"`)
  const sql = Prisma.raw(columns.join(', '))
  byAlias.set(alias, sql)
  return sql
}

/** Most lists of columns are asked for by every request. They are never changed. */
const columnLists = new WeakMap<object, Map<string, Prisma.Sql>>()

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/**
 * An array parameter that a statement is not planned for. PostgreSQL takes an array of unknown length for ten values, and fewer are cheaper
 * to read. So it would plan a prepared statement again for each request, which takes longer than most statements do. An array that a
 * subquery returns is ten values for every plan.
 */
export function anyLengthSql(values: readonly unknown[], type: 'int' | 'text' | 'timestamptz' | 'uuid'): Prisma.Sql {
  const array = Prisma.raw(`${type}[]`)
  return Prisma.sql`(SELECT ${values}::${array})::${array}`
}

/** LIMIT as a part of the text. As a parameter it stands for a tenth of all rows, and PostgreSQL would plan again for each request. */
export const limitSql = (rows: number) => Prisma.raw(`LIMIT ${Math.trunc(rows)}`)

/** A LIKE pattern for texts that contain `search`. The characters `%`, `_` and `\` are escaped. */
export function likePattern(search: string): string {
  return `%${search.replaceAll(/[\\%_]/g, '\\$&')}%`
}

/**
 * A condition: one of two columns contains the text, ignoring case. Its first part uses the trigram index on both columns, joined by a line
 * break. If the text has a line break, the second part removes matches that span the two columns.
 */
export function containsTextSql(first: Prisma.Sql, second: Prisma.Sql, search: string): Prisma.Sql {
  const pattern = likePattern(search)
  // A text without three letters or digits in a row has no trigram. Asked for it, the index would be read as a whole.
  const both = hasTrigram.test(search) ? Prisma.sql`(${first} || E'\n' || ${second})` : Prisma.sql`(${first} || E'\n' || ${second} || '')`
  const either = Prisma.sql`${both} ILIKE ${pattern}`
  return search.includes('\n') ? Prisma.sql`${either} AND (${first} ILIKE ${pattern} OR ${second} ILIKE ${pattern})` : either
}

const hasTrigram = /[\p{L}\p{N}]{3}/u
