import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shippedFilters } from '../../../../src/features/experiments/rules/shippedFilters.ts'
import { getVariants } from '../../../../src/features/featureFlags/rules/variants.ts'

const groups = [{ properties: [{ key: 'plan', value: 'pro', type: 'person' }], rollout_percentage: 20, variant: 'test' }]
const filters = {
  groups,
  multivariate: {
    variants: [
      { key: 'control', name: 'Old', rollout_percentage: 50 },
      { key: 'test', name: '', rollout_percentage: 30 },
      { key: 'other', rollout_percentage: 20 },
    ],
  },
  payloads: { test: '{"a":1}' },
  aggregation_group_type_index: 1,
  holdout: { id: 7, exclusion_percentage: 10 },
}
const everyone = {
  properties: [],
  rollout_percentage: 100,
  description: 'Added automatically when the experiment was ended to keep only one variant.',
}

describe('shippedFilters', () => {
  it('gives one variant to everybody in the experiment, and keeps keys, order, names that say something, and the rest', () => {
    expect(shippedFilters(filters, 'test', false)).toEqual({
      ...filters,
      multivariate: {
        variants: [
          { key: 'control', name: 'Old', rollout_percentage: 0 },
          { key: 'test', rollout_percentage: 100 },
          { key: 'other', rollout_percentage: 0 },
        ],
      },
    })
  })

  it('puts a set that lets in everybody first, where it is released to everyone', () => {
    expect(shippedFilters(filters, 'control', true)).toMatchObject({ groups: [everyone, ...groups] })
    expect(shippedFilters({ ...filters, groups: null }, 'control', true)).toMatchObject({ groups: [everyone] })
  })

  it('ships again what is shipped', () => {
    const once = shippedFilters(filters, 'test', false)
    expect(shippedFilters(once, 'test', false)).toEqual(once)
    expect(getVariants(shippedFilters(once, 'control', false)).map(({ rolloutPercentage }) => rolloutPercentage)).toEqual([100, 0, 0])
  })

  it('leaves what it was given as it is', () => {
    const before = structuredClone(filters)
    shippedFilters(filters, 'test', true)
    expect(filters).toEqual(before)
  })

  it.each<[string, unknown, object]>([
    ['null', null, { multivariate: { variants: [] }, groups: [] }],
    ['a list', [1], { multivariate: { variants: [] }, groups: [] }],
    ['parts that are none', { multivariate: 'x', groups: {} }, { multivariate: { variants: [] }, groups: [] }],
    ['variants that are no list', { multivariate: { variants: 'x' } }, { multivariate: { variants: [] }, groups: [] }],
    [
      'variants that are none',
      { multivariate: { variants: [null, 'x'] }, groups: [] },
      { multivariate: { variants: [null, 'x'] }, groups: [] },
    ],
  ])('makes do with %s', (_, malformed, expected) => {
    expect(shippedFilters(malformed, 'test', false)).toEqual(expected)
  })

  it('never throws', () => {
    const malformed = fc.oneof(
      fc.jsonValue(),
      fc.record({
        multivariate: fc.oneof(fc.jsonValue(), fc.record({ variants: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())) })),
        groups: fc.jsonValue(),
      }),
    )
    fc.assert(
      fc.property(malformed, fc.boolean(), (any, released) => {
        const { groups: sets } = shippedFilters(any, 'test', released)
        expect(Array.isArray(sets)).toBe(true)
      }),
    )
  })
})
