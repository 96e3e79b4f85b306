import { describe, expect, it } from 'vitest'
import { flagProblems, malformedFlag } from '../../../../src/features/experiments/rules/experimentFlag.ts'
import { firstPercentage, flagHoldout } from '../../../../src/features/experiments/rules/flagForExperiment.ts'
import { validateSettings } from '../../../../src/features/experiments/rules/projectSettings.ts'
import { validateDates, validateEndNow, validateExperiment } from '../../../../src/features/experiments/rules/validateExperiment.ts'

// Which values an experiment and the settings of a project may have.

const early = new Date('2026-11-01')
const late = new Date('2026-11-02')
const endsFirst = 'End date must be after start date'

describe('the values of an experiment', () => {
  it.each<[string, Parameters<typeof validateExperiment>[0]]>([
    ['none', {}],
    ['the longest texts', { name: 'x'.repeat(400), description: 'x'.repeat(3_000), conclusionComment: 'x'.repeat(4_000) }],
    ['no texts', { description: null, conclusionComment: null }],
    ['shares', { rolloutPercentage: 0 }],
    ['criteria', { exposureCriteria: {} }],
    ['no criteria', { exposureCriteria: null }],
    ['metrics', { metrics: [], metricsSecondary: [] }],
  ])('may be %s', (_name, values) => {
    expect(validateExperiment(values)).toEqual([])
  })

  it('are told with all errors', () => {
    const errors = validateExperiment({
      ...{ name: 'x'.repeat(401), description: 'x'.repeat(3_001), conclusionComment: 'x'.repeat(4_001), rolloutPercentage: 101 },
      ...{ metrics: ['x'], metricsSecondary: ['y'], exposureCriteria: [] },
    })
    expect(errors.map(({ path }) => path.join('.'))).toEqual([
      ...['name', 'description', 'rolloutPercentage', 'metrics.0', 'metricsSecondary.0', 'exposureCriteria', 'conclusionComment'],
    ])
    expect(validateExperiment({ name: ' ' })).toMatchObject([{ path: ['name'], code: 'blank' }])
  })
})

it.each<[string, Date | null, Date | null, [string, string][]]>([
  ['no dates', null, null, []],
  ['a start', early, null, []],
  ['an end after the start', early, late, []],
  ['an end before the start', late, early, [['endDate', endsFirst]]],
  ['an end at the start', early, early, [['endDate', endsFirst]]],
  ['an end without a start', null, early, [['endDate', 'An end date needs a start date.']]],
])('%s', (_name, start, end, expected) => {
  expect(validateDates(start, end).map(({ path, message }) => [path.join('.'), message])).toEqual(expected)
})

it('an experiment may end now unless it starts later', () => {
  expect([validateEndNow(null, early), validateEndNow(early, early), validateEndNow(early, late)]).toEqual([[], [], []])
  expect(validateEndNow(late, early)).toEqual([{ path: ['id'], code: 'invalid_input', message: endsFirst }])
})

describe('the flag of an experiment', () => {
  const filters = (...keys: string[]) => ({ multivariate: { variants: keys.map((key) => ({ key })) } })
  const twoVariants = 'Feature flag must have at least 2 variants (control and at least one test variant)'
  it.each<[string, unknown, boolean, string | null, string[]]>([
    ['with control and another', filters('a', 'control'), false, 'control', []],
    ['with another baseline', filters('a', 'b'), false, 'b', []],
    ['whose baseline is checked elsewhere', filters('a', 'b'), false, null, []],
    ['without the baseline', filters('a', 'b'), false, 'control', ["Feature flag must have a variant with key 'control'"]],
    ['with one variant', filters('control'), false, 'control', [twoVariants]],
    ['without variants', {}, false, 'control', [twoVariants, "Feature flag must have a variant with key 'control'"]],
    ['that is malformed', filters('control', 'a'), true, 'control', [malformedFlag]],
  ])('%s', (_name, given, isMalformed, baseline, expected) => {
    expect(flagProblems(given, isMalformed, baseline)).toEqual(expected)
  })

  it.each<[unknown, number | null]>([
    [[{ rollout_percentage: 5 }, { rollout_percentage: 7 }], 5],
    [[{ rollout_percentage: 0 }], 0],
    [[{ rollout_percentage: null }], 100],
    [[{}], 100],
    [[{ rollout_percentage: 'x' }], null],
    [['x', { rollout_percentage: 5 }], null],
    [[null], null],
    [[], null],
    [null, null],
    ['x', null],
  ])('has in %j the first share %j', (groups, expected) => {
    expect(firstPercentage(groups)).toBe(expected)
  })

  it('has the holdout of the experiment', () => {
    expect(flagHoldout(null)).toBeNull()
    expect(flagHoldout({ id: 3, filters: [{ rollout_percentage: 5 }] })).toEqual({ id: 3, exclusion_percentage: 5 })
  })
})

