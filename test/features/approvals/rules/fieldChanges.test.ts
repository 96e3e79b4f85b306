import { describe, expect, it } from 'vitest'
import {
  describeDifference,
  describeFields,
  type GuardedPart,
  guardableParts,
  partsOfPolicy,
} from '../../../../src/features/approvals/rules/fieldChanges.ts'

const all = guardableParts.FEATURE_FLAG ?? []
/** The labels of what changed, the guarded ones with a star. */
const labels = (before: object, after: object, guards: readonly GuardedPart[] = all) =>
  describeFields(before, after, guards).map(({ label, guarded }) => (guarded ? `${label} *` : label))
const groups = (...sets: object[]) => ({ 'filters.groups': sets })
const pro = { properties: [{ key: 'plan', value: 'pro', operator: 'exact' }], rollout_percentage: 10 }
const everybody = { properties: [], rollout_percentage: 50 }
const variants = (...shares: [string, number, string?][]) => ({
  'filters.multivariate': {
    variants: shares.map(([key, rollout_percentage, name]) => ({ key, rollout_percentage, ...(name ? { name } : {}) })),
  },
})

describe('columns', () => {
  it('are named for people, and the guarded ones are marked', () => {
    expect(
      labels({ active: true, name: 'a', evaluationRuntime: 'all' }, { active: false, name: 'b', evaluationRuntime: 'server' }),
    ).toEqual(['On *', 'Name', 'Evaluation runtime'])
    expect(labels({ active: true }, { active: false }, ['rollout_percentage'])).toEqual(['On'])
    expect(labels({ deleted: false, archived: false }, { deleted: true, archived: true })).toEqual(['Deleted *', 'Archived'])
  })

  it('are told with their values, null where there was none; what is equal is not told', () => {
    expect(describeFields({ tags: ['a'], key: 'x' }, { tags: ['a'], key: 'y', name: 'New' }, [])).toEqual([
      { path: ['key'], label: 'Key', before: 'x', after: 'y', guarded: false },
      { path: ['name'], label: 'Name', before: null, after: 'New', guarded: false },
    ])
    expect(describeFields({}, {}, all)).toEqual([])
    expect(describeFields(null, [], all)).toEqual([])
  })
})

describe('condition sets', () => {
  it('are matched by content: a share that changed is told where the set is now', () => {
    expect(describeFields(groups(pro, everybody), groups(everybody, { ...pro, rollout_percentage: 20 }), all)).toEqual([
      { path: ['filters', 'groups', '1', 'rollout_percentage'], label: 'Condition 2: rollout', before: 10, after: 20, guarded: true },
    ])
  })

  it('are told as added, removed, and by each value', () => {
    expect(labels(groups(pro), groups(pro, everybody))).toEqual(['Condition 2 *'])
    expect(labels(groups(everybody, pro), groups(pro))).toEqual(['Condition 1 *'])
    expect(labels(groups(pro), groups({ ...pro, description: 'For them', variant: 'test', properties: [] }))).toEqual([
      'Condition 1: properties *',
      'Condition 1: description',
      'Condition 1: variant *',
    ])
    expect(labels(groups(pro), groups({ ...pro, aggregation_group_type_index: 1 }), ['rollout_percentage'])).toEqual([
      'Condition 1: group type',
    ])
  })

  it('do not differ by what means the same; another order alone is told once and unguarded', () => {
    expect(labels(groups({ properties: [] }), groups({ properties: [], rollout_percentage: 100, variant: '' }))).toEqual(['Conditions'])
    expect(labels(groups(pro, everybody), groups(everybody, pro))).toEqual(['Conditions'])
  })

  it('by place decide where the order matters', () => {
    const [a, b] = [{ ...pro, variant: 'a' }, everybody]
    expect(labels(groups(a, b), groups(b, a)).length).toBeGreaterThan(1)
  })

  it('that are malformed or many are told as a whole', () => {
    expect(labels({ 'filters.groups': 'x' }, groups(pro))).toEqual(['Conditions *'])
    expect(labels(groups(), { 'filters.groups': Array.from({ length: 51 }, (_, n) => ({ ...pro, description: String(n) })) })).toEqual([
      'Conditions *',
    ])
  })
})

