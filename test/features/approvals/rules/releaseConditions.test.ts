import { describe, expect, it } from 'vitest'
import {
  canonicalConditions,
  commonConditions,
  groupTypeOf,
  normalizeProperty,
  orderMatters,
  withBucketing,
} from '../../../../src/features/approvals/rules/releaseConditions.ts'
import { ExactNumber } from '../../../../src/platform/json.ts'

// Which release conditions mean the same.

const plan = { key: 'plan', type: 'person', value: 'pro' }
const set = (...properties: unknown[]) => ({ properties })
const older = (more: object) => set({ ...plan, ...more })

describe('the same conditions are', () => {
  it.each<[string, unknown, unknown]>([
    ['no properties and none', {}, set()],
    ['properties that are null and none', { properties: null }, set()],
    ['properties in another order', set(plan, { key: 'age' }), set({ key: 'age' }, plan)],
    ['keys in another order', set({ value: 'pro', key: 'plan', type: 'person' }), set(plan)],
    ['what is only displayed', older({ label: 'Plan', cohort_name: 'Payers', group_key_names: {} }), set(plan)],
    ['values that are null', older({ group_type_index: null }), set(plan)],
    ['min and gte', older({ operator: 'min' }), older({ operator: 'gte' })],
    ['max and lte', older({ operator: 'max' }), older({ operator: 'lte' })],
    ['no operator and exact', set(plan), older({ operator: 'exact' })],
    ['an operator that is null and exact', older({ operator: null }), older({ operator: 'exact' })],
    ['a negation that is false and none', older({ negation: false }), set(plan)],
    ['a negation that is null and none', older({ negation: null }), set(plan)],
    ['a number and its text as key', older({ key: 7 }), older({ key: '7' })],
    ['a long number and its text as key', older({ key: new ExactNumber('12345678901234567890') }), older({ key: '12345678901234567890' })],
    ['no variant and an empty one', set(), { ...set(), variant: '' }],
    ['no variant and one that is null', set(), { ...set(), variant: null }],
    ['another percentage', { ...set(plan), rollout_percentage: 1 }, { ...set(plan), rollout_percentage: 2 }],
    ["a set's own group type and the flag's", set(), { ...set(), aggregation_group_type_index: 2 }],
  ])('%s', (_name, one, other) => {
    const filters = { aggregation_group_type_index: 2 }
    expect(canonicalConditions(one, filters)).toBe(canonicalConditions(other, filters))
  })
})

describe('other conditions are', () => {
  it.each<[string, unknown, unknown]>([
    ['a property more', set(plan), set(plan, { key: 'age' })],
    ['another value', set(plan), older({ value: 'free' })],
    ['another key', set(plan), older({ key: 'age' })],
    ['a key that is missing', older({ key: undefined }), older({ key: 'undefined' })],
    ['a key that is no text', older({ key: true }), older({ key: 'true' })],
    ['another operator', set(plan), older({ operator: 'gte' })],
    ['an operator that is no text', older({ operator: ['min'] }), older({ operator: 'gte' })],
    ['a negation', set(plan), older({ negation: true })],
    ['a variant', set(), { ...set(), variant: 'test' }],
    ['another variant', { ...set(), variant: 'control' }, { ...set(), variant: 'test' }],
    ['another group type', set(), { ...set(), aggregation_group_type_index: 1 }],
    ['people, in a flag of groups', set(), { ...set(), aggregation_group_type_index: null }],
    ['properties that are no list', { properties: { key: 'plan' } }, set()],
    ['other properties that are no list', { properties: { key: 'plan' } }, { properties: { key: 'age' } }],
    ['a property that is no object', set('plan'), set('age')],
    ['a set that is no object', 'everybody', 'nobody'],
    ['a set that is null', null, set()],
  ])('%s', (_name, one, other) => {
    const filters = { aggregation_group_type_index: 2 }
    expect(canonicalConditions(one, filters)).not.toBe(canonicalConditions(other, filters))
  })
})

it('the text of conditions tells what they are, also where the filters are malformed', () => {
  expect(JSON.parse(canonicalConditions({ ...set(), variant: 'test' }, 'malformed'))).toEqual({
    properties: [],
    group: null,
    variant: 'test',
  })
  expect(JSON.parse(canonicalConditions(set(), {}))).toEqual({ properties: [], group: null, variant: null })
  expect(canonicalConditions('everybody', {})).toBe('"everybody"')
})

it('an older property gets its current form, and nothing that it lacked', () => {
  expect(normalizeProperty({ ...plan, key: 7, operator: 'min' })).toStrictEqual({ ...plan, key: '7', operator: 'gte' })
  expect(normalizeProperty(plan)).toStrictEqual(plan)
  expect(normalizeProperty({ ...plan, operator: 'is_not' })).toStrictEqual({ ...plan, operator: 'is_not' })
})

it("a set without a group type has the flag's; null means people", () => {
  expect(groupTypeOf({}, 2)).toBe(2)
  expect(groupTypeOf({ aggregation_group_type_index: 1 }, 2)).toBe(1)
  expect(groupTypeOf({ aggregation_group_type_index: null }, 2)).toBeNull()
  expect(groupTypeOf({}, undefined)).toBeNull()
})

describe('the settings for all condition sets', () => {
  const usual = { bucketing_identifier: 'distinct_id', early_exit: false, feature_enrollment: false }
  it.each<[string, unknown, object]>([
    ['none', {}, usual],
    ['malformed filters', 'malformed', usual],
    ['devices', { bucketing_identifier: 'device_id' }, { ...usual, bucketing_identifier: 'device_id' }],
    ['an unknown bucketing', { bucketing_identifier: 'cookie' }, usual],
    ['an early exit', { early_exit: true }, { ...usual, early_exit: true }],
    ['an enrollment', { feature_enrollment: true }, { ...usual, feature_enrollment: true }],
    ['what is only nearly true', { early_exit: 1, feature_enrollment: 'true' }, usual],
  ])('%s', (_name, filters, expected) => {
    expect(commonConditions(filters)).toEqual(expected)
  })
})

describe('the bucketing of a flag', () => {
  const filters = { groups: [] }
  it.each<[string, unknown, string | undefined, unknown]>([
    ['by device is compared', filters, 'device_id', { groups: [], bucketing_identifier: 'device_id' }],
    ['by person is the usual one', filters, 'distinct_id', filters],
    ['may be unknown', filters, undefined, filters],
    ['has no place in malformed filters', 'malformed', 'device_id', 'malformed'],
    ['has no place in no filters', null, 'device_id', null],
  ])('%s', (_name, given, bucketing, expected) => {
    expect(withBucketing(given, bucketing)).toEqual(expected)
  })
})

describe('the order of condition sets matters', () => {
  it.each<[string, unknown, boolean]>([
    ['not usually', { groups: [set(plan), set()] }, false],
    ['where evaluation stops early', { groups: [], early_exit: true }, true],
    ['not where that is only nearly true', { groups: [], early_exit: 1 }, false],
    ['where a set forces a variant', { groups: [set(plan), { ...set(), variant: 'test' }] }, true],
    ['not for an empty variant', { groups: [{ ...set(), variant: '' }] }, false],
    ['not in malformed filters', 'malformed', false],
    ['not in malformed groups', { groups: 'malformed' }, false],
    ['not for malformed sets', { groups: [null, 'everybody'] }, false],
  ])('%s', (_name, filters, expected) => {
    expect(orderMatters(filters)).toBe(expected)
  })
})
