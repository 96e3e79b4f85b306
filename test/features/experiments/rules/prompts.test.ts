import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  keyCandidate,
  promptExperimentName,
  promptMetric,
  promptVariants,
  slug,
} from '../../../../src/features/experiments/rules/prompts.ts'
import { toFilterPayloads, validateVariants } from '../../../../src/features/experiments/rules/variantInputs.ts'
import { validateFlagKey } from '../../../../src/features/featureFlags/rules/validateFlag.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('promptExperimentName', () => {
  it.each([
    [[3, 1], ['cost'], 'greeter: v3, v1 (cost)'],
    [[1, 2, 10], ['eval_pass_rate', 'cost', 'latency'], 'greeter: v1, v2, v10 (eval_pass_rate, cost, latency)'],
  ])('versions %j with %j: %s', (versions, templates, expected) => {
    expect(promptExperimentName('greeter', versions, templates)).toBe(expected)
  })
})

describe('slug', () => {
  it.each([
    ['greeter: v3, v1 (cost)', 'greeter-v3-v1-cost'],
    ['greeter: v1, v2 (eval_pass_rate)', 'greeter-v1-v2-eval_pass_rate'],
    ['Crème Brûlée', 'creme-brulee'],
    ['ﬁne ½', 'fine-12'],
    ['ÅNGSTRÖM İ', 'angstrom-i'],
    ['  --_a  - -  b_-- ', 'a-b'],
    ['a\tb\nc', 'a-b-c'],
    ['snake_case stays', 'snake_case-stays'],
    ['a.b/c', 'abc'],
    ['日本語', 'experiment'],
    ['😀', 'experiment'],
    ['-_-', 'experiment'],
    ['', 'experiment'],
    ['x'.repeat(201), 'x'.repeat(200)],
    [`${'x'.repeat(199)} y`, 'x'.repeat(199)],
    [`${'x'.repeat(190)}${' _'.repeat(20)}`, 'x'.repeat(190)],
  ])('%j becomes %j', (name, expected) => {
    expect(slug(name)).toBe(expected)
  })

  it('is a flag key of at most 200 characters, whatever the name', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ maxLength: 400 })), (name) => {
        expect(validateFlagKey(['key'], slug(name))).toEqual([])
        expect(slug(name).length).toBeLessThanOrEqual(200)
        expect(slug(slug(name))).toBe(slug(name))
      }),
      { numRuns: 500 },
    )
  })
})

describe('keyCandidate', () => {
  it.each([
    ['base', 1, 'base'],
    ['base', 2, 'base-2'],
    ['base', 13, 'base-13'],
    ['k'.repeat(400), 1, 'k'.repeat(400)],
    ['k'.repeat(400), 2, `${'k'.repeat(398)}-2`],
    ['k'.repeat(400), 1000, `${'k'.repeat(395)}-1000`],
  ])('%s, attempt %i', (base, attempt, expected) => {
    expect(keyCandidate(base, attempt)).toBe(expected)
  })
})

describe('promptVariants', () => {
  it.each([
    [2, [50, 50]],
    [3, [33, 33, 34]],
    [4, [25, 25, 25, 25]],
    [5, [20, 20, 20, 20, 20]],
    [6, [16, 16, 16, 16, 16, 20]],
    [7, [14, 14, 14, 14, 14, 14, 16]],
    [8, [12, 12, 12, 12, 12, 12, 12, 16]],
    [9, [11, 11, 11, 11, 11, 11, 11, 11, 12]],
    [10, [10, 10, 10, 10, 10, 10, 10, 10, 10, 10]],
  ])('%i versions share %j', (count, expected) => {
    expect(promptVariants('greeter', upTo(count)).map(({ rolloutPercentage }) => rolloutPercentage)).toEqual(expected)
  })

  it('two are control and test, in the order of the versions', () => {
    expect(promptVariants('greeter', [3, 1])).toEqual([
      { key: 'control', name: 'v3', rolloutPercentage: 50, payload: { prompt_name: 'greeter', prompt_version: 3 } },
      { key: 'test', name: 'v1', rolloutPercentage: 50, payload: { prompt_name: 'greeter', prompt_version: 1 } },
    ])
  })

  it('more are numbered', () => {
    const variants = promptVariants('greeter', [5, 2, 9])
    expect(variants.map(({ key, name }) => [key, name])).toEqual([
      ['control', 'v5'],
      ['test-1', 'v2'],
      ['test-2', 'v9'],
    ])
    expect(toFilterPayloads(variants)).toEqual({
      control: '{"prompt_name":"greeter","prompt_version":5}',
      'test-1': '{"prompt_name":"greeter","prompt_version":2}',
      'test-2': '{"prompt_name":"greeter","prompt_version":9}',
    })
  })

  it('are variants that an experiment takes, for every number of versions and any prompt', () => {
    const versions = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { minLength: 2, maxLength: 10 })
    fc.assert(
      fc.property(fc.string({ maxLength: 255 }), versions, (prompt, given) => {
        fc.pre(!prompt.includes('\0'))
        const variants = promptVariants(prompt, given)
        expect(variants.reduce((sum, { rolloutPercentage }) => sum + rolloutPercentage, 0)).toBe(100)
        expect(validateVariants(variants)).toEqual([])
      }),
    )
  })
})

describe('promptMetric', () => {
  // Written out, so that a slip in what builds them cannot hide here too (experiments.md 4).
  const ofPrompt = { key: '$ai_prompt_name', type: 'event', operator: 'exact', value: "it's {a} prompt" }
  const applicable = { type: 'hogql', key: "JSONExtractRaw(properties, '$ai_evaluation_applicable') != 'false'" }
  const boolean = { type: 'hogql', key: "JSONExtractString(properties, '$ai_evaluation_result_type') IN ('', 'boolean')" }
  const passed = { type: 'hogql', key: "JSONExtractBool(properties, '$ai_evaluation_result')" }

  const generation = { kind: 'EventsNode', event: '$ai_generation', math: 'sum', properties: [ofPrompt] }
  const mean = { kind: 'ExperimentMetric', metric_type: 'mean', goal: 'decrease' }

  it.each([
    ['COST' as const, { ...mean, name: 'Cost', source: { ...generation, math_property: '$ai_total_cost_usd' } }],
    ['LATENCY' as const, { ...mean, name: 'Latency', source: { ...generation, math_property: '$ai_latency' } }],
    [
      'EVAL_PASS_RATE' as const,
      {
        kind: 'ExperimentMetric',
        metric_type: 'ratio',
        name: 'Eval pass rate',
        numerator: { kind: 'EventsNode', event: '$ai_evaluation', properties: [ofPrompt, passed, applicable, boolean] },
        denominator: { kind: 'EventsNode', event: '$ai_evaluation', properties: [ofPrompt, applicable, boolean] },
      },
    ],
  ])('%s', (template, expected) => {
    expect(promptMetric(template, "it's {a} prompt")).toStrictEqual(expected)
  })
})
