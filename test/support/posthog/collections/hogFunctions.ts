import { asObject, isObject, type JsonObject } from '../../../../src/platform/json.ts'
import { forbiddenDestroy, notFound, validationError } from '../server/errors.ts'
import { bool, choice, object, readFields, text } from '../server/fields.ts'
import { page } from '../server/pages.ts'
import { type Call, created, ok, route } from '../server/router.ts'
import type { HogFunction } from '../state/rows.ts'
import type { State } from '../state/state.ts'
import { formatTime } from '../state/time.ts'
import { userView } from '../state/userView.ts'

const path = 'hog_functions/'
const types = choice('internal_destination', 'destination', 'transformation', 'site_destination', 'site_app')
const readers = {
  type: types,
  name: text(400),
  description: text(),
  enabled: bool,
  deleted: bool,
  template_id: text(),
  filters: object,
  inputs: object,
}

/** Inputs that may hold secrets of the template `template-webhook`. They read back without their value. */
const secretInputs = ['headers']

function view(state: State, row: HogFunction): JsonObject {
  const { id, type, name, description, enabled, deleted, template_id, filters } = row
  const inputs = Object.entries(row.inputs).map(([key, value]) => [key, secretInputs.includes(key) ? { secret: true } : value])
  return {
    ...{ id, type, name, description, enabled, deleted, template: { id: template_id }, filters, inputs: Object.fromEntries(inputs) },
    created_by: userView(state, row.created_by),
    created_at: formatTime(row.created_at),
    updated_at: formatTime(row.updated_at),
    status: { state: row.failures >= state.settings.hookFailureLimit ? 3 : 1, tokens: 0 },
  }
}

function find({ state, project, params, body }: Call): HogFunction {
  const row = state.hogFunctions.get(params.id ?? '')
  if (row?.team_id !== project.id || (row.deleted && body.deleted !== false)) throw notFound()
  return row
}

/** A secret that is sent back as it was read keeps its value. */
function mergeInputs(stored: JsonObject, sent: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(sent).map(([key, value]) => [key, isObject(value) && value.secret === true ? stored[key] : value]),
  )
}

function assertUrl(inputs: JsonObject): void {
  if (typeof asObject(inputs.url)?.value !== 'string') throw validationError('This field is required.', 'inputs__url', 'required')
}

export const hogFunctionRoutes = [
  route('GET', path, 'hog_function:read', (call) => {
    const wanted = (call.query.get('type') ?? call.query.get('types'))?.split(',')
    const rows = call.state.hogFunctions.where(
      (row) => row.team_id === call.project.id && !row.deleted && wanted?.includes(row.type) !== false,
    )
    return ok(page(call, rows, (row) => view(call.state, row)))
  }),
  route('POST', path, 'hog_function:write', ({ state, project, actor, body }) => {
    const sent = readFields(body, readers, ['type'])
    const { type = '', name = '', description = '', enabled = false, template_id = null, filters = {}, inputs = {} } = sent
    if (template_id === 'template-webhook') assertUrl(inputs)
    const now = state.now()
    const row = {
      id: state.uuid(),
      team_id: project.id,
      type,
      name,
      description,
      enabled,
      deleted: false,
      template_id,
      filters,
      inputs,
      failures: 0,
    }
    return created(view(state, state.hogFunctions.add({ ...row, created_by: actor.user.id, created_at: now, updated_at: now })))
  }),
  route('GET', `${path}:id/`, 'hog_function:read', (call) => ok(view(call.state, find(call)))),
  route('PATCH', `${path}:id/`, 'hog_function:write', (call) => {
    const row = find(call)
    const { type, ...sent } = readFields(call.body, readers)
    if (type !== undefined && type !== row.type) throw validationError('Cannot change the type of an existing hog function.', 'type')
    const inputs = sent.inputs === undefined ? row.inputs : mergeInputs(row.inputs, sent.inputs)
    return ok(
      view(call.state, call.state.hogFunctions.update(row, { ...(sent as Partial<HogFunction>), inputs, updated_at: call.state.now() })),
    )
  }),
  route('DELETE', `${path}:id/`, 'hog_function:write', () => {
    throw forbiddenDestroy()
  }),
]
