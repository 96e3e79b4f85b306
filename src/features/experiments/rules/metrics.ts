import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { asArray, asObject } from '../../../platform/json.ts'
import { validateStorable } from '../../../platform/storableJson.ts'
import { findMetricProblem, findWrongStep } from '../../metrics/rules/metricRules.ts'
import { isLegacyKind } from '../../metrics/rules/parseMetric.ts'

// The rules for the metrics of an experiment in an input (experiments.md 8.1).

const maxMetrics = 100
export const maxMetricsBytes = 262_144

/** Returns the errors of a list of metrics. */
export function validateMetrics(metrics: readonly unknown[], field: 'metrics' | 'metricsSecondary'): FieldError[] {
  if (metrics.length > maxMetrics) return [fieldError([field], `Ensure this field has no more than ${maxMetrics} elements.`)]
  const unstorable = validateStorable([field], metrics, maxMetricsBytes)
  if (unstorable.length > 0) return unstorable
  return metrics.flatMap((metric, index) => {
    const path = [field, String(index)]
    const problem = findMetricProblem(metric)
    if (problem !== null) return [fieldError(path, `Invalid metric at index ${index}: ${problem}.`)]
    const step = findWrongStep(metric)
    if (step === -1) return []
    return [fieldError([...path, 'series', String(step)], `Invalid metric at index ${index}: each step of a funnel must be an object.`)]
  })
}

/** Whether an experiment has metrics of a legacy kind. Such an experiment can be read, but only a few fields can be updated. */
export function hasLegacyMetrics(experiment: { metrics: unknown; metricsSecondary: unknown; secondaryMetrics?: unknown }): boolean {
  return [experiment.metrics, experiment.metricsSecondary, experiment.secondaryMetrics]
    .flatMap((metrics) => asArray(metrics) ?? [])
    .some((metric) => isLegacyKind(asObject(metric)?.kind))
}
