import { isDeepStrictEqual } from 'node:util'
import type { Prisma } from '../database/generated/client.ts'

type Values = Readonly<Record<string, unknown>>

/** The values that differ between two states of a thing, as JSON keeps them: what a person is shown of a change. */
export function differences(before: Values, after: Values): { before: Prisma.InputJsonObject; after: Prisma.InputJsonObject } {
  const [was, becomes] = [plain(before), plain(after)]
  const differing = [...new Set([...Object.keys(was), ...Object.keys(becomes)])].filter(
    (key) => !isDeepStrictEqual(was[key] ?? null, becomes[key] ?? null),
  )
  const only = (values: Record<string, unknown>) =>
    Object.fromEntries(differing.map((key) => [key, values[key] ?? null])) as Prisma.InputJsonObject
  return { before: only(was), after: only(becomes) }
}

/** Dates and numbers as JSON writes them, and nothing that is undefined. */
export function plain(value: Values): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>
}
