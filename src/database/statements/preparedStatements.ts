import { LRUCache } from 'lru-cache'

/** How many statements are prepared on each connection. Each one takes tens of kilobytes of database memory per connection. */
const maxPreparedStatements = 250

/** How often a statement must run before it is prepared. Statements with a new text each time (long parameter lists) never are. */
const minUsesToPrepare = 3

const unnamed = ''

/** Marks a search statement whose best plan does not depend on the searched text. */
export const genericPlanHint = '/* planned for any text */'

/** Whether one plan fits all values of a statement. It does not if the best plan depends on the searched text. */
export const allowsGenericPlan = (sql: string) => !sql.includes(' ILIKE ') || sql.includes(genericPlanHint)

/**
 * Creates a function that names statements, so that PostgreSQL keeps them prepared. Planning often costs more than execution. PostgreSQL may
 * use one generic plan for all values of a named statement.
 */
export function preparedStatementNames(): (statement: { sql: string }) => string {
  const names = new Map<string, string>()
  const useCounts = new LRUCache<string, number>({ max: 1_000 })
  return ({ sql }) => {
    const name = names.get(sql)
    if (name !== undefined) return name
    if (names.size >= maxPreparedStatements || !allowsGenericPlan(sql)) return unnamed
    const uses = (useCounts.get(sql) ?? 0) + 1
    useCounts.set(sql, uses)
    if (uses < minUsesToPrepare) return unnamed
    const newName = `s${names.size}`
    names.set(sql, newName)
    return newName
  }
}
