import { describe, expect, it } from 'vitest'
import { findMetricProblem, findWrongStep, getReferencedNames } from '../../../../src/features/metrics/rules/metricRules.ts'

const metric = (metric_type: unknown, fields: object = {}) => ({ kind: 'ExperimentMetric', metric_type, ...fields })
const onEvent = (event: unknown) => ({ kind: 'EventsNode', event })
const onAction = (id: unknown) => ({ kind: 'ActionsNode', id })
const mean = (source: unknown) => metric('mean', { source })
const retention = (window: object) => metric('retention', { start_event: onEvent('a'), completion_event: onEvent('b'), ...window })

describe('a metric', () => {
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
    ['a mean with one bound', { ...mean(onEvent('a')), lower_bound_percentile: 0.9, upper_bound_percentile: null }],
    ['bounds that are no numbers', { ...mean(onEvent('a')), lower_bound_percentile: 0.9, upper_bound_percentile: '0.1' }],
    ['fields that nobody knows', { ...mean(onEvent('a')), goal: 'decrease', note: { any: [1] } }],
  ])('takes %s', (_, given) => {
    expect(findMetricProblem(given)).toBeNull()
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
    [
      'reversed bounds with more digits than a number keeps',
      { ...mean(onEvent('a')), ...JSON.parse('{ "lower_bound_percentile": 0.90000000000000000001, "upper_bound_percentile": 0.1 }') },
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
    expect(findMetricProblem(given)).toBe(problem)
  })
})

describe('the first wrong step of a funnel', () => {
  const step = onEvent('a')
  it.each<[string, unknown, number]>([
    ['is the second', metric('funnel', { series: [step, 'x', null] }), 1],
    ['is none where all are objects', metric('funnel', { series: [step, {}] }), -1],
    ['is none where there are no steps', metric('funnel', { series: { 0: 'x' } }), -1],
    ['is none of another metric', metric('mean', { series: ['x'] }), -1],
    ['is none of what is no metric', null, -1],
  ])('%s', (_, given, expected) => {
    expect(findWrongStep(given)).toBe(expected)
  })
})

describe('the names in metrics', () => {
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
