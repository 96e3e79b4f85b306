import { isDeepStrictEqual } from 'node:util'
import { Prisma } from '../../database/generated/client.ts'
import { toJsonValue } from '../../platform/json.ts'

/** Whether a stored row already has these values. The order of keys in JSON does not matter. Times are compared to the millisecond. */
export function hasSameValues(values: Readonly<Record<string, unknown>>, stored: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(values).every(([column, value]) => isDeepStrictEqual(toComparable(value), toComparable(stored[column])))
}

/** Converts a value to plain JSON, which also turns negative zero into zero. */
function toComparable(value: unknown): unknown {
  return toJsonValue(value === Prisma.DbNull ? null : value)
}
