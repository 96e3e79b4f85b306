import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasLegacyMetrics, validateMetrics } from '../../../../src/features/experiments/rules/metrics.ts'
import { getReferencedNames } from '../../../../src/features/metrics/rules/metricRules.ts'

const metric = (metric_type: unknown, fields: object = {}) => ({ kind: 'ExperimentMetric', metric_type, ...fields })
const onEvent = (event: unknown) => ({ kind: 'EventsNode', event })
const onAction = (id: unknown) => ({ kind: 'ActionsNode', id })
const mean = (source: unknown) => metric('mean', { source })
const retention = (window: object) => metric('retention', { start_event: onEvent('a'), completion_event: onEvent('b'), ...window })

const told = (...metrics: unknown[]) => validateMetrics(metrics, 'metrics').map(({ path, message }) => [path.join('.'), message])

describe('the steps of a funnel', () => {
  it.each([[1], ['a'], [null], [[]], [true]])('are no %j', (step) => {
    expect(told(mean(onEvent('a')), metric('funnel', { series: [onEvent('a'), step, step] }))).toEqual([
      ['metrics.1.series.1', 'Invalid metric at index 1: each step of a funnel must be an object.'],
    ])
  })
})

describe('metricFaults', () => {
  it.each([
    ['a mean of an event', mean(onEvent('a'))],
    ['a mean of any event', mean(onEvent(null))],
    ['a mean of an action', mean(onAction(7))],
    ['a mean of an action whose id is text', mean(onAction('7'))],
    ['a mean of a table', mean({ kind: 'ExperimentDataWarehouseNode', table_name: 't' })],
    ['a funnel', metric('funnel', { series: [onEvent('a'), onAction(1)] })],
    ['a ratio', metric('ratio', { numerator: onEvent('a'), denominator: onEvent('b') })],
    ['a retention with its unit', retention({ retention_window_unit: 'day' })],
    ['a mean with bounds', { ...mean(onEvent('a')), lower_bound_percentile: 0.1, upper_bound_percentile: 0.1 }],
    ['a retention that starts on the same day', retention({ retention_window_start: 0 })],
    ['a retention with all of its window', retention({ retention_window_start: 1, retention_window_end: 7, retention_window_unit: 'day' })],
    ['fields that nobody knows', { ...mean(onEvent('a')), goal: 'decrease', note: { any: [1] } }],
  ])('takes %s', (_, given) => {
    expect(told(given)).toEqual([])
  })

  const source = "mean metrics must have a 'source'"
  const series = "funnel metrics must have at least one step: 'series' must be a list that is not empty"
  const endsFirst = "'retention_window_start' must not be greater than 'retention_window_end'"
  const reversed = "'lower_bound_percentile' must not be greater than 'upper_bound_percentile'"
  const types = "metric_type must be 'mean', 'funnel', 'ratio' or 'retention'"
  const window = 'retention metrics must have a retention window'
  const noAction = "an 'ActionsNode' must have the id of an action"

  it.each<[string, unknown, string]>([
    ['null', null, 'it must be an object'],
    ['text', 'mean', 'it must be an object'],
    ['a list', [mean(onEvent('a'))], 'it must be an object'],
    ['no kind', {}, "kind must be 'ExperimentMetric'"],
    ['another kind', { kind: 'TrendsQuery' }, "kind must be 'ExperimentMetric'"],
    ['trends', { kind: 'ExperimentTrendsQuery' }, "legacy kind 'ExperimentTrendsQuery' is not supported, use 'ExperimentMetric'"],
    ['funnels', { kind: 'ExperimentFunnelsQuery' }, "legacy kind 'ExperimentFunnelsQuery' is not supported, use 'ExperimentMetric'"],
    ['no type', { kind: 'ExperimentMetric' }, types],
    ['another type', metric('median'), types],
    ['a type that every object has', metric('toString'), types],
    ['a type that is no text', metric(['mean']), types],
    ['a mean of nothing', metric('mean'), source],
    ['a mean of text', mean('a'), source],
    ['a funnel without steps', metric('funnel'), series],
    ['a funnel with no step', metric('funnel', { series: [] }), series],
    ['a funnel whose steps are no list', metric('funnel', { series: { 0: onEvent('a') } }), series],
    ['a retention whose window ends before it starts', retention({ retention_window_start: 7, retention_window_end: 1 }), endsFirst],
    ['a mean with reversed bounds', { ...mean(onEvent('a')), lower_bound_percentile: 0.9, upper_bound_percentile: 0.1 }, reversed],
    [
      'a ratio with reversed bounds of a part',
      metric('ratio', {
        numerator: onEvent('a'),
        denominator: onEvent('b'),
        denominator_outlier_handling: { lower_bound_percentile: 0.9, upper_bound_percentile: 0.1 },
      }),
      reversed,
    ],
    ['a ratio of nothing', metric('ratio'), "ratio metrics must have 'numerator' and 'denominator'"],
    ['a ratio to nothing', metric('ratio', { numerator: onEvent('a') }), "ratio metrics must have 'denominator'"],
    ['a retention of nothing', metric('retention'), "retention metrics must have 'start_event' and 'completion_event'"],
    ['a retention without a window', retention({}), window],
    ['a retention whose window is null', retention({ retention_window_unit: null, retention_window_start: null }), window],
    ...[null, undefined, 0, -1, 1.5, 1e21, 2 ** 53, true, '', 'abc', ' 7', '-7', '9007199254740993', [7], {}, { toString: 1 }].map(
      (id): [string, unknown, string] => [`an action ${JSON.stringify(id)}`, mean(onAction(id)), noAction],
    ),
    ['an action deep inside', metric('funnel', { series: [onEvent('a'), { kind: 'Group', nodes: [[onAction('x')]] }] }), noAction],
  ])('rejects %s', (_, given, problem) => {
    expect(told(given)).toEqual([['metrics.0', `Invalid metric at index 0: ${problem}.`]])
  })

  it('tells all of them, each at its place', () => {
    expect(validateMetrics([7, mean(onEvent('a')), metric('mean')], 'metricsSecondary')).toEqual([
      { path: ['metricsSecondary', '0'], code: 'invalid_input', message: 'Invalid metric at index 0: it must be an object.' },
      { path: ['metricsSecondary', '2'], code: 'invalid_input', message: `Invalid metric at index 2: ${source}.` },
    ])
  })

  it('takes 100, and no more', () => {
    const many = (length: number) => Array.from({ length }, () => mean(onEvent('a')))
    expect(told(...many(100))).toEqual([])
    expect(told(...many(101))).toEqual([['metrics', 'Ensure this field has no more than 100 elements.']])
  })

  it('takes 256 KiB of JSON in UTF-8, and no more', () => {
    const ofBytes = (bytes: number) => {
      const room = bytes - Buffer.byteLength(JSON.stringify([mean(onEvent(''))]))
      return mean(onEvent('é'.repeat(room / 2) + 'x'.repeat(room % 2)))
    }
    expect(told(ofBytes(262_144))).toEqual([])
    expect(told(ofBytes(262_145))).toEqual([['metrics', 'Must be at most 262144 bytes of JSON.']])
  })

  it.each([
    ['a NUL', mean(onEvent('a\0'))],
    ['half a character', mean(onEvent('\ud800'))],
    ['a number that is too great', mean({ ...onEvent('a'), math: Number.POSITIVE_INFINITY })],
    ['a key that would be lost', JSON.parse('{"kind": "ExperimentMetric", "metric_type": "mean", "source": {"__proto__": 1}}')],
    ['nesting without end', mean(JSON.parse(`${'{"a":'.repeat(600)}1${'}'.repeat(600)}`))],
  ])('rejects %s, which cannot be stored', (_, given) => {
    expect(told(given)).toEqual([['metrics', expect.stringMatching(/^Cannot be stored: /)]])
  })

  it('never throws, nor does looking for names in what it takes', () => {
    const node = fc.record({ kind: fc.constantFrom('EventsNode', 'ActionsNode'), id: fc.jsonValue(), event: fc.jsonValue() })
    const given = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          kind: fc.constantFrom<unknown>('ExperimentMetric', 'ExperimentTrendsQuery', { toString: 1 }),
          metric_type: fc.oneof(fc.constantFrom('mean', 'funnel', 'ratio', 'retention'), fc.jsonValue()),
          source: fc.oneof(node, fc.jsonValue()),
          series: fc.oneof(fc.array(node), fc.jsonValue()),
          numerator: node,
          denominator: node,
        },
        { requiredKeys: [] },
      ),
    )
    fc.assert(
      fc.property(fc.array(given, { maxLength: 5 }), (metrics) => {
        validateMetrics(metrics, 'metrics')
        hasLegacyMetrics({ metrics, metricsSecondary: metrics })
        expect(getReferencedNames(metrics).actionIds.every((id) => Number.isSafeInteger(id) && id > 0)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('namesInMetrics', () => {
  it('finds events and actions at any depth, each once', () => {
    const metrics = [
      mean(onEvent('paid')),
      metric('ratio', { numerator: onAction(3), denominator: onAction('3') }),
      metric('funnel', { series: [onEvent('seen'), { kind: 'Group', nodes: [[onEvent('paid'), onAction('12')]] }] }),
    ]
    expect(getReferencedNames(metrics)).toEqual({ events: ['paid', 'seen'], actionIds: [3, 12] })
  })

  it.each([null, undefined, '', '  ', 7, {}])('an event %j names none', (event) => {
    expect(getReferencedNames([mean(onEvent(event))])).toEqual({ events: [], actionIds: [] })
  })

  it('leaves a name as it is written', () => {
    expect(getReferencedNames([mean(onEvent(' paid '))]).events).toEqual([' paid '])
  })

  it('does not take an id for that of an action where the node is another', () => {
    expect(getReferencedNames([mean({ kind: 'DataWarehouseNode', id: 7, event: 'x' })])).toEqual({ events: [], actionIds: [] })
  })
})

describe('hasLegacyMetrics', () => {
  const legacy = [{ kind: 'ExperimentTrendsQuery' }]
  it.each<[string, Parameters<typeof hasLegacyMetrics>[0], boolean]>([
    ['none', { metrics: [], metricsSecondary: null }, false],
    ['new ones', { metrics: [mean(onEvent('a'))], metricsSecondary: [], secondaryMetrics: [] }, false],
    ['a primary one', { metrics: legacy, metricsSecondary: [] }, true],
    ['a secondary one', { metrics: [], metricsSecondary: [{ kind: 'ExperimentFunnelsQuery' }] }, true],
    ['one in the older column', { metrics: [], metricsSecondary: [], secondaryMetrics: legacy }, true],
    ['lists that are none', { metrics: 'x', metricsSecondary: {}, secondaryMetrics: 7 }, false],
    ['a kind that cannot be text', { metrics: [{ kind: { toString: 1 } }, null, 'x'], metricsSecondary: null }, false],
  ])('%s', (_, experiment, expected) => {
    expect(hasLegacyMetrics(experiment)).toBe(expected)
  })
})
