import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { percentChange } from '../../../../src/features/experiments/rules/percentChange.ts'

describe('percentChange', () => {
  it.each([
    ['none before and none since', 0, 0, 0],
    ['the first one ever', 1, 0, 100],
    ['many after none', 1_000_000, 0, 100],
    ['as many as before', 7, 7, 0],
    ['none any more', 0, 3, -100],
    ['half as many', 2, 4, -50],
    ['one after three', 1, 3, -66.7],
    ['twice as many', 8, 4, 100],
    ['a third more', 4, 3, 33.3],
    ['two thirds more', 5, 3, 66.7],
    ['a seventh less', 6, 7, -14.3],
  ])('%s', (_situation, last, previous, expected) => {
    expect(percentChange(last, previous)).toBe(expected)
  })

  it.each([
    [6.25, 17, 16, 6.2],
    [18.75, 19, 16, 18.8],
    [31.25, 21, 16, 31.2],
    [43.75, 23, 16, 43.8],
    [-6.25, 15, 16, -6.2],
    [-18.75, 13, 16, -18.8],
    [-93.75, 1, 16, -93.8],
    [-81.25, 3, 16, -81.2],
    [0.25, 401, 400, 0.2],
    [0.75, 403, 400, 0.8],
    [1206.25, 209, 16, 1206.2],
  ])('rounds the exact half %s to the even digit', (_exact, last, previous, expected) => {
    expect(percentChange(last, previous)).toBe(expected)
  })

  it('is plain 0 where less than a twentieth of a per cent is left, never -0', () => {
    expect(Object.is(percentChange(9_999, 10_000), 0)).toBe(true)
    expect(Object.is(percentChange(10_001, 10_000), 0)).toBe(true)
    expect(Object.is(percentChange(1_999, 2_000), 0)).toBe(true)
  })

  it('is right for more experiments than anybody has', () => {
    expect(percentChange(2_147_483_647, 1)).toBe(214_748_364_600)
    expect(percentChange(1, 2_147_483_647)).toBe(-100)
    expect(percentChange(2_147_483_647, 2_147_483_646)).toBe(0)
    expect(percentChange(2_000_000_001, 3)).toBe(66_666_666_600)
  })

  it('is never further than half a tenth from the exact value, and even where it is exactly half', () => {
    const counts = fc.oneof(fc.nat({ max: 64 }), fc.nat({ max: 2_147_483_647 }))
    fc.assert(
      fc.property(counts, counts, (last, previous) => {
        fc.pre(previous > 0)
        const tenths = BigInt(Math.round(percentChange(last, previous) * 10))
        // Both sides times `previous`, in whole numbers: nothing is lost.
        const twiceOff = 2n * (BigInt(last - previous) * 1000n - tenths * BigInt(previous))
        const off = twiceOff < 0n ? -twiceOff : twiceOff
        expect(off <= BigInt(previous)).toBe(true)
        if (off === BigInt(previous)) expect(tenths % 2n).toBe(0n)
      }),
      { numRuns: 2000 },
    )
  })
})
