import { describe, expect, it } from 'vitest'
import type { ChangeTrigger } from '../../../../src/features/approvals/rules/filterDiff.ts'
import {
  type ConditionInput,
  isUnconditional,
  matchesCondition,
  toStoredCondition,
  validateCondition,
} from '../../../../src/features/approvals/rules/policyConditions.ts'
import { ExactNumber } from '../../../../src/platform/json.ts'

// Which changes a policy guards, by its condition.

const trigger = (field: ChangeTrigger['field'], before: unknown, after: unknown): ChangeTrigger => ({ field, path: 'p', before, after })
const rollout = (before: unknown, after: unknown) => trigger('rollout_percentage', before, after)
const conditions = trigger('release_conditions', null, { properties: [] })
const third = new ExactNumber('33.33333333333333333333')
const on = trigger('active', false, true)
const compare = (type: string, operator: string, value: number) => ({ type, field: 'rollout_percentage', operator, value })
const matches = (condition: unknown, triggers: ChangeTrigger[], isCreate = false) =>
  matchesCondition(condition, { actions: ['FEATURE_FLAG_UPDATE'], triggers, isCreate })

describe('an operator compares the percentage after the change', () => {
  it.each<[string, number[]]>([
    ['>', [51]],
    ['>=', [50, 51]],
    ['<', [49]],
    ['<=', [49, 50]],
    ['==', [50]],
    ['!=', [49, 51]],
  ])('%s 50 guards %j', (operator, expected) => {
    expect([49, 50, 51].filter((to) => matches(compare('before_after', operator, 50), [rollout(1, to)]))).toEqual(expected)
  })
})

describe('a policy with a condition', () => {
  it.each<[string, object, ChangeTrigger[], boolean]>([
    ['one of several percentages is enough', compare('before_after', '>', 50), [rollout(0, 10), rollout(0, 60)], true],
    ['the percentage before does not count', compare('before_after', '>', 50), [rollout(80, 10)], false],
    ['a removed percentage is 0', compare('before_after', '<', 5), [rollout(80, null)], true],
    ['the amount counts up', compare('change_amount', '>=', 20), [rollout(10, 30)], true],
    ['the amount counts down', compare('change_amount', '>=', 20), [rollout(30, 10)], true],
    ['a smaller amount', compare('change_amount', '>=', 20), [rollout(70, 85)], false],
    ['a fraction is no more than it looks', compare('change_amount', '>', 10.1), [rollout(20.2, 30.3)], false],
    ['a removed percentage is not above anything', compare('before_after', '>', 50), [rollout(80, null)], false],
    ['a new percentage grows from 0, and not further', compare('change_amount', '>', 30), [rollout(null, 30)], false],
    ['a new percentage grows from 0', compare('change_amount', '==', 30), [rollout(null, 30)], true],
    ['a threshold that is crossed upwards', compare('crosses_threshold', '>=', 50), [rollout(49, 50)], true],
    ['a threshold that was crossed before', compare('crosses_threshold', '>=', 50), [rollout(50, 60)], false],
    ['a threshold that is left', compare('crosses_threshold', '>=', 50), [rollout(60, 40)], false],
    ['a threshold that is not reached', compare('crosses_threshold', '>=', 50), [rollout(10, 40)], false],
    ['a new percentage crosses from 0', compare('crosses_threshold', '>=', 50), [rollout(null, 60)], true],
    ['a percentage that was no number', compare('before_after', '>', 50), [rollout('10', 20)], true],
    ['a percentage that becomes no number', compare('before_after', '>', 50), [rollout(10, '20')], true],
    ['a percentage with many digits is not above', compare('before_after', '>', 50), [rollout(10, third)], false],
    ['a percentage with many digits is above', compare('before_after', '>', 30), [rollout(10, third)], true],
    ['the amount from a percentage with many digits', compare('change_amount', '<', 1), [rollout(third, 34)], true],
    ['a condition with many digits', { ...compare('before_after', '>', 0), value: third }, [rollout(10, 33)], false],
    ['changed release conditions have no percentage', compare('before_after', '<', 50), [conditions], false],
    ['nothing guarded', compare('before_after', '<', 50), [], false],
    ['any change of anything', { type: 'any_change' }, [conditions], true],
    ['any change, but of nothing', { type: 'any_change' }, [], false],
    ['any change of one of two', { type: 'any_change', field: 'rollout_percentage' }, [conditions, rollout(1, 2)], true],
    ['any change of another field', { type: 'any_change', field: 'active' }, [conditions, rollout(1, 2)], false],
    ['any change of being on', { type: 'any_change', field: 'active' }, [on], true],
    ['a condition nobody can read', { type: 'on_fridays' }, [rollout(1, 2)], true],
    ['a condition nobody can read, and no change', { type: 'on_fridays' }, [], false],
    ['none', {}, [conditions], true],
    ['none, and no change', {}, [], false],
  ])('%s', (_name, condition, triggers, expected) => {
    expect(matches(condition, triggers)).toBe(expected)
  })

  it.each<[string, object, ChangeTrigger[], boolean]>([
    ['conditions alone are free', {}, [conditions], false],
    ['conditions alone are free for any change', { type: 'any_change', field: null }, [conditions], false],
    ['a percentage is guarded', {}, [conditions, rollout(null, 5)], true],
    ['a percentage is guarded for any change', { type: 'any_change' }, [rollout(null, 5)], true],
    ['conditions are guarded where they are named', { type: 'any_change', field: 'release_conditions' }, [conditions], true],
    ['conditions are guarded by what nobody can read', { type: 'on_fridays' }, [conditions], true],
  ])('on a create: %s', (_name, condition, triggers, expected) => {
    expect(matches(condition, triggers, true)).toBe(expected)
  })
})

