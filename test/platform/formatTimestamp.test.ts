import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatTimestamp } from '../../src/platform/text/formatTimestamp.ts'

describe('formatTimestamp', () => {
  it('writes a time as toISOString does, whatever the year', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (time) => void expect(formatTimestamp(time)).toBe(time.toISOString())),
      { numRuns: 5_000 },
    )
  })

  it('writes the times around midnight, of one day after the other', () => {
    const midnight = fc.integer({ min: -30_000, max: 30_000 }).map((day) => day * 86_400_000)
    const around = fc.tuple(midnight, fc.integer({ min: -2, max: 2 })).map(([epochMs, offset]) => new Date(epochMs + offset))
    fc.assert(
      fc.property(around, (time) => void expect(formatTimestamp(time)).toBe(time.toISOString())),
      { numRuns: 5_000 },
    )
  })

  it('refuses an invalid date, as toISOString does', () => {
    expect(() => formatTimestamp(new Date(Number.NaN))).toThrow(RangeError)
  })
})
