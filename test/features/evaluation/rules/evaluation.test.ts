import { describe, expect, it } from 'vitest'
import { hashOf } from '../../../../src/features/evaluation/rules/hash.ts'
import type { Subject } from '../../../../src/features/evaluation/rules/subject.ts'
import examples from '../examples.json' with { type: 'json' }
import { evaluate, flagWith, type Given, type Json, type Surroundings, set } from './support.ts'

// The examples of the specification are tried through the API too (evaluate.test.ts).

/** Whether a filter holds for a value. */
function holds(operator: string, value: unknown, given: unknown, world: Partial<Surroundings> = {}): boolean {
  const personProperties = given === undefined ? {} : { p: given }
  return evaluate(flagWith([{ key: 'p', type: 'person', operator, value }]), { subject: { personProperties }, world }).enabled
}

it.each(examples.cases)('the example $id', ({ flag, context, expected, ...project }) => {
  const { distinctId, groups = {}, personProperties = {}, groupProperties = {} } = context as unknown as Subject
  const { otherFlags, cohorts, groupTypes, timezone = 'UTC', now } = project as unknown as Given & { timezone?: string; now?: string }
  const answer = evaluate(flag as Json, {
    subject: { distinctId, groups, personProperties, groupProperties },
    ...(otherFlags ? { otherFlags } : {}),
    ...(cohorts ? { cohorts } : {}),
    ...(groupTypes ? { groupTypes } : {}),
    world: { timezone, ...(now ? { now: new Date(now) } : {}) },
  })
  const { payload: _, reason, ...rest } = expected as Json
  expect(answer).toMatchObject({ ...rest, reason: String(reason).toUpperCase() })
})

describe('exact', () => {
  it.each([
    [1, 'ÅLESUND', 'Ålesund', true],
    [1, '17', 17, true],
    [1, '17.0', 17, false],
    [1, ['a', 'b'], ['a', 'b'], false],
    [1, '["a","b"]', ['a', 'b'], true],
    [1, '{"a":1,"b":2}', { b: 2, a: 1 }, true],
    [1, true, 'TRUE', true],
    [1, 'false', 'banana', true],
    [1, ['true', 'false'], 'false', true],
    [1, ['true', 'false'], true, false],
    [1, [], 'true', true],
    [1, [], 'x', false],
    [1, true, ['true', true], true],
    [1, 'null', null, true],
    [2, 'false', 'banana', false],
    [2, 'false', false, true],
    [2, ['true', 'false'], true, true],
    [2, [], 'true', true],
  ])('in version %i: %j for %j is %s', (matchingVersion, value, given, expected) => {
    expect(holds('exact', value, given, { matchingVersion })).toBe(expected)
    expect(holds('is_not', value, given, { matchingVersion })).toBe(!expected)
  })
})

it.each([
  ['icontains_multi', ['x', 'B'], 'abc', true],
  ['not_icontains_multi', ['x', 'B'], 'abc', false],
  ['not_starts_with', 'a', 'Abc', false],
  ['ends_with', 'BC', 'abc', true],
  ['not_ends_with', 'x', undefined, true],
  ['ends_with', 'x', undefined, false],
  ['regex', '^(?=.*\\d)c', 'abc1', false],
  ['regex', '17', 117, true],
  ['not_regex', '((', undefined, true],
  ['gt', 9, '10', true],
  ['gt', '9', 'many', false],
  ['gt', 9, true, false],
  ['lt', 9, ' 5', false],
  ['lt', '1e3', 999.5, true],
  ['max', 5, 5, true],
  ['between', [1, '3'], 3, true],
  ['between', [3, 1], 2, false],
  ['not_between', [3, 1], 2, false],
  ['not_between', [1, 3], 4, true],
  ['not_between', [1, 3], undefined, true],
  ['not_between', [1, 3], 'x', false],
  ['is_not', null, 'x', false],
  ['not_icontains', undefined, undefined, false],
  ['in', 'x', 'x', false],
  ['semver_eq', 'v3.08', '3.8', true],
  ['semver_eq', '1.2.3.4', '1.2.3.4', false],
  ['semver_neq', '1.2.3', 'one', false],
  ['semver_lt', '2.0.0', '2.0.0-rc.1', true],
  ['semver_gt', '2.0.0-rc.9', '2.0.0-rc.10', true],
  ['semver_gt', '2.0.0-1', '2.0.0-a', true],
  ['semver_tilde', '1.2.3', '1.2.9', true],
  ['semver_tilde', '1.2.3', '1.3.0', false],
  ['semver_tilde', '1.2.3', '1.2.4-rc.1', false],
  ['semver_tilde', '1.2.3-rc.1', '1.2.3-rc.2', true],
  ['semver_caret', '0.2.3', '0.2.9', true],
  ['semver_caret', '0.2.3', '0.3.0', false],
  ['semver_caret', '0.0.3', '0.0.4', false],
  ['semver_caret', '1.2.3', '1.1.9', false],
  ['semver_wildcard', '*', '9.9.9', true],
  ['semver_wildcard', '1.*', '1.9.9', true],
  ['semver_wildcard', '1.*.*', '2.0.0', false],
  ['semver_wildcard', '1.*.3', '1.2.3', false],
  ['semver_wildcard', '03.08.*', '3.8.1', true],
])('%s %j for %j is %s', (operator, value, given, expected) => {
  expect(holds(operator, value, given)).toBe(expected)
})

