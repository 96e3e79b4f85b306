import { describe, expect, it } from 'vitest'
import { nextStage, promising } from '../../src/database/keyset/searchStrategy.ts'

describe('a search', () => {
  it('is over when the page is full, or the index was asked', () => {
    expect(nextStage('glanced', 21, 21)).toBeNull()
    expect(nextStage('probed', 21, 21)).toBeNull()
    expect(nextStage('searched', 3, 21)).toBeNull()
    expect(nextStage('glanced', 1, 1)).toBeNull()
  })

  it('looks at more rows where the first let expect that they fill the page', () => {
    expect(nextStage('glanced', 4, 21)).toBe('probed')
    expect(nextStage('glanced', 20, 21)).toBe('probed')
  })

  it('asks the index where they do not, and where they did not after all', () => {
    expect(nextStage('glanced', 3, 21)).toBe('searched')
    expect(nextStage('glanced', 0, 1)).toBe('searched')
    expect(nextStage('probed', 20, 21)).toBe('searched')
  })
})

it('four of the first hundred let expect that six hundred hold twenty-one', () => {
  expect([promising(21), promising(1)]).toEqual([4, 1])
})

it('a list that is not searched is read once', () => {
  expect(nextStage('listed', 0, 21)).toBeNull()
})
