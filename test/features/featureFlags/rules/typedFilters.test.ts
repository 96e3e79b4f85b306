import { describe, expect, it } from 'vitest'
import type { PropertyConditionInput } from '../../../../src/features/featureFlags/rules/conditionInput.ts'
import type { PropertyOperatorName } from '../../../../src/features/featureFlags/rules/conditions.ts'
import {
  splitTypedFilters,
  type TypedFilters,
  toFilters,
  validateTypedFilters,
} from '../../../../src/features/featureFlags/rules/typedFilters.ts'
import { validateFilters } from '../../../../src/features/featureFlags/rules/validateFilters.ts'
import type { FieldError } from '../../../../src/platform/fieldError.ts'

// Typed inputs in place of `filters`: what they are converted to, and where the errors are.

const references = { cohortId: Number, flagId: Number, storedFlagId: Number }
const person = (key: string, operator: PropertyOperatorName, value?: unknown): PropertyConditionInput => ({
  person: { key, operator, value },
})
const paths = (errors: readonly FieldError[]) => errors.map(({ path }) => path.join('.'))
const texts = (errors: readonly FieldError[]) => errors.map(({ path, message }) => `${path.join('.')}: ${message}`)
const convert = (typed: TypedFilters, stored: unknown = null) => toFilters(typed, stored, references)
/** The errors of the converted filters, at their places in the input. */
const refused = (typed: TypedFilters, stored: unknown = null) => {
  const { filters, toInputErrors } = convert(typed, stored)
  return texts(toInputErrors(validateFilters(filters, stored)))
}

describe('the typed inputs', () => {
  it('are told apart from the rest', () => {
    expect(splitTypedFilters({ name: 'x', tags: undefined, earlyExit: false, variants: [], payload: null })).toEqual({
      typed: { earlyExit: false, variants: [], payload: null },
      others: { name: 'x' },
    })
    const all = {
      ...{ conditions: [], addConditions: [], rolloutPercentage: 5, variants: [], payload: 1, removePayload: true },
      ...{ groupTypeIndex: 0, earlyExit: true },
    }
    expect(splitTypedFilters(all)).toEqual({ typed: all, others: {} })
  })

  it('are none where none is given', () => {
    expect(splitTypedFilters({ name: 'x', conditions: undefined } as { name: string })).toEqual({ typed: null, others: { name: 'x' } })
  })
})

describe('typed inputs are valid', () => {
  it.each<[string, TypedFilters]>([
    ['that say nothing', {}],
    ['with conditions', { conditions: [{ properties: [person('a', 'EXACT', 1)] }] }],
    ['with conditions that need no value', { conditions: [{ properties: [person('a', 'IS_SET'), person('a', 'IS_NOT_SET')] }, {}] }],
    [
      'with a condition of a group',
      { conditions: [{ properties: [{ group: { key: 'a', operator: 'GT', value: 1, groupTypeIndex: 1 } }] }] },
    ],
    [
      'with conditions of flags',
      { conditions: [{ properties: [true, false, 'a'].map((value) => ({ flag: { featureFlagId: '1', value } })) }] },
    ],
    ['with a condition of a cohort', { conditions: [{ properties: [{ cohort: { cohortId: '1' } }] }] }],
    ['with new sets and a share', { addConditions: [{}], rolloutPercentage: 5 }],
    ['with a payload that is null', { payload: null, removePayload: false }],
    ['with a payload to remove', { removePayload: true }],
    [
      'with as much as is allowed',
      {
        conditions: Array.from({ length: 100 }, () => ({ description: 'x'.repeat(4_000) })),
        variants: Array.from({ length: 100 }, (_, n) => ({ key: `v${n}`, name: 'x'.repeat(400), rolloutPercentage: 1 })),
        payload: 'x'.repeat(65_534),
      },
    ],
    ['with a hundred properties', { conditions: [{ properties: Array.from({ length: 100 }, () => person('x'.repeat(400), 'IS_SET')) }] }],
  ])('%s', (_name, typed) => {
    expect(validateTypedFilters(typed, false)).toEqual([])
  })
})