describe('dates', () => {
  const berlin = { timezone: 'Europe/Berlin' }
  const noon = (day: string) => ({ now: new Date(`${day}T12:00:00Z`) })
  it.each<[string, unknown, unknown, Partial<Surroundings>, boolean]>([
    ['is_date_exact', '2026-03-01', '2026-02-28T23:00:00Z', berlin, true],
    ['is_date_exact', '2026-03-01T00:00', '2026-03-01T00:00:00+01:00', berlin, true],
    ['is_date_exact', '2026-03-01 10:00:00', 1_772_355_600, berlin, true],
    ['is_date_exact', '2026-03-01', '1772323200', {}, true],
    // The clocks skip this hour.
    ['is_date_after', '2020-01-01', '2026-03-29T02:30:00', berlin, false],
    // This hour comes twice. The first counts.
    ['is_date_exact', '2026-10-25T02:30:00', '2026-10-25T00:30:00Z', berlin, true],
    ['is_date_exact', '1m', '2026-02-28T12:00:00Z', noon('2026-03-31'), true],
    ['is_date_exact', '-2m', '2026-01-28T12:00:00Z', noon('2026-03-31'), true],
    ['is_date_exact', '-1y', '2027-02-28T12:00:00Z', noon('2028-02-29'), true],
    ['is_date_exact', '-1w', '2026-03-24T12:00:00Z', noon('2026-03-31'), true],
    // A day of the wall clock has 23 hours here.
    ['is_date_exact', '-1d', '2026-03-28T12:00:00+01:00', { ...berlin, now: new Date('2026-03-29T10:00:00Z') }, true],
    ['is_date_before', '10000d', '1970-01-01', {}, false],
    ['is_date_before', '9999y', '1970-01-01', {}, false],
    ['is_date_after', '9999m', '1970-01-01', {}, true],
    ['is_date_before', '2026-02-30', '1970-01-01', {}, false],
    ['is_date_before', 1_772_323_200, '1970-01-01', {}, false],
    ['is_date_before', '2026-01-01', '-7d', {}, false],
    ['is_date_before', '2026-01-01', true, {}, false],
    ['is_date_before', '2026-01-01', 1e300, {}, false],
    ['is_date_before', '2026-01-01', '2025-12-31T23:59:59.999Z', { timezone: 'No/Where' }, true],
  ])('%s %j for %j', (operator, value, given, world, expected) => {
    expect(holds(operator, value, given, world)).toBe(expected)
  })
})

