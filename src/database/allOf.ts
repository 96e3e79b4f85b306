/**
 * Joins conditions with AND, for a `where`. Use it instead of spreading objects: with a spread, a condition can replace another one on the
 * same key.
 */
export function allOf<Where extends object>(...conditions: Where[]): { AND: Where[] } {
  return { AND: conditions }
}
