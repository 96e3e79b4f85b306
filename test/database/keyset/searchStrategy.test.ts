import { describe, expect, it } from 'vitest'
import { minHitsToContinue, nextStrategy, usedStrategy } from '../../../src/database/keyset/searchStrategy.ts'

describe('a search', () => {
  it('is over when the page is full, or the index was asked', () => {
    expect(nextStrategy('scan100', 21, 21)).toBeNull()
    expect(nextStrategy('scan600', 21, 21)).toBeNull()
    expect(nextStrategy('trigramIndex', 3, 21)).toBeNull()
    expect(nextStrategy('scan100', 1, 1)).toBeNull()
  })

  it('looks at more rows where the first let expect that they fill the page', () => {
    expect(nextStrategy('scan100', 4, 21)).toBe('scan600')
    expect(nextStrategy('scan100', 20, 21)).toBe('scan600')
  })

  it('asks the index where they do not, and where they did not after all', () => {
    expect(nextStrategy('scan100', 3, 21)).toBe('trigramIndex')
    expect(nextStrategy('scan100', 0, 1)).toBe('trigramIndex')
    expect(nextStrategy('scan600', 20, 21)).toBe('trigramIndex')
  })
})

it('four of the first hundred let expect that six hundred hold twenty-one', () => {
  expect([minHitsToContinue(21), minHitsToContinue(1)]).toEqual([4, 1])
})

it('a list that is not searched is read once', () => {
  expect(nextStrategy('indexOrder', 0, 21)).toBeNull()
})

it.each([
  ['the scan, whose rows say so', 'scan100', [{ isAll: false }, {}], 'scan100'],
  ['the index, whose rows say so', 'scan100', [{ isAll: true }], 'trigramIndex'],
  ['the index, if there are none', 'scan100', [], 'trigramIndex'],
  ['a longer scan', 'scan600', [{}], 'scan600'],
  ['the order of a list that is not searched', 'indexOrder', [{}], 'indexOrder'],
] as const)('the rows of a page come from %s', (_what, tried, found, used) => {
  expect(usedStrategy(tried, found)).toBe(used)
})
