import type { Experiment, FeatureFlag } from '../../../../database/generated/client.ts'
import { asArray, asObject } from '../../../../platform/json.ts'
import { getExperimentStatus } from '../status.ts'

/** Why the exposure of an experiment cannot be frozen. */
export interface FreezeBlocker {
  kind:
    | 'NOT_RUNNING'
    | 'PAUSED'
    | 'ALREADY_FROZEN'
    | 'NO_CONDITIONS'
    | 'GROUP_AGGREGATED'
    | 'HAS_HOLDOUT'
    | 'EARLY_ACCESS'
    | 'TOO_MANY_EXPOSED'
    | 'NO_EVENTS'
    | 'CRITERIA_NOT_JUDGED'
  message: string
}

type FrozenFlag = Pick<FeatureFlag, 'active' | 'exposureFrozen' | 'deleted' | 'filters'>

/** Returns what keeps the exposure from being frozen, without what the events say. */
export function findFreezeBlockers(experiment: Pick<Experiment, 'startDate' | 'endDate'>, flag: FrozenFlag): FreezeBlocker[] {
  const status = getExperimentStatus(experiment, flag)
  if (status === 'DRAFT') return [{ kind: 'NOT_RUNNING', message: 'Experiment has not been launched yet.' }]
  if (status === 'STOPPED') return [{ kind: 'NOT_RUNNING', message: 'Experiment has already ended.' }]
  if (flag.deleted) return [{ kind: 'NOT_RUNNING', message: 'Experiment does not have a feature flag linked.' }]
  if (status === 'PAUSED') return [{ kind: 'PAUSED', message: 'Experiment is paused. Resume it first.' }]
  if (status === 'EXPOSURE_FROZEN') return [{ kind: 'ALREADY_FROZEN', message: 'Experiment exposure is already frozen.' }]
  const filters = asObject(flag.filters) ?? {}
  const sets = (asArray(filters.groups) ?? []).map(asObject)
  const blockers: FreezeBlocker[] = []
  if (sets.length === 0 || sets.includes(null)) {
    blockers.push({ kind: 'NO_CONDITIONS', message: 'The feature flag has no condition sets, or malformed ones.' })
  }
  if ([filters, ...sets].some((part) => part?.aggregation_group_type_index != null)) {
    blockers.push({ kind: 'GROUP_AGGREGATED', message: 'The feature flag is about groups. A cohort has people.' })
  }
  if (filters.holdout != null) {
    blockers.push({ kind: 'HAS_HOLDOUT', message: 'The feature flag has a holdout, which is decided before its conditions.' })
  }
  if (filters.feature_enrollment === true) {
    blockers.push({ kind: 'EARLY_ACCESS', message: 'The feature flag has early access, which is decided before its conditions.' })
  }
  return blockers
}

/** Says what of the exposure criteria cannot be judged by events. */
export function unjudgedBlocker(problem: string): FreezeBlocker {
  return { kind: 'CRITERIA_NOT_JUDGED', message: `Who was exposed cannot be judged. ${problem}` }
}

/** Returns what the number of exposed people says against freezing. */
export function findExposureBlockers(exposed: number, maxExposed: number): FreezeBlocker[] {
  if (exposed === 0) return [{ kind: 'NO_EVENTS', message: 'Nobody was exposed so far, as far as the events say.' }]
  if (exposed <= maxExposed) return []
  return [
    {
      kind: 'TOO_MANY_EXPOSED',
      message: `More than ${maxExposed} people were exposed. The setting MAX_EXPOSURE_COHORT_SIZE allows no more.`,
    },
  ]
}
