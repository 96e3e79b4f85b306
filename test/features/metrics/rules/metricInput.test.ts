import { describe, expect, it } from 'vitest'
import {
  type Findings,
  type MetricInput,
  type MetricSourceInput,
  readMetricInput,
  readSourceInput,
} from '../../../../src/features/metrics/rules/metricInput.ts'
import { encodeGlobalId } from '../../../../src/platform/globalId.ts'

// Metrics in an input.

const total = { math: 'total', property: null, groupTypeIndex: null }
const source = (event: string) => ({ subject: { kind: 'EVENT', event }, math: total, filters: [] })
const common = { name: null, goal: 'increase', conversionWindow: null, breakdownProperties: [] }

function readSource(input: MetricSourceInput) {
  const found: Findings = { fieldErrors: [], references: [] }
  return { values: readSourceInput(input, ['s'], found), errors: texts(found), references: found.references, found }
}
const texts = ({ fieldErrors }: Findings) => fieldErrors.map(({ path, message }) => `${path.join('.')}: ${message}`)
function read(input: MetricInput, isStored: (raw: unknown) => boolean = () => false) {
  const found: Findings = { fieldErrors: [], references: [] }
  return { given: readMetricInput(input, ['m'], found, isStored), errors: texts(found), references: found.references }
}
const errorsOf = (input: MetricInput) => read(input).errors

