import { describe, expect, it } from 'vitest'
import { fingerprintMetrics, type MetricContext } from '../../../../src/features/metrics/rules/fingerprint.ts'

const metric = { uuid: 'a', kind: 'ExperimentMetric', metric_type: 'mean', source: { kind: 'EventsNode', event: 'paid' } }
const setting: MetricContext = {
  startDate: null,
  statsConfig: { method: 'bayesian', bayesian: { ci_level: 0.95 } },
  exposureCriteria: { filterTestAccounts: true, exposure_config: { event: 'seen' } },
  onlyCountMaturedUsers: false,
}
const of = (given: object, where: Partial<MetricContext> = {}) => fingerprintMetrics([given], { ...setting, ...where })[0]?.fingerprint

describe('fingerprinted', () => {
  it('adds 64 hexadecimal digits, and keeps the rest', () => {
    expect(fingerprintMetrics([{ ...metric, fingerprint: 'old' }], setting)).toEqual([
      { ...metric, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ])
  })

  it.each<[string, object, Partial<MetricContext>]>([
    ['another UUID', { ...metric, uuid: 'b' }, {}],
    ['no UUID', { ...metric, uuid: undefined }, {}],
    ['an older fingerprint', { ...metric, fingerprint: 'old' }, {}],
    ['another order of keys', Object.fromEntries(Object.entries(metric).reverse()), {}],
    ['another order of keys deep inside', { ...metric, source: { event: 'paid', kind: 'EventsNode' } }, {}],
    ['criteria in another order', metric, { exposureCriteria: { exposure_config: { event: 'seen' }, filterTestAccounts: true } }],
    ['another level of the same method', metric, { statsConfig: { method: 'bayesian', bayesian: { ci_level: 0.9 } } }],
    ['no method, which is bayesian', metric, { statsConfig: null }],
  ])('is the same with %s', (_, given, where) => {
    expect(of(given, where)).toBe(of(metric))
  })

  it.each<[string, object, Partial<MetricContext>]>([
    ['another event', { ...metric, source: { kind: 'EventsNode', event: 'seen' } }, {}],
    ['a start', metric, { startDate: new Date('2026-11-01T00:00:00Z') }],
    ['another method', metric, { statsConfig: { method: 'frequentist' } }],
    ['other criteria', metric, { exposureCriteria: { filterTestAccounts: false } }],
    ['no criteria', metric, { exposureCriteria: null }],
    ['matured users only', metric, { onlyCountMaturedUsers: true }],
  ])('is another with %s', (_, given, where) => {
    expect(of(given, where)).not.toBe(of(metric))
  })

  it('tells starts apart that differ by a millisecond', () => {
    const at = (time: string) => of(metric, { startDate: new Date(time) })
    expect(at('2026-11-01T00:00:00.001Z')).not.toBe(at('2026-11-01T00:00:00.002Z'))
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['no list', { 0: metric }],
    ['nothing but what is no metric', [null, 'x', 7, [metric]]],
  ])('of %s is none', (_, metrics) => {
    expect(fingerprintMetrics(metrics, setting)).toEqual([])
  })
})