it('only a policy with empty conditions guards every change', () => {
  expect(isUnconditional({})).toBe(true)
  expect([{ type: 'any_change' }, [], null, ''].filter(isUnconditional)).toEqual([])
})

describe('a condition as a client sends it', () => {
  const share: ConditionInput = { type: 'BEFORE_AFTER', field: 'rollout_percentage', operator: 'GT', value: 50 }
  const anyOf = "Must be 'rollout_percentage' or 'release_conditions' for FEATURE_FLAG_UPDATE, or left out."
  const leftOut = 'Must be left out for ANY_CHANGE.'
  it.each<[string, ConditionInput, string[]]>([
    ['a comparison', share, []],
    ['a comparison with 0', { ...share, value: 0 }, []],
    ['a comparison with 100', { ...share, value: 100 }, []],
    ['less than nothing', { ...share, value: -1 }, ['value invalid_input: Must be a percentage from 0 to 100.']],
    ['more than all', { ...share, value: 101 }, ['value invalid_input: Must be a percentage from 0 to 100.']],
    [
      'a comparison of nothing with nothing',
      { type: 'CHANGE_AMOUNT' },
      [
        "field invalid_input: Must be 'rollout_percentage' for CHANGE_AMOUNT.",
        'operator required: Required for CHANGE_AMOUNT.',
        'value required: Required for CHANGE_AMOUNT.',
      ],
    ],
    ['any change', { type: 'ANY_CHANGE', field: null, operator: null, value: null }, []],
    ['any change of conditions', { type: 'ANY_CHANGE', field: 'release_conditions' }, []],
    ['any change of another field', { type: 'ANY_CHANGE', field: 'active' }, [`field invalid_input: ${anyOf}`]],
    [
      'any change with a comparison',
      { type: 'ANY_CHANGE', operator: 'GT', value: 0 },
      [`operator invalid_input: ${leftOut}`, `value invalid_input: ${leftOut}`],
    ],
  ])('%s', (_name, condition, expected) => {
    const told = validateCondition('FEATURE_FLAG_UPDATE', condition).map(({ path, code, message }) => `${path[1]} ${code}: ${message}`)
    expect(told).toEqual(expected)
  })

  it('compares no percentage where the action changes none', () => {
    expect(validateCondition('EXPERIMENT_PAUSE', share)).toEqual([
      { path: ['condition', 'type'], code: 'invalid_input', message: 'Must be ANY_CHANGE for EXPERIMENT_PAUSE: it changes no percentage.' },
    ])
  })

  it('is stored without what was left out', () => {
    expect(toStoredCondition(undefined)).toStrictEqual({})
    expect(toStoredCondition({ type: 'ANY_CHANGE', field: null, operator: null, value: null })).toStrictEqual({ type: 'any_change' })
    expect(toStoredCondition({ type: 'CHANGE_AMOUNT', field: 'rollout_percentage', operator: 'NE', value: 0 })).toStrictEqual(
      compare('change_amount', '!=', 0),
    )
  })
})
