import { describe, expect, it } from 'vitest'
import { normalizeFilters } from '../../../../src/features/featureFlags/rules/normalizeFilters.ts'

// The stored form of filters.

const set = { properties: [] }
const ofGroup = (index: number | null) => ({ ...set, aggregation_group_type_index: index })

describe('the stored form', () => {
  it.each<[string, unknown, unknown, object]>([
    [
      'replaces the keys that are given, and keeps the others',
      { early_exit: true },
      { early_exit: false, holdout: 1 },
      { early_exit: true, holdout: 1 },
    ],
    ['has no older keys of the input', { super_groups: [1], holdout_groups: [1] }, null, {}],
    ['keeps older keys that are stored', {}, { super_groups: [1] }, { super_groups: [1] }],
    ['of malformed input is what is stored', 'x', { early_exit: true }, { early_exit: true }],
    ['of malformed stored filters is the input', { early_exit: true }, 'x', { early_exit: true }],
    [
      'has payloads as JSON text',
      { payloads: { a: { b: 1 }, c: '"text"', d: 5, e: false } },
      null,
      { payloads: { a: '{"b":1}', c: '"text"', d: '5', e: 'false' } },
    ],
    ['has no payloads that are null', { payloads: { a: null, b: 1 } }, null, { payloads: { b: '1' } }],
    ['may have no payloads', { payloads: null }, { payloads: { a: '1' } }, { payloads: null }],
    ['keeps stored payloads', {}, { payloads: { a: 1 } }, { payloads: { a: 1 } }],
    ['has properties in every set', { groups: [{}, { properties: null }, { properties: 'x' }] }, null, { groups: [set, set, set] }],
    [
      'has operators and keys by their newer names',
      { groups: [{ properties: [{ key: 7, operator: 'min', value: 1 }, 'x'] }] },
      null,
      { groups: [{ properties: [{ key: '7', operator: 'gte', value: 1 }, 'x'] }] },
    ],
    ['keeps malformed sets', { groups: ['x'] }, null, { groups: ['x'] }],
    ['keeps malformed groups', { groups: 'x' }, null, { groups: 'x' }],
    ['leaves stored sets that are not changed', { early_exit: true }, { groups: [{}] }, { groups: [{}], early_exit: true }],
  ])('%s', (_name, input, stored, expected) => {
    expect(normalizeFilters(input, stored)).toStrictEqual(expected)
  })

  it.each<[string, object, unknown, object]>([
    ['of people has no group type', { groups: [set] }, null, { groups: [set] }],
    [
      'of people may say so',
      { groups: [set], aggregation_group_type_index: null },
      null,
      { groups: [set], aggregation_group_type_index: null },
    ],
    [
      'of a flag of groups is on each set',
      { groups: [set], aggregation_group_type_index: 1 },
      null,
      { groups: [ofGroup(1)], aggregation_group_type_index: 1 },
    ],
    [
      'of the stored flag is on each set',
      { groups: [set] },
      { aggregation_group_type_index: 1 },
      { groups: [ofGroup(1)], aggregation_group_type_index: 1 },
    ],
    [
      'is on stored sets when it is given alone',
      { aggregation_group_type_index: 1 },
      { groups: [set] },
      { groups: [ofGroup(1)], aggregation_group_type_index: 1 },
    ],
    [
      'that all sets have is that of the flag',
      { groups: [ofGroup(2), ofGroup(2)] },
      null,
      { groups: [ofGroup(2), ofGroup(2)], aggregation_group_type_index: 2 },
    ],
    [
      'that all sets have replaces that of the flag',
      { groups: [ofGroup(2)] },
      { aggregation_group_type_index: 1 },
      { groups: [ofGroup(2)], aggregation_group_type_index: 2 },
    ],
    [
      'is none of the flag where the sets differ',
      { groups: [set, ofGroup(2)], aggregation_group_type_index: 1 },
      null,
      { groups: [ofGroup(1), ofGroup(2)], aggregation_group_type_index: null },
    ],
    [
      'is none of the flag where some are of people',
      { groups: [set, ofGroup(2)] },
      null,
      { groups: [set, ofGroup(2)], aggregation_group_type_index: null },
    ],
    [
      'is none where all sets are of people',
      { groups: [ofGroup(null)], aggregation_group_type_index: 1 },
      null,
      { groups: [ofGroup(null)], aggregation_group_type_index: null },
    ],
    ['stays without sets', { groups: [], aggregation_group_type_index: 1 }, null, { groups: [], aggregation_group_type_index: 1 }],
    [
      'is 0 as any other',
      { groups: [set], aggregation_group_type_index: 0 },
      null,
      { groups: [ofGroup(0)], aggregation_group_type_index: 0 },
    ],
  ])('the group type %s', (_name, input, stored, expected) => {
    expect(normalizeFilters(input, stored)).toStrictEqual(expected)
  })
})
