/** A JSON object whose fields nobody has checked yet. */
export type JsonObject = Record<string, unknown>

/** JSON with its keys in order: equal texts are equal values. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
}

/** A value as JSON keeps it: dates are text, and nothing is undefined. */
export function toJsonValue(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null))
}

/** Whether it is a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The fields of an object; null for anything else. */
export function asObject(value: unknown): JsonObject | null {
  return isObject(value) ? value : null
}

/** The entries of a list, or of a missing one; null for anything else. */
export function asArray(value: unknown): unknown[] | null {
  return value == null ? [] : Array.isArray(value) ? value : null
}
