import type { Prisma } from '../../../database/generated/client.ts'
import { type Fault, fault } from '../../../platform/fieldError.ts'
import { filterFaults } from '../../featureFlags/rules/validateFilters.ts'
import { variantsOf } from '../../featureFlags/rules/variants.ts'
import { hasLegacyMetrics } from '../rules/metrics.ts'
import type { Row, UpdateValues } from './updateValues.ts'

// What an update of an experiment may not do (experiments.md 8.2).

/** Experiments of the older kind take only these (experiments.md 8.2). */
const ofLegacy = new Set(['name', 'description', 'endDate', 'deleted'])

export function legacyFaults(experiment: Row, given: object): Fault[] {
  if (!hasLegacyMetrics(experiment)) return []
  return Object.keys(given).flatMap((key) =>
    ofLegacy.has(key) ? [] : [fault([key], 'Experiments with legacy metrics take only name, description, endDate and deleted.')],
  )
}

/** Who has been assigned a variant keeps it: once launched, the set of variants stays. */
export function runningFaults(experiment: Row, keys: readonly string[]): Fault[] {
  if (experiment.startDate === null) return []
  const stored = variantsOf(experiment.featureFlag.filters).map(({ key }) => key)
  const same = stored.length === keys.length && stored.every((key) => keys.includes(key))
  return same ? [] : [fault(['variants'], "Can't update feature_flag_variants on Experiment")]
}

export function restoreFaults({ deleted, featureFlag }: Row, given: UpdateValues): Fault[] {
  if (given.deleted !== false || !deleted || !featureFlag.deleted) return []
  return [
    fault(
      ['deleted'],
      'Cannot restore experiment: the linked feature flag has been deleted. Restore the feature flag first, then restore the experiment.',
    ),
  ]
}

/** Condition sets that force a variant which is no longer there. */
export function overrideFaults(filters: Prisma.InputJsonObject): Fault[] {
  const { multivariate, groups } = filters
  return filterFaults({ multivariate, groups }, {}).flatMap(({ path, message }) =>
    path.at(-1) === 'variant' ? [fault(['variants'], message)] : [],
  )
}
