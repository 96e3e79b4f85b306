import { asArray, asObject, canonicalJson, isObject, type JsonObject } from '../../../../src/platform/json.ts'
import { changedPaths } from '../approvals/conditions.ts'
import { type GuardedAction, passGate } from '../approvals/gate.ts'
import type { Flag } from '../state/rows.ts'
import type { Actor, State } from '../state/state.ts'
import { formatNullable } from '../state/time.ts'
import { groupsOf, rolloutPercentages } from './filters.ts'

type Guarded = Pick<Flag, 'key' | 'team_id' | 'active' | 'filters' | 'bucketing_identifier'>

/** Asks the policies about a write of a flag. `before` is undefined for a new flag. `sent` is what is replayed once it is approved. */
export function guardFlag(state: State, actor: Actor, before: Flag | undefined, after: Guarded, sent: JsonObject, version?: unknown): void {
  const owner = before === undefined ? null : ownerOf(state, before)
  const isExperiments = state.settings.experimentPolicies && owner === 'experiment'
  const name = (own: string, experiment: string) => (isExperiments ? `experiment.${experiment}` : `feature_flag.${own}`)
  const actions: GuardedAction[] = []
  const wasActive = before?.active ?? false
  if (wasActive !== after.active && (before !== undefined || after.active)) {
    const key = after.active ? name('enable', 'launch') : name('disable', 'pause')
    actions.push({ key, changes: [], current_state: { active: wasActive }, gated_changes: { active: after.active } })
  }
  const changes = [
    { field: 'rollout_percentage', before: rolloutPercentages(before?.filters ?? {}), after: rolloutPercentages(after.filters) },
    ...(owner === 'unowned' && before !== undefined
      ? [{ field: 'release_conditions', before: releaseConditions(before), after: releaseConditions(after) }]
      : []),
  ].filter((change) => changedPaths(change).length > 0)
  if (changes.length > 0) {
    const values = (of: 'before' | 'after') =>
      Object.fromEntries(changes.map((change) => [change.field, [...change[of]].map(([path, value]) => ({ path, value }))]))
    actions.push({ key: name('update', 'update'), changes, current_state: values('before'), gated_changes: values('after') })
  }
  const stored = before?.version ?? null
  passGate(state, actor, {
    team_id: after.team_id,
    resource_type: 'feature_flag',
    resource_id: before === undefined ? null : String(before.id),
    owner_kind: owner,
    target: before === undefined ? after.key : String(before.id),
    actions,
    data: sent,
    // The version of the caller, if it sent another: a change that was made from an old state is stale from its beginning.
    preconditions: {
      version: before === undefined ? null : Number.isInteger(version) ? version : stored,
      updated_at: formatNullable(before?.updated_at ?? null),
    },
  })
}

export function ownerOf(state: State, flag: Flag): string {
  if (state.experimentsOf(flag).some((row) => !row.deleted)) return 'experiment'
  if (flag.internal !== null) return flag.internal
  return flag.features.length > 0 ? 'early_access_feature' : 'unowned'
}

/** Who is let in, apart from percentages. Forms that mean the same are equal. */
function releaseConditions({ filters, bucketing_identifier }: Guarded): Map<string, unknown> {
  const found = new Map<string, unknown>([
    ['bucketing_identifier', bucketing_identifier === 'device_id' ? 'device_id' : 'distinct_id'],
    ['early_exit', filters.early_exit === true],
    ['feature_enrollment', filters.feature_enrollment === true],
  ])
  for (const [at, group] of groupsOf(filters).entries()) {
    found.set(`groups[${at}]`, {
      properties: (asArray(group.properties) ?? []).filter(isObject).map(normalProperty).sort(),
      group: group.aggregation_group_type_index ?? filters.aggregation_group_type_index ?? null,
      variant: group.variant || null,
    })
  }
  return found
}

function normalProperty(property: JsonObject): string {
  const display = ['label', 'cohort_name', 'group_key_names']
  const aliases: JsonObject = { min: 'gte', max: 'lte' }
  const kept = Object.entries(asObject(property) ?? {}).filter(([key, value]) => {
    return value !== null && !display.includes(key) && !(key === 'negation' && value === false)
  })
  const normal = Object.fromEntries(kept)
  const operator = normal.operator ?? 'exact'
  return canonicalJson({ ...normal, key: String(normal.key), operator: aliases[String(operator)] ?? operator })
}
