import { asArray, asObject, type JsonObject, toNearestNumber } from '../../../platform/json.ts'

/** A variant of a flag, read from its `filters`. */
export interface FlagVariant {
  key: string
  name: string | null
  /** In percent: 0 to 100. */
  rolloutPercentage: number
  /** The decoded payload, or the text if it is not JSON. Null when there is none. */
  payload: unknown
}

const objectOrEmpty = (value: unknown): JsonObject => asObject(value) ?? {}

/**
 * Reads a stored percentage. All code that reads one uses this, and the rule for eligible flags has the same limits in SQL.
 *
 * @param missing the percentage that null and a missing value stand for
 * @returns null if the value is malformed: no number, such as text, or not from 0 to 100
 */
export function readPercentage(value: unknown, missing: number): number | null {
  if (value == null) return missing
  const number = toNearestNumber(value)
  return typeof number === 'number' && number >= 0 && number <= 100 ? number : null
}

/**
 * Returns the variants in a flag's `filters` (experiments.md 2), in order. Stored filters may be malformed: an entry without a key is left
 * out, and a malformed percentage becomes 0.
 */
export function getVariants(filters: unknown): FlagVariant[] {
  const { multivariate, payloads } = objectOrEmpty(filters)
  const payloadByKey = objectOrEmpty(payloads)
  return (asArray(objectOrEmpty(multivariate).variants) ?? [])
    .map(objectOrEmpty)
    .flatMap(({ key, name, rollout_percentage: percentage }) =>
      typeof key === 'string'
        ? [
            {
              key,
              name: typeof name === 'string' ? name : null,
              rolloutPercentage: readPercentage(percentage, 0) ?? 0,
              payload: decodePayload(Object.hasOwn(payloadByKey, key) ? payloadByKey[key] : null),
            },
          ]
        : [],
    )
}

/** Payloads are stored as JSON text. Older ones may be stored as any JSON value. Text that is not JSON stays as it is. */
export function decodePayload(payload: unknown): unknown {
  if (typeof payload !== 'string') return payload ?? null
  try {
    return JSON.parse(payload)
  } catch {
    return payload
  }
}

/**
 * Returns the rollout percentage of a flag, in percent: that of its only condition set, or the one that all sets share. Null when the sets
 * differ, there is none or one is malformed. A set without a percentage counts as 100.
 */
export function getRolloutPercentage(filters: unknown): number | null {
  const percentages = new Set(
    (asArray(objectOrEmpty(filters).groups) ?? []).map(asObject).map((set) => set && readPercentage(set.rollout_percentage, 100)),
  )
  const [only] = percentages
  return percentages.size === 1 ? (only ?? null) : null
}