describe('a source', () => {
  const filter = { key: 'a', value: 1 }
  it.each<[string, MetricSourceInput, object, object[]]>([
    ['is an event', { event: 'buy' }, source('buy'), [{ path: ['s', 'event'], event: 'buy' }]],
    [
      'is an action',
      { actionId: 5 },
      { ...source(''), subject: { kind: 'ACTION', actionId: 5 } },
      [{ path: ['s', 'actionId'], actionId: 5 }],
    ],
    [
      'is an action by its global id',
      { actionId: encodeGlobalId('Action', 5) },
      { ...source(''), subject: { kind: 'ACTION', actionId: 5 } },
      [{ path: ['s', 'actionId'], actionId: 5 }],
    ],
    ['is any event', { anyEvent: true }, { ...source(''), subject: { kind: 'ANY_EVENT' } }, []],
    [
      'may say false and null of the others',
      { event: 'buy', actionId: null, anyEvent: false },
      source('buy'),
      [{ path: ['s', 'event'], event: 'buy' }],
    ],
    ['has filters', { anyEvent: true, filters: [filter] }, { subject: { kind: 'ANY_EVENT' }, math: total, filters: [filter] }, []],
    ['has a math', { anyEvent: true, math: 'dau' }, { subject: { kind: 'ANY_EVENT' }, math: { ...total, math: 'dau' }, filters: [] }, []],
    ...(['sum', 'avg', 'min', 'max'] as const).map((math): [string, MetricSourceInput, object, object[]] => [
      `has the ${math} of a property`,
      { anyEvent: true, math, mathProperty: 'price' },
      { subject: { kind: 'ANY_EVENT' }, math: { math, property: 'price', groupTypeIndex: null }, filters: [] },
      [],
    ]),
    ...[0, 4].map((mathGroupTypeIndex): [string, MetricSourceInput, object, object[]] => [
      `counts groups of type ${mathGroupTypeIndex}`,
      { anyEvent: true, math: 'unique_group', mathGroupTypeIndex },
      { subject: { kind: 'ANY_EVENT' }, math: { math: 'unique_group', property: null, groupTypeIndex: mathGroupTypeIndex }, filters: [] },
      [],
    ]),
  ])('%s', (_name, input, values, references) => {
    expect(readSource(input)).toMatchObject({ values, errors: [], references })
  })

  const one = 's: Must have exactly one of event, actionId and anyEvent: true.'
  it.each<[string, MetricSourceInput, string[]]>([
    ['of nothing', {}, [one]],
    ['of no event', { anyEvent: false }, [one]],
    ['of two', { event: 'a', actionId: 5 }, [one]],
    ['of an event and any', { event: 'a', anyEvent: true }, [one]],
    ['of a blank event', { event: ' ' }, ['s.event: This field may not be blank.']],
    ['of a long event', { event: 'x'.repeat(401) }, ['s.event: Ensure this field has no more than 400 characters.']],
    ['of an action that is none', { actionId: 'x' }, ['s.actionId: Invalid pk "x" - object does not exist.']],
    ['of a large action', { actionId: 2_147_483_648 }, ['s.actionId: Invalid pk "2147483648" - object does not exist.']],
    [
      'of an action that is a flag',
      { actionId: encodeGlobalId('FeatureFlag', 5) },
      [`s.actionId: Invalid pk "${encodeGlobalId('FeatureFlag', 5)}" - object does not exist.`],
    ],
    ['with a free expression', { anyEvent: true, math: 'hogql' }, ['s.math: A free expression can be written only by raw.']],
    ['with a sum of nothing', { anyEvent: true, math: 'sum' }, ['s.mathProperty: This field is required.']],
    [
      'with a sum of a long property',
      { anyEvent: true, math: 'sum', mathProperty: 'x'.repeat(401) },
      ['s.mathProperty: Ensure this field has no more than 400 characters.'],
    ],
    [
      'with a property of a count',
      { anyEvent: true, mathProperty: 'price' },
      ['s.mathProperty: Applies only to the math SUM, AVG, MIN and MAX.'],
    ],
    [
      'with groups of no type',
      { anyEvent: true, math: 'unique_group' },
      ['s.mathGroupTypeIndex: UNIQUE_GROUP needs the index of a group type: 0 to 4.'],
    ],
    [
      'with groups of a type too high',
      { anyEvent: true, math: 'unique_group', mathGroupTypeIndex: 5 },
      ['s.mathGroupTypeIndex: UNIQUE_GROUP needs the index of a group type: 0 to 4.'],
    ],
    [
      'with a group type of a count',
      { anyEvent: true, mathGroupTypeIndex: 0 },
      ['s.mathGroupTypeIndex: Applies only to the math UNIQUE_GROUP.'],
    ],
    [
      'with filters that are no list',
      { anyEvent: true, filters: {} },
      ['s.filters: Must be a list of objects, in the form of the REST API.'],
    ],
    [
      'with filters that are no objects',
      { anyEvent: true, filters: [{}, 'x'] },
      ['s.filters: Must be a list of objects, in the form of the REST API.'],
    ],
    [
      'with too many filters',
      { anyEvent: true, filters: Array.from({ length: 101 }, () => ({ a: '\0' })) },
      ['s.filters: Ensure this field has no more than 100 elements.'],
    ],
    [
      'with too large filters',
      { anyEvent: true, filters: [{ a: 'x'.repeat(65_536) }] },
      ['s.filters: Must be at most 65536 bytes of JSON.'],
    ],
  ])('%s is refused', (_name, input, errors) => {
    expect(readSource(input).errors).toEqual(errors)
  })

  it('may have a hundred filters and the longest names', () => {
    expect(readSource({ event: 'x'.repeat(400), filters: Array.from({ length: 100 }, () => ({})) }).errors).toEqual([])
  })

  it('names no event that is refused, and says that one is required', () => {
    expect(readSource({ event: ' ' }).references).toEqual([])
    expect(readSource({ actionId: 'x' })).toMatchObject({ references: [], found: { fieldErrors: [{ code: 'does_not_exist' }] } })
    expect(readSource({}).found.fieldErrors[0]?.code).toBe('required')
    expect(readSource({ event: 'a', anyEvent: true }).found.fieldErrors[0]?.code).toBe('invalid_input')
  })

  it('has no property or group type of another math', () => {
    expect(readSource({ anyEvent: true, mathProperty: 'price', mathGroupTypeIndex: 1 }).values.math).toEqual(total)
    expect(readSource({ anyEvent: true, filters: 'x' }).values.filters).toEqual([])
  })
})

