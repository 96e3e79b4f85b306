import { describe, expect, it } from 'vitest'
import type { EvaluatedFlag } from '../../../../src/features/evaluation/rules/flagWorld.ts'
import { withFlag } from '../../../../src/features/evaluation/rules/flagWorld.ts'
import { compareWorlds } from '../../../../src/features/evaluation/rules/impact.ts'
import type { Subject } from '../../../../src/features/evaluation/rules/subject.ts'
import { flagWith, type Given, type Json, set, toFlag, toSubject, toWorld } from './support.ts'

// What a change of a flag does to people.

const plan = (value: string) => ({ key: 'plan', value })
const people = (...plans: string[]) => plans.map((value, n) => toSubject({ distinctId: `p${n}`, personProperties: { plan: value } }))
const ids = (count: number) => Array.from({ length: count }, (_, n) => toSubject({ distinctId: `p${n}` }))
const enough = () => ({ conditions: 100_000, comparisons: { steps: 1_000_000 } })
const onFlag = (key: string, value: unknown) => ({ key, type: 'flag', operator: 'flag_evaluates_to', value })

interface Comparison extends Given {
  onlyIds?: boolean
  work?: ReturnType<typeof enough>
}

/** Compares a flag as it is and as it would be. */
function compare(before: Json, after: Json, subjects: Subject[], { onlyIds = false, work = enough(), ...given }: Comparison = {}) {
  const flag: EvaluatedFlag = toFlag(before)
  const world = toWorld([flag, ...(given.otherFlags ?? []).map(toFlag)], given)
  return compareWorlds([world, withFlag(world, toFlag(after))], flag.id, subjects, onlyIds, work)
}

const nothing = { sampled: 0, undecided: 0, unchanged: 0, turnedOn: 0, turnedOff: 0, otherVariant: 0, moves: [] }
const forced = (variant: string) => ({
  filters: {
    groups: [set([], { variant })],
    multivariate: {
      variants: [
        { key: 'a', rollout_percentage: 50 },
        { key: 'b', rollout_percentage: 50 },
      ],
    },
  },
})

describe('people of whom properties are known', () => {
  it('are switched on and off, or stay', () => {
    const answer = compare(flagWith([plan('pro')]), flagWith([plan('free')]), people('pro', 'free', 'free', 'team'))
    expect(answer).toEqual({
      ...{ ...nothing, sampled: 4, unchanged: 1, turnedOn: 2, turnedOff: 1 },
      moves: [
        { from: null, to: '', count: 2 },
        { from: '', to: null, count: 1 },
      ],
    })
  })

  it('get another variant', () => {
    expect(compare(forced('a'), forced('b'), people('pro', 'free'))).toEqual({
      ...{ ...nothing, sampled: 2, otherVariant: 2, moves: [{ from: 'a', to: 'b', count: 2 }] },
    })
    // From on without a variant to a variant is no switch.
    expect(compare(flagWith([]), forced('b'), people('pro'))).toMatchObject({
      otherVariant: 1,
      turnedOn: 0,
      moves: [{ from: '', to: 'b' }],
    })
  })

  it('are undecided when there is no work left for comparisons', () => {
    const work = { conditions: 100, comparisons: { steps: 0 } }
    expect(compare(flagWith([]), flagWith([plan('x')]), people('pro', 'free'), { work })).toEqual({ ...nothing, sampled: 2, undecided: 2 })
  })
})

it('a flag that is not there answers off', () => {
  const world = toWorld([])
  const after = withFlag(world, toFlag(flagWith([])))
  expect(compareWorlds([world, after], 1, ids(1), false, enough())).toMatchObject({ sampled: 1, turnedOn: 1 })
  expect(compareWorlds([after, world], 1, ids(1), true, enough())).toMatchObject({ sampled: 1, turnedOff: 1 })
})

describe('the sample is no larger than the work that is left', () => {
  // A flag counts as one, a set as one, and a property as one.
  it.each<[string, Json, Given, number]>([
    ['a set without properties', flagWith([]), {}, 4],
    ['two properties', flagWith([plan('a'), plan('b')]), {}, 8],
    ['another flag', flagWith([onFlag('2', true)]), { otherFlags: [{ id: 2, key: 'other', ...flagWith([plan('a')]) }] }, 12],
    [
      'a cohort',
      flagWith([{ key: 'id', type: 'cohort', value: 5 }]),
      { cohorts: [{ id: 5, filters: { properties: { type: 'OR', values: [plan('a'), plan('b')] } } }] },
      10,
    ],
  ])('with %s', (_name, flag, given, perPerson) => {
    const work = { conditions: 3 * perPerson - 1, comparisons: { steps: 1_000_000 } }
    expect(compare(flag, flag, ids(5), { ...given, work }).sampled).toBe(2)
    expect(work.conditions).toBe(perPerson - 1)
  })

  it('and may be empty', () => {
    const work = { conditions: -5, comparisons: { steps: 1 } }
    expect(compare(flagWith([]), flagWith([]), ids(5), { work })).toEqual(nothing)
    expect(work.conditions).toBe(-5)
  })
})

