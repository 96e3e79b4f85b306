import { Prisma } from './generated/client.ts'

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
