import type { Experiment, FeatureFlag } from '../../../database/generated/client.ts'
import { InvalidStateRefusal } from '../../../platform/domainErrors.ts'
import { statusOf } from './status.ts'

// What an experiment's state allows (experiments.md 10). Each rule gives the text of the refusal, null when it may be done.

type Dates = Pick<Experiment, 'startDate' | 'endDate'>
type Flag = Pick<FeatureFlag, 'active' | 'archived' | 'deleted'>

export function refusalToLaunch(experiment: Dates, flag: Flag): string | null {
  if (experiment.startDate !== null) return 'Experiment has already been launched.'
  if (flag.deleted) return 'Experiment cannot be launched because its feature flag has been deleted.'
  return refusalToEnable(flag)
}

export function refusalToPause(experiment: Dates, flag: Flag): string | null {
  return refusalUnlessRunning(experiment, flag) ?? (flag.active ? null : 'Experiment is already paused.')
}

export function refusalToResume(experiment: Dates, flag: Flag): string | null {
  return refusalUnlessRunning(experiment, flag) ?? (flag.active ? 'Experiment is not paused.' : refusalToEnable(flag))
}

export function refusalToEnd(experiment: Dates): string | null {
  return refusalUnlessLaunched(experiment) ?? (experiment.endDate === null ? null : 'Experiment has already ended.')
}

export function refusalToShip(experiment: Dates, flag: Flag): string | null {
  return refusalUnlessLaunched(experiment) ?? (flag.deleted ? 'Experiment does not have a linked feature flag.' : null)
}

export function refusalToArchive(experiment: Dates & Pick<Experiment, 'archived'>): string | null {
  if (experiment.archived) return 'Experiment is already archived.'
  return experiment.endDate === null || experiment.startDate === null ? 'Experiment must be ended before it can be archived.' : null
}

export function refusalToUnarchive({ archived }: Pick<Experiment, 'archived'>): string | null {
  return archived ? null : 'Experiment is not archived.'
}

export function refusalToReset({ startDate }: Dates): string | null {
  return startDate === null ? 'Experiment is already in draft state.' : null
}

function refusalUnlessLaunched({ startDate }: Dates): string | null {
  return startDate === null ? 'Experiment has not been launched yet.' : null
}

function refusalUnlessRunning(experiment: Dates, flag: Flag): string | null {
  return refusalToEnd(experiment) ?? (flag.deleted ? 'Experiment does not have a feature flag linked.' : null)
}

function refusalToEnable({ archived }: Flag): string | null {
  return archived ? 'Cannot enable an archived feature flag. Unarchive it first.' : null
}

/** @throws InvalidStateRefusal with the experiment's status, where there is a reason. */
export function refuseState(reason: string | null, experiment: Dates, flag: Flag): void {
  if (reason !== null) throw new InvalidStateRefusal(reason, statusOf(experiment, flag.active && !flag.deleted))
}
