import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inParts } from '../../../src/database/clickhouse/parts.ts'

it('keeps a short list whole, and splits a long one', () => {
  expect(inParts([])).toEqual([])
  expect(inParts(['a', 'b'])).toEqual([['a', 'b']])
  expect(inParts(Array.from({ length: 500 }, () => 'é'.repeat(400))).length).toBe(7)
})

it('loses nothing, keeps the order, and has no part that is too large', () => {
  const texts = fc.array(
    fc.integer({ min: 0, max: 2_000 }).map((length) => 'é'.repeat(length)),
    { maxLength: 100 },
  )
  fc.assert(
    fc.property(texts, (all) => {
      const parts = inParts(all)
      expect(parts.flat()).toEqual(all)
      // Escaped, a text can be twice as long.
      for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part)) * 2).toBeLessThan(131_072)
    }),
  )
})
