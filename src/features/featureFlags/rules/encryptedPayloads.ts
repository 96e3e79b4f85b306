import { isDeepStrictEqual } from 'node:util'
import type { FeatureFlag as FlagRow, Prisma } from '../../../database/generated/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { redactedPlaceholder } from './redacted.ts'

/** Payloads that a client sends back as it was shown them are those that are stored. */
export function restoreEncryptedPayloads(flag: FlagRow, filters: Prisma.JsonValue): Prisma.JsonValue {
  const payloads = getPayloads(filters)
  if (!flag.hasEncryptedPayloads || payloads === null) return filters
  const stored = getPayloads(flag.filters) ?? {}
  const restored = Object.fromEntries(
    Object.entries(payloads).map(([key, value]) => [
      key,
      value === redactedPlaceholder && Object.hasOwn(stored, key) ? (stored[key] ?? null) : value,
    ]),
  )
  return { ...(filters as Prisma.JsonObject), payloads: restored }
}

/** This service holds no key to encrypt with: what it cannot keep secret it does not take. */
export function validateEncryptedPayloads(flag: FlagRow, filters: Prisma.JsonValue | undefined): FieldError[] {
  const payloads = filters === undefined ? null : getPayloads(filters)
  if (!flag.hasEncryptedPayloads || payloads === null) return []
  const stored = getPayloads(flag.filters) ?? {}
  return Object.entries(payloads).flatMap(([key, value]) =>
    isDeepStrictEqual(value, stored[key]) ? [] : [fieldError(['filters', 'payloads', key], 'Encrypted payloads cannot be changed here.')],
  )
}

function getPayloads(filters: unknown): Prisma.JsonObject | null {
  const payloads = typeof filters === 'object' && filters !== null && 'payloads' in filters ? filters.payloads : null
  return typeof payloads === 'object' && payloads !== null && !Array.isArray(payloads) ? (payloads as Prisma.JsonObject) : null
}
