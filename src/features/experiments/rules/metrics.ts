import { type FieldError, fieldError } from '../../../platform/fieldError.ts'
import { asArray, asObject, type JsonObject } from '../../../platform/json.ts'
import { validateStorable } from '../../../platform/storableJson.ts'

// The rules for the metrics in an input (experiments.md 8.1).

const maxMetrics = 100
const maxMetricsBytes = 262_144

/** The check of each metric type. It returns the problem, or null when the required fields are present. */
const requirementsByType: Record<string, (metric: JsonObject) => string | null> = {
  mean: ({ source }) => (asObject(source) === null ? "mean metrics must have a 'source'" : null),
  funnel: ({ series }) => (Array.isArray(series) && series.length > 0 ? null : "funnel metrics must have a non-empty 'series'"),
  ratio: (metric) => missingFields(metric, 'ratio', ['numerator', 'denominator']),
  retention: (metric) =>
    missingFields(metric, 'retention', ['start_event', 'completion_event']) ??
    (Object.entries(metric).some(([key, value]) => key.startsWith('retention_window') && value !== null)
      ? null
      : 'retention metrics must have a retention window'),
}

function missingFields(metric: JsonObject, kind: string, fields: readonly string[]): string | null {
  const absent = fields.filter((field) => asObject(metric[field]) === null)
  return absent.length === 0 ? null : `${kind} metrics must have ${absent.map((field) => `'${field}'`).join(' and ')}`
}

/** Returns the errors of a list of metrics. */
export function validateMetrics(metrics: readonly unknown[], field: 'metrics' | 'metricsSecondary'): FieldError[] {
  if (metrics.length > maxMetrics) return [fieldError([field], `Ensure this field has no more than ${maxMetrics} elements.`)]
  const unstorable = validateStorable([field], metrics, maxMetricsBytes)
  if (unstorable.length > 0) return unstorable
  return metrics.flatMap((metric, index) => {
    const problem = findProblem(metric)
    return problem === null ? [] : [fieldError([field, String(index)], `Invalid metric at index ${index}: ${problem}.`)]
  })
}

function findProblem(metric: unknown): string | null {
  const fields = asObject(metric)
  if (fields === null) return 'it must be an object'
  const { kind, metric_type: type } = fields
  if (isLegacy(kind)) return `legacy kind '${kind}' is not supported, use 'ExperimentMetric'`
  if (kind !== 'ExperimentMetric') return "kind must be 'ExperimentMetric'"
  const requirement = typeof type === 'string' && Object.hasOwn(requirementsByType, type) ? requirementsByType[type] : undefined
  if (requirement === undefined) return "metric_type must be 'mean', 'funnel', 'ratio' or 'retention'"
  return requirement(fields) ?? (hasInvalidAction(fields) ? "an 'ActionsNode' must have the id of an action" : null)
}

/** Returns the nodes for events and actions in a metric, at any depth. */
function collectNodes(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(collectNodes)
  const fields = asObject(value)
  if (fields === null) return []
  const inner = Object.values(fields).flatMap(collectNodes)
  return fields.kind === 'EventsNode' || fields.kind === 'ActionsNode' ? [fields, ...inner] : inner
}

function hasInvalidAction(metric: JsonObject): boolean {
  return collectNodes(metric).some(({ kind, id }) => kind === 'ActionsNode' && parseActionId(id) === null)
}

/** Parses the id of an action: a number, or a string of digits. Returns null for anything else. */
function parseActionId(id: unknown): number | null {
  // No other type is converted: an object may throw, and a list of one number would be accepted.
  const number = typeof id === 'string' && /^\d+$/.test(id) ? Number(id) : id
  return Number.isSafeInteger(number) && (number as number) > 0 ? (number as number) : null
}

/** Returns the events and actions that metrics use, without duplicates. A node for any event is left out. */
export function getReferencedNames(metrics: readonly unknown[]): { events: string[]; actionIds: number[] } {
  const nodes = collectNodes(metrics)
  const events = nodes.flatMap(({ kind, event }) =>
    kind === 'EventsNode' && typeof event === 'string' && event.trim() !== '' ? [event] : [],
  )
  const actionIds = nodes.flatMap(({ kind, id }) => (kind === 'ActionsNode' ? (parseActionId(id) ?? []) : []))
  return { events: [...new Set(events)], actionIds: [...new Set(actionIds)] }
}

/** Whether an experiment has metrics of a legacy kind. Such an experiment can be read, but only a few fields can be updated. */
export function hasLegacyMetrics(experiment: { metrics: unknown; metricsSecondary: unknown; secondaryMetrics?: unknown }): boolean {
  return [experiment.metrics, experiment.metricsSecondary, experiment.secondaryMetrics]
    .flatMap((metrics) => asArray(metrics) ?? [])
    .some((metric) => isLegacy(asObject(metric)?.kind))
}

function isLegacy(kind: unknown): boolean {
  return kind === 'ExperimentTrendsQuery' || kind === 'ExperimentFunnelsQuery'
}
