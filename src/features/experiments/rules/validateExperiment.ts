import { type Fault, fault } from '../../../platform/fieldError.ts'
import { requiredTextFaults, textFaults } from '../../../platform/textValidation.ts'
import { metricFaults } from './metrics.ts'
import { objectFaults } from './statsConfig.ts'

// What people may give an experiment (experiments.md 1.2 and 8): the rules that creating and updating share.

interface Given {
  name?: string | undefined
  description?: string | null | undefined
  rolloutPercentage?: number | undefined
  metrics?: readonly unknown[] | undefined
  metricsSecondary?: readonly unknown[] | undefined
  exposureCriteria?: unknown
  conclusionComment?: string | null | undefined
}

export const maxExperimentName = 400
export const maxDescription = 3_000
export const maxConclusionComment = 4_000

export function experimentFaults(given: Given): Fault[] {
  const { rolloutPercentage: rollout } = given
  return [
    ...(given.name === undefined ? [] : requiredTextFaults(['name'], given.name, maxExperimentName)),
    ...textFaults(['description'], given.description, maxDescription),
    ...(rollout === undefined || (rollout >= 0 && rollout <= 100) ? [] : [fault(['rolloutPercentage'], 'Must be a number from 0 to 100.')]),
    ...metricFaults(given.metrics ?? [], 'metrics'),
    ...metricFaults(given.metricsSecondary ?? [], 'metricsSecondary'),
    ...objectFaults(['exposureCriteria'], given.exposureCriteria),
    ...textFaults(['conclusionComment'], given.conclusionComment, maxConclusionComment),
  ]
}

export function dateFaults(start: Date | null, end: Date | null): Fault[] {
  if (start === null && end !== null) return [fault(['endDate'], 'An end date needs a start date.')]
  return start !== null && end !== null && start >= end ? [fault(['endDate'], 'End date must be after start date')] : []
}
