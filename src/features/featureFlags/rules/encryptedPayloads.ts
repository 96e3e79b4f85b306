import { isDeepStrictEqual } from 'node:util'
import type { FeatureFlag as FlagRow, Prisma } from '../../../database/generated/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { asObject } from '../../../platform/json.ts'

/** Stands in the place of a secret. The text is the reference's own. */
const redactedPlaceholder = '********* (encrypted)'

/** A flag's filters as people may see them. */
export function redactFilters({ hasEncryptedPayloads, filters }: Pick<FlagRow, 'hasEncryptedPayloads' | 'filters'>): Prisma.JsonValue {
  const payloads = asObject(filters)?.payloads
  if (!hasEncryptedPayloads || typeof payloads !== 'object' || payloads === null) return filters
  return { ...(filters as Prisma.JsonObject), payloads: redactAll(payloads) }
}

/** The values of a flag as people may see them: without encrypted payloads (approvals.md 3.4). */
export function redactValues(flag: Pick<FlagRow, 'hasEncryptedPayloads'>, values: Prisma.InputJsonObject): Prisma.InputJsonObject {
  const payloads = values['filters.payloads']
  if (!flag.hasEncryptedPayloads || typeof payloads !== 'object' || payloads === null) return values
  return { ...values, 'filters.payloads': redactAll(payloads) }
}

/** A list is redacted too, though payloads are an object. */
function redactAll(payloads: object): Record<string, string> {
  return Object.fromEntries(Object.keys(payloads).map((key) => [key, redactedPlaceholder]))
}

/** A client may send back a payload as it was shown. Then the stored one stays. */
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

/** This service has no key to encrypt with, so it takes no new secrets. */
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
