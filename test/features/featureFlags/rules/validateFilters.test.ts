import { describe, expect, it } from 'vitest'
import { validateFilters, validateVariantKey, validateVariantSet } from '../../../../src/features/featureFlags/rules/validateFilters.ts'
import { ExactNumber } from '../../../../src/platform/json.ts'

// Which filters a flag may get.

const everybody = [{ properties: [], rollout_percentage: 100 }]
const variants = (...shares: [string, unknown][]) => ({
  variants: shares.map(([key, rollout_percentage]) => ({ key, rollout_percentage })),
})
const ab = variants(['a', 50], ['b', 50])
const nested = (levels: number): object => (levels === 0 ? {} : { a: nested(levels - 1) })
const told = (filters: unknown, stored: unknown = null) =>
  validateFilters(filters, stored).map(({ path, code, message }) => [path.join('.'), code, message])
const percentage = 'Must be a number from 0 to 100.'
const noGroups = 'Feature flags must have at least one condition set (group).'

describe('the filters of a new flag', () => {
  it.each<[string, object]>([
    ['everybody', { groups: everybody }],
    ['a set with nothing in it', { groups: [{}] }],
    ['what is null', { groups: [{ properties: null, rollout_percentage: null, variant: null, description: null }], multivariate: null }],
    ['null in place of settings', { groups: everybody, payloads: null, early_exit: null, feature_enrollment: null, holdout: null }],
    ['variants', { groups: everybody, multivariate: ab }],
    ['variants with names', { groups: everybody, multivariate: { variants: [{ key: 'a', name: 'A', rollout_percentage: 100 }] } }],
    ['a variant without a name', { groups: everybody, multivariate: { variants: [{ key: 'a', name: null, rollout_percentage: 100 }] } }],
    ['shares that add up but for rounding', { groups: everybody, multivariate: variants(['a', 33.33], ['b', 33.33], ['c', 33.34]) }],
    ['shares of many digits', { groups: everybody, multivariate: variants(['a', new ExactNumber('50.0')], ['b', 50]) }],
    ['payloads of variants', { groups: everybody, multivariate: ab, payloads: { a: 1, b: '{"x":1}' } }],
    ['a payload of a flag without variants', { groups: everybody, payloads: { true: 'null' } }],
    ['a variant that is forced', { groups: [{ variant: 'a' }], multivariate: ab }],
    ['an empty variant, which forces none', { groups: [{ variant: '' }] }],
    ['settings', { groups: everybody, early_exit: true, feature_enrollment: false, aggregation_group_type_index: 0 }],
    ['a holdout', { groups: everybody, holdout: { id: 1, exclusion_percentage: 0 } }],
    ['older keys, which are dropped', { groups: everybody, super_groups: [], holdout_groups: null }],
    ['50 levels', { groups: everybody, x: nested(48) }],
  ])('may have %s', (_name, filters) => {
    expect(told(filters)).toEqual([])
  })

  it.each<[unknown, string, string]>([
    [7, '', 'Must be an object.'],
    [null, '', 'Must be an object.'],
    [[], '', 'Must be an object.'],
    [{ groups: everybody, x: nested(49) }, '', 'Cannot be stored: it must not be nested deeper than 50 levels.'],
    [{ groups: everybody, x: '\0' }, '', expect.stringMatching(/^Cannot be stored: x must not have a NUL character/)],
    [{ groups: [] }, 'groups', noGroups],
    [{}, 'groups', noGroups],
    [{ groups: 'x' }, 'groups', 'Must be a list of condition sets.'],
    [{ groups: null }, 'groups', 'Must be a list of condition sets.'],
    [{ groups: ['x'] }, 'groups.0', 'Must be an object.'],
    [{ groups: everybody, version: null }, 'version', 'This key is reserved.'],
    [{ groups: [{ rollout_percentage: '42' }] }, 'groups.0.rollout_percentage', percentage],
    [{ groups: [{}, { rollout_percentage: 101 }] }, 'groups.1.rollout_percentage', percentage],
    [{ groups: [{ rollout_percentage: -0.1 }] }, 'groups.0.rollout_percentage', percentage],
    [{ groups: [{ variant: 1 }] }, 'groups.0.variant', 'Must be the key of a variant, or null.'],
    [{ groups: [{ description: 1 }] }, 'groups.0.description', 'Must be text.'],
    [{ groups: [{ properties: {} }] }, 'groups.0.properties', 'Must be a list.'],
    [
      { groups: [{ aggregation_group_type_index: -1 }] },
      'groups.0.aggregation_group_type_index',
      'Must be a whole number from 0, or null.',
    ],
    [{ groups: everybody, aggregation_group_type_index: 0.5 }, 'aggregation_group_type_index', 'Must be a whole number from 0, or null.'],
    [{ groups: everybody, early_exit: 'true' }, 'early_exit', 'Must be true, false or null.'],
    [{ groups: everybody, feature_enrollment: 1 }, 'feature_enrollment', 'Must be true, false or null.'],
    [{ groups: everybody, holdout: 1 }, 'holdout', 'Must be an object with `id` and `exclusion_percentage`, or null.'],
    [{ groups: everybody, holdout: { id: '1', exclusion_percentage: 5 } }, 'holdout.id', 'Must be a whole number.'],
    [{ groups: everybody, holdout: { id: 1.5, exclusion_percentage: 5 } }, 'holdout.id', 'Must be a whole number.'],
    [{ groups: everybody, holdout: { id: 1 } }, 'holdout.exclusion_percentage', percentage],
    [{ groups: everybody, holdout: { id: 1, exclusion_percentage: 101 } }, 'holdout.exclusion_percentage', percentage],
    [{ groups: everybody, multivariate: 'x' }, 'multivariate', 'Must be an object with `variants`, or null.'],
    [{ groups: everybody, multivariate: {} }, 'multivariate.variants', 'Must be a list of variants.'],
    [{ groups: everybody, multivariate: { variants: [] } }, 'multivariate.variants', 'Must not be empty.'],
    [{ groups: everybody, multivariate: { variants: ['a'] } }, 'multivariate.variants.0', 'Must be an object.'],
    [{ groups: everybody, multivariate: variants(['a', 100], ['b', null]) }, 'multivariate.variants.1.rollout_percentage', percentage],
    [
      { groups: everybody, multivariate: { variants: [{ key: 'a', name: 1, rollout_percentage: 100 }] } },
      'multivariate.variants.0.name',
      'Must be text.',
    ],
    [
      { groups: everybody, multivariate: variants(['a', 99.5]) },
      'multivariate.variants',
      'Variant rollout percentages must sum to 100, got 99.5.',
    ],
    [
      { groups: everybody, multivariate: variants(['a', 60], ['b', 40.001]) },
      'multivariate.variants',
      'Variant rollout percentages must sum to 100, got 100.001.',
    ],
    [
      { groups: everybody, multivariate: variants(['a', 50], ['b', 0], ['a', 25], ['b', 0], ['a', 25]) },
      'multivariate.variants',
      'Variant keys must be unique, duplicated: a, b.',
    ],
    [{ groups: everybody, payloads: [] }, 'payloads', 'Must be an object, or null.'],
    [{ groups: everybody, multivariate: ab, payloads: { c: 1 } }, 'payloads.c', "Payload key 'c' does not match any variant key."],
    [{ groups: everybody, multivariate: ab, payloads: { true: 1 } }, 'payloads.true', "Payload key 'true' does not match any variant key."],
    [{ groups: everybody, payloads: { a: 1 } }, 'payloads.a', "Payload key 'a' is invalid: boolean flags only support the 'true' key."],
    [{ groups: everybody, payloads: { true: 'NaN' } }, 'payloads.true', 'Must be JSON text.'],
    [{ groups: [{ variant: 'c' }], multivariate: ab }, 'groups.0.variant', "Variant override 'c' does not match any variant key."],
    [{ groups: [{}, { variant: 'a' }] }, 'groups.1.variant', "Variant override 'a' does not match any variant key."],
  ])('%j are wrong at %s', (filters, path, message) => {
    expect(told(filters).map(([at, , text]) => [at, text])).toEqual([[path === '' ? 'filters' : `filters.${path}`, message]])
  })

  it('are wrong in all places at once, with codes', () => {
    expect(told({ version: 1, groups: [], multivariate: { variants: [{ rollout_percentage: 'x' }] }, early_exit: 1 })).toEqual([
      ['filters.version', 'invalid_input', 'This key is reserved.'],
      ['filters.groups', 'required', noGroups],
      ['filters.multivariate.variants.0.key', 'required', 'This field is required.'],
      ['filters.multivariate.variants.0.rollout_percentage', 'invalid_input', percentage],
      ['filters.early_exit', 'invalid_input', 'Must be true, false or null.'],
    ])
  })

  it('have at most 262,144 bytes, together with the stored ones', () => {
    const filters = { groups: everybody, x: '' }
    const x = 'x'.repeat(262_144 - JSON.stringify(filters).length)
    expect(told({ ...filters, x })).toEqual([])
    expect(told({ ...filters, x: `${x}x` })).toEqual([['filters', 'max_length', 'Must be at most 262144 bytes of JSON.']])
    expect(told({ groups: everybody }, { x: `${x}x` })).toEqual([['filters', 'max_length', expect.any(String)]])
    // What is replaced does not count.
    expect(told({ groups: everybody, x: '' }, { x: `${x}x` })).toEqual([])
  })
})