describe('typed inputs are refused', () => {
  const conflict = (field: string, other: string) => `${field}: Cannot be sent together with \`${other}\`.`
  const tooMany = 'Ensure this field has no more than 100 elements.'
  it.each<[string, TypedFilters, string[], boolean?]>([
    ['beside filters', { earlyExit: false, conditions: [] }, [conflict('conditions', 'filters'), conflict('earlyExit', 'filters')], true],
    ['with two kinds of sets', { conditions: [], addConditions: [] }, [conflict('addConditions', 'conditions')]],
    ['with conditions and a share', { conditions: [], rolloutPercentage: 101 }, [conflict('rolloutPercentage', 'conditions')]],
    ['with a payload to set and to remove', { payload: null, removePayload: true }, [conflict('removePayload', 'payload')]],
    ['with too many sets', { conditions: Array.from({ length: 101 }, () => ({ description: '\0' })) }, [`conditions: ${tooMany}`]],
    ['with too many new sets', { addConditions: Array.from({ length: 101 }, () => ({})) }, [`addConditions: ${tooMany}`]],
    [
      'with too many properties',
      { conditions: [{}, { description: '\0', properties: Array.from({ length: 101 }, () => person('a', 'EXACT')) }] },
      [`conditions.1.properties: ${tooMany}`],
    ],
    [
      'with too many variants',
      { variants: Array.from({ length: 101 }, () => ({ key: 'a', name: '\0', rolloutPercentage: 1 })) },
      [`variants: ${tooMany}`],
    ],
    [
      'with a long description',
      { addConditions: [{ description: 'x'.repeat(4_001) }] },
      ['addConditions.0.description: Ensure this field has no more than 4000 characters.'],
    ],
    [
      'with a long key',
      { conditions: [{ properties: [person('x'.repeat(401), 'IS_SET')] }] },
      ['conditions.0.properties.0.person.key: Ensure this field has no more than 400 characters.'],
    ],
    [
      'without a value',
      { conditions: [{ properties: [person('a', 'IS_SET'), person('a', 'GT')] }] },
      ['conditions.0.properties.1.person.value: GT needs a value.'],
    ],
    [
      'with a value that is null',
      { conditions: [{ properties: [{ group: { key: 'a', operator: 'EXACT', value: null } }] }] },
      ['conditions.0.properties.0.group.value: EXACT needs a value.'],
    ],
    [
      'with a group type of a person',
      { conditions: [{ properties: [{ person: { key: 'a', operator: 'IS_SET', groupTypeIndex: 0 } }] }] },
      ['conditions.0.properties.0.person.groupTypeIndex: Must be left out for a property of a person.'],
    ],
    ...[1, null, ''].map((value): [string, TypedFilters, string[]] => [
      `with a flag that is ${JSON.stringify(value)}`,
      { conditions: [{ properties: [{ flag: { featureFlagId: '1', value } }] }] },
      ['conditions.0.properties.0.flag.value: Must be true, false or the key of a variant.'],
    ]),
    [
      'with a long name of a variant',
      { variants: [{ key: 'a', name: 'x'.repeat(401), rolloutPercentage: 1 }] },
      ['variants.0.name: Ensure this field has no more than 400 characters.'],
    ],
    [
      'with a long payload of a variant',
      { variants: [{ key: 'a', payload: 'x'.repeat(65_535), rolloutPercentage: 1 }] },
      ['variants.0.payload: Must be at most 65536 bytes of JSON.'],
    ],
    ['with a long payload', { payload: 'x'.repeat(65_535) }, ['payload: Must be at most 65536 bytes of JSON.']],
    ['with a share over 100', { rolloutPercentage: 101 }, ['rolloutPercentage: Must be a number from 0 to 100.']],
  ])('%s', (_name, typed, expected, hasFilters = false) => {
    expect(texts(validateTypedFilters(typed, hasFilters))).toEqual(expected)
  })

  it('with codes for programs', () => {
    expect(validateTypedFilters({ conditions: [], addConditions: [] }, false)).toMatchObject([{ code: 'conflict' }])
    expect(validateTypedFilters({ conditions: [{ properties: [person('a', 'GT')] }] }, false)).toMatchObject([{ code: 'required' }])
    expect(validateTypedFilters({ conditions: Array.from({ length: 101 }, () => ({})) }, false)).toMatchObject([{ code: 'max_length' }])
  })
})

