import type { Prisma } from '../../../database/generated/client.ts'
import { asArray, asObject } from '../../../platform/json.ts'

/**
 * Returns a flag's filters after a variant is shipped (experiments.md 10.1). The share of that variant becomes 100, and the others become 0.
 * Everything else stays.
 *
 * @param releaseToEveryone whether to put a condition set for everybody first
 */
export function shippedFilters(filters: unknown, variantKey: string, releaseToEveryone: boolean): Prisma.InputJsonObject {
  const stored = asObject(filters) ?? {}
  const multivariate = asObject(stored.multivariate) ?? {}
  const variants = asArray(multivariate.variants) ?? []
  const everyone = {
    properties: [],
    rollout_percentage: 100,
    description: 'Added automatically when the experiment was ended to keep only one variant.',
  }
  const groups = asArray(stored.groups) ?? []
  return {
    ...stored,
    multivariate: { ...multivariate, variants: variants.map((variant) => shipVariant(variant, variantKey)) },
    groups: releaseToEveryone ? [everyone, ...groups] : groups,
  } as Prisma.InputJsonObject
}

function shipVariant(variant: unknown, variantKey: string): unknown {
  const fields = asObject(variant)
  if (fields === null) return variant
  const { name, ...rest } = fields
  return { ...rest, ...(name ? { name } : {}), rollout_percentage: fields.key === variantKey ? 100 : 0 }
}
