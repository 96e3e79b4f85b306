import type { LockedExperiment } from '../../../commands/rowLocks.ts'
import type { Prisma } from '../../../database/generated/client.ts'
import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { validateFilters } from '../../featureFlags/rules/validateFilters.ts'
import { getVariants } from '../../featureFlags/rules/variants.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'
import type { UpdateValues } from './updatePatch.ts'

// What an update of an experiment may not do (experiments.md 8.2).

/** Experiments of the older kind take only these (experiments.md 8.2). */
const legacyFields = new Set(['name', 'description', 'endDate', 'deleted'])

export function validateLegacyUpdate(experiment: LockedExperiment, values: object): FieldError[] {
  if (!hasLegacyMetrics(experiment)) return []
  return Object.keys(values).flatMap((key) =>
    legacyFields.has(key) ? [] : [fieldError([key], 'Experiments with legacy metrics take only name, description, endDate and deleted.')],
  )
}

/** Who has been assigned a variant keeps it: once launched, the set of variants stays. */
export function validateRunningVariants(experiment: LockedExperiment, keys: readonly string[]): FieldError[] {
  if (experiment.startDate === null) return []
  const stored = getVariants(experiment.featureFlag.filters).map(({ key }) => key)
  const same = stored.length === keys.length && stored.every((key) => keys.includes(key))
  return same ? [] : [fieldError(['variants'], "Can't update feature_flag_variants on Experiment")]
}

export function validateRestore({ deleted, featureFlag }: LockedExperiment, values: UpdateValues): FieldError[] {
  if (values.deleted !== false || !deleted || !featureFlag.deleted) return []
  return [
    fieldError(
      ['deleted'],
      'Cannot restore experiment: the linked feature flag has been deleted. Restore the feature flag first, then restore the experiment.',
    ),
  ]
}

/** Condition sets that force a variant which is no longer there. */
export function validateVariantOverrides(filters: Prisma.InputJsonObject): FieldError[] {
  const { multivariate, groups } = filters
  return validateFilters({ multivariate, groups }, {}).flatMap(({ path, message }) =>
    path.at(-1) === 'variant' ? [fieldError(['variants'], message)] : [],
  )
}
