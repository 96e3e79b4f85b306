import { asArray, asObject, type JsonObject } from '../../../platform/json.ts'

/** A variant as `filters` holds it. */
export interface FlagVariant {
  key: string
  name: string | null
  /** 0 to 100. */
  rolloutPercentage: number
  /** The decoded payload, or the text itself where it is not JSON; null when there is none. */
  payload: unknown
}

const objectOrEmpty = (value: unknown): JsonObject => asObject(value) ?? {}
const objectList = (value: unknown): JsonObject[] => (asArray(value) ?? []).map(objectOrEmpty)
/** A number that GraphQL can write; JSON can hold greater ones, which are read as Infinity. */
const isNumber = (value: unknown): value is number => Number.isFinite(value)

/**
 * The variants of a flag's `filters` (experiments.md 2), in their order. What is malformed is passed over: an entry without a key is no
 * variant, and a percentage that is no number is 0.
 */
export function getVariants(filters: unknown): FlagVariant[] {
  const { multivariate, payloads } = objectOrEmpty(filters)
  const payloadByKey = objectOrEmpty(payloads)
  return objectList(objectOrEmpty(multivariate).variants).flatMap(({ key, name, rollout_percentage: percentage }) =>
    typeof key === 'string'
      ? [
          {
            key,
            name: typeof name === 'string' ? name : null,
            rolloutPercentage: isNumber(percentage) ? percentage : 0,
            payload: decodePayload(Object.hasOwn(payloadByKey, key) ? payloadByKey[key] : null),
          },
        ]
      : [],
  )
}

/** Payloads are stored as JSON text; older ones as they came. */
function decodePayload(payload: unknown): unknown {
  if (typeof payload !== 'string') return payload ?? null
  try {
    return JSON.parse(payload)
  } catch {
    return payload
  }
}

/**
 * The percentage of people that a flag's condition sets let in: of its only set, or the one that all of them share; null when they
 * differ, or there is none. A set that names no percentage lets in everybody.
 */
export function getRolloutPercentage(filters: unknown): number | null {
  const percentages = new Set(
    objectList(objectOrEmpty(filters).groups).map(({ rollout_percentage: percentage }) => (isNumber(percentage) ? percentage : 100)),
  )
  const [only] = percentages
  return percentages.size === 1 && only !== undefined ? only : null
}
