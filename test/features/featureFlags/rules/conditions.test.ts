import { describe, expect, it } from 'vitest'
import { cohortIdOf, readConditionSet, readConditions, readProperty } from '../../../../src/features/featureFlags/rules/conditions.ts'
import { ExactNumber } from '../../../../src/platform/json.ts'

// Stored condition sets, with types.

const person = { key: 'plan', type: 'person', value: 'pro' }
const read = { kind: 'PERSON', key: 'plan', operator: 'EXACT', value: 'pro', negated: false, groupTypeIndex: null }

describe('a property', () => {
  it.each<[string, unknown, object]>([
    ['of a person', person, read],
    ['without a type', { key: 'plan', value: 'pro' }, read],
    ['with a type that is null', { ...person, type: null }, read],
    ['with an operator', { ...person, operator: 'not_icontains' }, { ...read, operator: 'NOT_ICONTAINS' }],
    ['with an operator that is null', { ...person, operator: null }, read],
    ['with an older operator', { ...person, operator: 'min' }, { ...read, operator: 'GTE' }],
    ['with the other older operator', { ...person, operator: 'max' }, { ...read, operator: 'LTE' }],
    ['with an unknown operator', { ...person, operator: 'like' }, { ...read, operator: 'UNKNOWN' }],
    ['with an operator that is no text', { ...person, operator: 5 }, { ...read, operator: 'UNKNOWN' }],
    ['with an operator in capitals', { ...person, operator: 'EXACT' }, { ...read, operator: 'UNKNOWN' }],
    ['without a value', { key: 'plan', operator: 'is_set' }, { ...read, operator: 'IS_SET', value: null }],
    ['that is negated', { ...person, negation: true }, { ...read, negated: true }],
    ['that is nearly negated', { ...person, negation: 'true' }, read],
    ['with a number as key', { ...person, key: 7 }, { ...read, key: '7' }],
    ['with a long number as key', { ...person, key: new ExactNumber('12345678901234567890') }, { ...read, key: '12345678901234567890' }],
    ['of a person, whatever group type it names', { ...person, group_type_index: 1 }, read],
    ['of the group of the set', { ...person, type: 'group' }, { ...read, kind: 'GROUP', groupTypeIndex: 2 }],
    ['of another group', { ...person, type: 'group', group_type_index: 0 }, { ...read, kind: 'GROUP', groupTypeIndex: 0 }],
    ['of a cohort', { key: 'id', type: 'cohort', value: 5 }, { ...read, kind: 'COHORT', key: 'id', operator: 'IN', value: 5 }],
    [
      'of a cohort, in the older form',
      { key: 'id', type: 'cohort', value: 5, operator: 'exact' },
      { ...read, kind: 'COHORT', key: 'id', operator: 'IN', value: 5 },
    ],
    [
      'outside of a cohort',
      { key: 'id', type: 'cohort', value: 5, operator: 'not_in' },
      { ...read, kind: 'COHORT', key: 'id', operator: 'NOT_IN', value: 5 },
    ],
    [
      'of a flag',
      { key: '7', type: 'flag', value: true, operator: 'flag_evaluates_to' },
      { ...read, kind: 'FLAG', key: '7', operator: 'FLAG_EVALUATES_TO', value: true },
    ],
  ])('%s', (_name, property, expected) => {
    expect(readProperty(property, 2)).toEqual(expected)
  })

  it.each<[unknown, string]>([
    ['x', 'a property is no object.'],
    [null, 'a property is no object.'],
    [{ ...person, type: 'event' }, 'a property has an unknown type.'],
    [{ ...person, type: 'toString' }, 'a property has an unknown type.'],
    [{ ...person, type: ['person'] }, 'a property has an unknown type.'],
    [{ type: 'person' }, 'a property has no key.'],
    [{ ...person, key: true }, 'a property has no key.'],
    [{ ...person, group_type_index: -1 }, 'the group type of a property is no index.'],
    [{ ...person, group_type_index: 0.5 }, 'the group type of a property is no index.'],
    [{ ...person, group_type_index: '0' }, 'the group type of a property is no index.'],
  ])('%j cannot be read', (property, problem) => {
    expect(readProperty(property, null)).toBe(problem)
  })
})

