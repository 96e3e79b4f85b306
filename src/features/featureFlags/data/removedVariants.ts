import type { Transaction } from '../../../database/client.ts'
import type { FeatureFlag } from '../../../database/generated/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { getVariants } from '../rules/variants.ts'

/**
 * Returns an error when filters remove a variant from a flag with running experiments (experiments.md 2). People may already have that
 * variant.
 */
export async function validateRemovedVariants(
  tx: Transaction,
  flag: Pick<FeatureFlag, 'id' | 'filters'>,
  filters: unknown,
  path: readonly string[],
): Promise<FieldError[]> {
  const remainingKeys = new Set(getVariants(filters).map(({ key }) => key))
  const removed = getVariants(flag.filters).flatMap(({ key }) => (remainingKeys.has(key) ? [] : [`'${key}'`]))
  if (removed.length === 0) return []
  const running = await tx.experiment.findMany({
    where: { featureFlagId: flag.id, deleted: false, startDate: { not: null }, endDate: null },
    select: { id: true, name: true },
    orderBy: { id: 'asc' },
    take: 100,
  })
  if (running.length === 0) return []
  return [
    fieldError(
      path,
      `Cannot remove variant(s) ${removed.join(', ')} from a feature flag that is linked to running experiment(s): ` +
        `${running.map(({ id, name }) => `"${name}" (ID: ${id})`).join(', ')}. Please stop the experiment(s) before removing variants.`,
    ),
  ]
}