describe('variants', () => {
  it('are matched by key', () => {
    expect(describeFields(variants(['control', 50], ['test', 50]), variants(['test', 30], ['control', 50], ['new', 20]), all)).toEqual([
      {
        ...{ path: ['filters', 'multivariate', 'variants', 'test', 'rollout_percentage'], label: 'Variant "test": rollout' },
        ...{ before: 50, after: 30, guarded: true },
      },
      {
        ...{ path: ['filters', 'multivariate', 'variants', 'new'], label: 'Variant "new"' },
        ...{ before: null, after: { key: 'new', rollout_percentage: 20 }, guarded: true },
      },
    ])
    expect(labels(variants(['a', 50, 'A']), variants(['a', 50, 'B']))).toEqual(['Variant "a": name'])
    expect(labels(variants(['a', 50], ['b', 50]), variants(['b', 50], ['a', 50]))).toEqual(['Variants'])
    expect(labels(variants(['a', 50]), { 'filters.multivariate': null })).toEqual(['Variant "a" *'])
    expect(labels(variants(['a', 50]), variants(['a', 50], ['a', 50]))).toEqual(['Variants *'])
  })
})

it('the other filters have names too', () => {
  expect(
    labels(
      { 'filters.payloads': { true: '1', a: '1' }, 'filters.early_exit': false, 'filters.unknown_thing': 1 },
      { 'filters.payloads': { true: '2', b: '1' }, 'filters.early_exit': true, 'filters.holdout': { id: 1, exclusion_percentage: 5 } },
    ),
  ).toEqual(['Payload', 'Payload of "a"', 'Payload of "b"', 'Early exit *', 'Unknown thing', 'Holdout *'])
})

it('a flag that is created, and an experiment with its flag, are told field by field', () => {
  expect(labels({}, { key: 'k', active: true, filters: { groups: [pro] } })).toEqual(['Key', 'On *', 'Condition 1 *'])
  const metric = { uuid: 'u', name: 'Sales', kind: 'ExperimentMetric' }
  expect(
    labels(
      { endDate: null, metrics: [metric], statsConfig: { method: 'bayesian' }, featureFlag: { active: true, ...groups(pro) } },
      {
        ...{ endDate: '2026-01-01', metrics: [{ ...metric, name: 'Sales a day' }], statsConfig: { method: 'frequentist', ci_level: 0.9 } },
        featureFlag: { active: false, ...groups({ ...pro, rollout_percentage: 0 }) },
      },
      guardableParts.EXPERIMENT,
    ),
  ).toEqual([
    'End',
    'Primary metric "Sales a day"',
    'Statistics: method',
    'Statistics: ci level',
    'Feature flag: On *',
    'Feature flag: Condition 1: rollout *',
  ])
  expect(labels({ metrics: [{ name: 'no id' }] }, { metrics: [] })).toEqual(['Primary metrics'])
})

it('what a policy guards follows from its action and condition', () => {
  expect(partsOfPolicy('FEATURE_FLAG_UPDATE', {})).toEqual(['rollout_percentage', 'release_conditions'])
  expect(partsOfPolicy('FEATURE_FLAG_UPDATE', { type: 'any_change', field: 'release_conditions' })).toEqual(['release_conditions'])
  expect(partsOfPolicy('EXPERIMENT_UPDATE', {})).toEqual(['rollout_percentage'])
  expect(partsOfPolicy('FEATURE_FLAG_DELETE', {})).toEqual(['deleted'])
})

it('a difference from what was requested is named by its object', () => {
  expect(describeDifference({ path: 'featureFlag.filters.groups', requested: 1, current: 2 }, all)).toEqual({
    ...{ path: ['featureFlag', 'filters', 'groups'], label: 'Feature flag: filters.groups', before: 1, after: 2, guarded: true },
  })
  expect(describeDifference({ path: 'featureFlag', requested: 'present', current: null }, all)).toMatchObject({
    ...{ path: ['featureFlag'], label: 'Feature flag', guarded: false },
  })
  expect(describeDifference({ path: 'experiment.conclusion', requested: null, current: 'won' }, all)).toMatchObject({ guarded: false })
})
