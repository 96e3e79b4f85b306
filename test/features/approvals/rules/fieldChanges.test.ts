import { describe, expect, it } from 'vitest'
import {
  describeDifference,
  describeFields,
  type FieldChangeValue,
  type GuardedPart,
  guardableParts,
  partsOfPolicy,
} from '../../../../src/features/approvals/rules/fieldChanges.ts'
import { firstPercentagePath } from '../../../../src/features/approvals/rules/staleness.ts'

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

describe('each value is told by its name, and guarded where a policy can guard it', () => {
  it.each<[string, object, object, string[]]>([
    ['on', { active: false }, { active: true }, ['On *']],
    ['deleted', { deleted: false }, { deleted: true }, ['Deleted *']],
    ['the share of a holdout', { exclusionPercentage: 5 }, { exclusionPercentage: 6 }, ['Exclusion percentage *']],
    ['dates', { startDate: 'a', endDate: 'a' }, { startDate: 'b', endDate: 'b' }, ['Start', 'End']],
    ['the early exit', { 'filters.early_exit': false }, { 'filters.early_exit': true }, ['Early exit *']],
    ['the enrollment', { 'filters.feature_enrollment': false }, { 'filters.feature_enrollment': true }, ['Feature enrollment *']],
    ['the bucketing', { 'filters.bucketing_identifier': 'a' }, { 'filters.bucketing_identifier': 'b' }, ['Bucketing *']],
    ['the group type', { 'filters.aggregation_group_type_index': 0 }, { 'filters.aggregation_group_type_index': 1 }, ['Group type *']],
    ['the holdout', { 'filters.holdout': { id: 1 } }, { 'filters.holdout': { id: 2 } }, ['Holdout *']],
    ['another filter', { 'filters.super_groups': 1 }, { 'filters.super_groups': 2 }, ['Super groups']],
    ['filters that are none', { filters: 'a' }, { filters: 'b' }, ['Filters *']],
    ['filters that become none', { filters: { early_exit: true } }, { filters: null }, ['Early exit *']],
    ['filters that become malformed', { filters: null }, { filters: 'b' }, ['Filters *']],
    ['nothing that becomes null', { name: null }, {}, []],
  ])('%s', (_name, before, after, expected) => {
    expect(labels(before, after)).toEqual(expected)
  })

  it.each<[GuardedPart, string[]]>([
    ['active', ['On *', 'Deleted', 'Condition 1: rollout', 'Condition 1: properties', 'Variant "a": rollout', 'Early exit']],
    ['deleted', ['On', 'Deleted *', 'Condition 1: rollout', 'Condition 1: properties', 'Variant "a": rollout', 'Early exit']],
    ['rollout_percentage', ['On', 'Deleted', 'Condition 1: rollout *', 'Condition 1: properties', 'Variant "a": rollout *', 'Early exit']],
    ['release_conditions', ['On', 'Deleted', 'Condition 1: rollout', 'Condition 1: properties *', 'Variant "a": rollout', 'Early exit *']],
  ])('by a policy of %s', (part, expected) => {
    const before = { active: false, deleted: false, filters: { ...inFilters(1, [], 1), early_exit: false } }
    const after = { active: true, deleted: true, filters: { ...inFilters(2, pro.properties, 2), early_exit: true } }
    expect(labels(before, after, [part])).toEqual(expected)
  })
})

describe('a policy of one part guards', () => {
  const set = { properties: [], rollout_percentage: 10 }
  it.each<[string, object, object, boolean, boolean]>([
    ['all of a new condition set', groups(), groups(set), true, true],
    ['all of a removed condition set', groups(set), groups(), true, true],
    ['all of malformed condition sets', groups(set), { 'filters.groups': 'x' }, true, true],
    ['all of malformed filters', { filters: 'a' }, { filters: 'b' }, true, true],
    ['the properties of a set', groups(set), groups({ ...set, properties: pro.properties }), false, true],
    ['the variant of a set', groups(set), groups({ ...set, variant: 'a' }), false, true],
    ['the variant that a set no longer forces', groups({ ...set, variant: 'a' }), groups(set), false, true],
    ['the group type of a set', groups(set), groups({ ...set, aggregation_group_type_index: 0 }), false, true],
    ['the share of a set', groups(set), groups({ ...set, rollout_percentage: 20 }), true, false],
    ['nothing of the description of a set', groups(set), groups({ ...set, description: 'x' }), false, false],
    ['a new variant', variants(), variants(['a', 100]), true, false],
    ['a holdout', {}, { 'filters.holdout': { id: 1 } }, true, false],
    ['the share of a holdout', { exclusionPercentage: 1 }, { exclusionPercentage: 2 }, true, false],
    ['the group type', {}, { 'filters.aggregation_group_type_index': 0 }, false, true],
  ])('%s', (_name, before, after, byShare, byConditions) => {
    const isGuarded = (part: GuardedPart) => describeFields(before, after, [part]).map(({ guarded }) => guarded)
    expect([isGuarded('rollout_percentage'), isGuarded('release_conditions')]).toEqual([[byShare], [byConditions]])
  })
})

