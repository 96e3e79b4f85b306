import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyNameCandidate } from '../../../../src/features/experiments/rules/copyNames.ts'

describe('copyName', () => {
  it.each([
    ['Checkout', 0, 'Checkout (Copy)'],
    ['Checkout', 1, 'Checkout (Copy) 1'],
    ['Checkout', 12, 'Checkout (Copy) 12'],
    ['Checkout (Copy)', 0, 'Checkout (Copy) (Copy)'],
    ['', 0, ' (Copy)'],
    ['x'.repeat(393), 0, `${'x'.repeat(393)} (Copy)`],
    ['x'.repeat(394), 0, `${'x'.repeat(393)} (Copy)`],
    ['x'.repeat(400), 10, `${'x'.repeat(390)} (Copy) 10`],
    // A character of two code units is one of 400, and never cut in half.
    ['😀'.repeat(400), 1, `${'😀'.repeat(391)} (Copy) 1`],
  ])('%s, attempt %i', (source, attempt, expected) => {
    expect(copyNameCandidate(source, attempt)).toBe(expected)
  })

  it('is never longer than a name may be, and another with each attempt', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.nat({ max: 10_000 }), (source, attempt) => {
        expect([...copyNameCandidate(source, attempt)].length).toBeLessThanOrEqual(400)
        expect(copyNameCandidate(source, attempt).isWellFormed()).toBe(true)
        expect(copyNameCandidate(source, attempt)).not.toBe(copyNameCandidate(source, attempt + 1))
      }),
    )
  })
})
