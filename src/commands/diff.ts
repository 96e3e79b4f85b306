import { isDeepStrictEqual } from 'node:util'
import { Prisma } from '../database/generated/client.ts'
import { type JsonObject, toJsonValue } from '../platform/json.ts'

type Values = Readonly<JsonObject>

/** The values that differ between two states of an object, as JSON. Audit trail and change requests show them. */
export function diffValues(before: Values, after: Values): { before: Prisma.InputJsonObject; after: Prisma.InputJsonObject } {
  const [previous, next] = [toShownValues(before), toShownValues(after)]
  const changedKeys = [...new Set([...Object.keys(previous), ...Object.keys(next)])].filter(
    (key) => !isDeepStrictEqual(previous[key] ?? null, next[key] ?? null),
  )
  const pickChanged = (values: JsonObject) =>
    Object.fromEntries(changedKeys.map((key) => [key, values[key] ?? null])) as Prisma.InputJsonObject
  return { before: pickChanged(previous), after: pickChanged(next) }
}

/** The values as JSON. Prisma's mark for a null column would become an empty object. */
function toShownValues(values: Values): JsonObject {
  const shown = Object.entries(values).map(([key, value]) => [key, value === Prisma.DbNull ? null : value])
  return toJsonValue(Object.fromEntries(shown)) as JsonObject
}
