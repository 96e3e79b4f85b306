import type { LockedExperiment } from '../../../commands/rowLocks.ts'
import type { Prisma } from '../../../database/generated/client.ts'
import { errorIf, type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { validateFilters } from '../../featureFlags/rules/validateFilters.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'
import type { UpdateValues } from './updatePatch.ts'

// The rules that only updates of an experiment have (experiments.md 8.2).

/** The only fields that can be updated on an experiment with legacy metrics (experiments.md 8.2). */
const legacyFields = new Set(['name', 'description', 'endDate', 'deleted'])

export function validateLegacyUpdate(experiment: LockedExperiment, values: object): FieldError[] {
  if (!hasLegacyMetrics(experiment)) return []
  return Object.keys(values).flatMap((key) =>
    errorIf(!legacyFields.has(key), [key], 'Experiments with legacy metrics take only name, description, endDate and deleted.'),
  )
}

/** The set of variants cannot change after the launch, so that people keep their variant. */
export function validateRunningVariants(experiment: LockedExperiment, keys: readonly string[]): FieldError[] {
  if (experiment.startDate === null) return []
  const stored = getVariants(experiment.featureFlag.filters).map(({ key }) => key)
  const same = stored.length === keys.length && stored.every((key) => keys.includes(key))
  return errorIf(!same, ['variants'], "Can't update feature_flag_variants on Experiment")
}

export function validateRestore({ deleted, featureFlag }: LockedExperiment, values: UpdateValues): FieldError[] {
  return errorIf(
    values.deleted === false && deleted && featureFlag.deleted,
    ['deleted'],
    'Cannot restore experiment: the linked feature flag has been deleted. Restore the feature flag first, then restore the experiment.',
  )
}

/** Returns errors for condition sets that force a variant that no longer exists. */
export function validateVariantOverrides(filters: Prisma.InputJsonObject): FieldError[] {
  const { multivariate, groups } = filters
  return validateFilters({ multivariate, groups }, {})
    .filter(({ path }) => path.at(-1) === 'variant')
    .map(({ message }) => fieldError(['variants'], message))
}
