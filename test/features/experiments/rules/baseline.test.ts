import { describe, expect, it } from 'vitest'
import {
  baselineKeyOf,
  baselinePath,
  excludedKeysOf,
  namedBaseline,
  validateBaselineKey,
  validateExcludedKeys,
  withBaseline,
} from '../../../../src/features/experiments/rules/baseline.ts'

// The variant that the others are compared to, and those that are left out.

describe('the baseline', () => {
  it.each<[unknown, string | null]>([
    [{ baseline_variant_key: 'test' }, 'test'],
    [{ baseline_variant_key: '' }, null],
    [{ baseline_variant_key: null }, null],
    [{ baseline_variant_key: 5 }, null],
    [{}, null],
    [null, null],
    ['test', null],
  ])('that %j names is %j', (settings, expected) => {
    expect(namedBaseline(settings)).toBe(expected)
    expect(baselineKeyOf(settings)).toBe(expected ?? 'control')
  })

  it.each<[unknown, string | null | undefined, object]>([
    [{ method: 'bayesian' }, 'test', { method: 'bayesian', baseline_variant_key: 'test' }],
    [{ method: 'bayesian', baseline_variant_key: 'old' }, 'test', { method: 'bayesian', baseline_variant_key: 'test' }],
    [{ method: 'bayesian', baseline_variant_key: 'old' }, null, { method: 'bayesian' }],
    [{ baseline_variant_key: 'old' }, undefined, { baseline_variant_key: 'old' }],
    [{ baseline_variant_key: null }, undefined, { baseline_variant_key: null }],
    [{}, undefined, {}],
    [null, 'test', { baseline_variant_key: 'test' }],
  ])('of %j becomes %j', (settings, key, expected) => {
    expect(withBaseline(settings, key)).toStrictEqual(expected)
  })
})

describe('an input that names the baseline', () => {
  const keys = ['control', 'test']
  it.each<[string, Parameters<typeof validateBaselineKey>[0], string | null]>([
    ['by a variant', { baselineVariantKey: 'test' }, null],
    ['by null', { baselineVariantKey: null }, null],
    ['beside other settings', { baselineVariantKey: 'test', statsConfig: { method: 'bayesian' } }, null],
    ['not at all', {}, null],
    ['in the settings alone', { statsConfig: { baseline_variant_key: 'other' } }, null],
    ['by no variant', { baselineVariantKey: 'other' }, 'Must be one of the variants: control, test.'],
    [
      'twice',
      { baselineVariantKey: 'test', statsConfig: { baseline_variant_key: 'test' } },
      '`statsConfig` has a `baseline_variant_key` too. Give only one of them.',
    ],
    [
      'twice, once by null',
      { baselineVariantKey: null, statsConfig: { baseline_variant_key: null } },
      '`statsConfig` has a `baseline_variant_key` too. Give only one of them.',
    ],
  ])('%s', (_name, input, message) => {
    expect(validateBaselineKey(input, keys)).toEqual(
      message === null ? [] : [{ path: ['baselineVariantKey'], code: 'invalid_input', message }],
    )
  })

  it('does so at a path', () => {
    expect(baselinePath({ baselineVariantKey: null, statsConfig: {} })).toEqual(['baselineVariantKey'])
    expect(baselinePath({ statsConfig: {} })).toEqual(['statsConfig', 'baseline_variant_key'])
    expect(baselinePath({ statsConfig: null })).toBeNull()
    expect(baselinePath({})).toBeNull()
  })
})

describe('the variants that are left out', () => {
  it.each<[unknown, string[]]>([
    [{ excluded_variants: ['a', 5, 'b', null] }, ['a', 'b']],
    [{ excluded_variants: 'a' }, []],
    [{}, []],
    [null, []],
  ])('by %j are %j', (parameters, expected) => {
    expect(excludedKeysOf(parameters)).toEqual(expected)
  })

  const told = (...excluded: string[]) =>
    validateExcludedKeys(['x'], excluded, ['control', 'a', 'b'], 'control').map(({ path, code, message }) => [
      path.join('.'),
      code,
      message,
    ])
  it.each<[string[], [string, string, string][]]>([
    [[], []],
    [['a'], []],
    [['a', 'b'], [['x', 'invalid_input', 'At least one test variant must remain.']]],
    [['c'], [['x.0', 'does_not_exist', 'Must be one of the variants: control, a, b.']]],
    [['a', 'control'], [['x.1', 'invalid_input', "'control' is the baseline, which cannot be excluded."]]],
    [['holdout-7'], [['x.0', 'invalid_input', 'The people of a holdout cannot be excluded.']]],
    [['a', 'b', 'c'], [['x.2', 'does_not_exist', 'Must be one of the variants: control, a, b.']]],
  ])('may be %j', (excluded, expected) => {
    expect(told(...excluded)).toEqual(expected)
  })

  it('may be none where there is only the baseline', () => {
    expect(validateExcludedKeys(['x'], [], ['control'], 'control')).toEqual([])
  })
})
