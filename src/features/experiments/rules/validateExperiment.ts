import type { Experiment } from '../../../database/generated/client.ts'
import { errorIf, type FieldError } from '../../../platform/fieldError.ts'
import { validateRequiredText, validateText } from '../../../platform/textValidation.ts'
import { validatePercentage } from '../../featureFlags/rules/validateConditionSets.ts'
import { validateMetrics } from './metrics.ts'
import { validateJsonObject } from './statsConfig.ts'

// The rules for the values of an experiment that creates and updates share (experiments.md 1.2 and 8).

interface ExperimentValues extends Partial<Pick<Experiment, 'name' | 'description' | 'conclusionComment'>> {
  rolloutPercentage?: number
  metrics?: readonly unknown[]
  metricsSecondary?: readonly unknown[]
  exposureCriteria?: unknown
}

export const maxExperimentNameLength = 400
const maxDescriptionLength = 3_000
const maxConclusionCommentLength = 4_000

export function validateExperiment(values: ExperimentValues): FieldError[] {
  const { rolloutPercentage: rollout } = values
  return [
    ...(values.name === undefined ? [] : validateRequiredText(['name'], values.name, maxExperimentNameLength)),
    ...validateText(['description'], values.description, maxDescriptionLength),
    ...(rollout === undefined ? [] : validatePercentage(['rolloutPercentage'], rollout)),
    ...validateMetrics(values.metrics ?? [], 'metrics'),
    ...validateMetrics(values.metricsSecondary ?? [], 'metricsSecondary'),
    ...validateJsonObject(['exposureCriteria'], values.exposureCriteria),
    ...validateText(['conclusionComment'], values.conclusionComment, maxConclusionCommentLength),
  ]
}

export function validateDates(start: Date | null, end: Date | null): FieldError[] {
  if (start === null) return errorIf(end !== null, ['endDate'], 'An end date needs a start date.')
  return errorIf(end !== null && start >= end, ['endDate'], 'End date must be after start date')
}
