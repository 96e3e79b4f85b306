import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  normalizeVariants,
  toFilterPayloads,
  toFilterVariants,
  toWebVariants,
  validateVariants,
} from '../../../../src/features/experiments/rules/variantInputs.ts'
import type { VariantInput } from '../../../../src/features/featureFlags/rules/typedFilters.ts'

const twoVariants = 'Feature flag must have at least 2 variants (control and at least one test variant)'
const noControl = "Feature flag must have a variant with key 'control'"
const badKey = 'Only letters, numbers, hyphens (-), underscores (_), dots (.) and slashes (/) are allowed.'
const badShare = 'Must be a number from 0 to 100.'

const variant = (key: string, rolloutPercentage = 50, more: Partial<VariantInput> = {}): VariantInput => ({
  key,
  rolloutPercentage,
  ...more,
})
const control = variant('control')

const told = (variants: VariantInput[]) => validateVariants(variants).map(({ path, message }) => [path.join('.'), message])

describe('variantFaults', () => {
  it.each<[string, VariantInput[]]>([
    ['control and test', [control, variant('test')]],
    ['control last', [variant('test'), control]],
    ['every character that a key may have', [control, variant('a-Z_0./9')]],
    ['a key of 400 characters', [control, variant('k'.repeat(400))]],
    ['a name of 400 characters beyond the basic plane', [control, variant('test', 50, { name: '😀'.repeat(400) })]],
    ['no name and no payload', [control, variant('test', 50, { name: null, payload: null })]],
    ['all for one', [variant('control', 0), variant('test', 100)]],
    ['thirds, which binary fractions cannot sum exactly', [variant('control', 33.3), variant('a', 33.3), variant('b', 33.4)]],
    ['tenths', [variant('control', 0.1), variant('a', 0.2), variant('b', 99.7)]],
    ['twenty', [control, ...Array.from({ length: 19 }, (_, i) => variant(`t${i}`, i === 0 ? 50 : 0))]],
    ['one control in other capitals', [variant('CONTROL'), variant('test')]],
    ['the largest payload', [control, variant('test', 50, { payload: 'x'.repeat(65_534) })]],
  ])('takes %s', (_, variants) => {
    expect(told(variants)).toEqual([])
  })

  it.each<[string, VariantInput[], [string, unknown][]]>([
    [
      'none',
      [],
      [
        ['variants', twoVariants],
        ['variants', noControl],
      ],
    ],
    ['only control', [variant('control', 100)], [['variants', twoVariants]]],
    ['no control', [variant('a'), variant('b')], [['variants', noControl]]],
    ['controls that could both be meant', [variant('Control'), variant('CONTROL')], [['variants', noControl]]],
    ['21', Array.from({ length: 21 }, (_, i) => variant(`t${i}`)), [['variants', 'Feature flag variants must be less than 21']]],
    ['an empty key', [control, variant('')], [['variants.1.key', 'This field is required.']]],
    ['a space in a key', [control, variant('a b')], [['variants.1.key', badKey]]],
    ['a line break after a key', [control, variant('test\n')], [['variants.1.key', badKey]]],
    ['a long key', [control, variant('k'.repeat(401))], [['variants.1.key', 'Ensure this field has no more than 400 characters.']]],
    [
      'a long name',
      [variant('control', 50, { name: 'x'.repeat(401) }), variant('test')],
      [['variants.0.name', 'Ensure this field has no more than 400 characters.']],
    ],
    [
      'a NUL in a name',
      [control, variant('test', 50, { name: '\0' })],
      [['variants.1.name', 'Must be valid Unicode without NUL characters.']],
    ],
    [
      'less than none',
      [variant('control', -1), variant('test', 101)],
      [
        ['variants.0.rolloutPercentage', badShare],
        ['variants.1.rolloutPercentage', badShare],
      ],
    ],
    [
      'no number',
      [variant('control', Number.NaN), variant('test', Number.POSITIVE_INFINITY)],
      [
        ['variants.0.rolloutPercentage', badShare],
        ['variants.1.rolloutPercentage', badShare],
      ],
    ],
    ['a sum below', [control, variant('test', 49.5)], [['variants', 'Variant rollout percentages must sum to 100, got 99.5.']]],
    ['a sum above', [control, variant('a'), variant('b', 1)], [['variants', 'Variant rollout percentages must sum to 100, got 101.']]],
    ['a key twice', [control, variant('a', 25), variant('a', 25)], [['variants', 'Variant keys must be unique, duplicated: a.']]],
    [
      'a large payload',
      [control, variant('test', 50, { payload: 'x'.repeat(65_535) })],
      [['variants.1.payload', 'Must be at most 65536 bytes of JSON.']],
    ],
    [
      'a payload with a NUL',
      [control, variant('test', 50, { payload: { a: '\0' } })],
      [['variants.1.payload', expect.stringMatching(/^Cannot be stored: a must not/)]],
    ],
  ])('rejects %s', (_, variants, expected) => {
    expect(told(variants)).toEqual(expected)
  })

  it('tells the faults of every variant at once', () => {
    expect(told([variant('a b', -1), variant('', 50, { name: 'x'.repeat(401) })])).toEqual([
      ['variants', noControl],
      ['variants.0.key', badKey],
      ['variants.0.rolloutPercentage', badShare],
      ['variants.1.key', 'This field is required.'],
      ['variants.1.name', 'Ensure this field has no more than 400 characters.'],
    ])
  })

  it('never throws', () => {
    const given = fc.record({ key: fc.string(), name: fc.option(fc.string()), rolloutPercentage: fc.double(), payload: fc.jsonValue() })
    fc.assert(
      fc.property(fc.array(given, { maxLength: 25 }), (variants) => {
        expect(validateVariants(variants)).toBeInstanceOf(Array)
      }),
    )
  })
})

