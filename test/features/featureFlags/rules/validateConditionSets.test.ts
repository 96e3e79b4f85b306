import { describe, expect, it } from 'vitest'
import {
  needsOtherValue,
  patternsOf,
  validateConditionSet,
  validatePercentage,
} from '../../../../src/features/featureFlags/rules/validateConditionSets.ts'
import { ExactNumber } from '../../../../src/platform/json.ts'

// Which properties a condition set may have.

const told = (property: unknown, flagIndex: unknown = null, more: object = {}, patterns?: ReadonlySet<unknown>) =>
  validateConditionSet(['set'], { properties: [property], ...more }, flagIndex, patterns).map(
    ({ path, message }) => `${path.slice(3).join('.')}: ${message}`,
  )
const person = (operator: unknown, value?: unknown) => ({ key: 'k', type: 'person', operator, value })

describe('an operator fits the value', () => {
  it.each<[string, unknown[], unknown[], string]>([
    ...['icontains', 'not_icontains', 'starts_with', 'not_starts_with', 'ends_with', 'not_ends_with', 'regex', 'not_regex'].map(
      (name): [string, unknown[], unknown[], string] => [name, ['x', '', 5], [null, undefined, ['x'], true, {}], 'text'],
    ),
    ...['icontains_multi', 'not_icontains_multi'].map((name): [string, unknown[], unknown[], string] => [
      name,
      [['a', 5], []],
      ['a', null, [true], [['a']]],
      'a list of texts',
    ]),
    ...['gt', 'gte', 'lt', 'lte', 'min', 'max'].map((name): [string, unknown[], unknown[], string] => [
      name,
      [5, '5', new ExactNumber('12345678901234567890')],
      [null, [5], true],
      'a number or text',
    ]),
    ...['between', 'not_between'].map((name): [string, unknown[], unknown[], string] => [
      name,
      [
        [1, 2],
        ['1', 2],
        [1, 1],
        [-1, '1.5'],
      ],
      [5, [1], [1, 2, 3], [2, 1], ['', 1], [' ', 1], [1, ' '], ['a', 'b'], [null, 1], null],
      'a list of the least and the greatest number',
    ]),
    ...['is_date_exact', 'is_date_after', 'is_date_before'].map((name): [string, unknown[], unknown[], string] => [
      name,
      ['2026-01-01', '2026-01-01T10:00:00Z', '-7d', '7d', '1h', '12m', '3w', '1y'],
      ['soon', '', 5, null, '7x', 'x7d', '7dx', '--7d'],
      'a date',
    ]),
    ...['gt', 'gte', 'lt', 'lte', 'eq', 'neq', 'tilde', 'caret'].map((name): [string, unknown[], unknown[], string] => [
      `semver_${name}`,
      ['1', '1.2', '1.2.3', 'v1.2.3', '1.2.3-rc.1', '1.2.3+5', '10.20.30'],
      ['x', '', 5, null, '.1', 'vv1', 'x1.2.3', '1.2.3 ', '*'],
      'a version such as 1.2.3',
    ]),
    ['semver_wildcard', ['*', '1.*', '1.2.*', 'v10.20.*', '1.2.3'], ['x', '', '**', '*.1', 5, null], 'a version such as 1.2.*'],
    ['exact', ['x', 5, null, ['a'], true], [], ''],
    ['is_not', ['x', 5, null, ['a'], true], [], ''],
    ['is_set', ['x', null, undefined], [], ''],
    ['is_not_set', ['x', null, undefined], [], ''],
  ])('%s', (operator, fitting, others, form) => {
    expect(fitting.filter((value) => told(person(operator, value)).length > 0)).toEqual([])
    expect(fitting.filter((value) => needsOtherValue({ operator, value }))).toEqual([])
    expect(others.map((value) => told(person(operator, value)))).toEqual(
      others.map(() => [`operator: ${operator} needs ${form} as its value.`]),
    )
    expect(others.filter((value) => !needsOtherValue({ operator, value }))).toEqual([])
  })

  it('and one that is unknown or malformed needs no other value', () => {
    for (const operator of ['like', 5, null, undefined]) expect(needsOtherValue({ operator, value: {} })).toBe(false)
    expect(needsOtherValue('x')).toBe(false)
  })
})

