import { type Fault, fault } from '../../../platform/fieldError.ts'
import { unstorable } from '../../../platform/storableJson.ts'
import { type Fields, fieldsOf } from '../../featureFlags/rules/filterValues.ts'

// The metrics that a client gives an experiment (experiments.md 8.1).

const maxMetrics = 100
const maxBytes = 262_144

/** What each kind of metric must have: names of fields, and how they are told to be there. */
const requirements: Record<string, (metric: Fields) => string | null> = {
  mean: ({ source }) => (fieldsOf(source) === null ? "mean metrics must have a 'source'" : null),
  funnel: ({ series }) => (Array.isArray(series) && series.length > 0 ? null : "funnel metrics must have a non-empty 'series'"),
  ratio: (metric) => missing(metric, 'ratio', ['numerator', 'denominator']),
  retention: (metric) =>
    missing(metric, 'retention', ['start_event', 'completion_event']) ??
    (Object.entries(metric).some(([key, value]) => key.startsWith('retention_window') && value !== null)
      ? null
      : 'retention metrics must have a retention window'),
}

function missing(metric: Fields, kind: string, fields: readonly string[]): string | null {
  const absent = fields.filter((field) => fieldsOf(metric[field]) === null)
  return absent.length === 0 ? null : `${kind} metrics must have ${absent.map((field) => `'${field}'`).join(' and ')}`
}

/** What is wrong with a list of metrics. */
export function metricFaults(metrics: readonly unknown[], field: 'metrics' | 'metricsSecondary'): Fault[] {
  if (metrics.length > maxMetrics) return [fault([field], `Ensure this field has no more than ${maxMetrics} elements.`)]
  const reason = unstorable(metrics)
  if (reason !== null) return [fault([field], `Cannot be kept: ${reason}.`)]
  if (Buffer.byteLength(JSON.stringify(metrics)) > maxBytes)
    return [fault([field], `Must be at most ${maxBytes} bytes of JSON.`, 'max_length')]
  return metrics.flatMap((metric, index) => {
    const problem = problemOf(metric)
    return problem === null ? [] : [fault([field, String(index)], `Invalid metric at index ${index}: ${problem}.`)]
  })
}

function problemOf(metric: unknown): string | null {
  const fields = fieldsOf(metric)
  if (fields === null) return 'it must be an object'
  const { kind, metric_type: type } = fields
  if (isLegacy(kind)) return `legacy kind '${kind}' is not supported, use 'ExperimentMetric'`
  if (kind !== 'ExperimentMetric') return "kind must be 'ExperimentMetric'"
  const requirement = typeof type === 'string' && Object.hasOwn(requirements, type) ? requirements[type] : undefined
  if (requirement === undefined) return "metric_type must be 'mean', 'funnel', 'ratio' or 'retention'"
  return requirement(fields) ?? (nodesIn(fields).some(isNoAction) ? "an 'ActionsNode' must have the id of an action" : null)
}

/** The nodes of a metric, on events or actions, at any depth. */
function nodesIn(value: unknown): Fields[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn)
  const fields = fieldsOf(value)
  if (fields === null) return []
  const inner = Object.values(fields).flatMap(nodesIn)
  return fields.kind === 'EventsNode' || fields.kind === 'ActionsNode' ? [fields, ...inner] : inner
}

function isNoAction({ kind, id }: Fields): boolean {
  return kind === 'ActionsNode' && actionId(id) === null
}

/** The id of an action: a number, or its digits. */
function actionId(id: unknown): number | null {
  // Only these two: turning an object into text can throw, and a list of one number would pass for it.
  const number = typeof id === 'string' && /^\d+$/.test(id) ? Number(id) : id
  return Number.isSafeInteger(number) && (number as number) > 0 ? (number as number) : null
}

/** The events and actions that metrics are about. A node on any event names none. */
export function namesInMetrics(metrics: readonly unknown[]): { events: string[]; actionIds: number[] } {
  const nodes = nodesIn(metrics)
  const events = nodes.flatMap(({ kind, event }) =>
    kind === 'EventsNode' && typeof event === 'string' && event.trim() !== '' ? [event] : [],
  )
  const actionIds = nodes.flatMap(({ kind, id }) => (kind === 'ActionsNode' ? (actionId(id) ?? []) : []))
  return { events: [...new Set(events)], actionIds: [...new Set(actionIds)] }
}

/** Whether an experiment is of the older kind, which can be read and hardly changed. */
export function hasLegacyMetrics(experiment: { metrics: unknown; metricsSecondary: unknown; secondaryMetrics?: unknown }): boolean {
  return [experiment.metrics, experiment.metricsSecondary, experiment.secondaryMetrics]
    .flatMap((metrics) => (Array.isArray(metrics) ? metrics : []))
    .some((metric) => isLegacy(fieldsOf(metric)?.kind))
}

function isLegacy(kind: unknown): boolean {
  return kind === 'ExperimentTrendsQuery' || kind === 'ExperimentFunnelsQuery'
}
