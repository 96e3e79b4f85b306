import { asArray, asObject, canonicalJson } from '../../../platform/json.ts'
import { canonicalConditions, commonConditions, orderMatters } from './releaseConditions.ts'

// The guarded differences between two `filters` (approvals.md 3.3). Variants are matched by key, and condition sets by content. So another
// order is no difference, except if the order affects the result. Malformed parts are compared as a whole, so that no difference is missed.

/** One guarded value that differs. A missing side is null. */
export interface ChangeTrigger {
  field: 'active' | 'deleted' | 'rollout_percentage' | 'release_conditions'
  path: string
  before: unknown
  after: unknown
}

/**
 * Returns the percentages that were changed, added or removed. A condition set without a percentage has 100%. On a create, it counts as
 * no percentage.
 */
export function diffPercentages(before: unknown, after: unknown, isCreate: boolean): ChangeTrigger[] {
  const [previous, next] = [collectPercentages(before), collectPercentages(after)]
  const malformed = diffByPath('rollout_percentage', previous.malformed, next.malformed)
  const groups = pairConditionSets(before, after).flatMap(({ before: previousSet, after: nextSet, path }) => {
    const [from, to] = [previousSet, nextSet].map((set) => (set === undefined ? null : getPercentage(set, isCreate)))
    return diffValue('rollout_percentage', `${path}.rollout_percentage`, from, to)
  })
  return [...groups, ...diffByPath('rollout_percentage', previous.named, next.named), ...malformed]
}

/** Returns the release conditions that were changed, added or removed. */
export function diffConditions(before: unknown, after: unknown): ChangeTrigger[] {
  const sets = pairConditionSets(before, after).flatMap(({ before: previousSet, after: nextSet, path }): ChangeTrigger[] => {
    const [from, to] = [
      previousSet === undefined ? null : canonicalConditions(previousSet, before),
      nextSet === undefined ? null : canonicalConditions(nextSet, after),
    ]
    return from === to ? [] : [{ field: 'release_conditions', path, before: from && JSON.parse(from), after: to && JSON.parse(to) }]
  })
  return [...diffByPath('release_conditions', commonConditions(before), commonConditions(after)), ...sets]
}

function diffValue(field: ChangeTrigger['field'], path: string, before: unknown = null, after: unknown = null): ChangeTrigger[] {
  return canonicalJson(before) === canonicalJson(after) ? [] : [{ field, path, before, after }]
}

function diffByPath(field: ChangeTrigger['field'], before: Record<string, unknown>, after: Record<string, unknown>): ChangeTrigger[] {
  return Object.keys({ ...before, ...after }).flatMap((path) => diffValue(field, path, before[path], after[path]))
}

function getPercentage(set: unknown, isCreate: boolean): unknown {
  return asObject(set)?.rollout_percentage ?? (isCreate ? null : 100)
}

/** The percentages of variants and holdout, by path. Malformed parts are returned unchanged, and missing ones as missing. */
function collectPercentages(filters: unknown): { named: Record<string, unknown>; malformed: Record<string, unknown> } {
  const byPath: Record<string, unknown> = {}
  const malformed: Record<string, unknown> = {}
  const fields = asObject(filters)
  if (fields === null) return { named: byPath, malformed: { filters } }
  if (asArray(fields.groups) === null) malformed.groups = fields.groups

  const holdout = asObject(fields.holdout)
  if (holdout !== null) byPath['holdout.exclusion_percentage'] = holdout.exclusion_percentage ?? null
  else malformed.holdout = fields.holdout

  const multivariate = asObject(fields.multivariate)
  if (multivariate === null) return { named: byPath, malformed: { ...malformed, multivariate: fields.multivariate } }
  const variants = asArray(multivariate.variants)
  if (variants === null) return { named: byPath, malformed: { ...malformed, 'multivariate.variants': multivariate.variants } }
  for (const variant of variants) {
    const { key, rollout_percentage: percentage } = asObject(variant) ?? {}
    const path = `multivariate.variants[${typeof key === 'string' ? key : canonicalJson(variant)}].rollout_percentage`
    // Two variants can have the same key. Both percentages count.
    byPath[path] = path in byPath ? [byPath[path], percentage ?? null] : (percentage ?? null)
  }
  return { named: byPath, malformed }
}

interface ConditionSetPair {
  before: unknown
  after: unknown
  /** The index after the change. For a removed set, the index before it. */
  index: number
  /** `groups[i]`, with the index. */
  path: string
}

/** Pairs the condition sets before and after a change. An added or removed set is undefined on the other side. */
export function pairConditionSets(before: unknown, after: unknown): ConditionSetPair[] {
  const entries = (filters: unknown) =>
    (asArray(asObject(filters)?.groups) ?? []).map((set, index) => ({ set, index, said: canonicalConditions(set, filters) }))
  let left = entries(before)
  let right = entries(after)
  const pairs: ConditionSetPair[] = []
  /** Pairs the remaining sets that have the same key, in order. Sets with the key null are not paired. */
  const match = (keyOf: (entry: (typeof left)[number]) => string | null) => {
    const unmatched = Map.groupBy(left, keyOf)
    const matched = new Set<(typeof left)[number]>()
    right = right.filter((next) => {
      const key = keyOf(next)
      const previous = key === null ? undefined : unmatched.get(key)?.shift()
      if (previous === undefined) return true
      matched.add(previous)
      pairs.push({ before: previous.set, after: next.set, index: next.index, path: `groups[${next.index}]` })
      return false
    })
    left = left.filter((previous) => !matched.has(previous))
  }
  if (!orderMatters(before) && !orderMatters(after)) {
    match(({ set, said: conditions }) => `${canonicalJson(getPercentage(set, false))} ${conditions}`)
    match(({ set }) => (asObject(set)?.sort_key == null ? null : canonicalJson(asObject(set)?.sort_key)))
    match(({ said: conditions }) => conditions)
  }
  match(({ index }) => String(index))
  return [
    ...pairs,
    ...right.map(({ set, index }) => ({ before: undefined, after: set, index, path: `groups[${index}]` })),
    ...left.map(({ set, index }) => ({ before: set, after: undefined, index, path: `groups[${index}]` })),
  ].sort((a, b) => a.index - b.index)
}
