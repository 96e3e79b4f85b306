import { describe, expect, it } from 'vitest'
import { exclusionPercentage, withExclusionPercentage } from '../../../../src/features/holdouts/rules/holdoutFilters.ts'
import { ExactNumber } from '../../../../src/platform/json.ts'

// The filters of a holdout: the first has the share of people that it keeps out.

const filter = { properties: [], rollout_percentage: 10, variant: 'holdout-3' }

describe('the share', () => {
  it.each<[string, unknown, number | null]>([
    ['is that of the first filter', [filter, { ...filter, rollout_percentage: 20 }], 10],
    ['may have a fraction', [{ rollout_percentage: 2.5 }], 2.5],
    ['may have been written with many digits', [{ rollout_percentage: new ExactNumber('10.0') }], 10],
    ['may be nothing', [{ rollout_percentage: 0 }], 0],
    ['may be all', [{ rollout_percentage: 100 }], 100],
    ['is none without filters', [], null],
    ['is none where they are missing', null, null],
    ['is none where they are no list', { 0: filter }, null],
    ['is none where the first is malformed', ['x', filter], null],
    ['is none where the first has none', [{ properties: [] }], null],
    ['is none where it is null', [{ rollout_percentage: null }], null],
    ['is none where it is a text', [{ rollout_percentage: '10' }], null],
    ['is none over 100', [{ rollout_percentage: 101 }], null],
    ['is none below 0', [{ rollout_percentage: -1 }], null],
  ])('%s', (_name, filters, expected) => {
    expect(exclusionPercentage(filters)).toBe(expected)
  })
})

describe('another share', () => {
  it.each<[string, unknown, object[]]>([
    ['makes the first filter where there is none', [], [{ properties: [], variant: 'holdout-3', rollout_percentage: 5 }]],
    ['makes it where the filters are missing', null, [{ properties: [], variant: 'holdout-3', rollout_percentage: 5 }]],
    ['makes it where the filters are no list', 'x', [{ properties: [], variant: 'holdout-3', rollout_percentage: 5 }]],
    ['replaces a malformed one', ['x'], [{ properties: [], variant: 'holdout-3', rollout_percentage: 5 }]],
    [
      'leaves what else the filters hold',
      [{ ...filter, variant: 'holdout-old', properties: [{ key: 'a' }], note: 'x' }, filter],
      [{ properties: [{ key: 'a' }], variant: 'holdout-old', note: 'x', rollout_percentage: 5 }, filter],
    ],
  ])('%s', (_name, filters, expected) => {
    expect(withExclusionPercentage(filters, 3, 5)).toEqual(expected)
  })
})
