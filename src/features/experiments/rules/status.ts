import type { Experiment, FeatureFlag } from '../../../database/generated/client.ts'

/** The stage of an experiment. */
export type ExperimentStatus = 'DRAFT' | 'RUNNING' | 'EXPOSURE_FROZEN' | 'PAUSED' | 'STOPPED'

/** What the status of a launched experiment depends on, in its flag. */
export type FlagStage = Pick<FeatureFlag, 'active' | 'exposureFrozen'>

/**
 * Computes the status of an experiment (experiments.md 1.2, 14). A launched experiment without an end date is paused while its flag is off.
 * Otherwise its exposure is frozen while each condition set of the flag has the stamp.
 */
export function getExperimentStatus({ startDate, endDate }: Pick<Experiment, 'startDate' | 'endDate'>, flag: FlagStage): ExperimentStatus {
  if (startDate === null) return 'DRAFT'
  if (endDate !== null) return 'STOPPED'
  if (!flag.active) return 'PAUSED'
  return flag.exposureFrozen ? 'EXPOSURE_FROZEN' : 'RUNNING'
}
