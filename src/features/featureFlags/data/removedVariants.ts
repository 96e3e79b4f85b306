import type { ReadClient } from '../../../database/client.ts'
import type { FeatureFlag } from '../../../database/generated/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { getVariants } from '../rules/variants.ts'
import { nameExperiments } from './nameExperiments.ts'

/**
 * Returns an error when filters remove a variant from a flag with running experiments (experiments.md 2). People may already have that
 * variant.
 *
 * @param showsExperiments whether the error may name the experiments
 */
export async function validateRemovedVariants(
  tx: ReadClient,
  flag: Pick<FeatureFlag, 'id' | 'filters'>,
  filters: unknown,
  path: readonly string[],
  showsExperiments = true,
): Promise<FieldError[]> {
  const remainingKeys = new Set(getVariants(filters).map(({ key }) => key))
  const removed = getVariants(flag.filters).flatMap(({ key }) => (remainingKeys.has(key) ? [] : [`'${key}'`]))
  if (removed.length === 0) return []
  const running = await nameExperiments(tx, flag, { startDate: { not: null }, endDate: null })
  if (running === null) return []
  return [
    fieldError(
      path,
      `Cannot remove variant(s) ${removed.join(', ')} from a feature flag that is linked to running experiment(s)${showsExperiments ? `: ${running}` : ''}. ` +
        `Please stop the experiment(s) before removing variants.`,
    ),
  ]
}