describe('the filters of a change', () => {
  const stored = { groups: [{ variant: 'a' }], multivariate: ab, payloads: { a: '1' } }

  it.each<[string, object, unknown]>([
    ['nothing', {}, stored],
    ['no condition sets', { groups: [] }, stored],
    ['other settings, whatever is stored', { early_exit: true }, { groups: 'x', multivariate: 'x', payloads: 'x' }],
    ['other settings, whatever the stored payloads are of', { early_exit: true }, { ...stored, payloads: { gone: '1' } }],
    ['other settings, whatever variant a stored set forces', { early_exit: true }, { groups: [{ variant: 'gone' }], multivariate: ab }],
    [
      'sets of another group type than the flag, which follows',
      { aggregation_group_type_index: 1, groups: [{ aggregation_group_type_index: 0 }] },
      {},
    ],
    [
      'the higher group type that the stored sets have',
      { aggregation_group_type_index: 1 },
      { groups: [{ aggregation_group_type_index: 1 }] },
    ],
    ['payloads, where the stored variants are malformed', { payloads: { c: 1 } }, { multivariate: 'x' }],
    ['variants that keep the forced one', { multivariate: variants(['a', 100]) }, stored],
    ['variants, where the stored payloads are malformed', { multivariate: ab }, { payloads: 'x' }],
    ['variants, where the stored sets are malformed', { multivariate: ab }, { groups: 'x' }],
    ['sets, where the stored variants are malformed', { groups: [{ variant: 'c' }] }, { multivariate: { variants: 'x' } }],
    ['sets, where a stored set is malformed', { multivariate: ab }, { groups: [null] }],
    ['a stored payload that is no JSON', { payloads: { a: 'secret' } }, { ...stored, payloads: { a: 'secret' } }],
    ['variants beside a payload that is no JSON', { multivariate: ab }, { payloads: { a: 'secret' } }],
    ['the group type that the stored sets have', { aggregation_group_type_index: 0 }, { groups: [{ aggregation_group_type_index: 0 }] }],
    ['the group type that no stored set has its own', { aggregation_group_type_index: 0 }, { groups: [{}] }],
    [
      'another group type with sets of it',
      { aggregation_group_type_index: 1, groups: [{}] },
      { groups: [{ aggregation_group_type_index: 0 }] },
    ],
    ['a group type, where the stored sets are malformed', { aggregation_group_type_index: 1 }, { groups: 'x' }],
    [
      'a regular expression that is stored',
      { groups: [{ properties: [{ key: 'a', type: 'person', operator: 'regex', value: '((' }] }] },
      {
        groups: [{ properties: [{ key: 'b', type: 'person', operator: 'not_regex', value: '((' }] }],
      },
    ],
  ])('may be %s', (_name, filters, before) => {
    expect(told(filters, before)).toEqual([])
  })

  it.each<[string, object, unknown, string]>([
    ['a payload of a variant that goes', { multivariate: variants(['b', 100]), groups: [] }, stored, 'payloads.a'],
    ['a payload of no stored variant', { payloads: { c: 1 } }, stored, 'payloads.c'],
    ['a payload of a flag whose variants go', { multivariate: null, groups: [] }, stored, 'payloads.a'],
    ['another payload that is no JSON', { payloads: { a: 'other' } }, { ...stored, payloads: { a: 'secret' } }, 'payloads.a'],
    ['a stored set that forces a variant that goes', { multivariate: variants(['b', 100]), payloads: null }, stored, 'groups.0.variant'],
    ['a set that forces no stored variant', { groups: [{ variant: 'c' }] }, stored, 'groups.0.variant'],
    [
      'a group type that the stored sets do not have',
      { aggregation_group_type_index: 1 },
      { groups: [{}, { aggregation_group_type_index: 0 }] },
      'aggregation_group_type_index',
    ],
    [
      'people, where the stored sets have a group type',
      { aggregation_group_type_index: null },
      { groups: [{ aggregation_group_type_index: 0 }] },
      'aggregation_group_type_index',
    ],
    [
      'a regular expression that is none',
      { groups: [{ properties: [{ key: 'a', type: 'person', operator: 'regex', value: '((' }] }] },
      { groups: [{ properties: [{ key: 'a', type: 'person', operator: 'exact', value: '((' }] }] },
      'groups.0.properties.0.value',
    ],
    [
      'a property of a person in a set with the group type of the flag',
      { groups: [{ properties: [{ key: 'a', type: 'person', value: 1 }] }] },
      { aggregation_group_type_index: 0 },
      'groups.0.properties.0.type',
    ],
  ])('may not be %s', (_name, filters, before, path) => {
    expect(told(filters, before).map(([at]) => at)).toEqual([`filters.${path}`])
  })
})

