import { describe, expect, it } from 'vitest'
import { flagForExperiment } from '../../../../src/features/experiments/rules/flagForExperiment.ts'

const plain = { experimentName: 'Checkout', variants: null, rolloutPercentage: 100, holdout: null }

describe('flagForExperiment', () => {
  const byDefault = {
    name: 'Feature Flag for Experiment Checkout',
    filters: {
      groups: [{ properties: [], rollout_percentage: 100 }],
      multivariate: {
        variants: [
          { key: 'control', name: 'Control Group', rollout_percentage: 50 },
          { key: 'test', name: 'Test Variant', rollout_percentage: 50 },
        ],
      },
      holdout: null,
    },
  }

  it.each([
    ['none are given', null],
    ['the list is empty', []],
  ])('has control and test, half each, where %s', (_, variants) => {
    expect(flagForExperiment({ ...plain, variants })).toEqual(byDefault)
  })

  it('has the variants, payloads and percentage that are given', () => {
    const variants = [
      { key: 'control', rolloutPercentage: 20, payload: { a: 1 } },
      { key: 'test', name: 'New', rolloutPercentage: 80 },
    ]
    expect(flagForExperiment({ ...plain, variants, rolloutPercentage: 12.5 }).filters).toEqual({
      groups: [{ properties: [], rollout_percentage: 12.5 }],
      multivariate: {
        variants: [
          { key: 'control', rollout_percentage: 20 },
          { key: 'test', name: 'New', rollout_percentage: 80 },
        ],
      },
      payloads: { control: '{"a":1}' },
      holdout: null,
    })
  })

  it.each<[string, unknown, number]>([
    ['of its first filter', [{ properties: [], rollout_percentage: 15, variant: 'holdout-7' }, { rollout_percentage: 30 }], 15],
    ['0 where it has no filter', [], 0],
    ['0 where its filters are no list', { rollout_percentage: 15 }, 0],
    ['0 where its filter is no object', [15], 0],
    ['0 where it is text', [{ rollout_percentage: '15' }], 0],
    ['0 where it is above 100', [{ rollout_percentage: 150 }], 0],
    // 1e999 in JSON.
    ['0 where it is no number that can be told', [{ rollout_percentage: Number.POSITIVE_INFINITY }], 0],
  ])('keeps out the percentage of the holdout: %s', (_, filters, expected) => {
    const flag = flagForExperiment({ ...plain, holdout: { id: 7, filters } })
    expect(flag.filters.holdout).toEqual({ id: 7, exclusion_percentage: expected })
  })
})
