import { describe, expect, it } from 'vitest'
import type { Subject } from '../../../../src/features/evaluation/rules/subject.ts'
import { evaluate, flagWith, type Given, type Json, set } from './support.ts'

// Why a flag answers what it answers.

const property = (more: Json = {}) => ({ key: 'plan', type: 'person', value: 'pro', ...more })
const pro: Partial<Subject> = { personProperties: { plan: 'pro' } }
const onFlag = (key: unknown, value: unknown = true) => ({ key, type: 'flag', operator: 'flag_evaluates_to', value })
const inCohort = (value: unknown, operator = 'in') => ({ key: 'id', type: 'cohort', value, operator })
const ofCohort = (id: number, values: Json[], more: Json = {}) => ({ id, filters: { properties: { type: 'AND', values } }, ...more })

describe('a property', () => {
  const explained = (one: Json, given: Given = {}) => {
    const { conditions, missing } = evaluate(flagWith([one]), given)
    const { actual, matched, explanation } = conditions[0]?.properties[0] ?? {}
    return { actual, matched, explanation, missing }
  }
  const absent = (holds: boolean) => `The property is not given. With this operator it ${holds ? 'holds' : 'does not hold'} then.`

  it.each<[string, Json, Given, object]>([
    ['holds', property(), { subject: pro }, { actual: 'pro', matched: true, explanation: 'The value holds.', missing: [] }],
    [
      'does not hold',
      property({ value: 'free' }),
      { subject: pro },
      { actual: 'pro', matched: false, explanation: 'The value does not hold.', missing: [] },
    ],
    ['is not given', property(), {}, { actual: null, matched: false, explanation: absent(false), missing: ['person:plan'] }],
    [
      'is not given, and holds then',
      property({ operator: 'is_not' }),
      {},
      { actual: null, matched: true, explanation: absent(true), missing: ['person:plan'] },
    ],
    [
      'has an unknown operator',
      property({ operator: 'like' }),
      { subject: pro },
      { actual: null, matched: false, explanation: 'The operator is unknown, so it does not hold.', missing: [] },
    ],
    [
      'has nothing to compare with',
      property({ value: null, operator: 'is_not' }),
      { subject: pro },
      { actual: 'pro', matched: false, explanation: 'There is no value to compare with, so it does not hold.', missing: [] },
    ],
    [
      'is set',
      property({ value: null, operator: 'is_set' }),
      { subject: pro },
      { actual: 'pro', matched: true, explanation: 'The value holds.', missing: [] },
    ],
    [
      'is set, and should not be',
      property({ value: null, operator: 'is_not_set' }),
      { subject: pro },
      { actual: 'pro', matched: false, explanation: 'The value does not hold.', missing: [] },
    ],
    ...['regex', 'not_regex'].map((operator): [string, Json, Given, object] => [
      `is searched by ${operator} with an invalid pattern`,
      property({ value: '((', operator }),
      { subject: pro },
      { actual: 'pro', matched: false, explanation: 'The regular expression is invalid, so it does not hold.', missing: [] },
    ]),
    [
      'is searched by a valid pattern',
      property({ value: '^p', operator: 'regex' }),
      { subject: pro },
      { actual: 'pro', matched: true, explanation: 'The value holds.', missing: [] },
    ],
    [
      'is no pattern',
      property({ value: '((', operator: 'icontains' }),
      { subject: pro },
      { actual: 'pro', matched: false, explanation: 'The value does not hold.', missing: [] },
    ],
    [
      'is of a group',
      { key: 'size', type: 'group', group_type_index: 0, value: 5 },
      { groupTypes: { 0: 'company' }, subject: { groupProperties: { company: { size: 5 } } } },
      { actual: 5, matched: true, explanation: 'The value holds.', missing: [] },
    ],
    [
      'is of a group that is not given',
      { key: 'size', type: 'group', group_type_index: 0, value: 5 },
      { groupTypes: { 0: 'company' } },
      { actual: null, matched: false, explanation: absent(false), missing: ['group:company:size'] },
    ],
    [
      'is of a group type without a name',
      { key: 'size', type: 'group', group_type_index: 3, value: 5 },
      { groupTypes: { 0: 'company' } },
      { actual: null, matched: false, explanation: absent(false), missing: ['group:3:size'] },
    ],
    [
      'is of no group type',
      { key: 'size', type: 'group', value: 5 },
      {},
      { actual: null, matched: false, explanation: absent(false), missing: ['group::size'] },
    ],
    [
      'is another flag',
      onFlag('2'),
      { otherFlags: [{ id: 2, key: 'other', ...flagWith([]) }] },
      { actual: true, matched: true, explanation: 'The flag other is on: CONDITION_MATCH.', missing: [] },
    ],
    [
      'is another flag that is off',
      onFlag('other'),
      { otherFlags: [{ id: 2, key: 'other', active: false, ...flagWith([]) }] },
      { actual: false, matched: false, explanation: 'The flag other is off: FLAG_DISABLED.', missing: [] },
    ],
    [
      'is another flag with a variant',
      onFlag('2', 'a'),
      { otherFlags: [{ id: 2, key: 'other', ...flagWith([], { multivariate: { variants: [{ key: 'a', rollout_percentage: 100 }] } }) }] },
      { actual: 'a', matched: true, explanation: 'The flag other is on: CONDITION_MATCH.', missing: [] },
    ],
    ['is a missing flag', onFlag('9'), {}, { actual: null, matched: false, explanation: 'There is no such flag.', missing: ['flag:9'] }],
    ['names no cohort', inCohort('x'), {}, { actual: null, matched: false, explanation: 'The value names no cohort.', missing: [] }],
    [
      'is a missing cohort',
      inCohort(5),
      {},
      { actual: false, matched: false, explanation: 'There is no such cohort, so nobody is a member.', missing: ['cohort:5'] },
    ],
    [
      'is a static cohort of unknown members',
      inCohort(5),
      { cohorts: [{ id: 5, isStatic: true }] },
      {
        actual: false,
        matched: false,
        explanation: 'The members of this static cohort are not known, so nobody is one.',
        missing: ['cohort:5'],
      },
    ],
    [
      'is a static cohort of others',
      inCohort(5),
      { cohorts: [{ id: 5, isStatic: true, hasMembers: true }] },
      { actual: false, matched: false, explanation: 'The person is not a member of the cohort.', missing: [] },
    ],
    [
      'is a cohort',
      inCohort(5),
      { cohorts: [ofCohort(5, [property()])], subject: pro },
      { actual: true, matched: true, explanation: 'The person is a member of the cohort.', missing: [] },
    ],
    [
      'is a cohort that asks for what is not given',
      inCohort(5, 'not_in'),
      { cohorts: [ofCohort(5, [property()])] },
      { actual: false, matched: true, explanation: 'The person is not a member of the cohort.', missing: ['person:plan'] },
    ],
    [
      'is a cohort of cohorts that are not known',
      inCohort(5),
      {
        cohorts: [
          ofCohort(5, [inCohort(6), inCohort(7), inCohort(8), inCohort(9)]),
          { id: 7, isStatic: true },
          { id: 8, isStatic: true, hasMembers: true },
          ofCohort(9, []),
        ],
      },
      { actual: false, matched: false, explanation: 'The person is not a member of the cohort.', missing: ['cohort:6', 'cohort:7'] },
    ],
    [
      'is a cohort whose cohorts ask for what is not given',
      inCohort(5),
      { cohorts: [ofCohort(5, [inCohort(6)]), ofCohort(6, [property({ key: 'city' })])] },
      { actual: false, matched: false, explanation: 'The person is not a member of the cohort.', missing: ['person:city'] },
    ],
  ])('%s', (_name, one, given, expected) => {
    expect(explained(one, given)).toEqual(expected)
  })
})

