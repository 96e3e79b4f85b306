import type { JsonObject } from '../../../../src/platform/json.ts'
import { permissionDenied, validationError } from '../server/errors.ts'
import { readFields } from '../server/fields.ts'
import { recordActivity } from '../state/activity.ts'
import type { Flag } from '../state/rows.ts'
import type { Actor, State } from '../state/state.ts'
import { checkFilters, groupsOf, mergeFilters } from './filters.ts'
import { guardFlag } from './guard.ts'
import { cleanContexts, flagReaders, takeKey } from './write.ts'

export const newFlag = {
  name: '',
  filters: {},
  deleted: false,
  active: true,
  archived: false,
  version: 1,
  last_modified_by: null,
  ensure_experience_continuity: false,
  evaluation_runtime: 'all',
  bucketing_identifier: 'distinct_id',
  evaluation_contexts: [] as readonly string[],
  tags: [] as readonly string[],
  is_remote_configuration: false,
  has_encrypted_payloads: false,
  last_called_at: null,
  is_used_in_replay_settings: false,
  features: [] as readonly JsonObject[],
  internal: null,
} satisfies Partial<Flag>

/** Makes a flag from the body of a POST. Without `filters` it is rolled out to nobody. */
export function createFlag(state: State, actor: Actor, team_id: number, body: JsonObject): Flag {
  if (actor.user.readOnly.has('feature_flag')) throw permissionDenied('You do not have editor access to this resource.')
  const { version: _, original_flag: __, ...sent } = readFields(body, flagReaders, ['key'])
  const project = state.projectOf({ team_id })
  if (sent.filters !== undefined) {
    checkFilters(sent.filters)
    if (groupsOf(sent.filters).length === 0) throw validationError('Feature flags must have at least one condition set (group).', 'filters')
  }
  const { evaluationContexts } = state.organizationOf(project)
  const contexts = evaluationContexts ? cleanContexts(sent.evaluation_contexts ?? []) : []
  if (project.require_evaluation_contexts && evaluationContexts && contexts.length === 0) {
    throw validationError('At least one evaluation context is required to create a new feature flag.')
  }
  const now = state.now()
  const flag: Flag = {
    ...newFlag,
    ...(sent as Partial<Flag> & { key: string }),
    id: 0,
    team_id,
    filters: sent.filters === undefined ? { groups: [] } : mergeFilters({}, sent.filters, state.settings.strictFilters),
    evaluation_contexts: contexts,
    created_by: actor.user.id,
    last_modified_by: actor.user.id,
    created_at: now,
    updated_at: now,
  }
  if (flag.active && flag.archived) throw validationError('Cannot enable an archived feature flag. Unarchive it first.')
  guardFlag(state, actor, undefined, flag, sent)
  takeKey(state, { team_id }, flag.key)
  flag.id = state.flags.nextId()
  state.flags.add(flag)
  recordActivity(state, actor, team_id, { scope: 'FeatureFlag', item_id: flag.id, activity: 'created', name: flag.key, changes: null })
  return flag
}