describe('what is known without being given', () => {
  it('is the distinct id, a group key, first values and the name of the system', () => {
    const filters = {
      aggregation_group_type_index: 0,
      groups: [
        set([
          { key: 'distinct_id', type: 'person', value: 'user-1' },
          { key: '$initial_browser', type: 'person', value: 'Firefox' },
          { key: '$initial_utm_source', type: 'person', value: 'mail' },
          { key: '$os_name', type: 'person', value: 'Linux' },
          { key: '$group_key', type: 'group', value: '7' },
        ]),
      ],
    }
    const personProperties = { $browser: 'Firefox', utm_source: 'mail', $os: 'Linux' }
    expect(evaluate({ filters }, { subject: { personProperties, groups: { 0: 7 } } })).toMatchObject({
      enabled: true,
      missing: [],
      bucketedBy: '7',
    })
    expect(
      evaluate({ filters }, { subject: { personProperties: { ...personProperties, $initial_browser: 'Opera' }, groups: { 0: 7 } } })
        .enabled,
    ).toBe(false)
  })

  it('is never what objects of JavaScript have', () => {
    for (const key of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(evaluate(flagWith([{ key, operator: 'is_set' }]))).toMatchObject({ enabled: false, missing: [`person:${key}`] })
    }
  })
})

describe('groups', () => {
  it.each([[''], [null], [{}], [['a']], [true]])('have no key %j', (organization) => {
    const filters = { groups: [set([])], aggregation_group_type_index: 0 }
    const answer = evaluate({ filters }, { subject: { groups: { organization } }, groupTypes: { 0: 'organization' } })
    expect(answer).toMatchObject({
      enabled: false,
      reason: 'NO_GROUP_TYPE',
      conditionIndex: 0,
      missing: ['group:organization'],
      bucketedBy: null,
    })
  })

  it('hash a number as its decimal text', () => {
    const rollout = hashOf('flag.', '42', '') * 100
    const filters = { groups: [set([], { rollout_percentage: rollout })], aggregation_group_type_index: 1 }
    expect(evaluate({ filters }, { subject: { groups: { company: 42 } }, groupTypes: { 1: 'company' } }).enabled).toBe(true)
  })
})

describe('a device', () => {
  it('is hashed in place of the person, and nobody without one is inside', () => {
    const flag = { ...flagWith([]), bucketingIdentifier: 'device_id' }
    expect(evaluate(flag)).toMatchObject({ reason: 'OUT_OF_ROLLOUT_BOUND', missing: ['person:$device_id'] })
    expect(evaluate(flag, { subject: { personProperties: { $device_id: 'phone' } } })).toMatchObject({ enabled: true, bucketedBy: 'phone' })
  })
})

it.each<[string, unknown, string | null]>([
  ['a number', 7, '7'],
  ['an empty text', '', null],
  ['null', null, null],
  ['true', true, null],
  ['a list', ['phone'], null],
])('a device id that is %s divides by it: %s', (_name, id, expected) => {
  const flag = { ...flagWith([]), bucketingIdentifier: 'device_id' }
  const { enabled, bucketedBy } = evaluate(flag, { subject: { personProperties: { $device_id: id } } })
  expect([enabled, bucketedBy]).toEqual([expected !== null, expected])
})

describe('a property of a group', () => {
  const ofGroup = (index: unknown, operator = 'exact') => ({ key: 'size', type: 'group', group_type_index: index, operator, value: 5 })
  const given = {
    groupTypes: { 0: 'company' },
    subject: { groupProperties: { company: { size: 5 }, null: { size: 5 }, undefined: { size: 5 } } },
  }
  it.each([
    ['of a known type', ofGroup(0), true],
    ['of a type without a name', ofGroup(1), false],
    ['of no type', ofGroup(null), false],
    ['that is absent, negated', ofGroup(1, 'is_not'), true],
  ])('%s', (_name, property, expected) => {
    expect(evaluate(flagWith([property]), given).enabled).toBe(expected)
  })
})

describe('an early exit', () => {
  const miss = set([{ key: 'plan', value: 'pro' }])
  const outside = set([], { rollout_percentage: 0 })
  it.each<[string, Json[], object]>([
    ['ends outside of a share', [outside, set([])], { enabled: false, reason: 'OUT_OF_ROLLOUT_BOUND', conditionIndex: 0 }],
    ['does not end where a property does not hold', [miss, set([])], { enabled: true, conditionIndex: 1 }],
    ['ends in the second set', [miss, outside, set([])], { enabled: false, reason: 'OUT_OF_ROLLOUT_BOUND', conditionIndex: 1 }],
  ])('%s', (_name, groups, expected) => {
    expect(evaluate({ filters: { groups, early_exit: true } })).toMatchObject(expected)
  })

  it('is needed for that', () => {
    expect(evaluate({ filters: { groups: [outside, set([])] } })).toMatchObject({ enabled: true, conditionIndex: 1 })
  })
})

