/** The stage of an experiment. */
export type ExperimentStatus = 'DRAFT' | 'RUNNING' | 'PAUSED' | 'STOPPED'

/** Computes the status of an experiment (experiments.md 1.2). A launched experiment without an end date is paused while its flag is off. */
export function getExperimentStatus(experiment: { startDate: Date | null; endDate: Date | null }, flagIsActive: boolean): ExperimentStatus {
  if (experiment.startDate === null) return 'DRAFT'
  if (experiment.endDate !== null) return 'STOPPED'
  return flagIsActive ? 'RUNNING' : 'PAUSED'
}
