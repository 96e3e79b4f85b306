import { asObject } from '../../../../src/platform/json.ts'
import { idList } from '../flags/list.ts'
import { validationError } from '../server/errors.ts'
import { page, whole } from '../server/pages.ts'
import { type Answer, type Call, ok } from '../server/router.ts'
import type { Experiment } from '../state/rows.ts'
import { maySee, type State } from '../state/state.ts'
import { compareNullable } from '../state/table.ts'
import { experimentView, lightExperimentView, statusOf, storedStatus } from './view.ts'

const orders: Record<string, (row: Experiment, state: State) => unknown> = {
  created_at: (row) => row.created_at,
  updated_at: (row) => row.updated_at,
  name: (row) => row.name,
  start_date: (row) => row.start_date,
  end_date: (row) => row.end_date,
  duration: (row, state) => (row.start_date === null ? null : (row.end_date ?? state.now()) - row.start_date),
  status: (row) => ['draft', 'running', 'stopped'].indexOf(storedStatus(row)),
  created_by: (row, state) => state.users.get(row.created_by)?.first_name || state.users.get(row.created_by)?.email || null,
}

/** Unknown values of a filter filter nothing, but an unknown order is refused. */
export function listExperiments(call: Call): Answer {
  const { state, project, query, viewer } = call
  const order = query.get('order') || '-created_at'
  const keyOf = orders[order.replace(/^-/, '')]
  if (keyOf === undefined) throw validationError(`Invalid order field: '${order}'`)
  const sign = order.startsWith('-') ? -1 : 1
  const archived = query.get('archived') === 'true'
  const compare = (a: Experiment, b: Experiment) => sign * compareNullable(keyOf(a, state), keyOf(b, state))
  const isListed = (row: Experiment) => row.team_id === project.id && !row.deleted && row.archived === archived
  // Running experiments get longer by themselves: that order is not kept.
  const sorted = order.endsWith('duration')
    ? state.experiments.where(isListed).sort(compare)
    : state.experiments.sorted(`${project.id} ${archived} ${order}`, isListed, compare)
  const rows = state.settled(sorted, compare)
  const tests = [...filterTests(state, query)]
  const shown = rows.filter((row) => maySee(viewer, 'experiment', row.id) && tests.every((test) => test(row)))
  const view = state.settings.experimentList === 'full' ? experimentView : lightExperimentView
  return ok(page(call, shown, (row) => view(state, row, viewer)))
}

function* filterTests(state: State, query: URLSearchParams): Generator<(row: Experiment) => boolean> {
  const status = query.get('status')?.toLowerCase()
  const wanted = status === 'complete' ? 'stopped' : status
  if (wanted === 'paused') yield (row) => statusOf(state, row) === 'paused'
  if (wanted === 'running') yield (row) => ['running', 'exposure_frozen'].includes(statusOf(state, row))
  if (wanted === 'draft' || wanted === 'stopped') yield (row) => storedStatus(row) === wanted
  const flag = query.get('feature_flag_id')
  if (flag) {
    const id = whole(flag)
    if (id === undefined) throw validationError('feature_flag_id must be an integer')
    yield (row) => row.feature_flag_id === id
  }
  const creators = idList(query.get('created_by_id'))
  if (creators !== undefined) yield (row) => creators.includes(row.created_by ?? -1)
  const prompt = query.get('prompt_name')
  if (prompt) yield (row) => asObject(row.parameters?.prompt_metadata)?.name === prompt
  const event = query.get('event')
  if (event) yield (row) => usesEvent(state, row, event)
  const search = query.get('search')?.toLowerCase()
  if (search) yield (row) => row.name.toLowerCase().includes(search)
}

function usesEvent(state: State, row: Experiment, event: string): boolean {
  const uses = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some(uses)
    const node = asObject(value)
    if (node === null) return false
    if (node.kind === 'ActionsNode') return state.actions.get(Number(node.id))?.steps.some((step) => step.event === event) ?? false
    return (node.kind === 'EventsNode' && node.event === event) || Object.values(node).some(uses)
  }
  const saved = row.saved_metrics.map(({ saved_metric }) => state.savedMetrics.get(saved_metric)?.query)
  return uses([row.metrics, row.metrics_secondary, saved])
}
