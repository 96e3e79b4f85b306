import { forbiddenDestroy } from '../server/errors.ts'
import { type Call, created, ok, route } from '../server/router.ts'
import type { Experiment } from '../state/rows.ts'
import { copyToProject, createFromPrompt, duplicate } from './copies.ts'
import { createExperiment } from './create.ts'
import { lifeCycle, prepared } from './lifeCycle.ts'
import { listExperiments } from './list.ts'
import { experimentView } from './view.ts'
import { findExperiment, updateExperiment } from './write.ts'

const path = 'experiments/'
const read = 'experiment:read'
const write = 'experiment:write'

const find = ({ state, project, viewer, params, body }: Call) => {
  return findExperiment(state, project.id, viewer, params.id ?? '', body.deleted === false)
}
const shown = ({ state, viewer }: Call, row: Experiment) => experimentView(state, row, viewer)

export const experimentRoutes = [
  route('GET', path, read, listExperiments),
  route('POST', path, write, (call) => created(shown(call, createExperiment(call.state, call.actor, call.project.id, call.body)))),
  route('POST', `${path}create_from_prompt/`, write, (call) => created(shown(call, createFromPrompt(call)))),
  route('GET', `${path}:id/`, read, (call) => ok(shown(call, find({ ...call, body: {} })))),
  route('PATCH', `${path}:id/`, write, (call) => ok(shown(call, updateExperiment(call.state, call.actor, find(call), call.body)))),
  route('DELETE', `${path}:id/`, write, () => {
    throw forbiddenDestroy()
  }),
  ...Object.entries(lifeCycle).map(([action, act]) => {
    return route('POST', `${path}:id/${action}/`, write, (call) => ok(shown(call, prepared(act)(call))))
  }),
  route('POST', `${path}:id/duplicate/`, write, (call) => created(shown(call, prepared(duplicate)(call)))),
  route('POST', `${path}:id/copy_to_project/`, write, (call) => created(shown(call, prepared(copyToProject)(call)))),
]
