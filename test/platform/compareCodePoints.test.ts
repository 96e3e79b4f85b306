import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareCodePoints } from '../../src/platform/text/compareCodePoints.ts'

it('orders text by its code points', () => {
  // Few signs, so that many texts begin alike: on both sides of the halves of which signs beyond U+FFFF are made.
  const signs = ['a', 'é', '\uD7FF', '\uE000', '\uFFFD', '𐀀', '😀', '😁', '\u{10FFFF}']
  const words = fc.array(fc.nat(signs.length - 1), { maxLength: 4 })
  // Each sign by its place in the list, which is the order of their code points.
  const expected = (one: number[], other: number[]): number => {
    const at = one.findIndex((place, index) => place !== other[index])
    return at < 0 ? Math.sign(one.length - other.length) : Math.sign((one[at] ?? 0) - (other[at] ?? -1))
  }
  const text = (places: number[]) => places.map((place) => signs[place]).join('')
  fc.assert(
    fc.property(words, words, (one, other) => void expect(compareCodePoints(text(one), text(other))).toBe(expected(one, other))),
    { numRuns: 5_000 },
  )
})
