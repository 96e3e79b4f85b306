import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutId, hashOf, isInHoldout, isInRollout, selectVariant } from '../../../../src/features/evaluation/rules/hash.ts'

/** The definition, by whole numbers. Both operands are rounded to doubles, and divided once. */
function expectedHash(text: string): number {
  const digits = createHash('sha1').update(text, 'utf8').digest('hex').slice(0, 15)
  return Number(BigInt(`0x${digits}`)) / Number(0xfffffffffffffffn)
}

const text = fc.string({ unit: 'grapheme', maxLength: 30 })

describe('the hash', () => {
  it('is the first 60 bits of SHA-1, as a part of all', () => {
    fc.assert(
      fc.property(text, text, text, (prefix, id, salt) => {
        const hash = hashOf(prefix, id, salt)
        expect(hash).toBe(expectedHash(prefix + id + salt))
        expect(hash).toBeGreaterThanOrEqual(0)
        expect(hash).toBeLessThanOrEqual(1)
      }),
      { numRuns: 1_000 },
    )
  })

  it('lets in more people with a greater share, and never another', () => {
    const share = fc.double({ min: 0, max: 100, noNaN: true })
    fc.assert(
      fc.property(text, text, share, share, (key, id, a, b) => {
        if (isInRollout(key, id, Math.min(a, b))) expect(isInRollout(key, id, Math.max(a, b))).toBe(true)
        if (isInHoldout(id, Math.min(a, b))) expect(isInHoldout(id, Math.max(a, b))).toBe(true)
      }),
    )
  })

  it('lets in about as many people as the share says', () => {
    const ids = Array.from({ length: 20_000 }, (_, n) => `person-${n}`)
    const inside = ids.filter((id) => isInRollout('a-flag', id, 30)).length
    expect(inside).toBeGreaterThan(5_700)
    expect(inside).toBeLessThan(6_300)
    const variants = ['a', 'b', 'c', 'd'].map((key) => ({ key, percentage: 25 }))
    const counts = Object.groupBy(ids, (id) => selectVariant('a-flag', id, variants) ?? 'none')
    for (const { key } of variants) expect(Math.abs((counts[key]?.length ?? 0) - 5_000)).toBeLessThan(300)
  })

  it('gives people a variant whatever the share of the flag', () => {
    fc.assert(
      fc.property(text, text, fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 5 }), (key, id, shares) => {
        const variants = shares.map((percentage, n) => ({ key: `v${n}`, percentage }))
        const selected = selectVariant(key, id, variants)
        const more = selectVariant(key, id, [...variants, { key: 'more', percentage: 50 }])
        if (selected !== null) expect(more).toBe(selected)
        const index = variants.findIndex((variant) => variant.key === selected)
        if (index >= 0) expect(variants[index]?.percentage).toBeGreaterThan(0)
      }),
    )
  })

  it('counts an empty id as inside every share but that of a holdout', () => {
    expect(isInRollout('a-flag', '', 0)).toBe(true)
    expect(selectVariant('a-flag', '', [{ key: 'first', percentage: 1 }])).toBe('first')
    expect(isInHoldout('', 0)).toBe(false)
    expect(isInHoldout('', expectedHash('holdout-') * 100 + 1e-9)).toBe(true)
  })

  it('takes an id whose hash is the share for inside', () => {
    const id = Array.from({ length: 100 }, (_, n) => `p${n}`).find((one) => {
      const share = expectedHash(`holdout-${one}`) * 100
      return share / 100 === expectedHash(`holdout-${one}`)
    })
    const share = expectedHash(`holdout-${id}`) * 100
    expect([isInHoldout(id ?? '', share), isInHoldout(id ?? '', share - 1e-9)]).toEqual([true, false])
  })

  it('cuts ids to 200 code points', () => {
    expect(cutId('😀'.repeat(201))).toBe('😀'.repeat(200))
    expect(cutId('a'.repeat(200))).toBe('a'.repeat(200))
    expect(cutId(`${'é'.repeat(199)}😀b`)).toBe(`${'é'.repeat(199)}😀`)
  })
})
