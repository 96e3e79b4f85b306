import { canonicalJson, type JsonObject } from '../../../../src/platform/json.ts'
import { type GuardedAction, passGate } from '../approvals/gate.ts'
import { holdoutOf } from '../experiments/create.ts'
import { writeFlag } from '../flags/write.ts'
import { notFound, validationError } from '../server/errors.ts'
import { list, nullable, object, readFields, text } from '../server/fields.ts'
import { diff, recordActivity } from '../state/activity.ts'
import type { Flag, Holdout } from '../state/rows.ts'
import type { Actor, State } from '../state/state.ts'

const readers = { name: text(400, false), description: nullable(text(400)), filters: list(object) }

export function createHoldout(state: State, actor: Actor, team_id: number, body: JsonObject): Holdout {
  const { name = '', description = null, filters = [] } = readFields(body, readers, ['name', 'filters'])
  if (filters.length === 0) throw validationError('Filters are required to create an holdout group', 'filters')
  const id = state.holdouts.nextId()
  const now = state.now()
  const dates = { created_at: now, updated_at: now }
  const row = state.holdouts.add({ id, team_id, name, description, filters: named(filters, id), created_by: actor.user.id, ...dates })
  log(state, actor, row, 'created', null)
  return row
}

/** Rewrites all linked flags. One change of one holdout is asked of the policies once. */
export function updateHoldout(state: State, actor: Actor, row: Holdout, body: JsonObject): Holdout {
  const sent = readFields(body, readers)
  const filters = sent.filters === undefined ? row.filters : named(sent.filters, row.id)
  const moved = canonicalJson(percentage(filters)) !== canonicalJson(percentage(row.filters))
  if (moved) guard(state, actor, row, 'update', { exclusion_percentage: percentage(filters) }, sent)
  const before = { ...row }
  state.holdouts.update(row, { ...(sent as Partial<Holdout>), filters, updated_at: state.now() })
  for (const flag of linkedFlags(state, row))
    writeFlag(state, { ...actor, gated: false }, flag, { filters: { holdout: holdoutOf(state, row.id) } })
  log(state, actor, row, 'updated', diff('Holdout', before, row, ['name', 'description', 'filters']))
  return row
}

/** For good. The linked flags lose their holdout, and the experiments their link. */
export function deleteHoldout(state: State, actor: Actor, row: Holdout): void {
  guard(state, actor, row, 'delete', { deleted: true }, {})
  const flags = linkedFlags(state, row)
  state.holdouts.remove(row)
  for (const experiment of state.experiments.where(({ holdout_id }) => holdout_id === row.id))
    state.experiments.update(experiment, { holdout_id: null })
  for (const flag of flags) writeFlag(state, { ...actor, gated: false }, flag, { filters: { holdout: null } })
  log(state, actor, row, 'deleted', [])
}

export function findHoldout(state: State, project: number, id: string): Holdout {
  const row = state.holdouts.get(Number(id))
  if (row?.team_id !== project) throw notFound()
  return row
}

const percentage = (filters: JsonObject[]) => filters[0]?.rollout_percentage ?? null
const named = (filters: JsonObject[], id: number) => filters.map((filter) => ({ properties: [], ...filter, variant: `holdout-${id}` }))

function linkedFlags(state: State, { id }: Holdout): Flag[] {
  return [...new Set(state.experiments.where((row) => row.holdout_id === id && !row.deleted).map((row) => state.flagOf(row)))]
}

function guard(state: State, actor: Actor, row: Holdout, verb: 'update' | 'delete', gated_changes: JsonObject, data: JsonObject): void {
  const value = (of: unknown) => new Map([['holdout.exclusion_percentage', of]])
  const current_state = { exclusion_percentage: percentage(row.filters) }
  const change = {
    field: 'rollout_percentage',
    before: value(current_state.exclusion_percentage),
    after: value(gated_changes.exclusion_percentage),
  }
  const action = (key: string): GuardedAction => ({ key, changes: [change], current_state, gated_changes })
  const { organization } = state.projectOf(row)
  // Without a policy of its own, a holdout is governed by the policy of what it rewrites.
  const keys = [`experiment_holdout.${verb}`, 'experiment.update', 'feature_flag.update']
  const governs = (key: string) =>
    state.policies.find(
      (policy) =>
        policy.enabled && policy.action_key === key && policy.organization === organization && [null, row.team_id].includes(policy.team_id),
    )
  const key = keys.find((each) => governs(each) !== undefined)
  passGate(state, actor, {
    ...{ team_id: row.team_id, resource_type: 'experiment_holdout', resource_id: String(row.id), owner_kind: null, target: String(row.id) },
    actions: key === undefined ? [] : [action(key)],
    data: { ...data, ...(verb === 'delete' ? { deleted: true } : {}) },
    preconditions: current_state,
    endpointLevel: verb === 'delete',
  })
}

function log(state: State, actor: Actor, row: Holdout, activity: string, changes: ReturnType<typeof diff> | null): void {
  const scope = state.settings.holdoutActivityScope
  recordActivity(state, actor, row.team_id, { scope, item_id: row.id, activity, name: row.name, type: 'holdout', changes })
}