describe('cohorts', () => {
  const inCohort = (value: unknown, operator?: string) =>
    flagWith([{ key: 'id', type: 'cohort', value, ...(operator ? { operator } : {}) }])
  const leaf = (more: Json = {}) => ({ key: 'plan', type: 'person', value: 'pro', ...more })
  const cohort = (id: number, properties: unknown, more: Json = {}) => ({ id, filters: { properties }, ...more })
  const pro = { personProperties: { plan: 'pro' } }

  it.each<[string, unknown, boolean]>([
    ['an empty AND', { type: 'AND', values: [] }, true],
    ['an empty OR', { type: 'OR', values: [] }, false],
    ['an inner property group', { type: 'OR', values: [{ type: 'property', values: [leaf()] }] }, true],
    ['a negated leaf', { type: 'AND', values: [leaf({ negation: true })] }, false],
    ['a deep tree', { type: 'AND', values: [{ type: 'OR', values: [{ type: 'AND', values: [leaf()] }] }] }, true],
    ['no tree', null, false],
    ['an unknown type', { type: 'XOR', values: [leaf()] }, false],
    [
      'people by what they did',
      { type: 'OR', values: [leaf(), { type: 'behavioral', key: 'x', value: 'performed_event', negation: true }] },
      false,
    ],
    ['groups', { type: 'AND', values: [leaf({ type: 'group', operator: 'is_not_set' })] }, false],
  ])('with %s', (_name, properties, expected) => {
    for (const operator of [undefined, 'in', 'exact']) {
      expect(evaluate(inCohort(5, operator), { cohorts: [cohort(5, properties)], subject: pro }).enabled).toBe(expected)
    }
    expect(evaluate(inCohort('5', 'not_in'), { cohorts: [cohort(5, properties)], subject: pro }).enabled).toBe(!expected)
  })

  it('that are unknown have no members', () => {
    expect(evaluate(inCohort(9))).toMatchObject({ reason: 'NO_CONDITION_MATCH', missing: ['cohort:9'] })
    expect(evaluate(inCohort(9, 'not_in')).enabled).toBe(true)
    expect(evaluate(inCohort(null, 'not_in')).enabled).toBe(false)
    expect(evaluate(inCohort([9], 'not_in')).enabled).toBe(false)
    expect(evaluate(inCohort(9, 'is_not')).enabled).toBe(false)
  })

  it('that are static have their stored members', () => {
    const members = {
      subject: { staticCohortIds: new Set([5]) },
      cohorts: [
        { id: 5, isStatic: true, hasMembers: true },
        { id: 6, isStatic: true },
      ],
    }
    expect(evaluate(inCohort(5), members)).toMatchObject({ enabled: true, missing: [] })
    expect(evaluate(inCohort(6), members)).toMatchObject({ enabled: false, missing: ['cohort:6'] })
  })

  it('that contain themselves have no members, and others see them so', () => {
    const not = (id: number) => ({ type: 'AND', values: [{ key: 'id', type: 'cohort', value: id, negation: true }] })
    const cohorts = [cohort(1, not(2)), cohort(2, not(1)), cohort(3, not(1)), cohort(4, not(4))]
    const enabled = [1, 2, 3, 4].map((id) => evaluate(inCohort(id), { cohorts }).enabled)
    expect(enabled).toEqual([false, false, true, false])
  })

  it('may form a chain of any length', () => {
    const next = (id: number) => ({ type: 'AND', values: [{ key: 'id', type: 'cohort', value: id }] })
    const cohorts = Array.from({ length: 5_000 }, (_, n) => cohort(n, n === 4_999 ? { type: 'AND', values: [leaf()] } : next(n + 1)))
    expect(evaluate(inCohort(0), { cohorts, subject: pro })).toMatchObject({ enabled: true, missing: [] })
    expect(evaluate(inCohort(0), { cohorts })).toMatchObject({ enabled: false, missing: ['person:plan'] })
  })
})

