import { LRUCache } from 'lru-cache'

/** How many statements a connection keeps prepared. Each takes some tens of kilobytes of the database's memory, on every connection. */
const maxPreparedStatements = 250

/** A statement that comes again is prepared; those whose text is different each time (long lists of parameters) never get a name. */
const minUsesToPrepare = 3

const unnamed = ''

/** A statement that searches says this where its plan does not depend on the text. */
export const genericPlanHint = '/* planned for any text */'

/** Whether a statement may be planned for any values at all: one whose best plan depends on a searched text may not. */
export const allowsGenericPlan = (sql: string) => !sql.includes(' ILIKE ') || sql.includes(genericPlanHint)

/**
 * Names statements, so that PostgreSQL keeps them prepared: to plan one often costs more than to carry it out. A named statement may get a
 * plan for any values.
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
