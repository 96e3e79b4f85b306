import { describe, expect, it } from 'vitest'
import { collectReferences, mapReferences, portableFilters } from '../../../../src/features/featureFlags/rules/mapReferences.ts'

// What filters name by numbers of their project.

const filters = {
  aggregation_group_type_index: 0,
  payloads: { true: '1' },
  groups: [
    {
      properties: [
        { key: 'id', type: 'cohort', value: 5 },
        { key: '7', type: 'flag', value: true },
        { key: 'plan', type: 'person', value: 5 },
      ],
    },
    { aggregation_group_type_index: 1, rollout_percentage: 5, properties: [{ key: 'size', type: 'group', group_type_index: 1 }] },
    {
      properties: [
        { key: 'id', type: 'cohort', value: 5 },
        { key: 7, type: 'flag', value: 'a' },
      ],
    },
  ],
}
const map = {
  cohort: (value: unknown) => `cohort ${String(value)}`,
  flag: (value: unknown) => `flag ${String(value)}`,
  groupType: (value: unknown) => `group type ${String(value)}`,
}

describe('references', () => {
  it('are replaced, and all else stays', () => {
    expect(mapReferences(filters, map)).toEqual({
      aggregation_group_type_index: 'group type 0',
      payloads: { true: '1' },
      groups: [
        {
          properties: [
            { key: 'id', type: 'cohort', value: 'cohort 5' },
            { key: 'flag 7', type: 'flag', value: true },
            { key: 'plan', type: 'person', value: 5 },
          ],
        },
        {
          aggregation_group_type_index: 'group type 1',
          rollout_percentage: 5,
          properties: [{ key: 'size', type: 'group', group_type_index: 'group type 1' }],
        },
        {
          properties: [
            { key: 'id', type: 'cohort', value: 'cohort 5' },
            { key: 'flag 7', type: 'flag', value: 'a' },
          ],
        },
      ],
    })
  })

  it.each<[string, unknown]>([
    ['no filters', null],
    ['filters that are none', 'x'],
    ['groups that are no list', { groups: 'x' }],
    ['no groups', { payloads: {} }],
    ['sets that are no objects', { groups: [null, 'x'] }],
    ['properties that are no list', { groups: [{ properties: 'x' }] }],
    ['properties that are no objects', { groups: [{ properties: [null, 'x'] }] }],
    ['people', { aggregation_group_type_index: null, groups: [{ aggregation_group_type_index: null }] }],
  ])('are none in %s', (_name, given) => {
    expect(mapReferences(given, map)).toStrictEqual(given)
    expect(collectReferences(given)).toEqual({ cohorts: [], flags: [], groupTypes: [] })
  })

  it('are collected, each once', () => {
    expect(collectReferences(filters)).toEqual({ cohorts: [5], flags: ['7'], groupTypes: [0, 1] })
  })
})

describe('filters for another project', () => {
  const frozen = { properties: [], exposure_frozen: true }
  it.each<[string, unknown, boolean, object]>([
    [
      'keep the rest',
      { early_exit: true, multivariate: null, payloads: { a: '1' } },
      false,
      { early_exit: true, multivariate: null, payloads: { a: '1' } },
    ],
    ['lose their holdout', { holdout: { id: 1 } }, false, {}],
    [
      'lose the stamps',
      { groups: [frozen, { rollout_percentage: 5 }] },
      false,
      { groups: [{ properties: [] }, { rollout_percentage: 5 }] },
    ],
    ['lose encrypted payloads', { payloads: { a: 's' } }, true, {}],
    ['lose payloads that are null', { payloads: null }, false, {}],
    ['keep malformed sets', { groups: ['x', null] }, false, { groups: ['x', null] }],
    ['keep malformed groups', { groups: 'x' }, false, { groups: 'x' }],
    ['are none where they are malformed', 'x', false, {}],
  ])('%s', (_name, given, hasEncryptedPayloads, expected) => {
    expect(portableFilters({ filters: given, hasEncryptedPayloads })).toStrictEqual({ ...expected, holdout: null })
  })
})
