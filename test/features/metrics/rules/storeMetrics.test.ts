import { describe, expect, it } from 'vitest'
import { fingerprintChanged, type MetricContext } from '../../../../src/features/metrics/rules/fingerprint.ts'
import type { GivenMetric } from '../../../../src/features/metrics/rules/metricInput.ts'
import { findMetricProblem, findWrongStep, getReferencedNames } from '../../../../src/features/metrics/rules/metricRules.ts'
import { metricUuid } from '../../../../src/features/metrics/rules/parseMetric.ts'
import { isStoredAs, statedUuid, storeMetrics } from '../../../../src/features/metrics/rules/storeMetrics.ts'

// The metrics that are stored for those of an input.

const source = (event: string) => ({ kind: 'EventsNode', event })
const stored = (uuid: string | undefined, more: object = {}) => ({
  kind: 'ExperimentMetric',
  metric_type: 'mean',
  ...(uuid === undefined ? {} : { uuid }),
  source: source('a'),
  ...more,
})
const values = (uuid: string | null): GivenMetric => ({
  path: [],
  uuid,
  values: {
    ...{ type: 'mean', name: null, goal: 'increase', conversionWindow: null, breakdownProperties: [], outliers: null, threshold: null },
    source: { subject: { kind: 'EVENT', event: 'a' }, math: { math: 'total', property: null, groupTypeIndex: null }, filters: [] },
  },
})
const raw = (given: unknown): GivenMetric => ({ path: [], raw: given })

function store(given: GivenMetric[], before: unknown[] = [], used: string[] = []) {
  let made = 0
  const usedUuids = new Set(used)
  const metrics = storeMetrics(given, before, usedUuids, () => `new${++made}`)
  return { metrics, used: [...usedUuids] }
}

describe('a metric with types', () => {
  it('gets a new uuid where it has none, or the uuid is taken', () => {
    const { metrics, used } = store([values(null), values('a'), values('a'), values('b')], [], ['b'])
    expect(metrics).toMatchObject([{ uuid: 'new1' }, { uuid: 'a' }, { uuid: 'new2' }, { uuid: 'new3' }])
    expect(used).toEqual(['b', 'new1', 'a', 'new2', 'new3'])
  })

  it('keeps what types cannot say of the stored one with its uuid', () => {
    const before = [stored('a', { note: 1 }), stored('b', { note: 2 })]
    expect(store([values('b'), values(null)], before).metrics).toEqual([before[1], stored('new1')])
  })
})

describe('a metric in the form of the REST API', () => {
  it.each<[string, unknown, unknown[], string[], unknown, string[]]>([
    ['gets a uuid', stored(undefined), [], [], stored('new1'), ['new1']],
    ['keeps its uuid', stored(' a '), [], [], stored('a'), ['a']],
    ['gets another uuid where it is taken', stored('a'), [], ['a'], stored('new1'), ['a', 'new1']],
    ['stays as it is stored', stored(' a '), [stored(' a ')], [], stored(' a '), [' a ']],
    [
      'stays as it is stored, also without a uuid',
      stored(undefined),
      [stored(undefined)],
      [],
      stored(undefined),
      [metricUuid(stored(undefined))],
    ],
    ['gets another uuid where the stored one was given before', stored('a'), [stored('a')], ['a'], stored('new1'), ['a', 'new1']],
    ['that is no object stays', 'x', ['x'], [], 'x', [metricUuid('x')]],
    ['that is no object and is not stored stays too', 'x', [], [], 'x', []],
  ])('%s', (_name, given, before, taken, expected, used) => {
    expect(store([raw(given)], before, taken)).toEqual({ metrics: [expected], used })
  })
})

it('a metric is stored where it is there as it is', () => {
  expect(isStoredAs({ a: [1] }, [{ b: 1 }, { a: [1] }])).toBe(true)
  expect(isStoredAs({ a: [2] }, [{ a: [1] }])).toBe(false)
})

it.each<[unknown, string | null]>([
  [{ uuid: ' u ' }, 'u'],
  [{ uuid: ' ' }, null],
  [{ uuid: 5 }, null],
  [{}, null],
  ['x', null],
])('%j states the uuid %j', (given, expected) => {
  expect(statedUuid(given)).toBe(expected)
})

