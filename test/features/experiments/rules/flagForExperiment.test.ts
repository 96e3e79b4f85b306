import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flagForExperiment, validateExperimentFlag } from '../../../../src/features/experiments/rules/flagForExperiment.ts'

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

describe('experimentFlagFaults', () => {
  const twoVariants = 'Feature flag must have at least 2 variants (control and at least one test variant)'
  const noControl = "Feature flag must have a variant with key 'control'"
  const flag = (...keys: string[]) => ({ multivariate: { variants: keys.map((key) => ({ key, rollout_percentage: 0 })) } })

  it.each<[string, unknown, string[]]>([
    ['control first', flag('control', 'test'), []],
    ['control last', flag('a', 'b', 'control'), []],
    ['control alone', flag('control'), [twoVariants]],
    ['no control', flag('a', 'b'), [noControl]],
    ['control in other capitals', flag('Control', 'test'), [noControl]],
    ['one that is not control', flag('a'), [twoVariants, noControl]],
    ['no variants', flag(), [twoVariants, noControl]],
    ['no multivariate', { multivariate: null }, [twoVariants, noControl]],
    ['variants that are no list', { multivariate: { variants: 'control' } }, [twoVariants, noControl]],
    ['variants that are no objects', { multivariate: { variants: ['control', null] } }, [twoVariants, noControl]],
    ['null', null, [twoVariants, noControl]],
    ['a list', [], [twoVariants, noControl]],
  ])('%s', (_, filters, expected) => {
    expect(validateExperimentFlag(filters)).toEqual(expected)
  })

  it('never throws', () => {
    const filters = fc.oneof(
      fc.jsonValue(),
      fc.record({ multivariate: fc.oneof(fc.jsonValue(), fc.record({ variants: fc.jsonValue() })), payloads: fc.jsonValue() }),
    )
    fc.assert(
      fc.property(filters, (any) => {
        expect(validateExperimentFlag(any)).toBeInstanceOf(Array)
      }),
    )
  })
})
