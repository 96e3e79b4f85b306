import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  metricTitle,
  type ParsedMetric,
  parseMetric,
  storeMetric,
  type TypedMetric,
} from '../../../../src/features/metrics/rules/parseMetric.ts'
import { ExactNumber, type JsonObject } from '../../../../src/platform/json.ts'

const event = (name: string | null, fields: object = {}) => ({ kind: 'EventsNode', event: name, ...fields })
const metric = (metric_type: string, fields: object) => ({ kind: 'ExperimentMetric', metric_type, uuid: 'u', name: 'N', ...fields })

function typed(parsed: ParsedMetric): TypedMetric {
  if (parsed.type === 'opaque') throw new Error(parsed.reason)
  return parsed
}

/** Writes what was read of a metric back onto it. */
function rewritten(stored: object, base: unknown = stored): JsonObject {
  const { uuid, raw: _, ...values } = typed(parseMetric(stored))
  return storeMetric(values, uuid, base)
}

const text = fc.string({ minLength: 1, maxLength: 8 }).filter((value) => value.trim() !== '')
const json = fc.jsonValue({ maxDepth: 2 })
const optional = <Value>(key: string, value: fc.Arbitrary<Value>) => fc.oneof(fc.constant({}), fc.record({ [key]: value }))
const all = (...parts: fc.Arbitrary<object>[]) => fc.tuple(...parts).map((made) => Object.assign({}, ...made) as JsonObject)
const choice = (...values: unknown[]) => fc.constantFrom(...values)

const node = all(
  fc.oneof(
    fc.record({ kind: fc.constant('EventsNode'), event: fc.oneof(text, fc.constant(null)) }),
    fc.record({ kind: fc.constant('ActionsNode'), id: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant('12')) }),
    fc.record({ kind: fc.constant('ExperimentDataWarehouseNode'), table_name: text }),
  ),
  fc.oneof(
    fc.constant({}),
    fc.record({ math: choice('total', 'dau', 'unique_session', null) }),
    fc.record({ math: choice('sum', 'avg', 'min', 'max'), math_property: text }),
    fc.record({ math: fc.constant('unique_group'), math_group_type_index: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ math: fc.constant('total'), math_property: text }),
  ),
  optional('properties', fc.oneof(fc.array(json, { maxLength: 2 }), fc.constant(null))),
  optional('custom_name', json),
)
const bounds = all(
  optional('lower_bound_percentile', choice(0, 0.1, null)),
  optional('upper_bound_percentile', choice(0.9, 1, null)),
  optional('ignore_zeros', choice(true, false, null)),
)
const units = choice('second', 'minute', 'hour', 'day', 'week', 'month')
const common = all(
  fc.record({ kind: fc.constant('ExperimentMetric'), uuid: text }),
  optional('name', fc.oneof(text, choice(null, ''))),
  optional('goal', choice('increase', 'decrease', null)),
  fc.oneof(fc.constant({}), fc.record({ conversion_window: choice(0, 7, null), conversion_window_unit: units })),
  optional(
    'breakdownFilter',
    fc.oneof(
      fc.constant(null),
      fc.record({
        breakdowns: fc.array(fc.record({ property: text, type: fc.constant('event') }), { maxLength: 3 }),
        breakdown_limit: json,
      }),
      fc.record({ breakdown: text, breakdown_type: choice('event', null) }),
    ),
  ),
  optional('fingerprint', text),
  optional('unknown', json),
)
const storedMetric = fc.oneof(
  all(common, fc.record({ metric_type: fc.constant('mean'), source: node }), bounds, optional('threshold', choice(3, 0.5, null))),
  all(
    common,
    fc.record({ metric_type: fc.constant('funnel'), series: fc.array(node, { minLength: 1, maxLength: 3 }) }),
    optional('funnel_order_type', choice('ordered', 'strict', 'unordered', null)),
  ),
  all(
    common,
    fc.record({ metric_type: fc.constant('ratio'), numerator: node, denominator: node }),
    optional('numerator_outlier_handling', fc.oneof(bounds, fc.constant(null))),
    optional('denominator_outlier_handling', bounds),
  ),
  all(
    common,
    fc.record({
      metric_type: fc.constant('retention'),
      start_event: fc.oneof(node, fc.constant({ kind: 'ExperimentExposureNode' })),
      completion_event: node,
      retention_window_start: fc.integer({ min: 0, max: 3 }),
      retention_window_end: fc.integer({ min: 3, max: 9 }),
      retention_window_unit: units,
    }),
    optional('start_handling', choice('first_seen', 'last_seen', null)),
  ),
)

