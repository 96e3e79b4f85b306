import { describe, expect, it } from 'vitest'
import { toEvaluatedFlag, toFlagValues, withChanges } from '../../../../src/features/evaluation/rules/flagState.ts'
import { createFlagWorld, withFlag } from '../../../../src/features/evaluation/rules/flagWorld.ts'
import { toFlag } from './support.ts'

// The values of a flag after a change.

const groups = [{ properties: [], rollout_percentage: 5 }]
const flag = { id: 7, key: 'flag', active: true, deleted: false, bucketingIdentifier: null, filters: { groups, payloads: { true: 1 } } }

describe('a change', () => {
  it.each<[string, Record<string, unknown>, object]>([
    ['of nothing', {}, {}],
    ['of a column', { active: false }, { active: false }],
    ['of the key', { key: 'other' }, { key: 'other' }],
    ['of the bucketing', { bucketingIdentifier: 'device_id' }, { bucketingIdentifier: 'device_id' }],
    ['of the conditions', { 'filters.groups': [] }, { filters: { groups: [], payloads: { true: 1 } } }],
    ['that adds variants', { 'filters.multivariate': { variants: [] } }, { filters: { ...flag.filters, multivariate: { variants: [] } } }],
    ['that takes payloads away', { 'filters.payloads': null }, { filters: { groups } }],
    ['that leaves no payloads', { 'filters.payloads': undefined }, { filters: { groups } }],
    ['of a name, which decides nothing', { name: 'x' }, {}],
  ])('%s', (_name, changes, expected) => {
    expect(withChanges(flag, changes)).toStrictEqual({ ...flag, ...expected })
  })

  it('leaves the flag that it is made from as it was', () => {
    const given = structuredClone(flag)
    withChanges(given, { 'filters.groups': null, active: false })
    expect(given).toEqual(flag)
  })

  it('of malformed filters makes new ones', () => {
    expect(withChanges({ ...flag, filters: 'x' }, { 'filters.groups': groups }).filters).toEqual({ groups })
  })
})

it('the values of a flag are read from a row or a version of it', () => {
  expect(toFlagValues({ ...flag, version: 3, name: 'x' })).toStrictEqual(flag)
  expect(toFlagValues({ ...flag, active: 'true', deleted: 1, bucketingIdentifier: 5, key: 17 })).toStrictEqual({
    ...{ ...flag, active: false, deleted: false, bucketingIdentifier: null, key: '17' },
  })
  expect(toFlagValues({ ...flag, deleted: true, bucketingIdentifier: 'device_id' })).toMatchObject({
    ...{ deleted: true, bucketingIdentifier: 'device_id' },
  })
})

it('a flag is evaluated by its values, with filters as the database gives them back', () => {
  const evaluated = toEvaluatedFlag({ ...flag, filters: { groups: [{ properties: undefined, rollout_percentage: 5 }] } })
  expect(evaluated).toMatchObject({ id: 7, key: 'flag', active: true, deleted: false, byDevice: false })
  expect(evaluated.rules.conditions.sets).toMatchObject([{ problem: null, rolloutPercentage: 5 }])
  expect(toEvaluatedFlag({ ...flag, bucketingIdentifier: 'device_id' }).byDevice).toBe(true)
  expect(toEvaluatedFlag({ ...flag, bucketingIdentifier: 'distinct_id' }).byDevice).toBe(false)
})

describe('a world in which a flag is otherwise', () => {
  const [one, other] = [toFlag({ id: 1, key: 'one' }), toFlag({ id: 2, key: 'other' })]
  const world = createFlagWorld({
    ...{ flags: [one, other], cohorts: [], groupTypeNames: new Map<number, string>(), matchingVersion: 1 },
    ...{ now: new Date(0), timezone: 'UTC' },
  })
  it.each([
    ['on', toFlag({ id: 1, key: 'one', active: false }), ['other', 'one']],
    ['of another key', toFlag({ id: 1, key: 'renamed' }), ['other', 'renamed']],
    ['deleted', toFlag({ id: 1, key: 'one', deleted: true }), ['other']],
  ])('%s', (_name, changed, keys) => {
    const next = withFlag(world, changed)
    expect(next.flagsById.get('1')).toBe(changed)
    expect(next.flagsById.get('2')).toBe(other)
    expect([...next.flagsByKey.keys()]).toEqual(keys)
    expect(next.flagsByKey.get(changed.key)).toBe(changed.deleted ? undefined : changed)
    expect(next.timezone).toBe('UTC')
    // The other world stays as it is.
    expect(world.flagsById.get('1')).toBe(one)
    expect(world.flagsByKey.get('one')).toBe(one)
  })

  it('names no deleted flag by its key', () => {
    const gone = toFlag({ id: 3, key: 'gone', deleted: true })
    const next = createFlagWorld({ ...world, flags: [gone], cohorts: [] })
    expect([next.flagsById.get('3'), next.flagsByKey.size]).toEqual([gone, 0])
  })
})