it('a condition in its older form is not told beside what changed in its set', () => {
  const older = (operator: string, description: string) => groups({ properties: [{ key: 'age', value: 5, operator }], description })
  expect(labels(older('min', 'a'), older('gte', 'b'))).toEqual(['Condition 1: description'])
})

const inFilters = (share: number, properties: object[], ofVariant: number) => ({
  groups: [{ rollout_percentage: share, properties }],
  multivariate: { variants: [{ key: 'a', rollout_percentage: ofVariant }] },
})

describe('what is told as a whole, because it is malformed', () => {
  it.each<[string, string, unknown, unknown, string[]]>([
    ['payloads', 'filters.payloads', 'a', { a: 1 }, ['Payloads']],
    ['payloads that become so', 'filters.payloads', { a: 1 }, ['a'], ['Payloads']],
    ['variants', 'filters.multivariate', 'a', { variants: [] }, ['Variants *']],
    ['a list of variants', 'filters.multivariate', { variants: 'a' }, { variants: [] }, ['Variants *']],
    ['a variant', 'filters.multivariate', { variants: ['a'] }, { variants: [] }, ['Variants *']],
    ['the key of a variant', 'filters.multivariate', { variants: [] }, { variants: [{ key: 7 }] }, ['Variants *']],
    ['condition sets', 'filters.groups', [pro], 'a', ['Conditions *']],
    ['a condition set', 'filters.groups', ['a'], ['b'], ['Condition 1 *']],
    ['metrics', 'metrics', 'a', [], ['Primary metrics']],
    ['a metric', 'metrics', [], ['a'], ['Primary metrics']],
    ['the uuid of a metric', 'metrics', [], [{ uuid: 7 }], ['Primary metrics']],
    ['two metrics with one uuid', 'metricsSecondary', [], [{ uuid: 'u' }, { uuid: 'u' }], ['Secondary metrics']],
    ['statistics', 'statsConfig', 'a', {}, ['Statistics']],
  ])('%s', (_name, key, before, after, expected) => {
    expect(labels({ [key]: before }, { [key]: after })).toEqual(expected)
  })
})