const read = (name: string | null, fields: object = {}) => ({
  subject: name === null ? { kind: 'ANY_EVENT' } : { kind: 'EVENT', event: name },
  math: { math: 'total', property: null, groupTypeIndex: null },
  filters: [],
  ...fields,
})
const retention = (fields: object = {}) =>
  metric('retention', {
    start_event: event('a'),
    completion_event: event('b'),
    retention_window_start: 1,
    retention_window_end: 7,
    retention_window_unit: 'day',
    ...fields,
  })

describe('a metric is read', () => {
  const mean = (fields: object) => metric('mean', { source: event('a'), ...fields })
  const common = { name: 'N', goal: 'increase', conversionWindow: null, breakdownProperties: [] }
  const meanOf = (values: object) => ({ type: 'mean', ...common, source: read('a'), outliers: null, threshold: null, ...values })
  const retentionOf = (values: object) => ({
    ...{ type: 'retention', ...common, start: read('a'), completion: read('b'), window: { start: 1, end: 7, unit: 'day' } },
    ...{ startHandling: 'first_seen', ...values },
  })
  const noOutliers = { lowerPercentile: null, upperPercentile: null, ignoreZeros: false }

  it.each<[string, object, object]>([
    ['that says the least', mean({}), meanOf({})],
    [
      'that says all',
      mean({
        ...{ goal: 'decrease', conversion_window: 7, conversion_window_unit: 'hour', threshold: 3 },
        ...{ lower_bound_percentile: 0.1, upper_bound_percentile: 0.9, ignore_zeros: true },
        breakdownFilter: { breakdowns: [{ property: 'p', type: 'event' }, { property: 'q' }] },
      }),
      meanOf({
        ...{ goal: 'decrease', conversionWindow: { value: 7, unit: 'hour' }, threshold: 3 },
        outliers: { lowerPercentile: 0.1, upperPercentile: 0.9, ignoreZeros: true },
        breakdownProperties: ['p', 'q'],
      }),
    ],
    ['with an empty name', mean({ name: '' }), meanOf({ name: null })],
    ['with the name null', mean({ name: null }), meanOf({ name: null })],
    ['with a window of no length', mean({ conversion_window: 0, conversion_window_unit: 'year' }), meanOf({})],
    ['with a window of no unit', mean({ conversion_window: 7 }), meanOf({})],
    ['with a breakdown of the older form', mean({ breakdownFilter: { breakdown: 'p' } }), meanOf({ breakdownProperties: ['p'] })],
    ['with the breakdown null', mean({ breakdownFilter: null }), meanOf({})],
    ['with a lower bound', mean({ lower_bound_percentile: 0 }), meanOf({ outliers: { ...noOutliers, lowerPercentile: 0 } })],
    ['with an upper bound', mean({ upper_bound_percentile: 1 }), meanOf({ outliers: { ...noOutliers, upperPercentile: 1 } })],
    ['without zeros', mean({ ignore_zeros: true }), meanOf({ outliers: { ...noOutliers, ignoreZeros: true } })],
    ['with bounds that say nothing', mean({ lower_bound_percentile: null, ignore_zeros: false }), meanOf({})],
    [
      'with equal bounds',
      mean({ lower_bound_percentile: 0.5, upper_bound_percentile: 0.5 }),
      meanOf({ outliers: { ...noOutliers, lowerPercentile: 0.5, upperPercentile: 0.5 } }),
    ],
    [
      'with the threshold of a sum',
      mean({ source: event('a', { math: 'sum', math_property: 'p' }), threshold: 0 }),
      meanOf({ source: read('a', { math: { math: 'sum', property: 'p', groupTypeIndex: null } }), threshold: 0 }),
    ],
    [
      'of a funnel',
      metric('funnel', { series: [event('a'), event(null)], funnel_order_type: 'strict' }),
      { type: 'funnel', ...common, steps: [read('a'), read(null)], order: 'strict' },
    ],
    [
      'of a ratio',
      metric('ratio', { ...{ numerator: event('a'), denominator: event('b') }, denominator_outlier_handling: { ignore_zeros: true } }),
      {
        ...{ type: 'ratio', ...common, numerator: read('a'), denominator: read('b') },
        ...{ numeratorOutliers: null, denominatorOutliers: { ...noOutliers, ignoreZeros: true } },
      },
    ],
    ['of a retention', retention(), retentionOf({})],
    [
      'of a retention on the day of the exposure',
      retention({ ...{ start_event: { kind: 'ExperimentExposureNode' }, start_handling: 'last_seen' }, retention_window_start: 0 }),
      retentionOf({ start: null, startHandling: 'last_seen', window: { start: 0, end: 7, unit: 'day' } }),
    ],
    [
      'of a retention in the longest window',
      retention({ retention_window_start: 2_147_483_647, retention_window_end: 2_147_483_647, retention_window_unit: 'month' }),
      retentionOf({ window: { start: 2_147_483_647, end: 2_147_483_647, unit: 'month' } }),
    ],
  ])('%s', (_name, stored, expected) => {
    const { uuid: _, raw: __, ...values } = typed(parseMetric(stored))
    expect(values).toEqual(expected)
  })

  it('does not take a fault of its own for one of the metric', () => {
    const faults = [new Error('A fault.')]
    const stored = {
      get kind(): string {
        const fault = faults.pop()
        if (fault !== undefined) throw fault
        return 'Other'
      },
    }
    expect(() => parseMetric(stored)).toThrow('A fault.')
  })
})