describe('normalisedVariants', () => {
  it.each([
    [
      ['Control', 'test'],
      ['control', 'test'],
    ],
    [
      ['test', 'CONTROL'],
      ['test', 'control'],
    ],
    [
      ['control', 'Control'],
      ['control', 'Control'],
    ],
    [
      ['Control', 'CONTROL'],
      ['Control', 'CONTROL'],
    ],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [[], []],
  ])('%j becomes %j', (keys, expected) => {
    expect(normalizeVariants(keys.map((key) => variant(key))).map(({ key }) => key)).toEqual(expected)
  })

  it.each([
    ['Control', ['Control', 'test']],
    ['test', ['control', 'test']],
  ])('the baseline %s keeps its key', (baselineKey, expected) => {
    expect(normalizeVariants([variant('Control'), variant('test')], baselineKey).map(({ key }) => key)).toEqual(expected)
  })

  it('leaves what it was given as it is', () => {
    const given = [variant('Control')]
    normalizeVariants(given)
    expect(given).toEqual([variant('Control')])
  })
})

it('a baseline that is not called control may have another like it', () => {
  expect(validateVariants([variant('Control'), variant('test')], 'Control')).toEqual([])
  expect(validateVariants([variant('Control'), variant('test')], null)).toEqual([])
})

describe('as filters hold them', () => {
  it('variants have a name only where one is given', () => {
    expect(toFilterVariants([variant('control', 30, { name: 'Old' }), variant('test', 70, { name: null, payload: 1 })])).toEqual([
      { key: 'control', name: 'Old', rollout_percentage: 30 },
      { key: 'test', rollout_percentage: 70 },
    ])
  })

  it('payloads are JSON text by key, false and 0 and empty text among them', () => {
    const payloads: unknown[] = [{ a: [1] }, false, 0, '', 'text', null, undefined]
    const given = payloads.map((payload, index) => variant(index === 0 ? 'control' : `t${index}`, 0, { payload }))
    expect(toFilterPayloads(given)).toEqual({ control: '{"a":[1]}', t1: 'false', t2: '0', t3: '""', t4: '"text"' })
  })

  it('web experiments hold the percentages by key', () => {
    expect(toWebVariants([variant('control', 30, { name: 'Old' }), variant('test', 70)])).toEqual({
      control: { rollout_percentage: 30 },
      test: { rollout_percentage: 70 },
    })
  })

  it('payloads are null where there is none', () => {
    expect(toFilterPayloads([control, variant('test', 50, { payload: null })])).toBeNull()
  })
})