describe('dependencies', () => {
  const on = (key: unknown, value: unknown, more: Json = {}) => ({ key, type: 'flag', operator: 'flag_evaluates_to', value, ...more })
  const parent = (more: Json = {}) => ({ id: 2, key: 'parent', ...flagWith([]), ...more })

  it.each<[string, Json[], Json, boolean, string]>([
    ['by id', [on('2', true)], parent(), true, 'CONDITION_MATCH'],
    ['by a number', [on(2, true)], parent(), true, 'CONDITION_MATCH'],
    ['by key', [on('parent', true)], parent(), true, 'CONDITION_MATCH'],
    ['off', [on('2', false)], parent({ active: false }), true, 'CONDITION_MATCH'],
    ['off, asked for on', [on('2', true)], parent({ active: false }), false, 'NO_CONDITION_MATCH'],
    ['deleted', [on('2', false)], parent({ deleted: true }), false, 'MISSING_DEPENDENCY'],
    ['with another operator', [on('2', true, { operator: 'exact' })], parent(), false, 'NO_CONDITION_MATCH'],
    ['with another value', [on('2', 1)], parent(), false, 'NO_CONDITION_MATCH'],
    ['without a value', [on('2', null)], parent(), false, 'NO_CONDITION_MATCH'],
    ['whose dependency is missing', [on('2', false)], parent(flagWith([on('3', true)])), false, 'MISSING_DEPENDENCY'],
    ['on the flag itself', [on('1', true)], parent(), false, 'MISSING_DEPENDENCY'],
    ['in a circle', [on('2', true)], parent(flagWith([on('flag', false)])), false, 'MISSING_DEPENDENCY'],
    ['on a circle further down', [on('2', true)], parent(flagWith([on('2', false)])), false, 'MISSING_DEPENDENCY'],
  ])('%s', (_name, properties, other, enabled, reason) => {
    expect(evaluate(flagWith(properties), { otherFlags: [other] })).toMatchObject({ enabled, reason })
  })

  it('that are missing switch the whole flag off, also where an earlier set would match', () => {
    const filters = { groups: [set([]), set([on('99', true)])] }
    expect(evaluate({ filters })).toMatchObject({ reason: 'MISSING_DEPENDENCY', conditionIndex: null, missing: ['flag:99'] })
  })

  it('may form a chain of any length', () => {
    const otherFlags = Array.from({ length: 5_000 }, (_, n) => ({
      id: n + 2,
      key: `f${n}`,
      ...(n === 4_999 ? flagWith([{ key: 'plan', value: 'pro' }]) : flagWith([on(String(n + 3), true)])),
    }))
    expect(evaluate(flagWith([on('2', true)]), { otherFlags })).toMatchObject({ enabled: false, missing: ['person:plan'] })
    expect(evaluate(flagWith([on('2', true)]), { otherFlags, subject: { personProperties: { plan: 'pro' } } }).enabled).toBe(true)
  })
})

describe('malformed filters', () => {
  it.each<[unknown, string]>([
    [null, 'NO_CONDITION_MATCH'],
    [[], 'NO_CONDITION_MATCH'],
    ['x', 'NO_CONDITION_MATCH'],
    [{ groups: {} }, 'NO_CONDITION_MATCH'],
    [{ groups: [null] }, 'NO_CONDITION_MATCH'],
    [{ groups: [set([], { rollout_percentage: '100' })] }, 'NO_CONDITION_MATCH'],
    [{ groups: [set([], { properties: {} })] }, 'NO_CONDITION_MATCH'],
    [{ groups: [set([{ type: 'event', key: 'x', operator: 'is_not_set' }])] }, 'NO_CONDITION_MATCH'],
    [{ groups: [set([], { aggregation_group_type_index: 'x' })] }, 'NO_CONDITION_MATCH'],
    [{ groups: [set([])], multivariate: { variants: [{ key: 'a', rollout_percentage: 'x' }] } }, 'NO_CONDITION_MATCH'],
    [{ groups: [set([])], multivariate: [] }, 'NO_CONDITION_MATCH'],
    [{ groups: [set([])], holdout: { id: 1, exclusion_percentage: 'x' } }, 'NO_CONDITION_MATCH'],
    [{ groups: [{ properties: null }], multivariate: null, payloads: null, holdout: null }, 'CONDITION_MATCH'],
    [{ groups: [{ properties: [] }], multivariate: { variants: null } }, 'CONDITION_MATCH'],
  ])('%j', (filters, reason) => {
    expect(evaluate({ filters })).toMatchObject({ reason, enabled: reason === 'CONDITION_MATCH' })
  })

  it('switch off one set, and not the others', () => {
    const filters = { groups: [set([], { rollout_percentage: 'x' }), set([])] }
    expect(evaluate({ filters })).toMatchObject({ enabled: true, conditionIndex: 1 })
  })
})

