import { isDeepStrictEqual } from 'node:util'
import { Prisma } from '../../database/generated/client.ts'
import { toJsonValue } from '../../platform/json.ts'

/** Whether a stored row has these values already. The order of keys in JSON does not count, and moments are compared in milliseconds. */
export function hasSameValues(values: Readonly<Record<string, unknown>>, stored: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(values).every(([column, value]) => isDeepStrictEqual(toComparable(value), toComparable(stored[column])))
}

/** As it comes back from JSON text, in which there is no negative zero. */
function toComparable(value: unknown): unknown {
  return toJsonValue(value === Prisma.DbNull ? null : value)
}