describe('a property', () => {
  it.each<[string, unknown, unknown?, object?]>([
    ['without an operator', { key: 'k', type: 'person', value: 1 }],
    ['with an operator that is null', person(null, 1)],
    ['with a number as key', { key: 7, type: 'person', value: 1 }],
    ['with a long number as key', { key: new ExactNumber('12345678901234567890'), type: 'person', value: 1 }],
    ['that is negated', { ...person('exact', 1), negation: true }],
    ['that is not', { ...person('exact', 1), negation: null }],
    ['of a cohort', { key: 'id', type: 'cohort', operator: 'in', value: 5 }],
    ['outside of a cohort', { key: 'id', type: 'cohort', operator: 'not_in', value: 5 }],
    ['of a cohort in the older form', { key: 'id', type: 'cohort', operator: 'exact', value: 5 }],
    ['of a flag', { key: '7', type: 'flag', operator: 'flag_evaluates_to', value: true }],
    ['of a group, in a flag of groups', { key: 'k', type: 'group', group_type_index: 0, value: 1 }, 0],
    ['of a group, in a set of groups', { key: 'k', type: 'group', group_type_index: 1, value: 1 }, 0, { aggregation_group_type_index: 1 }],
    ['of a flag, in a set of groups', { key: '7', type: 'flag', operator: 'flag_evaluates_to', value: true }, 0],
    ['of a person, in a set of people of a flag of groups', person('exact', 1), 0, { aggregation_group_type_index: null }],
  ])('%s is valid', (_name, property, flagIndex, more) => {
    expect(told(property, flagIndex, more)).toEqual([])
  })

  const peopleOnly = 'type: Condition sets about people can only use person, cohort and flag properties.'
  const groupsOnly = 'type: Condition sets about groups can only use group properties.'
  it.each<[string, unknown, string[], unknown?, object?]>([
    ['that is no object', 'x', [': Must be an object.']],
    ['without a key', { type: 'person' }, ['key: This field is required.']],
    ['with an empty key', { key: '', type: 'person' }, ['key: This field is required.']],
    ['with a key that is no text', { key: true, type: 'person' }, ['key: This field is required.']],
    ['without a type', { key: 'k' }, ['type: Must be person, cohort, group or flag.']],
    ['of an event', { key: 'k', type: 'event' }, ['type: Must be person, cohort, group or flag.']],
    ['of a group, in a set of people', { key: 'k', type: 'group' }, [peopleOnly]],
    [
      'of a group, in a set of people of a flag of groups',
      { key: 'k', type: 'group' },
      [peopleOnly],
      0,
      { aggregation_group_type_index: null },
    ],
    ['of a person, in a flag of groups', person('exact', 1), [groupsOnly], 0],
    ['of a cohort, in a flag of groups', { key: 'id', type: 'cohort', value: 5 }, [groupsOnly], 0],
    [
      'of another group',
      { key: 'k', type: 'group', group_type_index: 1 },
      ['group_type_index: Must be 0, the group type of its condition set.'],
      0,
    ],
    ['of no group', { key: 'k', type: 'group' }, ['group_type_index: Must be 0, the group type of its condition set.'], 0],
    ['with a negation that is text', { ...person('exact', 1), negation: 'true' }, ['negation: Must be true or false.']],
    ['with an unknown operator', person('like', 'x'), ["operator: Unknown operator 'like'."]],
    ['with a long unknown operator', person('x'.repeat(50), 'x'), [`operator: Unknown operator '${'x'.repeat(40)}'.`]],
    ['with an operator that is no text', person(5, 'x'), ["operator: Unknown operator '5'."]],
    ['with an operator in capitals', person('EXACT', 'x'), ["operator: Unknown operator 'EXACT'."]],
    [
      'of a flag with another operator',
      { key: '7', type: 'flag', operator: 'exact' },
      ['operator: Flag properties must use flag_evaluates_to.'],
    ],
    [
      'of a person with the operator of flags',
      person('flag_evaluates_to', true),
      ['operator: flag_evaluates_to is only for flag properties.'],
    ],
    ['of a person with an operator of cohorts', person('in', 1), ['operator: in is only for cohort properties.']],
    ['of a person with the other one', person('not_in', 1), ['operator: not_in is only for cohort properties.']],
    [
      'of a cohort with another operator',
      { key: 'id', type: 'cohort', operator: 'gt', value: 5 },
      ['operator: Cohort properties must use in or not_in.'],
    ],
    ['with a pattern that is none', person('regex', '(('), ['value: Must be a valid regular expression.']],
    ['with another one', person('not_regex', '['), ['value: Must be a valid regular expression.']],
    [
      'with all of that',
      { type: 'x', operator: 'y', negation: 1 },
      [
        'key: This field is required.',
        'type: Must be person, cohort, group or flag.',
        'negation: Must be true or false.',
        "operator: Unknown operator 'y'.",
      ],
    ],
  ])('%s is refused', (_name, property, expected, flagIndex, more) => {
    expect(told(property, flagIndex, more)).toEqual(expected)
  })

  it('may have a pattern that is stored already, or a number, or none at all', () => {
    expect(told(person('regex', '(('), null, {}, new Set(['((']))).toEqual([])
    expect(told(person('regex', 5))).toEqual([])
    expect(told(person('exact', '(('))).toEqual([])
  })
})

describe('a condition set', () => {
  it('is told what is wrong at each place, up to a number of errors', () => {
    expect(validateConditionSet(['groups', '2'], { rollout_percentage: 101, properties: [person('exact', 1), 'x'] }, null)).toEqual([
      { path: ['groups', '2', 'rollout_percentage'], code: 'invalid_input', message: 'Must be a number from 0 to 100.' },
      { path: ['groups', '2', 'properties', '1'], code: 'invalid_input', message: 'Must be an object.' },
    ])
    expect(validateConditionSet(['g'], null, null)).toEqual([{ path: ['g'], code: 'invalid_input', message: 'Must be an object.' }])
    expect(validateConditionSet(['g'], { properties: [{ type: 'person' }] }, null)[0]).toMatchObject({ code: 'required' })
    expect(validateConditionSet(['g'], { properties: Array.from({ length: 1_000 }, () => 'x') }, null).length).toBeLessThan(100)
  })
})

it.each<[unknown, boolean]>([
  ...[0, 100, 2.5, new ExactNumber('50.00')].map((value): [unknown, boolean] => [value, true]),
  ...[-0.1, 100.1, '50', null, undefined, Number.NaN, true, new ExactNumber('1e5')].map((value): [unknown, boolean] => [value, false]),
])('%j as a percentage: %s', (value, expected) => {
  expect(validatePercentage(['share'], value)).toEqual(
    expected ? [] : [{ path: ['share'], code: 'invalid_input', message: 'Must be a number from 0 to 100.' }],
  )
})

it('the patterns of condition sets are those of regular expressions', () => {
  const groups = [{ properties: [person('regex', 'a'), person('exact', 'b'), 'x'] }, 'x', { properties: [person('not_regex', 'c')] }]
  expect([...patternsOf(groups)]).toEqual(['a', 'c'])
  expect(patternsOf('x').size).toBe(0)
  expect(patternsOf([{ properties: 'x' }]).size).toBe(0)
})