describe('of people of whom only the id is known', () => {
  const byId = (before: Json, after: Json, given: Comparison = {}) => compare(before, after, ids(4), { ...given, onlyIds: true })
  const everybody = flagWith([])
  const nobody = flagWith([], { groups: [] })
  const undecided = { ...nothing, sampled: 4, undecided: 4 }
  const same = { ...nothing, sampled: 4, unchanged: 4 }
  const on = { ...nothing, sampled: 4, turnedOn: 4, moves: [{ from: null, to: '', count: 4 }] }

  it.each<[string, Json, object, Comparison?]>([
    ['everybody is switched on', everybody, on],
    ['nobody is', nobody, same],
    ['nobody is by a flag that is off', { ...everybody, active: false }, same],
    ['nobody is by a flag whose dependency is missing', flagWith([onFlag('9', true)]), same],
    ['nobody is by malformed variants', flagWith([], { multivariate: 'x' }), same],
    ['nobody is by a malformed set', flagWith([], { groups: ['x'] }), same],
    ['nobody is by a group that is not given', flagWith([], { aggregation_group_type_index: 0 }), same],
    ['a property decides', flagWith([plan('pro')]), undecided],
    [
      'nobody is outside the share, whatever the properties',
      { filters: { groups: [set([plan('pro')], { rollout_percentage: 0 })] } },
      same,
    ],
    ['a cohort decides', flagWith([{ key: 'id', type: 'cohort', value: 5 }]), undecided],
    ['a property decides first, and all are in after it', { filters: { groups: [set([plan('pro')]), set([])] } }, on],
    [
      'a property decides which variant',
      { filters: { ...forced('a').filters, groups: [set([plan('pro')], { variant: 'b' }), set([], { variant: 'a' })] } },
      undecided,
    ],
    ['early access decides', flagWith([], { feature_enrollment: true }), undecided],
    [
      'early access of the older form decides',
      flagWith([], { super_groups: [set([{ key: '$feature_enrollment/flag', type: 'person', value: ['true'] }])] }),
      undecided,
    ],
    [
      'a holdout keeps all out of the conditions',
      flagWith([plan('pro')], { holdout: { id: 3, exclusion_percentage: 100 } }),
      { ...nothing, sampled: 4, turnedOn: 4, moves: [{ from: null, to: 'holdout-3', count: 4 }] },
    ],
    [
      'a holdout and early access decide',
      flagWith([], { holdout: { id: 3, exclusion_percentage: 100 }, feature_enrollment: true }),
      undecided,
    ],
    [
      'an early exit ends for all outside the share',
      { filters: { early_exit: true, groups: [set([], { rollout_percentage: 0 }), set([])] } },
      same,
    ],
    [
      'an early exit ends for some',
      { filters: { early_exit: true, groups: [set([plan('pro')], { rollout_percentage: 0 }), set([])] } },
      undecided,
    ],
    ['without an early exit the next set counts', { filters: { groups: [set([], { rollout_percentage: 0 }), set([])] } }, on],
  ])('%s', (_name, after, expected, given) => {
    expect(byId(nobody, after, given)).toEqual(expected)
  })

  it('are undecided where they were, also when nobody is left', () => {
    expect(byId(flagWith([plan('pro')]), nobody)).toEqual(undecided)
  })

  describe('of groups', () => {
    const ofGroup = (more: Json = {}) => flagWith([], { aggregation_group_type_index: 0, ...more })
    const withGroup = Array.from({ length: 4 }, (_, n) => toSubject({ distinctId: `p${n}`, groups: { 0: `g${n}` } }))

    it('everybody in a group is switched on', () => {
      expect(compare(nobody, ofGroup(), withGroup, { onlyIds: true })).toEqual(on)
    })

    it('a group that is not given does not end an early exit', () => {
      const groups = [set([], { aggregation_group_type_index: 0 }), set([], { aggregation_group_type_index: null })]
      expect(byId(nobody, { filters: { groups, early_exit: true } })).toEqual(on)
    })
  })

  describe('another flag', () => {
    const other = (more: Json) => ({ otherFlags: [{ id: 2, key: 'other', ...more }] })
    it.each<[string, unknown, Json, object]>([
      ['is on', true, everybody, on],
      ['is on, asked for off', false, everybody, same],
      ['is off', false, nobody, on],
      ['is off, asked for on', true, nobody, same],
      ['depends on a property', true, flagWith([plan('pro')]), undecided],
      ['has the variant', 'a', forced('a'), on],
      ['has another variant', 'b', forced('a'), same],
      ['is on without a variant', '', everybody, same],
      ['has a variant, asked for on', true, forced('a'), on],
    ])('%s', (_name, value, flag, expected) => {
      expect(byId(nobody, flagWith([onFlag('2', value)]), other(flag))).toEqual(expected)
    })
  })
})