describe('a metric is written', () => {
  const base = { kind: 'ExperimentMetric', metric_type: 'mean', uuid: 'u', source: event('a') }
  const onto = (stored: object, changes: object) => {
    const { uuid, raw: _, ...values } = typed(parseMetric({ ...base, ...stored }))
    return storeMetric({ ...values, ...changes } as typeof values, uuid, { ...base, ...stored })
  }
  const bounds = { lowerPercentile: 0.1, upperPercentile: null, ignoreZeros: false }

  it.each<[string, object, object, object]>([
    ['without a name', { name: 'N' }, { name: null }, {}],
    ['without a window', { conversion_window: 7, conversion_window_unit: 'day' }, { conversionWindow: null }, {}],
    ['without a threshold', { threshold: 3 }, { threshold: null }, {}],
    ['without bounds', { lower_bound_percentile: 0.1, ignore_zeros: true }, { outliers: null }, {}],
    ['with a lower bound', { upper_bound_percentile: 0.9 }, { outliers: bounds }, { lower_bound_percentile: 0.1 }],
    [
      'with an upper bound',
      { lower_bound_percentile: 0.1, ignore_zeros: true },
      { outliers: { ...bounds, lowerPercentile: null, upperPercentile: 0.9 } },
      { upper_bound_percentile: 0.9 },
    ],
    [
      'with another breakdown beside one that is known better',
      { breakdownFilter: { breakdowns: [{ property: 'p', type: 'event', histogram_bin_count: 5 }], breakdown_limit: 9 } },
      { breakdownProperties: ['q', 'p'] },
      {
        breakdownFilter: {
          breakdown_limit: 9,
          breakdowns: [
            { property: 'q', type: 'event' },
            { property: 'p', type: 'event', histogram_bin_count: 5 },
          ],
        },
      },
    ],
    ['without a breakdown', { breakdownFilter: { breakdowns: [{ property: 'p' }] } }, { breakdownProperties: [] }, {}],
    [
      'without a breakdown, with its other settings',
      { breakdownFilter: { breakdowns: [{ property: 'p' }], breakdown_limit: 9 } },
      { breakdownProperties: [] },
      { breakdownFilter: { breakdown_limit: 9 } },
    ],
  ])('%s', (_name, stored, changes, expected) => {
    expect(onto(stored, changes)).toStrictEqual({ ...base, ...expected })
  })

  it('with the bounds of one side of a ratio, and what else is stored there', () => {
    const ratio = { kind: 'ExperimentMetric', metric_type: 'ratio', uuid: 'u', numerator: event('a'), denominator: event('b') }
    const stored = { ...ratio, numerator_outlier_handling: { upper_bound_percentile: 0.9, note: 1 }, denominator_outlier_handling: {} }
    const { uuid, raw: _, ...values } = typed(parseMetric(stored))
    expect(storeMetric({ ...values, numeratorOutliers: bounds, denominatorOutliers: bounds } as typeof values, uuid, stored)).toStrictEqual(
      {
        ...ratio,
        numerator_outlier_handling: { lower_bound_percentile: 0.1, note: 1 },
        denominator_outlier_handling: { lower_bound_percentile: 0.1 },
      },
    )
    const bounded = { ...ratio, denominator_outlier_handling: { lower_bound_percentile: 0.1 } }
    expect(storeMetric({ ...values, numeratorOutliers: null, denominatorOutliers: null } as typeof values, uuid, bounded)).toStrictEqual(
      ratio,
    )
  })

  it('with a breakdown of events in place of one of people by the same property', () => {
    const stored = { ...base, breakdownFilter: { breakdowns: [{ property: 'p', type: 'person' }] } }
    const { uuid, raw: _, ...values } = typed(parseMetric(base))
    expect(storeMetric({ ...values, breakdownProperties: ['p'] }, uuid, stored)).toStrictEqual({
      ...base,
      breakdownFilter: { breakdowns: [{ property: 'p', type: 'event' }] },
    })
  })
})

