import { isDeepStrictEqual } from 'node:util'
import { Prisma } from '../../database/generated/client.ts'

/** Whether a stored row has these values already. The order of keys in JSON does not count, and moments are compared in milliseconds. */
export function hasSameValues(values: Readonly<Record<string, unknown>>, stored: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(values).every(([column, value]) => isDeepStrictEqual(toJsonValue(value), toJsonValue(stored[column])))
}

/** As it comes back from JSON text, in which there is no negative zero. */
function toJsonValue(value: unknown): unknown {
  if (value === Prisma.DbNull || value === undefined) return null
  return JSON.parse(JSON.stringify(value))
}
