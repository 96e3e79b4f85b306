import { isDeepStrictEqual } from 'node:util'
import type { FeatureFlag as FlagRow, Prisma } from '../../../database/generated/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { asObject } from '../../../platform/json.ts'
import { encryptedPlaceholder } from '../../../platform/secrets/encryptedPayload.ts'

/** Returns the filters of a flag with encrypted payloads replaced. */
export function redactFilters({ hasEncryptedPayloads, filters }: Pick<FlagRow, 'hasEncryptedPayloads' | 'filters'>): Prisma.JsonValue {
  const payloads = asObject(filters)?.payloads
  if (!hasEncryptedPayloads || typeof payloads !== 'object' || payloads === null) return filters
  return { ...(filters as Prisma.JsonObject), payloads: redactAll(payloads) }
}

/** Returns the changed values of a flag with encrypted payloads replaced (approvals.md 3.4). */
export function redactValues(flag: Pick<FlagRow, 'hasEncryptedPayloads'>, values: Prisma.InputJsonObject): Prisma.InputJsonObject {
  const payloads = values['filters.payloads']
  if (!flag.hasEncryptedPayloads || typeof payloads !== 'object' || payloads === null) return values
  return { ...values, 'filters.payloads': redactAll(payloads) }
}

/** Also accepts a list: valid payloads are an object, but stored ones may be malformed. */
function redactAll(payloads: object): Record<string, string> {
  return Object.fromEntries(Object.keys(payloads).map((key) => [key, encryptedPlaceholder]))
}

/** Replaces each placeholder in the input by the stored payload, because clients send back what they read. */
export function restoreEncryptedPayloads(flag: FlagRow, filters: Prisma.JsonValue): Prisma.JsonValue {
  const payloads = getPayloads(filters)
  if (!flag.hasEncryptedPayloads || payloads === null) return filters
  const stored = getPayloads(flag.filters) ?? {}
  const restored = Object.fromEntries(
    Object.entries(payloads).map(([key, value]) => [
      key,
      value === encryptedPlaceholder && Object.hasOwn(stored, key) ? (stored[key] ?? null) : value,
    ]),
  )
  return { ...(filters as Prisma.JsonObject), payloads: restored }
}

/** Returns an error for each changed payload of a flag with encrypted payloads. This service has no key to encrypt new ones. */
export function validateEncryptedPayloads(flag: FlagRow, filters: Prisma.JsonValue | undefined): FieldError[] {
  const payloads = getPayloads(filters)
  if (!flag.hasEncryptedPayloads || payloads === null) return []
  const stored = getPayloads(flag.filters) ?? {}
  return Object.entries(payloads).flatMap(([key, value]) =>
    isDeepStrictEqual(value, stored[key]) ? [] : [fieldError(['filters', 'payloads', key], 'Encrypted payloads cannot be changed here.')],
  )
}

function getPayloads(filters: unknown): Prisma.JsonObject | null {
  return asObject(asObject(filters)?.payloads) as Prisma.JsonObject | null
}
