import { describe, expect, it } from 'vitest'
import { diffConditions, diffPercentages, pairConditionSets } from '../../../../src/features/approvals/rules/filterDiff.ts'

// What differs between the filters of a flag before and after a change.

const property = (value: string) => ({ key: 'plan', type: 'person', value })
const set = (value: string, rollout_percentage?: number, more: object = {}) => ({
  properties: [property(value)],
  rollout_percentage,
  ...more,
})
const groups = (...sets: unknown[]) => ({ groups: sets })
const variants = (...list: unknown[]) => ({ multivariate: { variants: list } })

describe('percentages', () => {
  const told = (before: unknown, after: unknown, isCreate = false) =>
    diffPercentages(before, after, isCreate).map(({ path, before: from, after: to }) => [path, from, to])
  const first = 'groups[0].rollout_percentage'
  const second = 'groups[1].rollout_percentage'
  const holdout = 'holdout.exclusion_percentage'

  it.each<[string, unknown, unknown, unknown[]]>([
    ['that are equal', groups(set('a', 10)), groups(set('a', 10)), []],
    ['of a set', groups(set('a', 10)), groups(set('a', 20)), [[first, 10, 20]]],
    ['of a new set', groups(), groups(set('a', 10)), [[first, null, 10]]],
    ['of a removed set', groups(set('a', 10)), groups(), [[first, 10, null]]],
    ['that were left out are 100', groups(set('a')), groups(set('a', 30)), [[first, 100, 30]]],
    ['of a new set without one are 100', groups(), groups(set('a')), [[first, null, 100]]],
    ['of sets in another order', groups(set('a', 10), set('b', 20)), groups(set('b', 20), set('a', 10)), []],
    ['of a set that has moved', groups(set('a', 10), set('b', 20)), groups(set('b', 20), set('a', 30)), [[second, 10, 30]]],
    [
      'of equal sets: the one that stays is found first, also if it leaves out that it has 100',
      groups(set('a', 50), set('a', 100)),
      groups(set('a'), set('a', 60)),
      [[second, 50, 60]],
    ],
    [
      'of other sets at their places, where evaluation is to stop early',
      groups(set('a', 10), set('b', 20)),
      { ...groups(set('b', 20), set('a', 10)), early_exit: true },
      [
        [first, 10, 20],
        [second, 20, 10],
      ],
    ],
    ['of a holdout', { holdout: { exclusion_percentage: 5 } }, { holdout: { exclusion_percentage: 6 } }, [[holdout, 5, 6]]],
    ['of a holdout that is removed', { holdout: { exclusion_percentage: 5 } }, { holdout: null }, [[holdout, 5, null]]],
    ['of a holdout that has none', { holdout: {} }, { holdout: { exclusion_percentage: null } }, []],
    ['of a malformed holdout', { holdout: 5 }, { holdout: 6 }, [['holdout', 5, 6]]],
    [
      'of a variant that gets none',
      variants({ key: 'a', rollout_percentage: 5 }),
      variants({ key: 'a' }),
      [['multivariate.variants[a].rollout_percentage', 5, null]],
    ],
    [
      'of variants with one key',
      variants({ key: 'a', rollout_percentage: 5 }, { key: 'a', rollout_percentage: 6 }),
      variants({ key: 'a', rollout_percentage: 5 }, { key: 'a' }),
      [['multivariate.variants[a].rollout_percentage', [5, 6], [5, null]]],
    ],
    [
      'of a variant without a key',
      variants(),
      variants({ rollout_percentage: 5 }),
      [['multivariate.variants[{"rollout_percentage":5}].rollout_percentage', null, 5]],
    ],
    ['of a malformed variant', variants(), variants('a'), []],
    ['of malformed variants', { multivariate: 'a' }, { multivariate: 'b' }, [['multivariate', 'a', 'b']]],
    ['of a malformed list of variants', { multivariate: { variants: 1 } }, variants(), [['multivariate.variants', 1, null]]],
    ['of malformed sets', { groups: 'a' }, { groups: 'b' }, [['groups', 'a', 'b']]],
    [
      'of malformed sets and variants',
      { groups: 1, ...variants() },
      { groups: 2, multivariate: 3 },
      [
        ['groups', 1, 2],
        ['multivariate', null, 3],
      ],
    ],
    ['of malformed filters', 'a', 'b', [['filters', 'a', 'b']]],
    ['of filters that become malformed', { holdout: null }, 'b', [['filters', null, 'b']]],
    ['of no filters', null, undefined, []],
    ['of nothing that becomes nothing', { holdout: null, multivariate: null }, {}, []],
  ])('%s', (_name, before, after, expected) => {
    expect(told(before, after)).toEqual(expected)
  })

  it('of a flag that is created count as they are: none is none', () => {
    expect(told(null, groups(set('a'), set('b', 10)), true)).toEqual([[second, null, 10]])
    expect(told(null, groups(set('a')), true)).toEqual([])
  })
})

