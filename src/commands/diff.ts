import { isDeepStrictEqual } from 'node:util'
import type { Prisma } from '../database/generated/client.ts'

type Values = Readonly<Record<string, unknown>>

/** The values that differ between two states of an object, as JSON. Audit trail and change requests show them. */
export function diffValues(before: Values, after: Values): { before: Prisma.InputJsonObject; after: Prisma.InputJsonObject } {
  const [previous, next] = [toJsonValue(before), toJsonValue(after)]
  const changedKeys = [...new Set([...Object.keys(previous), ...Object.keys(next)])].filter(
    (key) => !isDeepStrictEqual(previous[key] ?? null, next[key] ?? null),
  )
  const pickChanged = (values: Record<string, unknown>) =>
    Object.fromEntries(changedKeys.map((key) => [key, values[key] ?? null])) as Prisma.InputJsonObject
  return { before: pickChanged(previous), after: pickChanged(next) }
}

/** Converts values to JSON: dates become strings, and undefined values are dropped. */
export function toJsonValue(value: Values): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>
}
