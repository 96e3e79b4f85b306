import { errorIf, type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { validateRequiredText } from '../../../platform/textValidation.ts'
import type { ExposureValues, MultipleVariantHandling } from '../../metrics/rules/exposureCriteria.ts'
import {
  type Findings,
  type MetricInput,
  type MetricSourceInput,
  readActionId,
  readFilters,
  readSourceInput,
} from '../../metrics/rules/metricInput.ts'
import { isLookback, maxLookbackDays, type StatisticsMethod, type StatisticsValues } from '../../metrics/rules/statistics.ts'

// The typed settings of an experiment in an input, checked and converted. Paths of errors are those of the input.

type Maybe<Value> = Value | null | undefined

export interface ExposureInput {
  event?: Maybe<string>
  actionId?: Maybe<string | number>
  filters?: unknown
  filterTestAccounts?: Maybe<boolean>
  multipleVariants?: Maybe<MultipleVariantHandling>
  activation?: Maybe<MetricSourceInput>
}

export interface StatisticsInput {
  method?: Maybe<StatisticsMethod>
  confidenceLevel?: Maybe<number>
  cupedLookbackDays?: Maybe<number>
  sequential?: Maybe<boolean>
}

export interface SavedMetricUseInput {
  savedMetricId: string | number
  role: 'primary' | 'secondary'
}

/** The typed definition of an experiment in an input. What is null or missing is not given. */
export interface DefinitionInput {
  primaryMetrics?: Maybe<MetricInput[]>
  secondaryMetrics?: Maybe<MetricInput[]>
  savedMetrics?: Maybe<SavedMetricUseInput[]>
  exposure?: Maybe<ExposureInput>
  statistics?: Maybe<StatisticsInput>
  onlyCountMaturedPersons?: Maybe<boolean>
  tags?: Maybe<string[]>
}

/** The JSON field for what a typed field says. */
const rawFields = {
  primaryMetrics: 'metrics',
  secondaryMetrics: 'metricsSecondary',
  exposure: 'exposureCriteria',
  statistics: 'statsConfig',
}

/** Returns an error for each thing that an input says twice: by a typed field, and by a JSON field. */
export function findDoubleInputs(input: object): FieldError[] {
  const given = input as Record<string, unknown>
  return Object.entries(rawFields).flatMap(([typed, raw]) =>
    errorIf(given[typed] != null && given[raw] != null, [typed], `Send ${typed} or ${raw}, not both: they say the same.`),
  )
}

export function readExposureInput(input: ExposureInput, found: Findings): ExposureValues {
  const { event = null, actionId = null, filters, filterTestAccounts, multipleVariants, activation } = input
  const path = ['exposure']
  const { fieldErrors, references } = found
  if (event !== null) {
    const problems = validateRequiredText([...path, 'event'], event, 400)
    fieldErrors.push(...problems)
    if (problems.length === 0) references.push({ path: [...path, 'event'], event })
  }
  fieldErrors.push(...errorIf(event !== null && actionId !== null, path, 'Must have at most one of event and actionId.'))
  const action = actionId === null ? null : readActionId(actionId, [...path, 'actionId'], found)
  const place = [...path, 'activation']
  if (activation != null) {
    fieldErrors.push(...errorIf((activation.math ?? 'total') !== 'total', [...place, 'math'], 'Does not apply to an activation.'))
  }
  return {
    events: { event: event === '$feature_flag_called' ? null : event, actionId: action, filters: readFilters(filters, path, found) },
    filterTestAccounts: filterTestAccounts ?? true,
    multipleVariants: multipleVariants ?? 'exclude',
    activation: activation == null ? null : readSourceInput(activation, place, found),
  }
}

export function readStatisticsInput(input: StatisticsInput, { fieldErrors }: Findings): StatisticsValues {
  const { method = null, confidenceLevel = null, cupedLookbackDays = null, sequential } = input
  const isLevel = confidenceLevel === null || (confidenceLevel > 0 && confidenceLevel < 1)
  if (!isLevel) fieldErrors.push(fieldError(['statistics', 'confidenceLevel'], 'Must be a number between 0 and 1.'))
  if (cupedLookbackDays !== null && !isLookback(cupedLookbackDays)) {
    fieldErrors.push(fieldError(['statistics', 'cupedLookbackDays'], `Must be a whole number from 1 to ${maxLookbackDays}.`))
  }
  return { method, confidenceLevel, cupedLookbackDays, sequential: sequential ?? false }
}
