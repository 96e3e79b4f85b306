/**
 * Joins conditions with AND, for a `where`. Each of them holds: none can replace another, as the later of two keys does when one object is
 * spread over another.
 */
export function allOf<Where extends object>(...conditions: Where[]): { AND: Where[] } {
  return { AND: conditions }
}
