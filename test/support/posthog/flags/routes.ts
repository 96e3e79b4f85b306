import { isObject } from '../../../../src/platform/json.ts'
import { flagActivity } from '../collections/activityLog.ts'
import { ApiError, forbiddenDestroy, validationError } from '../server/errors.ts'
import { integer, list } from '../server/fields.ts'
import { type Answer, type Call, created, ok, route } from '../server/router.ts'
import { recordActivity } from '../state/activity.ts'
import type { Flag } from '../state/rows.ts'
import { mayEdit, maySee, type State } from '../state/state.ts'
import { createFlag } from './create.ts'
import { listFlags, matchingIds, selectFlags } from './list.ts'
import { flagVersion } from './versions.ts'
import { flagView } from './view.ts'
import { deletionBlocker, dependentFlags, findFlag, writeFlag } from './write.ts'

const path = 'feature_flags/'
const read = 'feature_flag:read'
const write = 'feature_flag:write'

const flagOf = ({ state, project, viewer, params }: Call) => findFlag(state, project.id, viewer, params.id ?? '')
const written = (call: Call, flag: Flag) => ok(flagView(call.state, flag, call.viewer, true))

/** Already in that state: 200, and no write. */
function shortcut(change: Partial<Pick<Flag, 'active' | 'archived'>>) {
  return (call: Call): Answer => {
    const flag = flagOf(call)
    if (flag.deleted) throw new ApiError(400, { success: false, error: 'Cannot change a deleted feature flag.' })
    const isDone = Object.entries(change).every(([field, value]) => flag[field as 'active'] === value)
    return written(call, isDone ? flag : writeFlag(call.state, call.actor, flag, change))
  }
}

const hasShortcuts = { exists: (state: State) => state.settings.flagShortcuts }

/** Soft deletion of many: `updated_at` moves, `version` stays. */
function bulkDelete(call: Call): Answer {
  const { state, project, viewer, actor, body } = call
  const ids = isObject(body.filters) ? selectFlags(filtered(call)).map(({ id }) => id) : list(integer)(body.ids ?? [], 'ids')
  const deleted: unknown[] = []
  const errors: unknown[] = []
  for (const id of ids) {
    const flag = state.flags.get(id)
    const isThere = flag !== undefined && flag.team_id === project.id && !flag.deleted && mayEdit(viewer, 'feature_flag', id)
    const reason = isThere ? deletionBlocker(state, flag) : 'Flag not found.'
    if (!isThere || reason !== null) errors.push({ id, reason })
    else {
      const key = state.experimentsOf(flag).length > 0 ? `${flag.key}:deleted:${id}` : flag.key
      deleted.push({ id, key: flag.key })
      recordActivity(state, actor, project.id, { scope: 'FeatureFlag', item_id: id, activity: 'deleted', name: flag.key, changes: [] })
      state.flags.update(flag, { deleted: true, key, updated_at: state.now() })
    }
  }
  return ok({ deleted, errors })
}

function filtered(call: Call): Call {
  const filters = Object.entries(call.body.filters as object).map(([name, value]) => [name, String(value)])
  return { ...call, query: new URLSearchParams(filters) }
}

function bulkKeys({ state, project, viewer, body }: Call): Answer {
  if (!Array.isArray(body.ids)) throw validationError('This field is required.', 'ids', 'required')
  const found = list(integer)(body.ids, 'ids').flatMap((id) => {
    const flag = state.flags.get(id)
    const isShown = flag?.team_id === project.id && !flag.deleted && maySee(viewer, 'feature_flag', id)
    return isShown ? [[String(id), flag.key]] : []
  })
  return ok({ keys: Object.fromEntries(found) })
}

export const flagRoutes = [
  route('GET', path, read, listFlags),
  route('POST', path, write, (call) => {
    return created(flagView(call.state, createFlag(call.state, call.actor, call.project.id, call.body), call.viewer, true))
  }),
  route('GET', `${path}matching_ids/`, read, matchingIds),
  route('POST', `${path}bulk_keys/`, read, bulkKeys),
  route('POST', `${path}bulk_delete/`, write, bulkDelete),
  route('GET', `${path}activity/`, 'activity_log:read', (call) => flagActivity(call, null)),
  route('GET', `${path}:id/`, read, (call) => ok(flagView(call.state, flagOf(call), call.viewer))),
  route('PATCH', `${path}:id/`, write, (call) => written(call, writeFlag(call.state, call.actor, flagOf(call), call.body))),
  route('DELETE', `${path}:id/`, write, () => {
    throw forbiddenDestroy()
  }),
  route('GET', `${path}:id/activity/`, 'activity_log:read', (call) => flagActivity(call, flagOf(call))),
  route('GET', `${path}:id/dependent_flags/`, read, (call) => {
    return ok(dependentFlags(call.state, flagOf(call)).map(({ id, key, name }) => ({ id, key, name })))
  }),
  route('GET', `${path}:id/versions/:version/`, read, flagVersion),
  route('POST', `${path}:id/enable/`, write, shortcut({ active: true }), hasShortcuts),
  route('POST', `${path}:id/disable/`, write, shortcut({ active: false }), hasShortcuts),
  route('POST', `${path}:id/archive/`, write, shortcut({ active: false, archived: true }), hasShortcuts),
  route('POST', `${path}:id/unarchive/`, write, shortcut({ archived: false }), hasShortcuts),
]
