/** A JSON object with unchecked fields. */
export type JsonObject = Record<string, unknown>

/** JSON with sorted keys, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
}

/** Converts a value to plain JSON: dates become text, and undefined fields are dropped. */
export function toJsonValue(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null))
}

/** Whether a value is a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns the value if it is an object. Null for anything else. */
export function asObject(value: unknown): JsonObject | null {
  return isObject(value) ? value : null
}

/** Returns the value if it is a list, and an empty list if it is missing. Null for anything else. */
export function asArray(value: unknown): unknown[] | null {
  return value == null ? [] : Array.isArray(value) ? value : null
}

/** Whether a value has more than `max` levels. A scalar has one. It looks no deeper than that, so that no value overflows the stack. */
export function isDeeperThan(value: unknown, max: number): boolean {
  if (max === 0) return true
  return typeof value === 'object' && value !== null && Object.values(value).some((inner) => isDeeperThan(inner, max - 1))
}
