import { isDeepStrictEqual } from 'node:util'
import type { FeatureFlag as FlagRow, Prisma } from '../../../database/generated/client.ts'
import { type Fault, fault } from '../../../platform/fieldError.ts'
import { redaction } from './redacted.ts'

/** Payloads that a client sends back as it was shown them are those that are stored. */
export function withSecrets(flag: FlagRow, given: Prisma.JsonValue): Prisma.JsonValue {
  const payloads = payloadsOf(given)
  if (!flag.hasEncryptedPayloads || payloads === null) return given
  const stored = payloadsOf(flag.filters) ?? {}
  const restored = Object.fromEntries(
    Object.entries(payloads).map(([key, value]) => [
      key,
      value === redaction && Object.hasOwn(stored, key) ? (stored[key] ?? null) : value,
    ]),
  )
  return { ...(given as Prisma.JsonObject), payloads: restored }
}

/** This service holds no key to encrypt with: what it cannot keep secret it does not take. */
export function secretFaults(flag: FlagRow, filters: Prisma.JsonValue | undefined): Fault[] {
  const payloads = filters === undefined ? null : payloadsOf(filters)
  if (!flag.hasEncryptedPayloads || payloads === null) return []
  const stored = payloadsOf(flag.filters) ?? {}
  return Object.entries(payloads).flatMap(([key, value]) =>
    isDeepStrictEqual(value, stored[key]) ? [] : [fault(['filters', 'payloads', key], 'Encrypted payloads cannot be changed here.')],
  )
}

function payloadsOf(filters: unknown): Prisma.JsonObject | null {
  const payloads = typeof filters === 'object' && filters !== null && 'payloads' in filters ? filters.payloads : null
  return typeof payloads === 'object' && payloads !== null && !Array.isArray(payloads) ? (payloads as Prisma.JsonObject) : null
}