it('a group type that the stored sets would drop is told with what to send', () => {
  expect(told({ aggregation_group_type_index: 1 }, { groups: [{ aggregation_group_type_index: 0 }] })).toEqual([
    ['filters.aggregation_group_type_index', 'invalid_input', 'The condition sets have another group type. Send `groups` too.'],
  ])
})

describe('the key of a variant', () => {
  it.each(['a', 'A-b_c.d/e', '0', 'true', 'x'.repeat(400)])('%s is valid', (key) => {
    expect(validateVariantKey(['key'], key)).toEqual([])
  })

  it.each<[unknown, string, string]>([
    [undefined, 'required', 'This field is required.'],
    ['', 'required', 'This field is required.'],
    [7, 'required', 'This field is required.'],
    ['x'.repeat(401), 'max_length', 'Ensure this field has no more than 400 characters.'],
    ['__proto__', 'invalid_key', 'This key is reserved.'],
    ...['a b', 'é', 'a\n', ' a', 'a!'].map((key): [string, string, string] => [
      key,
      'invalid_key',
      'Only letters, numbers, hyphens (-), underscores (_), dots (.) and slashes (/) are allowed.',
    ]),
  ])('%j is refused', (key, code, message) => {
    expect(validateVariantKey(['key'], key)).toEqual([{ path: ['key'], code, message }])
  })
})

it('a set of variants counts malformed shares as none', () => {
  const shares = (...values: unknown[]) => values.map((value, n) => ({ key: `v${n}`, rollout_percentage: value as number }))
  expect(validateVariantSet(['v'], shares(100, 'x', null))).toEqual([])
  expect(validateVariantSet(['v'], shares('x'))).toMatchObject([{ path: ['v'], message: expect.stringContaining('got 0.') }])
})
