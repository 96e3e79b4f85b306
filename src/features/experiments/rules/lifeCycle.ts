import type { Experiment, FeatureFlag } from '../../../database/generated/client.ts'
import { InvalidStateError } from '../../../platform/domainErrors.ts'
import { hasStamps } from './exposure/frozenFilters.ts'
import { getExperimentStatus } from './status.ts'

// The actions that an experiment's state allows (experiments.md 10). Each function returns the error message, or null if the action is allowed.

type ExperimentDates = Pick<Experiment, 'startDate' | 'endDate'>
type FlagStatus = Pick<FeatureFlag, 'active' | 'archived' | 'deleted' | 'exposureFrozen'>

export function launchBlocker(experiment: ExperimentDates, flag: FlagStatus): string | null {
  if (experiment.startDate !== null) return 'Experiment has already been launched.'
  if (flag.deleted) return 'Experiment cannot be launched because its feature flag has been deleted.'
  return enableFlagBlocker(flag)
}

export function pauseBlocker(experiment: ExperimentDates, flag: FlagStatus): string | null {
  return notRunningBlocker(experiment, flag) ?? (flag.active ? null : 'Experiment is already paused.')
}

export function resumeBlocker(experiment: ExperimentDates, flag: FlagStatus): string | null {
  return notRunningBlocker(experiment, flag) ?? (flag.active ? 'Experiment is not paused.' : enableFlagBlocker(flag))
}

export function endBlocker(experiment: ExperimentDates): string | null {
  return notLaunchedBlocker(experiment) ?? (experiment.endDate === null ? null : 'Experiment has already ended.')
}

export function shipBlocker(experiment: ExperimentDates, flag: FlagStatus): string | null {
  return notLaunchedBlocker(experiment) ?? (flag.deleted ? 'Experiment does not have a linked feature flag.' : null)
}

export function archiveBlocker(experiment: ExperimentDates & Pick<Experiment, 'archived'>): string | null {
  if (experiment.archived) return 'Experiment is already archived.'
  return experiment.endDate === null || experiment.startDate === null ? 'Experiment must be ended before it can be archived.' : null
}

export function unarchiveBlocker({ archived }: Pick<Experiment, 'archived'>): string | null {
  return archived ? null : 'Experiment is not archived.'
}

export function resetBlocker({ startDate }: ExperimentDates): string | null {
  return startDate === null ? 'Experiment is already in draft state.' : null
}

export function unfreezeBlocker(experiment: ExperimentDates, flag: FlagStatus & Pick<FeatureFlag, 'filters'>): string | null {
  if (experiment.startDate === null) return 'Experiment has not been launched yet.'
  if (flag.deleted) return 'Experiment does not have a feature flag linked.'
  return hasStamps(flag.filters) ? null : 'Experiment exposure is not frozen.'
}

function notLaunchedBlocker({ startDate }: ExperimentDates): string | null {
  return startDate === null ? 'Experiment has not been launched yet.' : null
}

function notRunningBlocker(experiment: ExperimentDates, flag: FlagStatus): string | null {
  return endBlocker(experiment) ?? (flag.deleted ? 'Experiment does not have a feature flag linked.' : null)
}

function enableFlagBlocker({ archived }: FlagStatus): string | null {
  return archived ? 'Cannot enable an archived feature flag. Unarchive it first.' : null
}

/** @throws InvalidStateError with the experiment's status, when there is a reason */
export function assertState(reason: string | null, experiment: ExperimentDates, flag: FlagStatus): void {
  if (reason !== null) throw new InvalidStateError(reason, getExperimentStatus(experiment, flag))
}
