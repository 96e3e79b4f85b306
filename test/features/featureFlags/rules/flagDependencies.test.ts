import { describe, expect, it } from 'vitest'
import { findDependents, findReferencedFlag, getFlagReferences } from '../../../../src/features/featureFlags/rules/flagDependencies.ts'

const needs = (key: unknown) => ({ type: 'flag', key, operator: 'flag_evaluates_to', value: true })
const set = (...properties: unknown[]) => ({ properties })

describe('the flags that conditions name', () => {
  it('are in the order of the first condition, each with all of its condition sets', () => {
    const groups = [set(needs('12'), needs('checkout')), set(), set(needs('checkout'), needs('checkout'))]
    expect(getFlagReferences({ groups })).toEqual([
      { reference: '12', conditionIndexes: [0] },
      { reference: 'checkout', conditionIndexes: [0, 2] },
    ])
  })

  it('are named by numbers too, as older clients write them', () => {
    expect(getFlagReferences({ groups: [set(needs(12), needs('12'))] })).toEqual([{ reference: '12', conditionIndexes: [0] }])
  })

  it('are not named by other kinds of conditions', () => {
    expect(getFlagReferences({ groups: [set({ type: 'person', key: 'email' }, { type: 'cohort', key: 'id', value: 7 })] })).toEqual([])
  })

  it.each([null, [], 'text', { groups: null }, { groups: {} }, { groups: [null, 1, set(null, 'a', needs(null), needs(''), needs({}))] }])(
    'are none in the malformed filters %j',
    (filters) => {
      expect(getFlagReferences(filters)).toEqual([])
    },
  )
})

describe('the flag that a reference names', () => {
  const flag = (id: number, key: string, deleted = false) => ({ id, key, deleted })

  it('is found by its number or by its key', () => {
    const flags = [flag(7, 'checkout'), flag(8, 'cart')]
    expect(findReferencedFlag('8', flags)).toBe(flags[1])
    expect(findReferencedFlag('checkout', flags)).toBe(flags[0])
    expect(findReferencedFlag('08', flags)).toBeUndefined()
    expect(findReferencedFlag('Cart', flags)).toBeUndefined()
  })

  it('is the one with the number, where another has it as its key', () => {
    const flags = [flag(7, '8'), flag(8, 'cart')]
    expect(findReferencedFlag('8', flags)).toBe(flags[1])
  })

  it('is a deleted one only by its number, and only if no key is equal', () => {
    const deleted = flag(8, 'cart', true)
    expect(findReferencedFlag('8', [deleted])).toBe(deleted)
    expect(findReferencedFlag('cart', [deleted])).toBeUndefined()
    const live = flag(9, '8')
    expect(findReferencedFlag('8', [deleted, live])).toBe(live)
  })
})

describe('the flags that depend on a flag', () => {
  const flag = (id: number, key: string, ...dependsOn: string[]) => ({ id, key, dependsOn })

  it('name it by its number or key, directly or by others', () => {
    const flags = [
      flag(1, 'direct', '9'),
      flag(2, 'by-key', 'ours'),
      flag(3, 'far', 'direct'),
      flag(4, 'further', '3'),
      flag(5, 'other', '6'),
    ]
    expect([...findDependents(flags, ['9', 'ours'])].sort()).toEqual([1, 2, 3, 4])
  })

  it('are found although others depend on each other', () => {
    const flags = [flag(1, 'a', '2'), flag(2, 'b', '1', '9'), flag(3, 'c', '4'), flag(4, 'd', '3')]
    expect([...findDependents(flags, ['9'])].sort()).toEqual([1, 2])
  })

  it('are found in one pass through many', () => {
    const flags = Array.from({ length: 10_000 }, (_, place) => flag(place + 1, `flag-${place}`, String(place + 2)))
    expect(findDependents(flags, ['10001']).size).toBe(10_000)
  })
})
