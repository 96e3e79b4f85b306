import { describe, expect, it } from 'vitest'
import type { FeatureFlag } from '../../../../../src/database/generated/client.ts'
import {
  freezeFilters,
  hasStamps,
  ownUnfreezePatch,
  unfreezeFilters,
} from '../../../../../src/features/experiments/rules/exposure/frozenFilters.ts'

// The stamps of a frozen exposure.

const plan = { key: 'plan', type: 'person', value: 'pro' }
const inCohort = (value: unknown, more: object = {}) => ({ key: 'id', type: 'cohort', value, operator: 'in', ...more })
const stamp = (cohort: unknown) => ({ exposure_frozen: true, exposure_frozen_cohort: cohort })

describe('freezing', () => {
  it.each<[string, unknown, object]>([
    [
      'lets in a cohort alone, in each set, and leaves the rest',
      { groups: [{ properties: [plan], rollout_percentage: 5 }, {}], payloads: { true: '1' } },
      {
        groups: [
          { properties: [plan, inCohort(7)], rollout_percentage: 5, ...stamp(7) },
          { properties: [inCohort(7)], ...stamp(7) },
        ],
        payloads: { true: '1' },
      },
    ],
    [
      'takes older stamps away',
      { groups: [{ properties: [plan, inCohort(3)], ...stamp(3) }] },
      { groups: [{ properties: [plan, inCohort(7)], ...stamp(7) }] },
    ],
    ['makes a set of a malformed one', { groups: ['x'] }, { groups: [{ properties: [inCohort(7)], ...stamp(7) }] }],
    ['makes do with malformed properties', { groups: [{ properties: 'x' }] }, { groups: [{ properties: [inCohort(7)], ...stamp(7) }] }],
    ['makes do with malformed groups', { groups: 'x' }, { groups: [] }],
    ['makes do with malformed filters', 'x', { groups: [] }],
  ])('%s', (_name, filters, expected) => {
    expect(freezeFilters(filters, 7)).toEqual(expected)
  })

  it('may come before the cohort', () => {
    expect(freezeFilters({ groups: [{}] }, null)).toEqual({ groups: [{ properties: [inCohort(null)], ...stamp(null) }] })
  })
})

describe('unfreezing', () => {
  it.each<[string, unknown, number | undefined, object]>([
    ['gives back what was frozen', freezeFilters({ groups: [{ properties: [plan] }] }, 7), undefined, { groups: [{ properties: [plan] }] }],
    [
      'takes away one condition on the cohort, the last',
      { groups: [{ properties: [inCohort(7, { label: 'own' }), plan, inCohort(7), plan], ...stamp(7) }] },
      undefined,
      { groups: [{ properties: [inCohort(7, { label: 'own' }), plan, plan] }] },
    ],
    ['knows a number as text', { groups: [{ properties: [inCohort('7')], ...stamp(7) }] }, undefined, { groups: [{ properties: [] }] }],
    ['leaves a set without the stamp', { groups: [{ properties: [inCohort(7)] }] }, undefined, { groups: [{ properties: [inCohort(7)] }] }],
    [
      'leaves what is nearly the stamp',
      { groups: [{ properties: [inCohort(7)], exposure_frozen: 'true' }] },
      undefined,
      { groups: [{ properties: [inCohort(7)], exposure_frozen: 'true' }] },
    ],
    [
      'leaves conditions on other cohorts',
      { groups: [{ properties: [inCohort(8)], ...stamp(7) }] },
      undefined,
      { groups: [{ properties: [inCohort(8)] }] },
    ],
    [
      'leaves conditions that keep a cohort out',
      { groups: [{ properties: [inCohort(7, { operator: 'not_in' }), inCohort(7, { negation: true })], ...stamp(7) }] },
      undefined,
      { groups: [{ properties: [inCohort(7, { operator: 'not_in' }), inCohort(7, { negation: true })] }] },
    ],
    [
      'leaves conditions on persons with the number',
      { groups: [{ properties: [{ ...plan, value: 7 }], ...stamp(7) }] },
      undefined,
      { groups: [{ properties: [{ ...plan, value: 7 }] }] },
    ],
    [
      'leaves a condition on no cohort',
      { groups: [{ properties: [inCohort(null)], ...stamp(null) }] },
      undefined,
      { groups: [{ properties: [inCohort(null)] }] },
    ],
    ['makes do with malformed properties', { groups: [{ properties: 'x', ...stamp(7) }] }, undefined, { groups: [{ properties: [] }] }],
    [
      'leaves properties that are no objects',
      { groups: [{ properties: ['x', null], ...stamp(7) }] },
      undefined,
      { groups: [{ properties: ['x', null] }] },
    ],
    ['leaves malformed sets', { groups: ['x', null] }, undefined, { groups: ['x', null] }],
    ['leaves malformed groups', { groups: 'x' }, undefined, { groups: 'x' }],
    ['makes do with malformed filters', 'x', undefined, { groups: [] }],
    [
      'of one cohort leaves the stamps of others',
      {
        groups: [
          { properties: [inCohort(7)], ...stamp(7) },
          { properties: [inCohort(8)], ...stamp(8) },
        ],
      },
      8,
      { groups: [{ properties: [inCohort(7)], ...stamp(7) }, { properties: [] }] },
    ],
  ])('%s', (_name, filters, cohort, expected) => {
    expect(unfreezeFilters(filters, cohort)).toStrictEqual(expected)
  })
})

describe('stamps are there', () => {
  it.each<[unknown, number | null | undefined, boolean]>([
    [{ groups: [{}, stamp(7)] }, undefined, true],
    [{ groups: [stamp(7)] }, 7, true],
    [{ groups: [stamp(7)] }, 8, false],
    [{ groups: [stamp(null)] }, null, true],
    [{ groups: [{ exposure_frozen_cohort: 7 }] }, 7, false],
    [{ groups: [{ exposure_frozen: 'true' }] }, undefined, false],
    [{ groups: ['x', null] }, undefined, false],
    [{ groups: 'x' }, undefined, false],
    ['x', undefined, false],
  ])('in %j, of the cohort %j: %s', (filters, cohort, expected) => {
    expect(hasStamps(filters, cohort)).toBe(expected)
  })
})

it('what an experiment froze is taken away, and nothing else', () => {
  const groups = [
    { properties: [inCohort(7)], ...stamp(7) },
    { properties: [inCohort(8)], ...stamp(8) },
  ]
  const featureFlag = { deleted: false, filters: { groups } } as unknown as FeatureFlag
  expect(ownUnfreezePatch({ exposureCohortId: 7, featureFlag })).toEqual({ filters: { groups: [{ properties: [] }, groups[1]] } })
  expect(ownUnfreezePatch({ exposureCohortId: null, featureFlag })).toEqual({})
  expect(ownUnfreezePatch({ exposureCohortId: 7, featureFlag: { ...featureFlag, deleted: true } })).toEqual({})
})