describe('the filters that are set', () => {
  const set = { properties: [], rollout_percentage: null }
  const stored = { groups: [{ properties: [], rollout_percentage: 5, sort_key: 'x' }, 'malformed'], early_exit: true, other: 1 }
  it.each<[string, TypedFilters, unknown, object]>([
    ['are none for nothing', {}, stored, {}],
    ['are conditions', { conditions: [{}] }, null, { groups: [set] }],
    ['may have no conditions', { conditions: [] }, stored, { groups: [] }],
    ['are stored sets that stay', { conditions: [{ rolloutPercentage: 5 }] }, stored, { groups: [stored.groups[0]] }],
    ['are more sets', { addConditions: [{}] }, stored, { groups: [...stored.groups, set] }],
    ['are the first sets', { addConditions: [{}] }, null, { groups: [set] }],
    ['are sets beside malformed ones', { addConditions: [{}] }, { groups: 'x' }, { groups: [set] }],
    [
      'are one share for all',
      { rolloutPercentage: 7 },
      { groups: [stored.groups[0], {}] },
      {
        groups: [
          { properties: [], rollout_percentage: 7, sort_key: 'x' },
          { properties: [], rollout_percentage: 7 },
        ],
      },
    ],
    [
      'are one share for the stored sets, and not the new',
      { rolloutPercentage: 7, addConditions: [{ rolloutPercentage: 1 }] },
      { groups: [{}] },
      {
        groups: [
          { properties: [], rollout_percentage: 7 },
          { properties: [], rollout_percentage: 1 },
        ],
      },
    ],
    ['are settings', { groupTypeIndex: 0, earlyExit: false }, stored, { aggregation_group_type_index: 0, early_exit: false }],
    [
      'have the new group type on new sets',
      { groupTypeIndex: 1, conditions: [{}] },
      { aggregation_group_type_index: 0 },
      {
        groups: [{ ...set, aggregation_group_type_index: 1 }],
        aggregation_group_type_index: 1,
      },
    ],
    [
      'have the stored group type on new sets',
      { conditions: [{}] },
      { aggregation_group_type_index: 0 },
      { groups: [{ ...set, aggregation_group_type_index: 0 }] },
    ],
    [
      'are variants',
      { variants: [{ key: 'a', rolloutPercentage: 100 }] },
      null,
      { multivariate: { variants: [{ key: 'a', rollout_percentage: 100 }] } },
    ],
    ['are no variants', { variants: [] }, { multivariate: { variants: [{ key: 'a' }] } }, { multivariate: null }],
    [
      'are variants that keep what the type does not know, but for the name',
      {
        variants: [
          { key: 'b', name: 'B', rolloutPercentage: 40 },
          { key: 'a', rolloutPercentage: 60 },
        ],
      },
      { multivariate: { note: 1, variants: [{ key: 'a', name: 'A', rollout_percentage: 50, description: 'x' }, { key: 'c' }, 'x'] } },
      {
        multivariate: {
          note: 1,
          variants: [
            { key: 'b', name: 'B', rollout_percentage: 40 },
            { key: 'a', rollout_percentage: 60, description: 'x' },
          ],
        },
      },
    ],
    [
      'are variants in place of malformed ones',
      { variants: [{ key: 'a', rolloutPercentage: 100 }] },
      { multivariate: 'x' },
      {
        multivariate: { variants: [{ key: 'a', rollout_percentage: 100 }] },
      },
    ],
  ])('%s', (_name, typed, before, expected) => {
    const { filters, errors } = convert(typed, before)
    expect(filters).toStrictEqual(expected)
    expect(errors).toEqual([])
  })
})

