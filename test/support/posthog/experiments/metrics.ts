import { createHash } from 'node:crypto'
import { asObject, canonicalJson, isObject, type JsonObject } from '../../../../src/platform/json.ts'
import { validationError } from '../server/errors.ts'
import type { Experiment } from '../state/rows.ts'
import type { State } from '../state/state.ts'

/** The fingerprint of a metric: it depends on the start, the method and the exposure too, so that launching changes it. */
export function fingerprinted(row: Experiment, metrics: readonly JsonObject[]): JsonObject[] {
  return metrics.map(({ fingerprint: _, ...metric }) => {
    const of = [metric, row.start_date, row.stats_config?.method ?? 'bayesian', row.exposure_criteria]
    return { ...metric, fingerprint: createHash('sha256').update(canonicalJson(of)).digest('hex') }
  })
}

const parts: Record<string, readonly string[]> = {
  mean: ['source'],
  funnel: ['series'],
  ratio: ['numerator', 'denominator'],
  retention: ['start_event', 'completion_event'],
}

/** Checks metrics, and gives each a UUID of its own. */
export function checkMetrics(state: State, project: number, lists: readonly (JsonObject[] | null)[], allowUnknownEvents: boolean): void {
  const taken = new Set<unknown>()
  for (const metrics of lists) {
    for (const [at, metric] of (metrics ?? []).entries()) {
      const refuse = (text: string) => validationError(`Invalid metric at index ${at}: ${text}`)
      if (!isObject(metric)) throw refuse('must be an object')
      if (metric.kind !== 'ExperimentMetric') throw refuse(`kind '${metric.kind}' is not supported`)
      const needed = parts[String(metric.metric_type)]
      if (needed === undefined) throw refuse(`unknown metric_type '${metric.metric_type}'`)
      const missing = needed.find((part) => metric[part] === undefined || (Array.isArray(metric[part]) && metric[part].length === 0))
      if (missing !== undefined) throw refuse(`${missing} is required`)
      checkNodes(state, project, metric, allowUnknownEvents)
      if (!metric.uuid || taken.has(metric.uuid)) metric.uuid = state.uuid()
      taken.add(metric.uuid)
    }
  }
}

function checkNodes(state: State, project: number, value: unknown, allowUnknownEvents: boolean): void {
  if (Array.isArray(value)) for (const each of value) checkNodes(state, project, each, allowUnknownEvents)
  const node = asObject(value)
  if (node === null) return
  if (node.kind === 'ActionsNode') {
    const action = state.actions.get(Number(node.id))
    if (action === undefined || action.deleted || action.team_id !== project)
      throw validationError(`Action(s) with ID ${node.id} not found or deleted.`)
  }
  if (node.kind === 'EventsNode' && node.event && !allowUnknownEvents) {
    const isKnown = state.events.find((row) => row.team_id === project && row.event === node.event) !== undefined
    if (!isKnown) throw validationError(`Event(s) '${node.event}' not found.`)
  }
  for (const each of Object.values(node)) checkNodes(state, project, each, allowUnknownEvents)
}