describe('the settings of a project', () => {
  const filter = { key: 'email', type: 'person', operator: 'icontains', value: '@' }
  const nested = (levels: number): object => (levels === 0 ? {} : { a: nested(levels - 1) })
  it.each<[string, Parameters<typeof validateSettings>[0]]>([
    ['nothing', {}],
    ['null', { confidenceLevel: null, testAccountFilters: null, matchingVersion: null }],
    ['the least level', { confidenceLevel: 0.5 }],
    ['the greatest level', { confidenceLevel: 0.99 }],
    ['two decimals', { confidenceLevel: 0.57 }],
    ['version 1', { matchingVersion: 1 }],
    ['version 2', { matchingVersion: 2 }],
    ['filters', { testAccountFilters: [filter, { key: 'a' }, { key: 'b', type: null }] }],
    ['a hundred filters', { testAccountFilters: Array.from({ length: 100 }, () => filter) }],
    ['50 levels', { testAccountFilters: [{ key: 'a', value: nested(47) }] }],
  ])('may be %s', (_name, settings) => {
    expect(validateSettings(settings)).toEqual([])
  })

  const level = 'confidenceLevel invalid_input: Must be a number from 0.5 to 0.99 with at most two decimals.'
  it.each<[string, Parameters<typeof validateSettings>[0], string[]]>([
    ['a low level', { confidenceLevel: 0.49 }, [level]],
    ['a high level', { confidenceLevel: 1 }, [level]],
    ['three decimals', { confidenceLevel: 0.955 }, [level]],
    ['version 0', { matchingVersion: 0 }, ['matchingVersion invalid_input: Must be 1 or 2.']],
    ['version 3', { matchingVersion: 3 }, ['matchingVersion invalid_input: Must be 1 or 2.']],
    ['filters that are no list', { testAccountFilters: {} }, ['testAccountFilters invalid_input: Must be a list of property filters.']],
    [
      'too many filters',
      { testAccountFilters: Array.from({ length: 101 }, () => 'x') },
      ['testAccountFilters max_length: Ensure this field has no more than 100 elements.'],
    ],
    [
      '51 levels',
      { testAccountFilters: [{ key: 'a', value: nested(48) }] },
      ['testAccountFilters invalid_input: Must not be nested deeper than 50 levels.'],
    ],
    [
      'too many bytes',
      { testAccountFilters: [{ key: 'x'.repeat(65_536) }] },
      ['testAccountFilters max_length: Must be at most 65536 bytes of JSON.'],
    ],
    ['a filter that is none', { testAccountFilters: [filter, 'x'] }, ['testAccountFilters.1 invalid_input: Must be an object.']],
    [
      'a filter without a key',
      { testAccountFilters: [{}, { key: '' }, { key: 5 }] },
      [0, 1, 2].map((n) => `testAccountFilters.${n}.key required: This field is required.`),
    ],
    [
      'a filter with a type that is no text',
      { testAccountFilters: [{ key: 'a', type: 5 }] },
      ['testAccountFilters.0.type invalid_input: Must be text, or null.'],
    ],
  ])('may not be %s', (_name, settings, expected) => {
    expect(validateSettings(settings).map(({ path, code, message }) => `${path.join('.')} ${code}: ${message}`)).toEqual(expected)
  })
})