describe('payloads', () => {
  const ab = { variants: [{ key: 'a' }, { key: 'b' }] }
  const [a, c] = [
    { key: 'a', rolloutPercentage: 50 },
    { key: 'c', rolloutPercentage: 50 },
  ]
  const two = [a, c]
  it.each<[string, TypedFilters, object, object | undefined]>([
    ['stay', { earlyExit: true }, { payloads: { true: '1' } }, undefined],
    ['stay when nothing is to be removed', { removePayload: false }, { payloads: { true: '1' } }, undefined],
    ['are set', { payload: { a: 1 } }, {}, { true: '{"a":1}' }],
    ['may be text', { payload: 'x' }, {}, { true: '"x"' }],
    ['may be null', { payload: null }, { payloads: { true: '1' } }, { true: 'null' }],
    ['are replaced', { payload: 2 }, { payloads: { true: '1', old: '3' } }, { true: '2' }],
    ['are removed', { removePayload: true }, { payloads: { true: '1' } }, {}],
    ['are not made by a removal', { removePayload: true }, {}, undefined],
    ['of variants are set', { variants: [{ ...a, payload: 1 }, c] }, {}, { a: '1' }],
    ['of variants that stay are kept', { variants: two }, { multivariate: ab, payloads: { a: '1', b: '2' } }, { a: '1' }],
    ['of variants are replaced', { variants: [{ ...a, payload: 5 }] }, { multivariate: ab, payloads: { a: '1' } }, { a: '5' }],
    ['of variants that are null stay', { variants: [{ ...a, payload: null }] }, { multivariate: ab, payloads: { a: '1' } }, { a: '1' }],
    ['of variants go with them', { variants: [] }, { multivariate: ab, payloads: { a: '1' } }, {}],
    ['of a flag whose variants go may be set', { variants: [], payload: 1 }, { multivariate: ab, payloads: { a: '1' } }, { true: '1' }],
    ['of a flag that gets variants go', { variants: two }, { payloads: { true: '1' } }, {}],
    ['of a flag without variants stay, and others go', { variants: [] }, { payloads: { true: '1', old: '2' } }, { true: '1' }],
    ['are not made by variants', { variants: two }, {}, undefined],
  ])('%s', (_name, typed, before, expected) => {
    const { filters, errors } = convert(typed, before)
    expect([filters.payloads, errors]).toEqual([expected, []])
  })

  it.each<[string, TypedFilters, object, string[]]>([
    ['to set', { payload: 1 }, { multivariate: ab }, ['payload']],
    ['to remove', { removePayload: true }, { multivariate: ab }, ['removePayload']],
    ['to set, with new variants', { payload: 1, variants: two }, {}, ['payload']],
  ])('of a flag with variants are refused: %s', (_name, typed, before, at) => {
    expect(texts(convert(typed, before).errors)).toEqual(
      at.map((field) => `${field}: Must be left out: a flag with variants has the payloads of its variants.`),
    )
    expect(convert(typed, before).filters.payloads ?? {}).toEqual({})
  })
})

it('a share is refused where there is no condition set', () => {
  for (const stored of [null, {}, { groups: [] }]) {
    expect(texts(convert({ rolloutPercentage: 5 }, stored).errors)).toEqual(['rolloutPercentage: The flag has no condition set.'])
  }
})