describe('a metric', () => {
  it.each<[string, MetricInput, string, object, string[]]>([
    [
      'is a mean',
      { mean: { source: { event: 'a' } } },
      'mean',
      { ...common, type: 'mean', source: source('a'), outliers: null, threshold: null },
      ['m.mean.source.event'],
    ],
    [
      'is a mean with everything',
      {
        mean: {
          ...{ name: 'Sales', goal: 'decrease', conversionWindow: { value: 7, unit: 'day' }, breakdownProperties: ['a', 'b'] },
          ...{ source: { event: 'a' }, outliers: { lowerPercentile: 0.1, upperPercentile: 0.9, ignoreZeros: true }, threshold: 5 },
        },
      },
      'mean',
      {
        ...{ type: 'mean', name: 'Sales', goal: 'decrease', conversionWindow: { value: 7, unit: 'day' }, breakdownProperties: ['a', 'b'] },
        ...{ source: source('a'), outliers: { lowerPercentile: 0.1, upperPercentile: 0.9, ignoreZeros: true }, threshold: 5 },
      },
      ['m.mean.source.event'],
    ],
    [
      'is a funnel',
      { funnel: { steps: [{ event: 'a' }, { event: 'b' }], order: 'strict' } },
      'funnel',
      { ...common, type: 'funnel', steps: [source('a'), source('b')], order: 'strict' },
      ['m.funnel.steps.0.event', 'm.funnel.steps.1.event'],
    ],
    [
      'is a funnel in order',
      { funnel: { steps: [{ event: 'a' }] } },
      'funnel',
      { ...common, type: 'funnel', steps: [source('a')], order: 'ordered' },
      ['m.funnel.steps.0.event'],
    ],
    [
      'is a ratio',
      { ratio: { numerator: { event: 'a' }, denominator: { event: 'b' }, denominatorOutliers: { ignoreZeros: true } } },
      'ratio',
      {
        ...{ ...common, type: 'ratio', numerator: source('a'), denominator: source('b'), numeratorOutliers: null },
        denominatorOutliers: { lowerPercentile: null, upperPercentile: null, ignoreZeros: true },
      },
      ['m.ratio.numerator.event', 'm.ratio.denominator.event'],
    ],
    [
      'is a retention',
      {
        retention: {
          start: { event: 'a' },
          completion: { event: 'b' },
          windowStart: 1,
          windowEnd: 7,
          unit: 'day',
          startHandling: 'last_seen',
        },
      },
      'retention',
      {
        ...common,
        type: 'retention',
        start: source('a'),
        completion: source('b'),
        window: { start: 1, end: 7, unit: 'day' },
        startHandling: 'last_seen',
      },
      ['m.retention.start.event', 'm.retention.completion.event'],
    ],
    [
      'is a retention from the exposure',
      { retention: { start: null, completion: { event: 'b' }, windowStart: 0, windowEnd: 0, unit: 'week' } },
      'retention',
      {
        ...common,
        type: 'retention',
        start: null,
        completion: source('b'),
        window: { start: 0, end: 0, unit: 'week' },
        startHandling: 'first_seen',
      },
      ['m.retention.completion.event'],
    ],
    [
      'has no blank name',
      { mean: { name: ' ', source: { event: 'a' } } },
      'mean',
      { ...common, type: 'mean', source: source('a'), outliers: null, threshold: null },
      ['m.mean.source.event'],
    ],
  ])('%s', (_name, input, at, values, references) => {
    const { given, errors, references: found } = read(input)
    expect(given).toEqual({ path: ['m', at], uuid: null, values })
    expect(errors).toEqual([])
    expect(found.map(({ path }) => path.join('.'))).toEqual(references)
  })

  it.each<[string | null | undefined, string | null]>([
    [' u ', 'u'],
    ['', null],
    [' ', null],
    [null, null],
    [undefined, null],
  ])('with the uuid %j has %j', (uuid, expected) => {
    expect(read({ mean: { uuid, source: { event: 'a' } } }).given).toMatchObject({ uuid: expected })
  })

  const mean = (more: object): MetricInput => ({ mean: { source: { event: 'a' }, ...more } })
  const retention = (windowStart: number, windowEnd: number): MetricInput => ({
    retention: { completion: { event: 'a' }, windowStart, windowEnd, unit: 'day' },
  })
  const whole = (min: number) => `Must be a whole number from ${min} to 10000.`
  it.each<[string, MetricInput, string[]]>([
    ['a long uuid', mean({ uuid: 'x'.repeat(101) }), ['m.mean.uuid: Ensure this field has no more than 100 characters.']],
    ['a long name', mean({ name: 'x'.repeat(401) }), ['m.mean.name: Ensure this field has no more than 400 characters.']],
    ['a window of nothing', mean({ conversionWindow: { value: 0, unit: 'day' } }), [`m.mean.conversionWindow.value: ${whole(1)}`]],
    ['a long window', mean({ conversionWindow: { value: 10_001, unit: 'day' } }), [`m.mean.conversionWindow.value: ${whole(1)}`]],
    ['half a window', mean({ conversionWindow: { value: 1.5, unit: 'day' } }), [`m.mean.conversionWindow.value: ${whole(1)}`]],
    [
      'too many breakdowns',
      mean({ breakdownProperties: ['a', 'b', 'c', ''] }),
      ['m.mean.breakdownProperties: Ensure this field has no more than 3 elements.'],
    ],
    [
      'a breakdown twice',
      mean({ breakdownProperties: ['a', 'a'] }),
      ['m.mean.breakdownProperties: breakdownProperties must not contain duplicates.'],
    ],
    ['a breakdown by nothing', mean({ breakdownProperties: ['a', ''] }), ['m.mean.breakdownProperties.1: This field may not be blank.']],
    [
      'a threshold of a mean',
      mean({ source: { event: 'a', math: 'avg', mathProperty: 'p' }, threshold: 5 }),
      ['m.mean.threshold: A threshold applies only to the math TOTAL and SUM.'],
    ],
    ['a threshold without end', mean({ threshold: Number.POSITIVE_INFINITY }), ['m.mean.threshold: Must be a number.']],
    ['bounds below 0', mean({ outliers: { lowerPercentile: -0.1 } }), ['m.mean.outliers.lowerPercentile: Must be a number from 0 to 1.']],
    ['bounds over 1', mean({ outliers: { upperPercentile: 1.1 } }), ['m.mean.outliers.upperPercentile: Must be a number from 0 to 1.']],
    [
      'reversed bounds',
      mean({ outliers: { lowerPercentile: 0.9, upperPercentile: 0.1 } }),
      ['m.mean.outliers.lowerPercentile: Must not be greater than upperPercentile.'],
    ],
    [
      'reversed bounds of a part',
      { ratio: { numerator: { event: 'a' }, denominator: { event: 'b' }, numeratorOutliers: { lowerPercentile: 1, upperPercentile: 0 } } },
      ['m.ratio.numeratorOutliers.lowerPercentile: Must not be greater than upperPercentile.'],
    ],
    [
      'bounds of the other part',
      { ratio: { numerator: { event: 'a' }, denominator: { event: 'b' }, denominatorOutliers: { lowerPercentile: 2 } } },
      ['m.ratio.denominatorOutliers.lowerPercentile: Must be a number from 0 to 1.'],
    ],
    ['a funnel without steps', { funnel: { steps: [] } }, ['m.funnel.steps: Ensure this field has at least 1 elements.']],
    [
      'a funnel with too many steps',
      { funnel: { steps: Array.from({ length: 21 }, () => ({ event: 'a' })) } },
      ['m.funnel.steps: Ensure this field has no more than 20 elements.'],
    ],
    [
      'a funnel with a step of nothing',
      { funnel: { steps: [{ event: 'a' }, {}] } },
      ['m.funnel.steps.1: Must have exactly one of event, actionId and anyEvent: true.'],
    ],
    ['a window that starts before 0', retention(-1, 7), [`m.retention.windowStart: ${whole(0)}`]],
    ['a window that ends too late', retention(0, 10_001), [`m.retention.windowEnd: ${whole(0)}`]],
    ['a window that ends first', retention(7, 1), ['m.retention.windowEnd: Must not be less than windowStart.']],
    ['a window that starts nowhere', retention(1.5, 1), [`m.retention.windowStart: ${whole(0)}`]],
  ])('is refused for %s', (_name, input, errors) => {
    expect(errorsOf(input)).toEqual(errors)
  })

  it('may be at every limit', () => {
    expect(
      errorsOf(
        mean({
          uuid: 'x'.repeat(100),
          name: 'x'.repeat(400),
          conversionWindow: { value: 10_000, unit: 'day' },
          breakdownProperties: ['a', 'b', 'c'],
        }),
      ),
    ).toEqual([])
    expect(
      errorsOf(
        mean({
          source: { event: 'a', math: 'sum', mathProperty: 'p' },
          threshold: 0.5,
          outliers: { lowerPercentile: 0, upperPercentile: 1 },
        }),
      ),
    ).toEqual([])
    expect(
      errorsOf(mean({ outliers: { lowerPercentile: 0.5, upperPercentile: 0.5 }, conversionWindow: { value: 1, unit: 'day' } })),
    ).toEqual([])
    expect(errorsOf({ funnel: { steps: Array.from({ length: 20 }, () => ({ event: 'a' })) } })).toEqual([])
    expect(errorsOf(retention(10_000, 10_000))).toEqual([])
  })

  it('is told only the first of too many steps, and no threshold where there is none', () => {
    const steps = [...Array.from({ length: 20 }, () => ({ event: 'a' })), {}]
    expect(errorsOf({ funnel: { steps } })).toEqual(['m.funnel.steps: Ensure this field has no more than 20 elements.'])
    expect(errorsOf(mean({ source: { event: 'a', math: 'avg', mathProperty: 'p' } }))).toEqual([])
    expect(read(mean({ outliers: { lowerPercentile: 0.5 } })).given).toMatchObject({ values: { outliers: { lowerPercentile: 0.5 } } })
  })

  it('has no bounds that say nothing', () => {
    const { given } = read(mean({ outliers: { lowerPercentile: null, ignoreZeros: false } }))
    expect(given).toMatchObject({ values: { outliers: null } })
    const bounded = read(mean({ outliers: { upperPercentile: 0.5 } })).given
    expect(bounded).toMatchObject({ values: { outliers: { lowerPercentile: null, upperPercentile: 0.5, ignoreZeros: false } } })
  })
})

