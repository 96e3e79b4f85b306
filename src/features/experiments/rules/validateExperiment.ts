import type { Experiment } from '../../../database/generated/client.ts'
import { errorIf, type FieldError } from '../../../platform/fieldError.ts'
import { validateRequiredText, validateText } from '../../../platform/textValidation.ts'
import { validatePercentage } from '../../featureFlags/rules/validateConditionSets.ts'
import { validateMetrics } from './metrics.ts'
import { validateJsonObject } from './statsConfig.ts'

// The rules for the values of an experiment that creates and updates share (experiments.md 1.2 and 8).

interface ExperimentValues extends Partial<Pick<Experiment, 'name' | 'description' | 'conclusionComment'>> {
  rolloutPercentage?: number | undefined
  metrics?: readonly unknown[]
  metricsSecondary?: readonly unknown[]
  exposureCriteria?: unknown
}

export const maxExperimentNameLength = 400
const maxDescriptionLength = 3_000
const maxConclusionCommentLength = 4_000
const endsBeforeStart = 'End date must be after start date'

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

/** Checks an end that is given together with a start, or with a stored one. */
export function validateDates(start: Date | null, end: Date | null): FieldError[] {
  if (start === null) return errorIf(end !== null, ['endDate'], 'An end date needs a start date.')
  return errorIf(end !== null && start >= end, ['endDate'], endsBeforeStart)
}

/** Checks an end at this moment. A stored start may be in the future. */
export function validateEndNow(start: Date | null, now: Date): FieldError[] {
  return errorIf(start !== null && start > now, ['id'], endsBeforeStart)
}