describe('what is told by its parts', () => {
  it.each<[string, string, unknown, unknown, string[]]>([
    ['new payloads', 'filters.payloads', null, { true: '1', a: '2' }, ['Payload', 'Payload of "a"']],
    ['removed payloads', 'filters.payloads', { a: '2' }, null, ['Payload of "a"']],
    ['new variants', 'filters.multivariate', null, { variants: [{ key: 'a', rollout_percentage: 1 }] }, ['Variant "a" *']],
    [
      'a new name',
      'filters.multivariate',
      { variants: [{ key: 'a' }] },
      { variants: [{ key: 'a', nice_name: 'A' }] },
      ['Variant "a": nice name'],
    ],
    ['new condition sets', 'filters.groups', null, [pro], ['Condition 1 *']],
    ['removed condition sets', 'filters.groups', [pro], null, ['Condition 1 *']],
    [
      'a set that is null, and was',
      'filters.groups',
      [null, pro],
      [null, everybody],
      ['Condition 2: properties *', 'Condition 2: rollout *'],
    ],
    ['exposure', 'exposureCriteria', { filterTestAccounts: true }, { filterTestAccounts: false }, ['Exposure: filter test accounts']],
    ['parameters', 'parameters', { minimum_effect: 1, b: 1 }, { minimum_effect: 2, b: 1 }, ['Parameters: minimum effect']],
    ['a schedule', 'schedulingConfig', null, { timeseries: true }, ['Scheduling config: timeseries']],
    ['a new metric', 'metrics', null, [{ uuid: 'u', name: 'Sales' }], ['Primary metric "Sales"']],
    ['a removed metric', 'metrics', [{ uuid: 'u', name: 'Sales' }], null, ['Primary metric "Sales"']],
    ['a metric without a name', 'metricsSecondary', [{ uuid: 'u' }], [], ['Secondary metric']],
    ['a metric with an empty name', 'metricsSecondary', [{ uuid: 'u', name: '' }], [], ['Secondary metric']],
    ['metrics in another order', 'metrics', [{ uuid: 'u' }, { uuid: 'v' }], [{ uuid: 'v' }, { uuid: 'u' }], ['Primary metrics']],
    ['one of two metrics', 'metrics', [{ uuid: 'u' }, { uuid: 'v' }], [{ uuid: 'u' }, { uuid: 'v', name: 'V' }], ['Primary metric "V"']],
    ['a flag', 'featureFlag', null, { active: true }, ['Feature flag: On *']],
    ['a flag that goes', 'featureFlag', { active: true }, null, ['Feature flag: On *']],
  ])('%s', (_name, key, before, after, expected) => {
    expect(labels({ [key]: before }, { [key]: after })).toEqual(expected)
  })

  it('up to fifty of them', () => {
    const payloads = (count: number) => ({
      'filters.payloads': Object.fromEntries(Array.from({ length: count }, (_, n) => [`v${n}`, '1'])),
    })
    expect(labels({}, payloads(50))).toHaveLength(50)
    expect(labels({}, payloads(51))).toEqual(['Payloads'])
  })

  it.each<[string, object, object, FieldChangeValue[]]>([
    [
      'a payload',
      { 'filters.payloads': { a: '1' } },
      { 'filters.payloads': {} },
      [{ path: ['filters', 'payloads', 'a'], label: 'Payload of "a"', before: '1', after: null, guarded: false }],
    ],
    [
      'a metric',
      { metrics: [] },
      { metrics: [{ uuid: 'u' }] },
      [{ path: ['metrics', 'u'], label: 'Primary metric', before: null, after: { uuid: 'u' }, guarded: false }],
    ],
    [
      'the description of a variant',
      variants(['a', 50]),
      variants(['a', 50, 'A']),
      [
        {
          path: ['filters', 'multivariate', 'variants', 'a', 'name'],
          label: 'Variant "a": name',
          before: null,
          after: 'A',
          guarded: false,
        },
      ],
    ],
    [
      'a removed condition set',
      groups(pro),
      groups(),
      [{ path: ['filters', 'groups', '0'], label: 'Condition 1', before: pro, after: null, guarded: true }],
    ],
    [
      'a flag of an experiment',
      { featureFlag: { key: 'a' } },
      { featureFlag: { key: 'b' } },
      [{ path: ['featureFlag', 'key'], label: 'Feature flag: Key', before: 'a', after: 'b', guarded: false }],
    ],
    [
      'a value that is told as a whole',
      { 'filters.holdout': null },
      { 'filters.holdout': 1 },
      [{ path: ['filters', 'holdout'], label: 'Holdout', before: null, after: 1, guarded: true }],
    ],
  ])('with path and values: %s', (_name, before, after, expected) => {
    expect(describeFields(before, after, all)).toEqual(expected)
  })
})

it.each<[string, string, boolean]>([
  ['featureFlag.active', 'Feature flag: active', true],
  ['featureFlag.name', 'Feature flag: name', false],
  ['featureFlag.filters', 'Feature flag: filters', true],
  ['featureFlag.filters.multivariate', 'Feature flag: filters.multivariate', true],
  ['featureFlag.filters.payloads', 'Feature flag: filters.payloads', false],
  [`featureFlag.${firstPercentagePath}`, `Feature flag: ${firstPercentagePath}`, true],
  ['experiment.active', 'Experiment: active', false],
  ['after.name', 'Result: name', false],
  ['survey.name', 'survey: name', false],
])('a difference at %s is told as %s', (path, label, guarded) => {
  expect(describeDifference({ path, requested: 1, current: 2 }, all)).toEqual({
    path: path.split('.'),
    label,
    before: 1,
    after: 2,
    guarded,
  })
})

it('a policy of an unknown action guards percentages; one with a condition on nothing it knows guards no part', () => {
  expect(partsOfPolicy('SURVEY_LAUNCH', {})).toEqual(['rollout_percentage'])
  expect(partsOfPolicy('FEATURE_FLAG_UPDATE', null)).toEqual(['rollout_percentage', 'release_conditions'])
  expect(partsOfPolicy('FEATURE_FLAG_UPDATE', { type: 'any_change', field: null })).toEqual(['rollout_percentage', 'release_conditions'])
  expect(partsOfPolicy('FEATURE_FLAG_UPDATE', { type: 'any_change', field: 'active' })).toEqual([])
})
