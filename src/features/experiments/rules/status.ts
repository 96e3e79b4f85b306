/** What a person is told about where an experiment stands. */
export type ExperimentStatus = 'DRAFT' | 'RUNNING' | 'PAUSED' | 'STOPPED'

/** Where an experiment stands (experiments.md 1.2), from its dates and whether its flag is on: paused is running with the flag off. */
export function getExperimentStatus(experiment: { startDate: Date | null; endDate: Date | null }, flagIsActive: boolean): ExperimentStatus {
  if (experiment.startDate === null) return 'DRAFT'
  if (experiment.endDate !== null) return 'STOPPED'
  return flagIsActive ? 'RUNNING' : 'PAUSED'
}