describe('an error of the filters is at its place in the input', () => {
  const both = (share: number) => [
    { key: 'a', rolloutPercentage: share },
    { key: 'b', rolloutPercentage: 50 },
  ]
  const group = (key: string, groupTypeIndex?: number): PropertyConditionInput => ({
    group: { key, operator: 'EXACT', value: 1, ...(groupTypeIndex === undefined ? {} : { groupTypeIndex }) },
  })
  it.each<[string, TypedFilters, unknown, string[]]>([
    ['no condition set', { conditions: [] }, null, ['conditions']],
    ['no condition set, beside others', { earlyExit: true }, null, ['earlyExit']],
    ['a share', { conditions: [{}, { rolloutPercentage: 101 }] }, null, ['conditions.1.rolloutPercentage']],
    ['a variant that a set forces', { conditions: [{ variantKey: 'c' }] }, null, ['conditions.0.variantKey']],
    ['a group type', { conditions: [{ groupTypeIndex: -1 }] }, null, ['conditions.0.groupTypeIndex']],
    [
      'a share of a new set',
      { addConditions: [{}, { rolloutPercentage: 101 }] },
      { groups: [{}, {}] },
      ['addConditions.1.rolloutPercentage'],
    ],
    ['a key', { conditions: [{ properties: [person('', 'IS_SET')] }] }, null, ['conditions.0.properties.0.person.key']],
    ['an operator', { conditions: [{ properties: [person('a', 'IN', 1)] }] }, null, ['conditions.0.properties.0.person.operator']],
    [
      'an unknown operator',
      { conditions: [{ properties: [person('a', 'UNKNOWN', 1)] }] },
      null,
      ['conditions.0.properties.0.person.operator'],
    ],
    [
      'a value',
      { conditions: [{ properties: [person('a', 'EXACT', 1), person('a', 'GT', [])] }] },
      null,
      ['conditions.0.properties.1.person.value'],
    ],
    [
      'a key and a value',
      { conditions: [{ properties: [person('', 'GT', [])] }] },
      null,
      ['conditions.0.properties.0.person.key', 'conditions.0.properties.0.person.value'],
    ],
    ['a pattern', { conditions: [{ properties: [person('a', 'REGEX', '((')] }] }, null, ['conditions.0.properties.0.person.value']],
    [
      'a person, in a flag of groups',
      { groupTypeIndex: 0, conditions: [{ properties: [person('a', 'EXACT', 1)] }] },
      null,
      ['conditions.0.properties.0.person'],
    ],
    ['a group, in a flag of people', { conditions: [{ properties: [group('a')] }] }, null, ['conditions.0.properties.0.group']],
    [
      'another group',
      { groupTypeIndex: 0, conditions: [{ properties: [group('a', 1)] }] },
      null,
      ['conditions.0.properties.0.group.groupTypeIndex'],
    ],
    [
      'a cohort, in a flag of groups',
      { groupTypeIndex: 0, conditions: [{ properties: [{ cohort: { cohortId: '1' } }] }] },
      null,
      ['conditions.0.properties.0.cohort'],
    ],
    ['variants', { conditions: [{}], variants: both(40) }, null, ['variants']],
    ['a key of a variant', { conditions: [{}], variants: [{ key: 'a b', rolloutPercentage: 100 }] }, null, ['variants.0.key']],
    ['a share of a variant', { conditions: [{}], variants: both(101) }, null, ['variants.0.rolloutPercentage']],
    ['a set that stays and forces a variant that goes', { variants: both(50) }, { groups: [{ variant: 'c' }] }, ['variants']],
    ['a group type of the flag', { conditions: [{}], groupTypeIndex: -1 }, null, ['conditions.0.groupTypeIndex', 'groupTypeIndex']],
    [
      'a group type that the sets do not have',
      { groupTypeIndex: 1 },
      { groups: [{ aggregation_group_type_index: 0 }] },
      ['groupTypeIndex'],
    ],
  ])('%s', (_name, typed, stored, expected) => {
    expect(refused(typed, stored).map((text) => text.split(':')[0])).toEqual(expected)
  })

  it.each<[string, TypedFilters, string[], string[]]>([
    ['the filters as a whole', { earlyExit: true, groupTypeIndex: 0 }, ['filters'], ['groupTypeIndex']],
    ['the early exit', { groupTypeIndex: 0, earlyExit: true }, ['filters', 'early_exit'], ['earlyExit']],
    ['a payload of a variant', { variants: both(50) }, ['filters', 'payloads', 'b'], ['variants', '1', 'payload']],
    ['a payload of the first variant', { variants: both(50) }, ['filters', 'payloads', 'a'], ['variants', '0', 'payload']],
    ['a payload of no variant', { variants: both(50) }, ['filters', 'payloads', 'c'], ['variants']],
    ['the payload', { variants: both(50), payload: 1 }, ['filters', 'payloads', 'true'], ['payload']],
    ['the payload alone', { payload: 1 }, ['filters', 'payloads', 'true'], ['payload']],
    ['the payload, where it is removed', { removePayload: true }, ['filters', 'payloads', 'true'], ['payload']],
    ['the variants', { earlyExit: true }, ['filters', 'multivariate'], ['variants']],
    ['a variant', { variants: both(50) }, ['filters', 'multivariate', 'variants', '1'], ['variants', '1']],
    ['a name of a variant', { variants: both(50) }, ['filters', 'multivariate', 'variants', '1', 'name'], ['variants', '1', 'name']],
    ['the groups', { conditions: [], earlyExit: true }, ['filters', 'groups'], ['conditions']],
    ['the groups, beside others', { earlyExit: true }, ['filters', 'groups'], ['earlyExit']],
    ['a set', { conditions: [{}] }, ['filters', 'groups', '0'], ['conditions', '0']],
    ['a description', { conditions: [{}] }, ['filters', 'groups', '0', 'description'], ['conditions', '0', 'description']],
    ['the properties', { conditions: [{}] }, ['filters', 'groups', '0', 'properties'], ['conditions', '0', 'properties']],
    [
      'a property',
      { conditions: [{ properties: [person('a', 'IS_SET')] }] },
      ['filters', 'groups', '0', 'properties', '0'],
      ['conditions', '0', 'properties', '0', 'person'],
    ],
    [
      'the cohort',
      { conditions: [{ properties: [{ cohort: { cohortId: '1' } }] }] },
      ['filters', 'groups', '0', 'properties', '0', 'value'],
      ['conditions', '0', 'properties', '0', 'cohort', 'cohortId'],
    ],
    [
      'the flag',
      { conditions: [{ properties: [{ flag: { featureFlagId: '1', value: true } }] }] },
      ['filters', 'groups', '0', 'properties', '0', 'key'],
      ['conditions', '0', 'properties', '0', 'flag', 'featureFlagId'],
    ],
    [
      'the value of the flag',
      { conditions: [{ properties: [{ flag: { featureFlagId: '1', value: true } }] }] },
      ['filters', 'groups', '0', 'properties', '0', 'value'],
      ['conditions', '0', 'properties', '0', 'flag', 'value'],
    ],
    ['something new', { conditions: [] }, ['filters', 'other'], ['conditions']],
  ])('the error of %s', (_name, typed, at, expected) => {
    const error = { path: at, code: 'invalid_input', message: 'Wrong.' }
    expect(convert(typed).toInputErrors([error])).toEqual([{ ...error, path: expected }])
  })

  it('and is dropped where a stored set is wrong beside new variants', () => {
    const at = (field: string) => ({ path: ['filters', 'groups', '0', field], code: 'x', message: 'x' })
    const { toInputErrors } = convert({ variants: both(50) }, { groups: [{}] })
    expect(paths(toInputErrors([at('rollout_percentage'), at('variant')]))).toEqual(['variants'])
  })

  it('and is dropped where it is of what is stored', () => {
    const stored = { groups: [{ properties: [{ key: 'age', type: 'person', operator: 'newer', value: 3 }] }] }
    const age = person('age', 'UNKNOWN', 3)
    expect(refused({ conditions: [{ properties: [age] }] }, stored)).toEqual([])
    expect(refused({ addConditions: [{}] }, stored)).toEqual([])
    expect(refused({ addConditions: [{ properties: [age] }] }, stored)).toEqual([
      "addConditions.0.properties.0.person.operator: Unknown operator 'unknown'.",
    ])
    expect(refused({ conditions: [{ properties: [person('age', 'UNKNOWN', 4)] }] }, stored)).toHaveLength(1)
    expect(
      paths(
        convert({ rolloutPercentage: 5 }, stored).toInputErrors([{ path: ['filters', 'groups', '0', 'variant'], code: 'x', message: 'x' }]),
      ),
    ).toEqual([])
  })
})
