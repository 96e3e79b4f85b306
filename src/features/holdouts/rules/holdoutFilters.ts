import type { Prisma } from '../../../database/generated/client.ts'
import { asArray, asObject } from '../../../platform/json.ts'
import { readPercentage } from '../../featureFlags/rules/variants.ts'

// The `filters` of a holdout: a list whose first entry has the percentage of people that it keeps out.

/** Returns the share of people that a holdout keeps out, in percent: that of its first filter. Null if it has no valid one. */
export function exclusionPercentage(filters: unknown): number | null {
  const percentage = asObject(asArray(filters)?.[0])?.rollout_percentage
  return percentage == null ? null : readPercentage(percentage, 0)
}

/** Returns the filters with another percentage. What else they hold stays. */
export function withExclusionPercentage(filters: unknown, id: number, percentage: number): Prisma.InputJsonArray {
  const [first, ...others] = asArray(filters) ?? []
  return [
    { properties: [], variant: `holdout-${id}`, ...(asObject(first) ?? {}), rollout_percentage: percentage },
    ...others,
  ] as Prisma.InputJsonArray
}
