import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareCodePoints } from '../../src/platform/compareCodePoints.ts'
import { formatTimestamp } from '../../src/platform/isoTimestamp.ts'

describe('texts that are made by hand, because they are made often', () => {
  it('writes moments as JavaScript does, whatever the year', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (time) => void expect(formatTimestamp(time)).toBe(time.toISOString())),
      { numRuns: 5_000 },
    )
  })

  it('writes the moments around midnight, in one day after the other', () => {
    const midnight = fc.integer({ min: -30_000, max: 30_000 }).map((day) => day * 86_400_000)
    const around = fc.tuple(midnight, fc.integer({ min: -2, max: 2 })).map(([moment, offset]) => new Date(moment + offset))
    fc.assert(
      fc.property(around, (time) => void expect(formatTimestamp(time)).toBe(time.toISOString())),
      { numRuns: 5_000 },
    )
  })

  it('refuses what is no moment, as JavaScript does', () => {
    expect(() => formatTimestamp(new Date(Number.NaN))).toThrow(RangeError)
  })

  it('orders text as its bytes in UTF-8 are ordered', () => {
    // Few signs, so that many texts begin alike: on both sides of the halves of which signs beyond U+FFFF are made.
    const signs = fc.constantFrom('a', 'é', '\uD7FF', '\uE000', '\uFFFD', '😀', '😁', '𐀀', '\u{10FFFF}')
    const text = fc.array(signs, { maxLength: 4 }).map((units) => units.join(''))
    const bytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other))
    fc.assert(
      fc.property(text, text, (one, other) => void expect(Math.sign(compareCodePoints(one, other))).toBe(bytes(one, other))),
      { numRuns: 5_000 },
    )
  })
})