describe('early access and holdouts', () => {
  it('of the older forms', () => {
    const early = { groups: [set([])], super_groups: [set([{ key: '$feature_enrollment/flag', type: 'person', value: ['true'] }])] }
    const enrolled = (value: unknown) => ({ subject: { personProperties: { '$feature_enrollment/flag': value } } })
    expect(evaluate({ filters: early }, enrolled('true'))).toMatchObject({
      enabled: true,
      reason: 'SUPER_CONDITION_VALUE',
      conditionIndex: 0,
    })
    expect(evaluate({ filters: early }, enrolled('false'))).toMatchObject({ enabled: false, reason: 'SUPER_CONDITION_VALUE' })
    expect(evaluate({ filters: early })).toMatchObject({ enabled: true, reason: 'CONDITION_MATCH' })
    const held = { groups: [set([])], holdout_groups: [{ rollout_percentage: 100, variant: 'holdout-9' }] }
    expect(evaluate({ filters: held })).toMatchObject({ enabled: true, variant: 'holdout-9', reason: 'HOLDOUT_CONDITION_VALUE' })
  })

  it.each<[unknown, string, boolean]>([
    [true, 'SUPER_CONDITION_VALUE', true],
    ['true', 'SUPER_CONDITION_VALUE', true],
    ['TRUE', 'SUPER_CONDITION_VALUE', false],
    [false, 'SUPER_CONDITION_VALUE', false],
    [null, 'SUPER_CONDITION_VALUE', false],
    [1, 'SUPER_CONDITION_VALUE', false],
    [undefined, 'NO_CONDITION_MATCH', false],
  ])('that are chosen by %j', (value, reason, enabled) => {
    const personProperties = value === undefined ? {} : { '$feature_enrollment/flag': value }
    expect(evaluate(flagWith([], { groups: [], feature_enrollment: true }), { subject: { personProperties } })).toMatchObject({
      reason,
      enabled,
    })
    // A flag without early access does not ask.
    expect(evaluate(flagWith([], { groups: [] }), { subject: { personProperties } }).reason).toBe('NO_CONDITION_MATCH')
  })

  const a = { key: 'a', type: 'person', value: 1 }
  const b = { key: 'b', type: 'person', value: 1 }
  const ofGroup = { key: 'c', type: 'group', group_type_index: 0, value: 1 }
  it.each<[string, Json, Json, string, boolean]>([
    ['none of whose properties is given', set([a, b]), {}, 'CONDITION_MATCH', true],
    ['all of whose properties hold', set([a, b]), { a: 1, b: 1 }, 'SUPER_CONDITION_VALUE', true],
    ['one of whose properties holds', set([a, b]), { a: 1 }, 'SUPER_CONDITION_VALUE', false],
    ['outside of its share', set([a], { rollout_percentage: 0 }), { a: 1 }, 'SUPER_CONDITION_VALUE', false],
    ['without a share', { properties: [a] }, { a: 1 }, 'SUPER_CONDITION_VALUE', true],
    ['that is malformed', set([a], { rollout_percentage: 'x' }), { a: 1 }, 'SUPER_CONDITION_VALUE', false],
    ['about a group', set([ofGroup]), {}, 'CONDITION_MATCH', true],
  ])('by an older condition %s', (_name, condition, personProperties, reason, enabled) => {
    const flag = { filters: { groups: [set([])], super_groups: [condition] } }
    expect(evaluate(flag, { subject: { personProperties, groupProperties: { 0: { c: 1 } } } })).toMatchObject({ reason, enabled })
  })

  it('of a group without a key is judged by the bare prefix', () => {
    const bare = hashOf('holdout-', '', '') * 100 + 1e-9
    const filters = (percentage: number) => ({
      groups: [set([])],
      aggregation_group_type_index: 0,
      holdout: { id: 3, exclusion_percentage: percentage },
    })
    expect(evaluate({ filters: filters(bare) }).variant).toBe('holdout-3')
    expect(evaluate({ filters: filters(bare - 0.001) }).reason).toBe('NO_GROUP_TYPE')
  })

  it('come after what switches the flag off', () => {
    const filters = { groups: [], holdout: { id: 3, exclusion_percentage: 200 } }
    expect(evaluate({ filters }).variant).toBe('holdout-3')
    expect(evaluate({ filters, active: false }).reason).toBe('FLAG_DISABLED')
  })
})

