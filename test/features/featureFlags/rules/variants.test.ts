import { describe, expect, it } from 'vitest'
import { decodePayload, getRolloutPercentage, getVariants, readPercentage } from '../../../../src/features/featureFlags/rules/variants.ts'
import { ExactNumber } from '../../../../src/platform/json.ts'

// The variants, payloads and shares that are stored.

it.each<[unknown, number | null]>([
  [undefined, 7],
  [null, 7],
  [0, 0],
  [100, 100],
  [2.5, 2.5],
  [new ExactNumber('50.00'), 50],
  [-0.001, null],
  [100.001, null],
  ['50', null],
  [true, null],
  [[], null],
])('the share %j is %j', (value, expected) => {
  expect(readPercentage(value, 7)).toBe(expected)
})

describe('the variants', () => {
  const a = { key: 'a', name: null, rolloutPercentage: 0, payload: null }
  it.each<[string, unknown, object[]]>([
    ['of nothing', {}, []],
    ['of malformed filters', 'x', []],
    ['of malformed variants', { multivariate: { variants: 'x' } }, []],
    ['of null', { multivariate: null }, []],
    [
      'with all values',
      { multivariate: { variants: [{ key: 'a', name: 'A', rollout_percentage: 50 }] }, payloads: { a: '{"x":1}' } },
      [{ key: 'a', name: 'A', rolloutPercentage: 50, payload: { x: 1 } }],
    ],
    ['in order', { multivariate: { variants: [{ key: 'b' }, { key: 'a' }] } }, [{ ...a, key: 'b' }, a]],
    ['without those that have no key', { multivariate: { variants: ['x', null, { name: 'A' }, { key: 5 }, { key: 'a' }] } }, [a]],
    ['with a name that is no text', { multivariate: { variants: [{ key: 'a', name: 5 }] } }, [a]],
    ['with a malformed share', { multivariate: { variants: [{ key: 'a', rollout_percentage: 'x' }] } }, [a]],
    ['with a payload of the prototype', { multivariate: { variants: [{ key: 'toString' }] }, payloads: {} }, [{ ...a, key: 'toString' }]],
    ['with malformed payloads', { multivariate: { variants: [{ key: 'a' }] }, payloads: 'x' }, [a]],
  ])('%s', (_name, filters, expected) => {
    expect(getVariants(filters)).toEqual(expected)
  })
})

it.each<[unknown, unknown]>([
  ['{"a":1}', { a: 1 }],
  ['"text"', 'text'],
  ['null', null],
  ['text', 'text'],
  ['', ''],
  [{ a: 1 }, { a: 1 }],
  [false, false],
  [undefined, null],
  [null, null],
])('the payload %j is %j', (stored, expected) => {
  expect(decodePayload(stored)).toEqual(expected)
})

describe('the share of a flag', () => {
  const shares = (...values: unknown[]) => ({ groups: values.map((value) => ({ rollout_percentage: value })) })
  it.each<[string, unknown, number | null]>([
    ['is that of its only set', shares(5), 5],
    ['is the one that all sets have', shares(5, 5), 5],
    ['may be nothing', shares(0), 0],
    ['is 100 where none is said', shares(null), 100],
    ['is 100 of a set with nothing in it', { groups: [{}] }, 100],
    ['is none where sets differ', shares(5, 6), null],
    ['is none without sets', { groups: [] }, null],
    ['is none in malformed filters', 'x', null],
    ['is none where it is malformed', shares('x'), null],
    ['is none where one is malformed', shares(5, 'x'), null],
    ['is none where a set is malformed', { groups: ['x'] }, null],
    ['is none where one of the sets is malformed', { groups: [{}, 'x'] }, null],
  ])('%s', (_name, filters, expected) => {
    expect(getRolloutPercentage(filters)).toBe(expected)
  })
})
