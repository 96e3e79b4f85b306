import { canonicalJson, isObject, type JsonObject } from '../../../../src/platform/json.ts'
import { conflict, notFound, permissionDenied, validationError } from '../server/errors.ts'
import { anything, bool, choice, integer, list, nullable, object, readFields, text } from '../server/fields.ts'
import { diff, recordActivity } from '../state/activity.ts'
import type { Flag } from '../state/rows.ts'
import { type Actor, mayEdit, maySee, type State } from '../state/state.ts'
import { checkFilters, mergeFilters, propertiesOf, variantsOf, withoutLegacy } from './filters.ts'
import { guardFlag } from './guard.ts'
import { plainKey } from './view.ts'

export const flagReaders = {
  key: text(400, false),
  name: text(),
  filters: object,
  deleted: bool,
  active: bool,
  archived: bool,
  version: nullable(integer),
  original_flag: anything,
  ensure_experience_continuity: nullable(bool),
  evaluation_runtime: nullable(choice('server', 'client', 'all')),
  bucketing_identifier: nullable(choice('distinct_id', 'device_id')),
  evaluation_contexts: list(text(255)),
  tags: list(text()),
  is_remote_configuration: nullable(bool),
  has_encrypted_payloads: nullable(bool),
}

export const loggedFields = [
  ...['key', 'name', 'filters', 'deleted', 'active', 'archived', 'version', 'ensure_experience_continuity', 'evaluation_runtime'],
  ...['bucketing_identifier', 'evaluation_contexts', 'tags', 'is_remote_configuration', 'has_encrypted_payloads'],
]

export interface WriteOptions {
  /** Saved column by column, as older servers do: `version` and `updated_at` stay, and nothing is logged. */
  byColumn?: boolean
}

/** Finds a flag, also a deleted or an internal one. */
export function findFlag(state: State, project: number, viewer: Actor['user'], id: string | number): Flag {
  const flag = state.flags.get(Number(id))
  if (flag === undefined || flag.team_id !== project || !maySee(viewer, 'feature_flag', flag.id)) throw notFound()
  return flag
}

/** The one way to change a flag: check, ask the policies, write, log. The body is that of a PATCH. */
export function writeFlag(state: State, actor: Actor, flag: Flag, body: JsonObject, options: WriteOptions = {}): Flag {
  if (!mayEdit(actor.user, 'feature_flag', flag.id)) throw permissionDenied('You do not have editor access to this resource.')
  const { version, original_flag, ...sent } = readFields(body, flagReaders)
  const changed = withoutConflicts(state, flag, sent, version, original_flag)
  const after: Flag = { ...flag, ...changed, filters: withoutLegacy(flag.filters) }
  if (changed.filters !== undefined) {
    after.filters = mergeFilters(flag.filters, changed.filters, state.settings.strictFilters)
    const isSame = canonicalJson(after.filters) === canonicalJson(flag.filters)
    if (!isSame || changed.filters.version !== undefined) checkFilters({ ...after.filters, version: changed.filters.version })
  }
  after.evaluation_contexts = cleanContexts(after.evaluation_contexts)
  if (sent.evaluation_contexts !== undefined && !state.organizationOf(state.projectOf(flag)).evaluationContexts) {
    after.evaluation_contexts = flag.evaluation_contexts
  }
  checkLifeCycle(state, flag, after, sent)
  guardFlag(state, actor, flag, after, sent, version)
  settleKey(state, flag, after, sent.key)
  if (options.byColumn) return state.flags.update(flag, after)
  const before = { ...flag }
  // A write is a write, even if nothing changed.
  Object.assign(after, { version: (flag.version ?? 0) + 1, updated_at: state.now(), last_modified_by: actor.user.id })
  state.flags.update(flag, after)
  const activity = !before.deleted && flag.deleted ? 'deleted' : before.deleted && !flag.deleted ? 'restored' : 'updated'
  const changes = diff('FeatureFlag', before, flag, loggedFields)
  recordActivity(state, actor, flag.team_id, { scope: 'FeatureFlag', item_id: flag.id, activity, name: plainKey(flag), changes })
  return flag
}

/** The conflict check, which needs both `version` and `original_flag`. Leaves out the fields that the caller did not change. */
function withoutConflicts(state: State, flag: Flag, sent: Partial<Flag>, version: unknown, original: unknown): Partial<Flag> {
  if (version === undefined || version === (flag.version ?? 0) || !isObject(original)) return sent
  const same = (a: unknown, b: unknown) => canonicalJson(a) === canonicalJson(b)
  const kept: JsonObject = {}
  for (const [field, value] of Object.entries(sent)) {
    const stored = (flag as unknown as JsonObject)[field]
    const ours = field === 'filters' ? { ...flag.filters, ...(value as JsonObject) } : value
    if (original[field] === undefined) kept[field] = value
    else if (!same(ours, original[field])) {
      if (!same(original[field], stored) && !same(ours, stored)) {
        const email = state.users.get(flag.last_modified_by)?.email ?? 'another user'
        throw conflict(`The feature flag was updated by ${email} since you started editing it. Please refresh and try again.`)
      }
      kept[field] = value
    }
  }
  return kept as Partial<Flag>
}

