/** JSON with its keys in order: equal texts are equal values. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) => {
    const fields = asObject(inner)
    return fields === null ? inner : Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** The fields of an object; null for what is none. */
export function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
}

/** The entries of a list, or of a missing one; null for what is none. */
export function asArray(value: unknown): unknown[] | null {
  return value == null ? [] : Array.isArray(value) ? value : null
}
