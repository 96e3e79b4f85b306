import { describe, expect, it } from 'vitest'
import { readFlagRules } from '../../../../src/features/evaluation/rules/flagRules.ts'
import { ExactNumber } from '../../../../src/platform/json.ts'
import { set } from './support.ts'

// The filters of a flag, as far as they decide who gets what.

const inCohort = (value: unknown) => ({ key: 'id', type: 'cohort', value })
const onFlag = (key: unknown) => ({ key, type: 'flag', operator: 'flag_evaluates_to', value: true })
const plan = { key: 'plan', value: 'pro' }

it('flags and cohorts that are named are read once, cohorts also of the older early access', () => {
  const filters = {
    groups: [set([inCohort(5), plan, onFlag('2'), onFlag(3)]), set([inCohort('5'), inCohort('x'), onFlag('2')])],
    super_groups: [set([inCohort(7), onFlag('9')])],
  }
  expect(readFlagRules(filters)).toMatchObject({ cohortIds: [5, 7], dependencies: ['2', '3'] })
  expect(readFlagRules({ groups: [set([plan])] })).toMatchObject({ cohortIds: [], dependencies: [] })
})

it.each<[string, unknown, unknown]>([
  ['is the first', { super_groups: [set([plan]), set([])] }, [plan.key]],
  ['is none where there is none', { super_groups: [] }, null],
  ['is none where they are no list', { super_groups: { 0: set([plan]) } }, null],
  ['is none in malformed filters', 'x', null],
])('the older early access %s', (_name, filters, keys) => {
  expect(readFlagRules(filters).superCondition?.properties.map(({ key }) => key) ?? null).toEqual(keys)
})

describe('variants', () => {
  const a = { key: 'a', percentage: 50 }
  it.each<[string, unknown, object[], boolean]>([
    ['are read', { variants: [{ key: 'a', rollout_percentage: 50 }, { key: 'b' }] }, [a, { key: 'b', percentage: 0 }], false],
    ['may have many digits', { variants: [{ key: 'a', rollout_percentage: new ExactNumber('50.0') }] }, [a], false],
    ['may be none', null, [], false],
    ['may be missing', { variants: null }, [], false],
    ['are malformed where they are no object', 'x', [], true],
    ['are malformed where they are a list', [], [], true],
    ['are malformed where there is no list', { variants: 'x' }, [], true],
    ['are malformed with one that is no object', { variants: [{ key: 'a' }, 'x'] }, [], true],
    ['are malformed with null', { variants: [null] }, [], true],
    ['are malformed with one without a key', { variants: [{ rollout_percentage: 50 }] }, [], true],
    ['are malformed with a share that is text', { variants: [{ key: 'a', rollout_percentage: '50' }] }, [], true],
  ])('%s', (_name, multivariate, variants, isMalformed) => {
    expect(readFlagRules({ multivariate })).toMatchObject({ variants, isMalformed })
  })
})

it('a malformed holdout is malformed, and payloads may be missing', () => {
  expect(readFlagRules({ holdout: 'x' }).isMalformed).toBe(true)
  expect(readFlagRules({ holdout: { id: 1 } }).isMalformed).toBe(false)
  expect(readFlagRules({ payloads: { a: '1' } }).payloads).toEqual({ a: '1' })
  expect(readFlagRules({ payloads: ['x'] }).payloads).toEqual({})
})