describe('a condition set', () => {
  const explained = (one: Json, given: Given = {}, more: Json = {}) => {
    const { conditions, missing } = evaluate({ filters: { groups: [one], ...more } }, given)
    const { properties: _, index: __, ...rest } = conditions[0] ?? { properties: [], index: 0 }
    return { ...rest, missing }
  }
  const inside = { matched: true, propertiesMatched: true, outOfRollout: false, rolloutPercentage: 100, variantKey: null, missing: [] }
  const outside = { ...inside, matched: false, outOfRollout: true, rolloutPercentage: 0 }
  const missed = { ...inside, matched: false, propertiesMatched: false }

  it.each<[string, Json, Given, object, Json?]>([
    ['without properties', set([]), {}, { ...inside, explanation: 'It has no properties, and the id is inside its share.' }],
    ['without a share', { properties: [] }, {}, { ...inside, explanation: 'It has no properties, and the id is inside its share.' }],
    [
      'with properties',
      set([property()], { variant: 'a' }),
      { subject: pro },
      { ...inside, variantKey: 'a', explanation: 'All properties hold, and the id is inside its share.' },
    ],
    [
      'whose properties do not hold',
      set([property(), property({ key: 'city' }), property({ value: 'x' })]),
      { subject: pro },
      { ...missed, missing: ['person:city'], explanation: '2 of 3 properties do not hold.' },
    ],
    [
      'outside of its share',
      set([], { rollout_percentage: 0 }),
      {},
      { ...outside, explanation: 'The id is outside the share of 0 percent.' },
    ],
    [
      'that is malformed',
      set([], { rollout_percentage: 'x' }),
      {},
      { ...missed, explanation: 'Nobody matches this set: its percentage is no number.' },
    ],
    [
      'of a group that is not given',
      set([]),
      { groupTypes: { 1: 'company' } },
      { ...inside, matched: false, missing: ['group:company'], explanation: 'The group by which this set divides is not given.' },
      { aggregation_group_type_index: 1 },
    ],
    [
      'of a group type without a name',
      set([]),
      { groupTypes: { 0: 'company' } },
      { ...inside, matched: false, missing: ['group:1'], explanation: 'The group by which this set divides is not given.' },
      { aggregation_group_type_index: 1 },
    ],
    [
      'of a group',
      set([]),
      { groupTypes: { 1: 'company' }, subject: { groups: { company: 'acme' } } },
      { ...inside, explanation: 'It has no properties, and the id is inside its share.' },
      { aggregation_group_type_index: 1 },
    ],
  ])('%s', (_name, one, given, expected, more) => {
    expect(explained(one, given, more)).toEqual(expected)
  })

  it('that divides by a device that is not given', () => {
    const { conditions, missing } = evaluate({ ...flagWith([]), bucketingIdentifier: 'device_id' })
    expect(missing).toEqual(['person:$device_id'])
    expect(conditions).toMatchObject([
      { matched: false, outOfRollout: true, explanation: 'It divides by `$device_id`, which is not given.' },
    ])
  })

  it('has its place', () => {
    expect(evaluate({ filters: { groups: [set([]), set([])] } }).conditions.map(({ index }) => index)).toEqual([0, 1])
  })
})

describe('what is missing', () => {
  it('may be a word on early access', () => {
    const early = flagWith([], { feature_enrollment: true })
    expect(evaluate(early).missing).toEqual(['person:$feature_enrollment/flag'])
    expect(evaluate(early, { subject: { personProperties: { '$feature_enrollment/flag': false } } }).missing).toEqual([])
  })

  it('may be missing for a flag that this one depends on, and is told once', () => {
    const otherFlags = [
      { id: 2, key: 'two', ...flagWith([onFlag('3'), property()], { feature_enrollment: true }) },
      { id: 3, key: 'three', ...flagWith([property({ key: 'city' }), property()]) },
    ]
    expect(evaluate(flagWith([onFlag('2'), property()]), { otherFlags }).missing.sort()).toEqual([
      ...['person:$feature_enrollment/two', 'person:city', 'person:plan'],
    ])
  })
})