describe('a condition set', () => {
  const empty = {
    ...{ index: 3, properties: [], rolloutPercentage: null, variantKey: null, groupTypeIndex: null, description: null },
    ...{ exposureFrozen: false, problem: null },
  }
  it.each<[string, unknown, object, unknown?]>([
    ['with nothing', {}, {}],
    ['with what is null', { properties: null, rollout_percentage: null, variant: null, description: null }, {}],
    ['with a share', { rollout_percentage: 2.5 }, { rolloutPercentage: 2.5 }],
    ['with a share of many digits', { rollout_percentage: new ExactNumber('50.0') }, { rolloutPercentage: 50 }],
    ['with a share over 100, as stored', { rollout_percentage: 120 }, { rolloutPercentage: 120 }],
    ['with a variant', { variant: 'a' }, { variantKey: 'a' }],
    ['with an empty variant', { variant: '' }, {}],
    ['with a variant that is no text', { variant: 5 }, {}],
    ['with a description', { description: '' }, { description: '' }],
    ['with a description that is no text', { description: 5 }, {}],
    ['with the stamp of a frozen exposure', { exposure_frozen: true }, { exposureFrozen: true }],
    ['with what is nearly the stamp', { exposure_frozen: 'true' }, {}],
    ['of the group type of the flag', {}, { groupTypeIndex: 0 }, 0],
    ['of a group type of its own', { aggregation_group_type_index: 1 }, { groupTypeIndex: 1 }, 0],
    ['of people', { aggregation_group_type_index: null }, {}, 0],
    ['with a property', { properties: [person] }, { properties: [read] }],
    [
      'with a property of its group',
      { properties: [{ ...person, type: 'group' }], aggregation_group_type_index: 1 },
      { properties: [{ ...read, kind: 'GROUP', groupTypeIndex: 1 }], groupTypeIndex: 1 },
    ],
    ['that is no object', 'x', { problem: 'it is no object.' }],
    ['that is no object, in a flag of groups', null, { problem: 'it is no object.', groupTypeIndex: 0 }, 0],
    ['with a share that is no number', { rollout_percentage: '50' }, { problem: 'its percentage is no number.' }],
    ['with properties that are no list', { properties: {} }, { problem: 'its properties are no list.' }],
    ['with a malformed property', { properties: [person, 'x'] }, { properties: [read], problem: 'a property is no object.' }],
    ['of a group type that is none', { aggregation_group_type_index: 'x' }, { problem: 'its group type is no index.' }],
    ['of a group type below 0', { aggregation_group_type_index: -1 }, { problem: 'its group type is no index.' }],
    ['with the group type of a flag that is none', {}, { problem: 'its group type is no index.' }, 'x'],
    [
      'with the first of several problems',
      { rollout_percentage: 'x', properties: 'x', aggregation_group_type_index: 'x' },
      { problem: 'its group type is no index.' },
    ],
  ])('%s', (_name, set, expected, flagIndex) => {
    expect(readConditionSet(set, 3, flagIndex)).toEqual({ ...empty, ...expected })
  })
})

describe('the sets of a flag', () => {
  it('are numbered, and have the group type of the flag', () => {
    const { sets, problem } = readConditions({ groups: [{}, { aggregation_group_type_index: null }], aggregation_group_type_index: 4 })
    expect([problem, sets.map(({ index, groupTypeIndex }) => [index, groupTypeIndex])]).toEqual([
      null,
      [
        [0, 4],
        [1, null],
      ],
    ])
  })

  it.each<[unknown, number, string | null]>([
    [{}, 0, null],
    [{ groups: null }, 0, null],
    [{ groups: [{}], version: null }, 1, null],
    ['x', 0, 'The filters are no object.'],
    [null, 0, 'The filters are no object.'],
    [{ groups: {} }, 0, '`groups` is no list.'],
    [{ groups: [{}, 'x', { properties: 5 }] }, 3, 'Set 1: it is no object.'],
    [{ groups: ['x'], version: 2 }, 1, 'The filters are of a newer format.'],
  ])('%j', (filters, count, problem) => {
    const conditions = readConditions(filters)
    expect([conditions.sets.length, conditions.problem]).toEqual([count, problem])
  })

  it('are at most 20,000, with as many properties', () => {
    expect(readConditions({ groups: Array.from({ length: 20_001 }, () => ({})) }).sets).toHaveLength(20_000)
    expect(readConditionSet({ properties: Array.from({ length: 20_001 }, () => person) }, 0, null).properties).toHaveLength(20_000)
  })
})

it.each<[string, unknown, number | null]>([
  ['COHORT', 5, 5],
  ['COHORT', '5', 5],
  ['COHORT', '0123456789', 123_456_789],
  ['COHORT', '12345678901', null],
  ['COHORT', '5x', null],
  ['COHORT', 'x5', null],
  ['COHORT', '', null],
  ['COHORT', 5.5, null],
  ['COHORT', [5], null],
  ['COHORT', null, null],
  ['PERSON', 5, null],
])('a property of kind %s with %j names the cohort %j', (kind, value, expected) => {
  expect(cohortIdOf({ kind: kind as 'COHORT', value })).toBe(expected)
})
