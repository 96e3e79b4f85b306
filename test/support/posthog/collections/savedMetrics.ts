import type { JsonObject } from '../../../../src/platform/json.ts'
import { withActionNames } from '../experiments/view.ts'
import { notFound, validationError } from '../server/errors.ts'
import { list, nullable, object, readFields, text } from '../server/fields.ts'
import { page } from '../server/pages.ts'
import { type Call, created, noContent, ok, route } from '../server/router.ts'
import type { SavedMetric } from '../state/rows.ts'
import type { State } from '../state/state.ts'
import { formatTime } from '../state/time.ts'
import { userView } from '../state/userView.ts'

const path = 'experiment_saved_metrics/'
const read = 'experiment_saved_metric:read'
const write = 'experiment_saved_metric:write'
const readers = { name: text(400, false), description: nullable(text(400)), query: object, tags: list(text()) }

/** `metadata` is not shown. */
function savedMetricView(state: State, row: SavedMetric): JsonObject {
  const { id, name, description, query, tags, created_by, created_at, updated_at } = row
  const dates = { created_at: formatTime(created_at), updated_at: formatTime(updated_at) }
  return { id, name, description, query: withActionNames(state, query), tags, created_by: userView(state, created_by), ...dates }
}

function find({ state, project, params }: Call): SavedMetric {
  const row = state.savedMetrics.get(Number(params.id))
  if (row?.team_id !== project.id) throw notFound()
  return row
}

function assertFree({ state, project }: Call, name: string | undefined, id?: number): void {
  const taken = state.savedMetrics.find(
    (row) => row.team_id === project.id && row.name.toLowerCase() === name?.toLowerCase() && row.id !== id,
  )
  if (taken !== undefined) throw validationError('A shared metric with this name already exists.', 'name')
}

const byName = (a: SavedMetric, b: SavedMetric) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)

/** Links to the metric vanish with it. */
export function removeSavedMetric(state: State, row: SavedMetric): void {
  state.savedMetrics.remove(row)
  for (const experiment of state.experiments.where(({ saved_metrics }) => saved_metrics.some((link) => link.saved_metric === row.id))) {
    state.experiments.update(experiment, { saved_metrics: experiment.saved_metrics.filter((link) => link.saved_metric !== row.id) })
  }
}

export const savedMetricRoutes = [
  route('GET', path, read, (call) => {
    const rows = call.state.savedMetrics.where(({ team_id }) => team_id === call.project.id).sort(byName)
    return ok(page(call, rows, (row) => savedMetricView(call.state, row)))
  }),
  route('POST', path, write, (call) => {
    const { state, actor, project, body } = call
    const { name = '', description = null, query = {}, tags = [] } = readFields(body, readers, ['name', 'query'])
    assertFree(call, name)
    const now = state.now()
    const dates = { created_at: now, updated_at: now }
    const row = {
      id: state.savedMetrics.nextId(),
      team_id: project.id,
      name,
      description,
      query,
      tags,
      created_by: actor.user.id,
      ...dates,
    }
    return created(savedMetricView(state, state.savedMetrics.add(row)))
  }),
  route('GET', `${path}:id/`, read, (call) => ok(savedMetricView(call.state, find(call)))),
  route('PATCH', `${path}:id/`, write, (call) => {
    const row = find(call)
    const sent = readFields(call.body, readers)
    assertFree(call, sent.name, row.id)
    return ok(
      savedMetricView(call.state, call.state.savedMetrics.update(row, { ...(sent as Partial<SavedMetric>), updated_at: call.state.now() })),
    )
  }),
  route('DELETE', `${path}:id/`, write, (call) => {
    removeSavedMetric(call.state, find(call))
    return noContent
  }),
]