function checkLifeCycle(state: State, flag: Flag, after: Flag, sent: Partial<Flag>): void {
  if (after.archived && after.active) {
    if (!flag.archived)
      throw validationError('Cannot archive an enabled feature flag. Disable it first, or send active: false in the same request.')
    throw validationError('Cannot enable an archived feature flag. Unarchive it first.')
  }
  if (after.bucketing_identifier === 'device_id' && after.ensure_experience_continuity) {
    throw validationError('Experience continuity cannot be used with device_id bucketing.')
  }
  const running = state.experimentsOf(flag).filter((row) => !row.deleted && row.start_date !== null && row.end_date === null)
  if (sent.filters !== undefined && running.length > 0) {
    const keys = variantsOf(after.filters).map(({ key }) => key)
    const removed = variantsOf(flag.filters).flatMap(({ key }) => (keys.includes(key) ? [] : [`'${key}'`]))
    const names = running.map(({ id, name }) => `"${name}" (ID: ${id})`).join(', ')
    if (removed.length > 0) {
      throw validationError(
        `Cannot remove variant(s) ${removed.join(', ')} from a feature flag that is linked to running experiment(s): ${names}. Please stop the experiment(s) before removing variants.`,
      )
    }
  }
  if (sent.deleted === true && !flag.deleted) {
    const blocker = deletionBlocker(state, flag)
    if (blocker !== null) throw validationError(blocker)
  }
}

/** Why a flag cannot be deleted. Null if it can. */
export function deletionBlocker(state: State, flag: Flag): string | null {
  if (flag.features.length > 0)
    return 'Cannot delete a feature flag that is in use with early access features. Please delete the early access feature before deleting the flag.'
  if (flag.is_used_in_replay_settings) return 'Cannot delete a feature flag that is used in session replay settings.'
  const running = state.experimentsOf(flag).find((row) => !row.deleted && row.start_date !== null && row.end_date === null)
  if (running !== undefined)
    return `Cannot delete a feature flag that is linked to running experiment "${running.name}" (ID: ${running.id}).`
  const [dependent] = dependentFlags(state, flag).filter(({ active }) => active)
  return dependent === undefined
    ? null
    : `Cannot delete a feature flag that other active flags depend on: ${dependent.key} (ID: ${dependent.id}).`
}

export function dependentFlags(state: State, flag: Flag): Flag[] {
  const names = (other: Flag) => propertiesOf(other.filters).some(({ type, key }) => type === 'flag' && String(key) === String(flag.id))
  return state.flags.where((other) => other.team_id === flag.team_id && !other.deleted && names(other))
}

/** Sets the key: the mark of deletion is added or taken away, and a taken key is freed or refused. */
function settleKey(state: State, flag: Flag, after: Flag, sentKey: string | undefined): void {
  if (after.deleted && !flag.deleted && state.experimentsOf(flag).length > 0) after.key = `${after.key}:deleted:${flag.id}`
  else if (!after.deleted && flag.deleted) {
    const base = sentKey ?? plainKey(flag)
    after.key = base
    for (let at = 2; liveFlag(state, flag.team_id, after.key) !== undefined; at++) after.key = `${base}-${at}`
    takeKey(state, flag, after.key)
  } else if (sentKey !== undefined && sentKey !== flag.key) takeKey(state, flag, sentKey)
}

export function liveFlag(state: State, project: number, key: string): Flag | undefined {
  return state.flags.find((row) => row.key === key && row.team_id === project && !row.deleted)
}

/** Refuses a key that a live flag has. A deleted flag that still has it is removed for good, or renamed if something refers to it. */
export function takeKey(state: State, flag: Pick<Flag, 'team_id'> & Partial<Flag>, key: string): void {
  if (!/^[a-zA-Z0-9_-]+$/.test(key))
    throw validationError('Only letters, numbers, hyphens (-) & underscores (_) are allowed.', 'key', 'invalid_key')
  const holder = state.flags.find((row) => row.key === key && row.team_id === flag.team_id && row.id !== flag.id)
  if (holder === undefined) return
  if (!holder.deleted) throw validationError('There is already a feature flag with this key.', 'key', 'unique')
  if (state.experimentsOf(holder).length > 0) state.flags.update(holder, { key: `${key}:deleted:${holder.id}` })
  else state.flags.remove(holder)
}

export const cleanContexts = (names: readonly string[]) => [...new Set(names.map((name) => name.trim().toLowerCase()))]
