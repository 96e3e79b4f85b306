import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasLegacyMetrics, validateMetrics } from '../../../../src/features/experiments/rules/metrics.ts'
import { getReferencedNames } from '../../../../src/features/metrics/rules/metricRules.ts'

const metric = (metric_type: unknown, fields: object = {}) => ({ kind: 'ExperimentMetric', metric_type, ...fields })
const onEvent = (event: unknown) => ({ kind: 'EventsNode', event })
const mean = (source: unknown) => metric('mean', { source })

const told = (...metrics: unknown[]) => validateMetrics(metrics, 'metrics').map(({ path, message }) => [path.join('.'), message])

describe('metrics of an input', () => {
  it.each([[1], ['a'], [null], [[]], [true]])('may not have the step %j in a funnel', (step) => {
    expect(told(mean(onEvent('a')), metric('funnel', { series: [onEvent('a'), step, step] }))).toEqual([
      ['metrics.1.series.1', 'Invalid metric at index 1: each step of a funnel must be an object.'],
    ])
  })

  it('tells all of them, each at its place', () => {
    expect(validateMetrics([7, mean(onEvent('a')), metric('mean')], 'metricsSecondary')).toEqual([
      { path: ['metricsSecondary', '0'], code: 'invalid_input', message: 'Invalid metric at index 0: it must be an object.' },
      { path: ['metricsSecondary', '2'], code: 'invalid_input', message: "Invalid metric at index 2: mean metrics must have a 'source'." },
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
