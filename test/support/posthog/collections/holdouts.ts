import { page } from '../server/pages.ts'
import { type Call, created, noContent, ok, route } from '../server/router.ts'
import type { State } from '../state/state.ts'
import { holdoutView } from './holdoutView.ts'
import { createHoldout, deleteHoldout, findHoldout, updateHoldout } from './holdoutWrites.ts'

const path = 'experiment_holdouts/'
const read = (state: State) => `${state.settings.holdoutScope}:read`
const write = (state: State) => `${state.settings.holdoutScope}:write`
const find = ({ state, project, params }: Call) => findHoldout(state, project.id, params.id ?? '')

export const holdoutRoutes = [
  route('GET', path, read, (call) => {
    const rows = call.state.holdouts.where(({ team_id }) => team_id === call.project.id)
    return ok(page(call, rows, ({ id }) => holdoutView(call.state, id)))
  }),
  route('POST', path, write, (call) =>
    created(holdoutView(call.state, createHoldout(call.state, call.actor, call.project.id, call.body).id)),
  ),
  route('GET', `${path}:id/`, read, (call) => ok(holdoutView(call.state, find(call).id))),
  route('PATCH', `${path}:id/`, write, (call) =>
    ok(holdoutView(call.state, updateHoldout(call.state, call.actor, find(call), call.body).id)),
  ),
  route('DELETE', `${path}:id/`, write, (call) => {
    deleteHoldout(call.state, call.actor, find(call))
    return noContent
  }),
]
