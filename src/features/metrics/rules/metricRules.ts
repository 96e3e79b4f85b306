import { asObject, type JsonObject, toNearestNumber } from '../../../platform/json.ts'
import { parseActionId } from './metricSource.ts'
import { isLegacyKind } from './parseMetric.ts'

// The rules for a metric in the form of the REST API (experiments.md 8.1).

/** The check of each metric type. It returns the problem, or null when the required fields are present. */
const requirementsByType: Record<string, (metric: JsonObject) => string | null> = {
  mean: ({ source }) => (asObject(source) === null ? "mean metrics must have a 'source'" : null),
  funnel: ({ series }) =>
    Array.isArray(series) && series.length > 0
      ? null
      : "funnel metrics must have at least one step: 'series' must be a list that is not empty",
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

/** Returns the index of the first step of a funnel that is no object. -1 if there is none. */
export function findWrongStep(metric: unknown): number {
  const { metric_type: type, series } = asObject(metric) ?? {}
  return type === 'funnel' && Array.isArray(series) ? series.findIndex((step) => asObject(step) === null) : -1
}

/** Returns what is wrong with a metric in the form of the REST API. Null if nothing is. */
export function findMetricProblem(metric: unknown): string | null {
  const fields = asObject(metric)
  if (fields === null) return 'it must be an object'
  const { kind, metric_type: type } = fields
  if (isLegacyKind(kind)) return `legacy kind '${kind}' is not supported, use 'ExperimentMetric'`
  if (kind !== 'ExperimentMetric') return "kind must be 'ExperimentMetric'"
  const requirement = typeof type === 'string' && Object.hasOwn(requirementsByType, type) ? requirementsByType[type] : undefined
  if (requirement === undefined) return "metric_type must be 'mean', 'funnel', 'ratio' or 'retention'"
  return (
    requirement(fields) ??
    findReversedBounds(fields) ??
    (hasInvalidAction(fields) ? "an 'ActionsNode' must have the id of an action" : null)
  )
}

/** The pairs of a metric, and of the parts of a ratio, whose second value must not be below the first. */
const bounds = [
  ['retention_window_start', 'retention_window_end'],
  ['lower_bound_percentile', 'upper_bound_percentile'],
] as const

function findReversedBounds(metric: JsonObject): string | null {
  const parts = [metric, metric.numerator_outlier_handling, metric.denominator_outlier_handling].map((part) => asObject(part) ?? {})
  const reversed = parts.flatMap((part) =>
    bounds.filter(([lower, upper]) => {
      const [from, to] = [toNearestNumber(part[lower]), toNearestNumber(part[upper])]
      return typeof from === 'number' && typeof to === 'number' && from > to
    }),
  )
  return reversed[0] === undefined ? null : `'${reversed[0][0]}' must not be greater than '${reversed[0][1]}'`
}

/** Returns the objects in a metric, at any depth. The nodes for events and actions are among them. */
function collectObjects(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(collectObjects)
  const fields = asObject(value)
  if (fields === null) return []
  return [fields, ...Object.values(fields).flatMap(collectObjects)]
}

function hasInvalidAction(metric: JsonObject): boolean {
  return collectObjects(metric).some(({ kind, id }) => kind === 'ActionsNode' && parseActionId(id) === null)
}

/** Returns the events and actions that metrics use, without duplicates. A node for any event is left out. */
export function getReferencedNames(metrics: readonly unknown[]): { events: string[]; actionIds: number[] } {
  const nodes = collectObjects(metrics)
  const events = nodes.flatMap(({ kind, event }) =>
    kind === 'EventsNode' && typeof event === 'string' && event.trim() !== '' ? [event] : [],
  )
  const actionIds = nodes.flatMap(({ kind, id }) => (kind === 'ActionsNode' ? (parseActionId(id) ?? []) : []))
  return { events: [...new Set(events)], actionIds: [...new Set(actionIds)] }
}
