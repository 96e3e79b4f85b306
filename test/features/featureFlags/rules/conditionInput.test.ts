import { describe, expect, it } from 'vitest'
import { type ConditionSetInput, translateConditions } from '../../../../src/features/featureFlags/rules/conditionInput.ts'

const references = {
  cohortId: Number,
  flagId: Number,
  storedFlagId: (reference: string) => (reference === 'checkout' ? 7 : Number(reference)),
}
const translate = (input: ConditionSetInput[], stored: unknown, flagIndex: unknown = null, storedFlagIndex: unknown = flagIndex) =>
  translateConditions(input, stored, { flagIndex, storedFlagIndex, references })
const country = (value: unknown): ConditionSetInput => ({ properties: [{ person: { key: 'country', operator: 'EXACT', value } }] })
const storedCountry = (value: unknown, more: object = {}) => ({
  properties: [{ key: 'country', type: 'person', value, operator: 'exact', label: 'Country' }],
  ...more,
})

describe('translateConditions', () => {
  it('knows a set by its content wherever it is, and else by its place', () => {
    const stored = [storedCountry('DE', { sort_key: 'a' }), storedCountry('FR', { sort_key: 'b' }), storedCountry('ES', { sort_key: 'c' })]
    // The first is gone, and the last is changed.
    expect(translate([country('FR'), country('IT'), country('PT')], stored).groups).toEqual([
      stored[1],
      { ...translate([country('IT')], []).groups[0] },
      { ...translate([country('PT')], []).groups[0], sort_key: 'c' },
    ])
  })

  it('continues each stored set once', () => {
    const stored = [storedCountry('DE', { sort_key: 'a' })]
    expect(translate([country('DE'), country('DE')], stored).groups.map(({ sort_key: key }) => key)).toEqual(['a', undefined])
  })

  it.each<[string, object, object]>([
    ['a missing operator for EXACT', { key: 'country', type: 'person', value: 'DE' }, country('DE')],
    ['a missing type for a person', { key: 'country', value: 'DE', operator: 'exact' }, country('DE')],
    [
      'an older operator',
      { key: 'age', type: 'person', value: 3, operator: 'min' },
      { properties: [{ person: { key: 'age', operator: 'GTE', value: 3 } }] },
    ],
    [
      'a flag by its key',
      { key: 'checkout', type: 'flag', value: true, operator: 'flag_evaluates_to' },
      { properties: [{ flag: { featureFlagId: '7', value: true } }] },
    ],
    [
      'a cohort in another form',
      { key: 'id', type: 'cohort', value: '9', operator: 'exact', cohort_name: 'x' },
      { properties: [{ cohort: { cohortId: '9' } }] },
    ],
  ])('leaves a property as it is stored that says the same: %s', (_name, property, input) => {
    const stored = [{ properties: [property] }]
    const { groups, isKept } = translate([input], stored)
    expect(groups).toEqual(stored)
    expect(isKept(0, 0)).toBe(true)
  })

  it('keeps the properties that stay in a set that changes, and judges them anew with another group type', () => {
    const stored = [storedCountry('DE', { rollout_percentage: 3 })]
    const [set] = [{ properties: [...(country('DE').properties ?? []), { person: { key: 'age', operator: 'IS_SET' } as const }] }]
    const same = translate([set], stored)
    expect(same.groups[0]).toEqual({
      properties: [stored[0]?.properties[0], { key: 'age', type: 'person', operator: 'is_set' }],
      rollout_percentage: null,
    })
    expect([same.isKept(0, 0), same.isKept(0, 1)]).toEqual([true, false])
    expect(translate([{ ...set, groupTypeIndex: 2 }], stored).isKept(0, 0)).toBe(false)
  })

  it('takes the group type of the flag where none is said, and people where null is said', () => {
    const size = { properties: [{ group: { key: 'size', operator: 'GT' as const, value: 1 } }] }
    expect(translate([size, { ...size, groupTypeIndex: 3 }, { groupTypeIndex: null }], [], 1).groups).toEqual([
      {
        properties: [{ key: 'size', operator: 'gt', value: 1, type: 'group', group_type_index: 1 }],
        rollout_percentage: null,
        aggregation_group_type_index: 1,
      },
      {
        properties: [{ key: 'size', operator: 'gt', value: 1, type: 'group', group_type_index: 3 }],
        rollout_percentage: null,
        aggregation_group_type_index: 3,
      },
      { properties: [], rollout_percentage: null, aggregation_group_type_index: null },
    ])
  })

  it('replaces what types can say, and keeps the rest', () => {
    const stored = [storedCountry('DE', { rollout_percentage: 40, variant: 'a', description: 'x', sort_key: 's' })]
    expect(translate([{ ...country('DE'), rolloutPercentage: 50 }], stored).groups).toEqual([
      { properties: stored[0]?.properties, rollout_percentage: 50, sort_key: 's' },
    ])
    expect(translate([{ ...country('DE'), description: 'y', variantKey: 'b' }], stored).groups).toEqual([
      { properties: stored[0]?.properties, rollout_percentage: null, variant: 'b', description: 'y', sort_key: 's' },
    ])
  })

  it('stores the group type that a set is given, also where it says the same otherwise', () => {
    const stored = [{ properties: [], rollout_percentage: 5, sort_key: 's' }]
    expect(translate([{ rolloutPercentage: 5 }], stored, 1).groups).toEqual([{ ...stored[0], aggregation_group_type_index: 1 }])
    expect(translate([{ rolloutPercentage: 5 }], stored).groups).toStrictEqual(stored)
  })

  const inCohort = (cohortId: string, excluded = false): ConditionSetInput => ({ properties: [{ cohort: { cohortId, excluded } }] })
  const onFlag = (featureFlagId: string, value: unknown): ConditionSetInput => ({ properties: [{ flag: { featureFlagId, value } }] })
  const cohort = (value: number, operator = 'in') => ({ key: 'id', type: 'cohort', value, operator })
  const flag = (key: string, value: unknown) => ({ key, type: 'flag', operator: 'flag_evaluates_to', value })
  it.each<[string, object, ConditionSetInput, object]>([
    ['cohorts', cohort(9), inCohort('10'), cohort(10)],
    ['being in a cohort and outside of it', cohort(9), inCohort('9', true), cohort(9, 'not_in')],
    ['flags', flag('7', true), onFlag('8', true), flag('8', true)],
    ['values of a flag', flag('7', true), onFlag('7', 'a'), flag('7', 'a')],
  ])('tells apart %s', (_name, before, input, expected) => {
    const { groups, isKept } = translate([input], [{ properties: [{ ...before, note: 1 }] }])
    expect(groups).toEqual([{ properties: [expected], rollout_percentage: null }])
    expect(isKept(0, 0)).toBe(false)
  })

  it('overwrites malformed sets, and never fails on them', () => {
    for (const stored of ['all', [null, 7, 'x', { properties: 'none' }], { 0: {} }, null]) {
      expect(translate([country('DE'), {}], stored).groups).toHaveLength(2)
    }
  })
})
