import { describe, expect, it } from 'vitest'
import { isLookback, readStatistics, type StatisticsValues, writeStatistics } from '../../../../src/features/metrics/rules/statistics.ts'
import { ExactNumber } from '../../../../src/platform/json.ts'

// How results are computed.

const noProject = { defaultExperimentStatsMethod: null, defaultExperimentConfidenceLevel: null }
const byDefault = { method: 'bayesian', confidenceLevel: 0.95, cupedLookbackDays: null, sequential: false, ofProject: true }

describe('the settings in force', () => {
  it.each<[string, unknown, object, typeof noProject | object]>([
    ['are the defaults', null, byDefault, noProject],
    ['are the defaults where they are malformed', 'x', byDefault, noProject],
    [
      "are the project's",
      {},
      { ...byDefault, method: 'frequentist', confidenceLevel: 0.9 },
      { defaultExperimentStatsMethod: 'frequentist', defaultExperimentConfidenceLevel: '0.90' },
    ],
    [
      "are not the project's where they are unknown",
      {},
      byDefault,
      { defaultExperimentStatsMethod: 'other', defaultExperimentConfidenceLevel: '5' },
    ],
    [
      "are the experiment's",
      { method: 'bayesian', bayesian: { ci_level: 0.8 } },
      { ...byDefault, confidenceLevel: 0.8, ofProject: false },
      { defaultExperimentStatsMethod: 'frequentist', defaultExperimentConfidenceLevel: 0.9 },
    ],
    [
      'are those of its method',
      { method: 'frequentist', bayesian: { ci_level: 0.8 }, frequentist: { alpha: 0.1 } },
      { ...byDefault, method: 'frequentist', confidenceLevel: 0.9, ofProject: false },
      noProject,
    ],
    [
      'have no noise of binary fractions',
      { method: 'frequentist', frequentist: { alpha: 0.07 } },
      { ...byDefault, method: 'frequentist', confidenceLevel: 0.93, ofProject: false },
      noProject,
    ],
    [
      "are the project's method with the experiment's level",
      { frequentist: { alpha: 0.2 } },
      { ...byDefault, method: 'frequentist', confidenceLevel: 0.8 },
      { ...noProject, defaultExperimentStatsMethod: 'frequentist' },
    ],
    [
      "are the experiment's method with the project's level",
      { method: 'bayesian' },
      { ...byDefault, confidenceLevel: 0.9 },
      { ...noProject, defaultExperimentConfidenceLevel: 0.9 },
    ],
    ['leave out a level of 1', { method: 'bayesian', bayesian: { ci_level: 1 } }, byDefault, noProject],
    ['leave out a level of 0', { method: 'bayesian', bayesian: { ci_level: 0 } }, byDefault, noProject],
    ['leave out a level that is text', { method: 'bayesian', bayesian: { ci_level: '0.8' } }, byDefault, noProject],
    [
      'take a level of many digits',
      { method: 'bayesian', bayesian: { ci_level: new ExactNumber('0.80') } },
      { ...byDefault, confidenceLevel: 0.8, ofProject: false },
      noProject,
    ],
    ['leave out an alpha of 1', { method: 'frequentist', frequentist: { alpha: 1 } }, { ...byDefault, method: 'frequentist' }, noProject],
    ['leave out an unknown method', { method: 'other', bayesian: { ci_level: 0.8 } }, { ...byDefault, confidenceLevel: 0.8 }, noProject],
    ['may look back', { cuped: { enabled: true, lookback_days: 7 } }, { ...byDefault, cupedLookbackDays: 7 }, noProject],
    ['look back 14 days where none are said', { cuped: { enabled: true } }, { ...byDefault, cupedLookbackDays: 14 }, noProject],
    [
      'look back 14 days where the days are out of bounds',
      { cuped: { enabled: true, lookback_days: 31 } },
      { ...byDefault, cupedLookbackDays: 14 },
      noProject,
    ],
    ['do not look back', { cuped: { enabled: false, lookback_days: 7 } }, byDefault, noProject],
    ['do not look back by text', { cuped: { enabled: 'true' } }, byDefault, noProject],
    ['may be sequential', { frequentist: { sequential_testing_enabled: true } }, { ...byDefault, sequential: true }, noProject],
    ['may be sequential in the older form', { sequential_testing_enabled: true }, { ...byDefault, sequential: true }, noProject],
    [
      'are sequential by the newer form first',
      { sequential_testing_enabled: true, frequentist: { sequential_testing_enabled: false } },
      byDefault,
      noProject,
    ],
    ['are not sequential by text', { sequential_testing_enabled: 'true' }, byDefault, noProject],
  ])('%s', (_name, stored, expected, project) => {
    expect(readStatistics(stored, project as typeof noProject)).toEqual(expected)
  })
})

describe('the settings to store', () => {
  const nothing: StatisticsValues = { method: null, confidenceLevel: null, cupedLookbackDays: null, sequential: false }
  it.each<[string, StatisticsValues, unknown, object]>([
    ['are none for nothing', nothing, null, {}],
    ['are a method', { ...nothing, method: 'frequentist' }, null, { method: 'frequentist' }],
    [
      'have the level of both methods',
      { ...nothing, confidenceLevel: 0.93 },
      null,
      { bayesian: { ci_level: 0.93 }, frequentist: { alpha: 0.07 } },
    ],
    ['have days to look back', { ...nothing, cupedLookbackDays: 7 }, null, { cuped: { enabled: true, lookback_days: 7 } }],
    ['are sequential', { ...nothing, sequential: true }, null, { frequentist: { sequential_testing_enabled: true } }],
    [
      'keep what types cannot say, and the baseline',
      nothing,
      { baseline_variant_key: 'test', other: 1, bayesian: { prior: 1 }, frequentist: { tail: 2 }, cuped: { covariate: 3 } },
      { baseline_variant_key: 'test', other: 1, bayesian: { prior: 1 }, frequentist: { tail: 2 }, cuped: { covariate: 3 } },
    ],
    [
      'replace what types can say',
      nothing,
      {
        ...{ method: 'bayesian', bayesian: { ci_level: 0.8 }, frequentist: { alpha: 0.2, sequential_testing_enabled: true } },
        ...{ cuped: { enabled: true, lookback_days: 7 }, sequential_testing_enabled: true },
      },
      {},
    ],
    [
      'replace and keep at once',
      { method: 'bayesian', confidenceLevel: 0.9, cupedLookbackDays: 1, sequential: true },
      {
        method: 'frequentist',
        bayesian: { ci_level: 0.8, prior: 1 },
        frequentist: { alpha: 0.2, tail: 2 },
        cuped: { enabled: false, covariate: 3 },
      },
      {
        ...{
          method: 'bayesian',
          bayesian: { ci_level: 0.9, prior: 1 },
          frequentist: { alpha: 0.1, tail: 2, sequential_testing_enabled: true },
        },
        cuped: { enabled: true, lookback_days: 1, covariate: 3 },
      },
    ],
    ['replace malformed ones', { ...nothing, method: 'bayesian' }, { bayesian: 'x', frequentist: 5, cuped: [] }, { method: 'bayesian' }],
  ])('%s', (_name, values, stored, expected) => {
    expect(writeStatistics(values, stored)).toStrictEqual(expected)
  })
})

it.each<[unknown, boolean]>([
  [1, true],
  [30, true],
  [0, false],
  [31, false],
  [1.5, false],
  ['7', false],
  [null, false],
])('%j days to look back: %s', (days, expected) => {
  expect(isLookback(days)).toBe(expected)
})
