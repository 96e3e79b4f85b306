import { canonicalJson, isObject, type JsonObject } from '../../../platform/json.ts'
import { prepareRow } from '../store/prepareRow.ts'

/** Whether two JSON values are equal. Numbers are compared by value. */
export function isSame(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other)
}

/** Whether a stored value has all of one that was sent. PostHog adds to objects, and may leave out what is null. Lists have the same entries. */
export function hasAll(stored: unknown, sent: unknown): boolean {
  if (Array.isArray(sent))
    return Array.isArray(stored) && stored.length === sent.length && sent.every((each, at) => hasAll(stored[at], each))
  if (!isObject(sent)) return isSame(stored ?? null, sent ?? null)
  const there = isObject(stored) ? stored : {}
  return Object.entries(sent).every(([name, value]) => hasAll(there[name], value))
}

/** The filters of a flag as PostHog stores them, without the names that it adds for people. */
export function storedFilters(flag: JsonObject | null): JsonObject {
  const filters = flag === null ? null : prepareRow('feature_flags', flag).filters
  return isObject(filters) ? filters : {}
}

/** A metric without what PostHog computes. */
export function withoutFingerprints(metrics: unknown): unknown {
  if (!Array.isArray(metrics)) return metrics
  return metrics.map((metric) => {
    if (!isObject(metric)) return metric
    const { fingerprint: _, ...kept } = metric
    return kept
  })
}

/** The object without missing values. */
export function given(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