it('explains every set, also those that were not reached', () => {
  const filters = {
    groups: [
      set([{ key: 'plan', value: 'pro' }], { rollout_percentage: 0 }),
      set([
        { key: 'plan', value: 'free' },
        { key: 'age', operator: 'gt', value: 5 },
      ]),
      set([]),
      set([{ key: 'plan', operator: 'is_not', value: 'x' }]),
    ],
    early_exit: true,
  }
  const { conditions, missing, reason } = evaluate({ filters }, { subject: { personProperties: { plan: 'pro' } } })
  expect([reason, missing]).toEqual(['OUT_OF_ROLLOUT_BOUND', ['person:age']])
  expect(conditions.map(({ matched, propertiesMatched, outOfRollout }) => [matched, propertiesMatched, outOfRollout])).toEqual([
    [false, true, true],
    [false, false, false],
    [true, true, false],
    [true, true, false],
  ])
  expect(conditions[1]?.properties.map(({ actual, matched }) => [actual, matched])).toEqual([
    ['pro', false],
    [null, false],
  ])
})

it('takes no more steps for hostile filters on hostile properties than a request has', () => {
  const properties = Array.from({ length: 600 }, () => ({ key: 'p', operator: 'regex', value: '^(a|a)*(?<=(a+)+)$' }))
  const groups = [set(properties), ...Array.from({ length: 400 }, () => set([{ key: 'p', operator: 'icontains', value: 'aab' }]))]
  const work = { steps: 400_000 }
  evaluate({ filters: { groups } }, { subject: { personProperties: { p: `${'a'.repeat(60_000)}b` } } }, work)
  // One more search may begin, and no other.
  expect(work.steps).toBeGreaterThan(-10_000)
  expect(work.steps).toBeLessThan(10_000)
})

it.each([
  ['exact', 'true', Array.from({ length: 5_000 }, () => 'true').concat('no')],
  ['gt', 1, `${'1'.repeat(60_000)}x`],
  ['not_between', [1, 2], `${'1'.repeat(60_000)}x`],
  ['is_date_after', '-9999m', '2026-11-20 10:00'],
  ['is_date_before', '-9999y', '2026-11-20 10:00'],
  ['is_date_exact', '2026-01-01', '1'.repeat(60_000)],
  ['semver_eq', '1.0.0', `1.0.0-${'a.'.repeat(30_000)}a`],
])('counts what %s with %j takes', (operator, value, p) => {
  const groups = Array.from({ length: 1_200 }, () => set([{ key: 'p', operator, value }]))
  const work = { steps: 400_000 }
  evaluate({ filters: { groups } }, { subject: { personProperties: { p } }, world: { timezone: 'Europe/Berlin' } }, work)
  expect(work.steps).toBeGreaterThan(-100_000)
  expect(work.steps).toBeLessThan(0)
})

it.each([
  ['-1m', '2026-02-28T13:00:00Z'],
  ['-2m', '2026-01-28T13:00:00Z'],
  ['-9999m', '1192-12-28T13:00:00Z'],
  ['-2y', '2024-03-31T13:00:00Z'],
])('reckons %s from the last of March', (value, p) => {
  const filters = { groups: [set([{ key: 'p', operator: 'is_date_exact', value }])] }
  const now = new Date('2026-03-31T13:00:00Z')
  expect(evaluate({ filters }, { subject: { personProperties: { p } }, world: { now } }).enabled).toBe(true)
})
