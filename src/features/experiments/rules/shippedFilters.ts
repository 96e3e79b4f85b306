import type { Prisma } from '../../../database/generated/client.ts'
import { asArray, asObject } from '../../../platform/json.ts'

/**
 * A flag's filters once one variant is everybody's (experiments.md 10.1): its share is 100, that of the others 0; what else is there stays.
 * `releaseToEveryone` puts a set that lets in everybody first.
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
