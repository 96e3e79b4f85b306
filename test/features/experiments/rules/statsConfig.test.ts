import { describe, expect, it } from 'vitest'
import {
  applyExposureDefaults,
  applyStatsDefaults,
  validateJsonObject,
  validateStatsConfig,
} from '../../../../src/features/experiments/rules/statsConfig.ts'

type Project = Parameters<typeof applyStatsDefaults>[1]
/** The column is a decimal, which turns into a number like this one does. */
const project = (method: string | null, level: number | null): Project =>
  ({ defaultExperimentStatsMethod: method, defaultExperimentConfidenceLevel: level }) as unknown as Project

const level = 'Must be a number between 0 and 1.'

describe('statsConfigFaults', () => {
  const told = (config: unknown) => validateStatsConfig(config, ['control', 'test']).map(({ path, message }) => [path.join('.'), message])

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['bayesian', { method: 'bayesian', bayesian: { ci_level: 0.9 } }],
    ['frequentist', { method: 'frequentist' }],
    ['no level and the level null', { bayesian: {}, frequentist: { alpha: null } }],
    ['a level with more digits than a number keeps', JSON.parse('{ "bayesian": { "ci_level": 0.95000000000000000001 } }')],
    ['null for each', { method: null, baseline_variant_key: null }],
    ['another baseline than control', { baseline_variant_key: 'test' }],
  ])('takes %s', (_, config) => {
    expect(told(config)).toEqual([])
  })

  const baseline = 'Must be one of the variants: control, test.'
  it.each<[string, unknown, [string, unknown][]]>([
    ['a list', [], [['statsConfig', 'Must be an object.']]],
    ['text', 'bayesian', [['statsConfig', 'Must be an object.']]],
    ['another method', { method: 'Bayesian' }, [['statsConfig.method', "Must be 'bayesian' or 'frequentist'."]]],
    ['an empty method', { method: '' }, [['statsConfig.method', "Must be 'bayesian' or 'frequentist'."]]],
    ['a level of all', { bayesian: { ci_level: 1 } }, [['statsConfig.bayesian.ci_level', level]]],
    [
      'a level that is nearly all',
      JSON.parse('{ "bayesian": { "ci_level": 0.99999999999999999999 } }'),
      [['statsConfig.bayesian.ci_level', level]],
    ],
    ['a level in percent', { bayesian: { ci_level: 95 } }, [['statsConfig.bayesian.ci_level', level]]],
    ['a level of nothing', { frequentist: { alpha: 0 } }, [['statsConfig.frequentist.alpha', level]]],
    ['a level as text', { frequentist: { alpha: '0.05' } }, [['statsConfig.frequentist.alpha', level]]],
    ['settings that are a list', { bayesian: [] }, [['statsConfig.bayesian', 'Must be an object, or null.']]],
    ['another baseline', { baseline_variant_key: 'Test' }, [['statsConfig.baseline_variant_key', baseline]]],
    ['a baseline that is no text', { baseline_variant_key: ['test'] }, [['statsConfig.baseline_variant_key', baseline]]],
    [
      'both',
      { method: 1, baseline_variant_key: 1 },
      [
        ['statsConfig.method', expect.any(String)],
        ['statsConfig.baseline_variant_key', baseline],
      ],
    ],
    ['a NUL', { note: '\0' }, [['statsConfig', expect.stringMatching(/^Cannot be stored: /)]]],
  ])('rejects %s', (_, config, expected) => {
    expect(told(config)).toEqual(expected)
  })
})

describe('objectFaults', () => {
  it('takes 64 KiB of JSON, and no more', () => {
    const ofBytes = (bytes: number) => ({ a: 'x'.repeat(bytes - 8) })
    expect(validateJsonObject(['it'], ofBytes(65_536))).toEqual([])
    expect(validateJsonObject(['it'], ofBytes(65_537))).toEqual([
      { path: ['it'], code: 'max_length', message: 'Must be at most 65536 bytes of JSON.' },
    ])
  })
})

describe('withStatsDefaults', () => {
  it.each<[string, unknown, Project, object]>([
    ['bayesian where neither says anything', null, project(null, null), { method: 'bayesian' }],
    [
      "the project's method and level",
      null,
      project('frequentist', 0.9),
      { method: 'frequentist', bayesian: { ci_level: 0.9 }, frequentist: { alpha: 0.1 } },
    ],
    [
      'what is given before the defaults',
      { method: 'bayesian', bayesian: { ci_level: 0.8, more: 1 }, frequentist: { alpha: 0.2 }, baseline_variant_key: 'test' },
      project('frequentist', 0.9),
      { method: 'bayesian', bayesian: { ci_level: 0.8, more: 1 }, frequentist: { alpha: 0.2 }, baseline_variant_key: 'test' },
    ],
    [
      'the default for null',
      { method: null, bayesian: { ci_level: null, more: 1 }, frequentist: null },
      project(null, 0.95),
      { method: 'bayesian', bayesian: { ci_level: 0.95, more: 1 }, frequentist: { alpha: 0.05 } },
    ],
    [
      'what is given where the project has no level',
      { bayesian: { ci_level: 0.8 } },
      project(null, null),
      { method: 'bayesian', bayesian: { ci_level: 0.8 } },
    ],
  ])('has %s', (_, config, defaults, expected) => {
    expect(applyStatsDefaults(config, defaults)).toEqual(expected)
  })

  it('reckons alpha without the noise of binary fractions, for every level that the column holds', () => {
    for (let hundredths = 0; hundredths <= 100; hundredths++) {
      const { frequentist } = applyStatsDefaults(null, project(null, hundredths / 100))
      expect(frequentist).toEqual({ alpha: (100 - hundredths) / 100 })
    }
  })

  it('leaves what it was given as it is', () => {
    const given = { bayesian: {} }
    applyStatsDefaults(given, project(null, 0.9))
    expect(given).toEqual({ bayesian: {} })
  })
})

describe('withExposureDefaults', () => {
  it.each<[unknown, object]>([
    [undefined, { filterTestAccounts: true }],
    [null, { filterTestAccounts: true }],
    [{ filterTestAccounts: null }, { filterTestAccounts: true }],
    [{ filterTestAccounts: false }, { filterTestAccounts: false }],
    [{ exposure_config: { event: 'x' } }, { filterTestAccounts: true, exposure_config: { event: 'x' } }],
  ])('%j', (criteria, expected) => {
    expect(applyExposureDefaults(criteria)).toEqual(expected)
  })
})