describe('a metric in the form of the REST API', () => {
  const raw = {
    kind: 'ExperimentMetric',
    metric_type: 'ratio',
    numerator: { kind: 'EventsNode', event: 'a' },
    denominator: { kind: 'ActionsNode', id: 5 },
  }
  it('is taken as it is, with what it names', () => {
    expect(read({ raw })).toEqual({
      ...{ given: { path: ['m', 'raw'], raw }, errors: [] },
      references: [
        { path: ['m', 'raw'], event: 'a' },
        { path: ['m', 'raw'], actionId: 5 },
      ],
    })
  })

  it.each<[string, unknown, string]>([
    ['is no object', 'x', 'm.raw: Invalid metric: it must be an object.'],
    ['is missing', undefined, 'm.raw: Invalid metric: it must be an object.'],
    [
      'has a step that is none',
      { kind: 'ExperimentMetric', metric_type: 'funnel', series: [{ kind: 'EventsNode', event: 'a' }, 'x'] },
      'm.raw.series.1: Invalid metric: each step of a funnel must be an object.',
    ],
  ])('is refused when it %s', (_name, given, error) => {
    expect(read({ raw: given }).errors).toEqual([error])
  })

  it('may be what no rule allows when it is stored so', () => {
    expect(read({ raw: 'legacy' }, (given) => given === 'legacy')).toEqual({
      given: { path: ['m', 'raw'], raw: 'legacy' },
      errors: [],
      references: [],
    })
  })
})