it('only metrics that are new or changed get another fingerprint', () => {
  const context: MetricContext = { startDate: null, statsConfig: null, exposureCriteria: null, onlyCountMaturedUsers: false }
  const same = { uuid: 'a', fingerprint: 'old' }
  const changed = { uuid: 'b', fingerprint: 'old', goal: 'decrease' }
  expect(fingerprintChanged([same, changed, 'x'], [same, { uuid: 'b', fingerprint: 'old' }], context)).toEqual([
    same,
    { ...changed, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
    'x',
  ])
})

describe('the names in metrics', () => {
  it('are found at any depth, each once', () => {
    const metrics = [
      { source: source('a') },
      {
        series: [
          source('b'),
          { kind: 'ActionsNode', id: '7' },
          { kind: 'Group', nodes: [[source('a'), { kind: 'ActionsNode', id: 7 }, source('c')]] },
        ],
      },
      { numerator: { ...source('d'), nested: source('e') } },
    ]
    expect(getReferencedNames(metrics)).toEqual({ events: ['a', 'b', 'd', 'e', 'c'].sort(), actionIds: [7] })
  })

  it.each<[string, unknown]>([
    ['any event', source(null as never)],
    ['a blank event', source(' ')],
    ['an event that is no text', source(5 as never)],
    ['an action that is none', { kind: 'ActionsNode', id: 'x' }],
    ['another kind', { kind: 'Other', event: 'a', id: 5 }],
    ['a text', 'a'],
    ['null', null],
  ])('are not those of %s', (_name, node) => {
    expect(getReferencedNames([{ source: node }])).toEqual({ events: [], actionIds: [] })
  })
})

it.each<[unknown, number]>([
  [{ metric_type: 'funnel', series: [{}, {}] }, -1],
  [{ metric_type: 'funnel', series: [{}, 'x', 'y'] }, 1],
  [{ metric_type: 'funnel', series: 'x' }, -1],
  [{ metric_type: 'mean', series: ['x'] }, -1],
  ['x', -1],
])('the first wrong step of %j is %i', (metric, expected) => {
  expect(findWrongStep(metric)).toBe(expected)
})

describe('a metric is wrong', () => {
  const of = (metric_type: unknown, more: object = {}) => ({ kind: 'ExperimentMetric', metric_type, ...more })
  const retention = (more: object) => of('retention', { start_event: source('a'), completion_event: source('b'), ...more })
  const reversed = (lower: string, upper: string) => `'${lower}' must not be greater than '${upper}'`
  it.each<[string, unknown, string | null]>([
    ['not as a mean', of('mean', { source: source('a') }), null],
    ['not as a funnel', of('funnel', { series: [source('a')] }), null],
    ['not as a retention', retention({ retention_window_start: 0, retention_window_end: 0 }), null],
    ['not with bounds that are text', of('mean', { source: {}, lower_bound_percentile: '0.9', upper_bound_percentile: 0.1 }), null],
    ['as a text', 'x', 'it must be an object'],
    [
      'of the old engine',
      { kind: 'ExperimentTrendsQuery' },
      "legacy kind 'ExperimentTrendsQuery' is not supported, use 'ExperimentMetric'",
    ],
    ['of another kind', { kind: 'Other' }, "kind must be 'ExperimentMetric'"],
    ['of another type', of('median'), "metric_type must be 'mean', 'funnel', 'ratio' or 'retention'"],
    ['of a type that every object has', of('toString'), "metric_type must be 'mean', 'funnel', 'ratio' or 'retention'"],
    ['without a source', of('mean', { source: 'x' }), "mean metrics must have a 'source'"],
    [
      'without steps',
      of('funnel', { series: [] }),
      "funnel metrics must have at least one step: 'series' must be a list that is not empty",
    ],
    [
      'with steps that are no list',
      of('funnel', { series: {} }),
      "funnel metrics must have at least one step: 'series' must be a list that is not empty",
    ],
    ['without both parts', of('ratio'), "ratio metrics must have 'numerator' and 'denominator'"],
    ['without one part', of('ratio', { numerator: {} }), "ratio metrics must have 'denominator'"],
    [
      'without both events',
      of('retention', { retention_window_start: 0 }),
      "retention metrics must have 'start_event' and 'completion_event'",
    ],
    ['without a window', retention({ retention_window_start: null }), 'retention metrics must have a retention window'],
    [
      'with a reversed window',
      retention({ retention_window_start: 7, retention_window_end: 1 }),
      reversed('retention_window_start', 'retention_window_end'),
    ],
    [
      'with reversed bounds',
      of('mean', { source: {}, lower_bound_percentile: 0.9, upper_bound_percentile: 0.1 }),
      reversed('lower_bound_percentile', 'upper_bound_percentile'),
    ],
    [
      'with reversed bounds of the numerator',
      of('ratio', {
        numerator: {},
        denominator: {},
        numerator_outlier_handling: { lower_bound_percentile: 0.9, upper_bound_percentile: 0.1 },
      }),
      reversed('lower_bound_percentile', 'upper_bound_percentile'),
    ],
    [
      'with reversed bounds of the denominator',
      of('ratio', {
        numerator: {},
        denominator: {},
        denominator_outlier_handling: { lower_bound_percentile: 0.9, upper_bound_percentile: 0.1 },
      }),
      reversed('lower_bound_percentile', 'upper_bound_percentile'),
    ],
    [
      'with an action that is none',
      of('mean', { source: { kind: 'ActionsNode', id: 'x' } }),
      "an 'ActionsNode' must have the id of an action",
    ],
  ])('%s', (_name, metric, problem) => {
    expect(findMetricProblem(metric)).toBe(problem)
  })
})