describe('a metric that types can say', () => {
  it('keeps its bytes when it is written back as it was read', () => {
    fc.assert(
      fc.property(storedMetric, (stored) => {
        expect(rewritten(stored)).toEqual(stored)
      }),
    )
  })

  it('is read from what was written without it as it was read before', () => {
    fc.assert(
      fc.property(storedMetric, (stored) => {
        const { raw: _, ...before } = typed(parseMetric(stored))
        const { raw: __, ...after } = typed(parseMetric(rewritten(stored, null)))
        expect(after).toEqual(before)
      }),
    )
  })

  it('says exactly what is written onto any other metric', () => {
    fc.assert(
      fc.property(storedMetric, storedMetric, (stored, base) => {
        const { raw: _, ...said } = typed(parseMetric(stored))
        const { raw: __, ...found } = typed(parseMetric(rewritten(stored, base)))
        expect(found).toEqual(said)
      }),
    )
  })

  it('says exactly what is written onto a metric that types cannot say', () => {
    const keys = choice(
      ...['name', 'goal', 'source', 'threshold', 'series', 'numerator', 'denominator', 'start_event', 'completion_event'],
      ...['conversion_window', 'breakdownFilter', 'lower_bound_percentile', 'ignore_zeros', 'numerator_outlier_handling'],
    ) as fc.Arbitrary<string>
    fc.assert(
      fc.property(storedMetric, fc.dictionary(keys, json), (stored, wrong) => {
        const { raw: _, ...said } = typed(parseMetric(stored))
        const { raw: __, ...found } = typed(parseMetric(rewritten(stored, { ...stored, ...wrong })))
        expect(found).toEqual(said)
      }),
    )
  })

  it('keeps the keys that nobody knows when something else changes', () => {
    const stored = metric('mean', {
      source: event('buy', { custom_name: 'Purchases', math: 'sum', math_property: 'amount' }),
      fingerprint: 'f',
      unknown: { deep: [1] },
    })
    const { uuid, raw: _, ...values } = typed(parseMetric(stored))
    expect(storeMetric({ ...values, goal: 'decrease' }, uuid, stored)).toEqual({ ...stored, goal: 'decrease' })
  })

  it('keeps a name that is also its title', () => {
    const stored = { ...metric('mean', { source: event('a') }), name: 'a' }
    expect(rewritten(stored)).toEqual(stored)
  })

  it('drops what was said of the old event when the event changes', () => {
    const stored = metric('mean', { source: event('buy', { custom_name: 'Purchases' }) })
    const changed = rewritten(metric('mean', { source: event('sell') }), stored)
    expect(changed).toMatchObject({ source: { event: 'sell' } })
    expect(changed.source).not.toHaveProperty('custom_name')
  })

  it('keeps nothing of a metric of another type', () => {
    const funnel = metric('funnel', { series: [event('a')], unknown: 1 })
    expect(rewritten(metric('mean', { source: event('a') }), funnel)).not.toHaveProperty('series')
    expect(rewritten(metric('mean', { source: event('a') }), funnel)).not.toHaveProperty('unknown')
    const older = { ...metric('mean', { unknown: 1 }), kind: 'ExperimentTrendsQuery' }
    expect(rewritten(metric('mean', { source: event('a') }), older)).not.toHaveProperty('unknown')
  })

  it('does not let a threshold of another math come into force', () => {
    const stored = metric('mean', { source: event('a', { math: 'avg', math_property: 'p' }), threshold: 3 })
    expect(typed(parseMetric(stored))).toMatchObject({ threshold: null })
    const changed = rewritten(metric('mean', { source: event('a', { math: 'sum', math_property: 'p' }) }), stored)
    expect(changed).not.toHaveProperty('threshold')
  })

  it('has a title without a name, and stays without one when that is written back', () => {
    const stored = { ...metric('ratio', { numerator: event('click'), denominator: event('view') }), name: undefined }
    const read = typed(parseMetric(stored))
    expect(metricTitle(read)).toBe('click / view')
    const { uuid, raw: _, ...values } = read
    expect(storeMetric({ ...values, name: 'click / view' }, uuid, stored)).toEqual(stored)
    expect(storeMetric({ ...values, name: 'Clicks' }, uuid, stored).name).toBe('Clicks')
  })

  it('has a uuid that follows from its content when none is stored', () => {
    const stored = { kind: 'ExperimentMetric', metric_type: 'mean', source: event('a') }
    const { uuid } = typed(parseMetric(stored))
    expect(uuid).toMatch(/^[0-9a-f-]{36}$/)
    expect(typed(parseMetric({ ...stored, uuid: '' })).uuid).toBe(uuid)
    expect(typed(parseMetric({ ...stored, uuid: ' ' })).uuid).toBe(uuid)
    expect(typed(parseMetric({ ...stored, uuid: 7 })).uuid).toBe(uuid)
    expect(typed(parseMetric({ ...stored, fingerprint: 'x' })).uuid).toBe(uuid)
    expect(typed(parseMetric({ ...stored, source: event('b') })).uuid).not.toBe(uuid)
  })

  it.each([
    ['a mean of any event', metric('mean', { source: event(' ') }), 'any event'],
    ['a funnel of one step', metric('funnel', { series: [event('a')] }), 'a'],
    ['a funnel', metric('funnel', { series: [event('a'), event('b'), { kind: 'ActionsNode', id: 7 }] }), 'a to action 7'],
    ['a retention', retention(), 'a to b'],
    ['a retention from the exposure', retention({ start_event: { kind: 'ExperimentExposureNode' } }), 'exposure to b'],
  ])('names %s', (_, stored, title) => {
    expect(metricTitle({ ...typed(parseMetric(stored)), name: null })).toBe(title)
    expect(metricTitle(typed(parseMetric(stored)))).toBe('N')
  })
})

