import { canonical, fieldsOf, listOf } from '../../../platform/json.ts'
import type { Trigger } from './guardedChanges.ts'
import { commonConditions, conditionsOf, orderMatters } from './releaseConditions.ts'

// The guarded differences between two `filters` (approvals.md 3.3). Variants are known by their keys and condition sets by what they
// say, so that another order is no difference, except where the order decides the answer. What is malformed is compared whole:
// a difference is never missed.

/** Percentages that changed, came or went. A set that names none lets in everybody, which on a create counts for nothing. */
export function changedPercentages(before: unknown, after: unknown, isCreate: boolean): Trigger[] {
  const [was, becomes] = [percentages(before), percentages(after)]
  const malformed = differing('rollout_percentage', was.malformed, becomes.malformed)
  const groups = pairsOf(before, after).flatMap(({ before: old, after: now, path }): Trigger[] => {
    const [from, to] = [old === undefined ? null : percentageOf(old, isCreate), now === undefined ? null : percentageOf(now, isCreate)]
    return canonical(from) === canonical(to) ? [] : [trigger('rollout_percentage', `${path}.rollout_percentage`, from, to)]
  })
  return [...groups, ...differing('rollout_percentage', was.named, becomes.named), ...malformed]
}

/** Release conditions that changed, came or went. */
export function changedConditions(before: unknown, after: unknown): Trigger[] {
  const none = before === null
  const sets = pairsOf(before, after).flatMap(({ before: old, after: now, path }): Trigger[] => {
    const [from, to] = [old === undefined ? null : conditionsOf(old, before), now === undefined ? null : conditionsOf(now, after)]
    return from === to
      ? []
      : [trigger('release_conditions', path, from === null ? null : JSON.parse(from), to === null ? null : JSON.parse(to))]
  })
  return [...differing('release_conditions', none ? commonConditions({}) : commonConditions(before), commonConditions(after)), ...sets]
}

function trigger(field: Trigger['field'], path: string, before: unknown, after: unknown): Trigger {
  return { field, path, before, after }
}

function differing(field: Trigger['field'], before: Record<string, unknown>, after: Record<string, unknown>): Trigger[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((path) =>
    canonical(before[path]) === canonical(after[path]) ? [] : [trigger(field, path, before[path] ?? null, after[path] ?? null)],
  )
}

const hasPercentage = (set: unknown) => fieldsOf(set)?.rollout_percentage != null

function percentageOf(set: unknown, isCreate: boolean): unknown {
  return hasPercentage(set) ? fieldsOf(set)?.rollout_percentage : isCreate ? null : 100
}

/** The percentages of variants and holdout, by path; and the parts that are not what they should be, as they are. */
function percentages(filters: unknown): { named: Record<string, unknown>; malformed: Record<string, unknown> } {
  const named: Record<string, unknown> = {}
  const malformed: Record<string, unknown> = {}
  const fields = fieldsOf(filters)
  if (fields === null) return { named, malformed: filters == null ? {} : { filters } }
  if (listOf(fields.groups) === null) malformed.groups = fields.groups

  const holdout = fieldsOf(fields.holdout)
  if (holdout !== null) named['holdout.exclusion_percentage'] = holdout.exclusion_percentage ?? null
  else if (fields.holdout != null) malformed.holdout = fields.holdout

  const multivariate = fieldsOf(fields.multivariate)
  if (multivariate === null) {
    if (fields.multivariate != null) malformed.multivariate = fields.multivariate
    return { named, malformed }
  }
  const variants = listOf(multivariate.variants)
  if (variants === null) return { named, malformed: { ...malformed, 'multivariate.variants': multivariate.variants } }
  for (const variant of variants) {
    const { key, rollout_percentage: percentage } = fieldsOf(variant) ?? {}
    const path = `multivariate.variants[${typeof key === 'string' ? key : canonical(variant)}].rollout_percentage`
    // Two of one key: each counts.
    named[path] = path in named ? [named[path], percentage ?? null] : (percentage ?? null)
  }
  return { named, malformed }
}

interface Pair {
  before: unknown
  after: unknown
  /** `groups[i]`: where it stands now, or stood where it is gone. */
  path: string
}

/** The condition sets before and after, each with the one that it was: undefined on a side where it is not. */
function pairsOf(before: unknown, after: unknown): Pair[] {
  const entries = (filters: unknown) =>
    (listOf(fieldsOf(filters)?.groups) ?? []).map((set, index) => ({ set, index, said: conditionsOf(set, filters) }))
  let left = entries(before)
  let right = entries(after)
  const pairs: Pair[] = []
  /** Pairs sets by a key, null for those that have none; each with the first that is left, in one pass. */
  const match = (keyOf: (entry: (typeof left)[number]) => string | null) => {
    const waiting = Map.groupBy(left, keyOf)
    const taken = new Set<(typeof left)[number]>()
    right = right.filter((now) => {
      const key = keyOf(now)
      const old = key === null ? undefined : waiting.get(key)?.shift()
      if (old === undefined) return true
      taken.add(old)
      pairs.push({ before: old.set, after: now.set, path: `groups[${now.index}]` })
      return false
    })
    left = left.filter((old) => !taken.has(old))
  }
  if (!orderMatters(before) && !orderMatters(after)) {
    match(({ set, said }) => `${canonical(percentageOf(set, false))} ${said}`)
    match(({ set }) => (fieldsOf(set)?.sort_key == null ? null : canonical(fieldsOf(set)?.sort_key)))
    match(({ said }) => said)
  }
  match(({ index }) => String(index))
  return [
    ...pairs,
    ...right.map(({ set, index }) => ({ before: undefined, after: set, path: `groups[${index}]` })),
    ...left.map(({ set, index }) => ({ before: set, after: undefined, path: `groups[${index}]` })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1))
}
