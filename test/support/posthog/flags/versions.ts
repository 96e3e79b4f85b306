import { asArray, type JsonObject } from '../../../../src/platform/json.ts'
import { ApiError, notFound, validationError } from '../server/errors.ts'
import { whole } from '../server/pages.ts'
import { type Answer, type Call, ok } from '../server/router.ts'
import type { Change } from '../state/activity.ts'
import { flagView } from './view.ts'
import { findFlag } from './write.ts'

/** A flag at a version: the activity log, read backwards from today's row. */
export function flagVersion(call: Call): Answer {
  const { state, params, viewer, project } = call
  const flag = findFlag(state, project.id, viewer, params.id ?? '')
  const wanted = whole(params.version ?? null)
  if (wanted === undefined || wanted < 1 || wanted > (flag.version ?? 0)) throw notFound()
  if (flag.has_encrypted_payloads) throw validationError('Versions of flags with encrypted payloads cannot be read.')
  const row = { ...flag } as typeof flag
  const entries = state.activity.where(
    ({ scope, item_id, team_id }) => scope === 'FeatureFlag' && item_id === String(flag.id) && team_id === project.id,
  )
  for (const { detail } of entries.reverse()) {
    if ((row.version ?? 0) <= wanted) break
    const changes = (asArray(detail.changes) ?? []) as Change[]
    // A gap in the log: the version after this entry is not the one that comes before the last.
    if (changes.find(({ field }) => field === 'version')?.after !== row.version) break
    Object.assign(row, Object.fromEntries(changes.map(({ field, before }) => [field, before])) as JsonObject)
  }
  if (row.version !== wanted)
    throw new ApiError(422, { type: 'validation_error', code: 'invalid_input', detail: 'The activity log is incomplete.', attr: null })
  return ok(flagView(state, row, viewer))
}
