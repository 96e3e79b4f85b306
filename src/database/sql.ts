import { Prisma } from './generated/client.ts'

/**
 * The columns of a model for a hand-written statement, under their Prisma names. Every column is its field's name in snake_case.
 *
 * @param fields fields of the model, or an object whose keys they are: its `…ScalarFieldEnum`, or a `select` of columns
 * @param alias the table's alias in the statement
 */
export function selectColumns(fields: readonly string[] | object, alias: string): Prisma.Sql {
  const columns = (Array.isArray(fields) ? fields : Object.keys(fields)).map((field) => `${alias}.${snakeCase(field)} AS "${field}"`)
  return Prisma.raw(columns.join(', '))
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** Text in which `%`, `_` and `\` stand for themselves in a LIKE pattern. */
export function likePattern(search: string): string {
  return `%${search.replaceAll(/[\\%_]/g, '\\$&')}%`
}

/**
 * Holds where either column contains the text, whatever its case. The first condition is what the trigram index holds; the second
 * drops a match that lies across the two.
 */
export function containsTextSql(first: Prisma.Sql, second: Prisma.Sql, search: string): Prisma.Sql {
  const pattern = likePattern(search)
  const either = Prisma.sql`(${first} || E'\n' || ${second}) ILIKE ${pattern}`
  return search.includes('\n') ? Prisma.sql`${either} AND (${first} ILIKE ${pattern} OR ${second} ILIKE ${pattern})` : either
}
