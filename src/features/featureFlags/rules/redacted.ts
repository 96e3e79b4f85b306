import type { FeatureFlag, Prisma } from '../../../database/generated/client.ts'

/** What stands in the place of a secret; the reference's own. */
export const redactedPlaceholder = '********* (encrypted)'

/** A flag's filters as people may see them. */
export function redactFilters({ hasEncryptedPayloads, filters }: Pick<FeatureFlag, 'hasEncryptedPayloads' | 'filters'>): Prisma.JsonValue {
  const payloads = typeof filters === 'object' && filters !== null && 'payloads' in filters ? filters.payloads : null
  if (!hasEncryptedPayloads || typeof payloads !== 'object' || payloads === null) return filters
  return { ...(filters as Prisma.JsonObject), payloads: redactAll(payloads) }
}

function redactAll(payloads: object): Record<string, string> {
  return Object.fromEntries(Object.keys(payloads).map((key) => [key, redactedPlaceholder]))
}

/** The values of a flag as people may see them: without the payloads of one whose payloads are secret (approvals.md 3.4). */
export function redactValues(flag: Pick<FeatureFlag, 'hasEncryptedPayloads'>, values: Prisma.InputJsonObject): Prisma.InputJsonObject {
  if (!flag.hasEncryptedPayloads) return values
  const payloads = values['filters.payloads']
  if (payloads === null || typeof payloads !== 'object') return values
  return { ...values, 'filters.payloads': redactAll(payloads) }
}