describe('a metric that types cannot say', () => {
  const mean = (fields: object) => metric('mean', { source: event('a'), ...fields })
  it.each<[string, unknown, string]>([
    ['no object', 'a text', 'It must be an object.'],
    ['null', null, 'It must be an object.'],
    ['an exact number', new ExactNumber('12345678901234567890'), 'It must be an object.'],
    ['the old engine', { kind: 'ExperimentTrendsQuery' }, 'It is a metric of the old engine: `ExperimentTrendsQuery`.'],
    ['an unknown kind', { kind: 'Other' }, 'The kind "Other" is not known.'],
    ['no kind', {}, 'The kind null is not known.'],
    ['an unknown type', metric('median', {}), 'The metric type "median" is not known.'],
    ['a type that every object has', metric('constructor', {}), 'The metric type "constructor" is not known.'],
    ['a type that is no text', metric(['mean'] as never, {}), 'The metric type ["mean"] is not known.'],
    ['no source', metric('mean', {}), '`source` must be an object that names events'],
    ['a free expression', mean({ source: event('a', { math: 'hogql', math_hogql: 'x' }) }), '`source` is counted by a free expression.'],
    ['an unknown math', mean({ source: event('a', { math: 'p90' }) }), 'In `source`, the math "p90" is not known.'],
    ['a sum of nothing', mean({ source: event('a', { math: 'sum' }) }), 'needs the text `math_property`'],
    ['groups of no type', mean({ source: event('a', { math: 'unique_group', math_group_type_index: 5 }) }), '`math_group_type_index`'],
    ['an unknown node', mean({ source: { kind: 'Other' } }), 'In `source`, the kind "Other" is not known.'],
    ['an action without a number', mean({ source: { kind: 'ActionsNode', id: 'x' } }), '`id` must be the number of an action'],
    ['an event that is no text', mean({ source: event(5 as never) }), '`event` must be a text'],
    ['filters that are no list', mean({ source: event('a', { properties: { type: 'AND' } }) }), '`properties` must be a list'],
    ['an unknown goal', mean({ goal: 'sideways' }), '`goal` must be one of increase, decrease.'],
    [
      'a window of half a day',
      mean({ conversion_window: 0.5, conversion_window_unit: 'day' }),
      '`conversion_window` must be a whole number.',
    ],
    [
      'a window of years',
      mean({ conversion_window: 1, conversion_window_unit: 'year' }),
      '`conversion_window_unit` must be one of second, minute, hour, day, week, month.',
    ],
    [
      'a window before the exposure',
      mean({ conversion_window: -1, conversion_window_unit: 'day' }),
      '`conversion_window` must be a whole number.',
    ],
    [
      'a window beyond all counting',
      mean({ conversion_window: 2_147_483_648, conversion_window_unit: 'day' }),
      '`conversion_window` must be a whole number.',
    ],
    ['a name that is no text', mean({ name: 5 }), '`name` must be a text.'],
    ['bounds beyond 1', mean({ upper_bound_percentile: 95 }), '`upper_bound_percentile` must be a number from 0 to 1.'],
    ['bounds below 0', mean({ lower_bound_percentile: -0.1 }), '`lower_bound_percentile` must be a number from 0 to 1.'],
    ['bounds that are text', mean({ lower_bound_percentile: '0.1' }), '`lower_bound_percentile` must be a number from 0 to 1.'],
    ['zeros that are ignored by text', mean({ ignore_zeros: 'yes' }), '`ignore_zeros` must be true or false.'],
    [
      'bounds of a ratio that are no object',
      metric('ratio', { numerator: event('a'), denominator: event('b'), numerator_outlier_handling: 'x' }),
      '`numerator_outlier_handling` must be an object.',
    ],
    ['reversed bounds', mean({ lower_bound_percentile: 0.9, upper_bound_percentile: 0.1 }), 'is greater than'],
    ['a threshold that is no number', mean({ threshold: '3' }), '`threshold` must be a number.'],
    ['a breakdown by cohort', mean({ breakdownFilter: { breakdowns: [{ property: 7, type: 'cohort' }] } }), '`breakdownFilter`'],
    ['a breakdown by people', mean({ breakdownFilter: { breakdown: 'p', breakdown_type: 'person' } }), '`breakdownFilter`'],
    ['a breakdown that is a text', mean({ breakdownFilter: 'x' }), '`breakdownFilter`'],
    ['a funnel without steps', metric('funnel', { series: [] }), '`series` must be a list that is not empty.'],
    ['a funnel with a step that is none', metric('funnel', { series: [event('a'), 'x'] }), '`series.1` must be an object'],
    ['a retention that starts with nothing', retention({ start_event: 'x' }), '`start_event` must be an object'],
    ...[
      { retention_window_start: 8 },
      { retention_window_start: -1 },
      { retention_window_start: 0.5 },
      { retention_window_start: '1' },
      { retention_window_end: 7.5 },
      { retention_window_end: '7' },
      { retention_window_start: null, retention_window_end: null },
    ].map((window): [string, unknown, string] => [
      `a retention with the window ${JSON.stringify(window)}`,
      retention(window),
      'The retention window must be two whole numbers, the second not below the first.',
    ]),
    [
      'a retention of years',
      retention({ retention_window_unit: 'year' }),
      '`retention_window_unit` must be one of second, minute, hour, day, week, month.',
    ],
  ])('says why: %s', (_, stored, reason) => {
    const parsed = parseMetric(stored)
    expect(parsed.type).toBe('opaque')
    if (parsed.type !== 'opaque') return
    expect(parsed.reason).toContain(reason)
    expect(parsed.raw).toBe(stored)
  })

  it.each([
    ['its name', 'A mean', 'A mean'],
    ['no name', undefined, null],
    ['a name that is no text', 7, null],
  ])('shows %s', (_, name, expected) => {
    expect(parseMetric({ kind: 'Other', name })).toMatchObject({ type: 'opaque', name: expected })
  })

  it('never throws, and hides nothing', () => {
    fc.assert(
      fc.property(json, (stored) => {
        expect(parseMetric(stored).raw).toBe(stored)
      }),
    )
  })
})