describe('release conditions', () => {
  const canonical = (value: string) => ({
    ...{ properties: [JSON.stringify({ key: 'plan', operator: 'exact', type: 'person', value })], group: null, variant: null },
  })
  const told = (before: unknown, after: unknown) =>
    diffConditions(before, after).map(({ field, path, before: from, after: to }) => {
      expect(field).toBe('release_conditions')
      return [path, from, to]
    })

  it.each<[string, unknown, unknown, unknown[]]>([
    ['that are equal', groups(set('a', 10)), groups(set('a', 20)), []],
    ['of a set', groups(set('a', 10)), groups(set('b', 10)), [['groups[0]', canonical('a'), canonical('b')]]],
    ['of a new set', groups(), groups(set('a')), [['groups[0]', null, canonical('a')]]],
    ['of a removed set', groups(set('a')), groups(), [['groups[0]', canonical('a'), null]]],
    ['of a new set that is null', groups(), groups(null), [['groups[0]', null, null]]],
    ['of a removed set that is null', groups(null), groups(), [['groups[0]', null, null]]],
    ['of a flag that is created', null, { ...groups(), early_exit: true }, [['early_exit', false, true]]],
    ['of all sets', { bucketing_identifier: 'device_id' }, {}, [['bucketing_identifier', 'device_id', 'distinct_id']]],
    [
      'of a set that says which one it is, in another order',
      groups(set('a', 10, { sort_key: 'x' }), set('b', 20, { sort_key: 'y' })),
      groups(set('c', 20, { sort_key: 'y' }), set('a', 10, { sort_key: 'x' })),
      [['groups[0]', canonical('b'), canonical('c')]],
    ],
    [
      'by a group type of the flag that changes',
      { ...groups(set('a')), aggregation_group_type_index: 1 },
      { ...groups(set('a')), aggregation_group_type_index: 2 },
      [['groups[0]', { ...canonical('a'), group: 1 }, { ...canonical('a'), group: 2 }]],
    ],
  ])('%s', (_name, before, after, expected) => {
    expect(told(before, after)).toEqual(expected)
  })
})

describe('condition sets', () => {
  /** The places of the sets before and after. */
  const pairs = (before: { properties: unknown }[], after: { properties: unknown }[]) =>
    pairConditionSets(groups(...before), groups(...after)).map(({ before: from, after: to, path, index }) => {
      expect(path).toBe(`groups[${index}]`)
      return [before.indexOf(from as never), after.indexOf(to as never)]
    })
  const [a, b, c] = [set('a', 10), set('b', 20), set('c', 30)]
  const [x, y] = [set('a', 10, { sort_key: 1 }), set('b', 20, { sort_key: 2 })]

  it.each<[string, object[], object[], number[][]]>([
    [
      'that are as they were',
      [a, b],
      [a, b],
      [
        [0, 0],
        [1, 1],
      ],
    ],
    [
      'in another order',
      [a, b],
      [b, a],
      [
        [1, 0],
        [0, 1],
      ],
    ],
    [
      'with another percentage, elsewhere',
      [a, b],
      [b, { ...a, rollout_percentage: 11 }],
      [
        [1, 0],
        [0, 1],
      ],
    ],
    [
      'with a sort key, elsewhere and with other conditions',
      [x, y],
      [{ ...y, ...c }, x],
      [
        [1, 0],
        [0, 1],
      ],
    ],
    [
      'with other conditions and percentage, at their place',
      [a, b],
      [a, c],
      [
        [0, 0],
        [1, 1],
      ],
    ],
    [
      'of which one is gone and one has come elsewhere',
      [a, b],
      [c, { ...a, rollout_percentage: 11 }],
      [
        [-1, 0],
        [0, 1],
        [1, -1],
      ],
    ],
    [
      'of which one is new',
      [a],
      [b, a],
      [
        [-1, 0],
        [0, 1],
      ],
    ],
    [
      'of which one is gone',
      [a, b],
      [b],
      [
        [0, -1],
        [1, 0],
      ],
    ],
  ])('%s', (_name, before, after, expected) => {
    expect(pairs(before as never, after as never).sort()).toEqual(expected.sort())
  })

  it('are told in their order: one before a set that has moved, and also the eleventh', () => {
    expect(pairConditionSets(groups(set('a')), groups(set('b'), set('a'))).map(({ index }) => index)).toEqual([0, 1])
    const many = Array.from({ length: 12 }, (_, n) => set(String(n)))
    expect(pairConditionSets(null, groups(...many)).map(({ index }) => index)).toEqual([...many.keys()])
    expect(pairConditionSets(groups(...many), groups(...[...many].reverse())).map(({ index }) => index)).toEqual([...many.keys()])
  })

  it('that are malformed are none', () => {
    expect(pairConditionSets({ groups: 'a' }, 'b')).toEqual([])
  })
})
