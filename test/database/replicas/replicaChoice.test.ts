import { describe, expect, it } from 'vitest'
import { hashApiKey } from '../../../src/auth/apiKey.ts'
import { chooseReplica, freshAsOf, mayRead } from '../../../src/database/replicas/replicaChoice.ts'

describe('a replica is as fresh as', () => {
  const positions = [
    { at: 1_000, position: 100n },
    { at: 2_000, position: 200n },
    { at: 3_000, position: 200n },
  ]

  it.each([
    ['the newest position that it has reached', 150n, 1_000],
    ['now, if it has everything, however long ago that was written', 200n, 3_000],
    ['now, if it has even more', 250n, 3_000],
    ['nobody knows, if it is behind all positions', 99n, null],
  ])('%s', (_what, replayed, time) => expect(freshAsOf(positions, replayed)).toBe(time))

  it('nobody knows, before the primary was asked', () => expect(freshAsOf([], 100n)).toBeNull())

  it('positions are compared as numbers, also beyond 2⁵³', () => {
    expect(freshAsOf([{ at: 1, position: 9_007_199_254_740_993n }], 9_007_199_254_740_992n)).toBeNull()
  })
})

describe('a replica may be read from', () => {
  it.each([
    ['while it is in reach and fresh', { freshAsOf: 6_000, failed: false }, true],
    ['not a moment longer', { freshAsOf: 4_999, failed: false }, false],
    ['not out of reach', { freshAsOf: 10_000, failed: true }, false],
    ['not before its first check', { freshAsOf: null, failed: false }, false],
  ])('%s', (_what, state, expected) => expect(mayRead(state, 10_000, 5_000)).toBe(expected))
})

describe('a key', () => {
  const keys = Array.from({ length: 900 }, (_, n) => hashApiKey(`key ${n}`))
  const all = ['a', 'b', 'c']
  const choices = (out: string[] = []) => keys.map((key) => chooseReplica(all, key, (replica) => !out.includes(replica)))

  it('reads from the same replica each time', () => expect(choices()).toEqual(choices()))

  it('reads from no replica if none may be read from', () => expect(new Set(choices(all))).toEqual(new Set([null])))

  it('reads from a replica that many others do not read from', () => {
    for (const replica of all) {
      const share = choices().filter((choice) => choice === replica).length
      expect(share).toBeGreaterThan(200)
      expect(share).toBeLessThan(400)
    }
  })

  it('keeps its replica when another one is out, and the keys of that one are spread over the rest', () => {
    const [before, after] = [choices(), choices(['b'])]
    for (const [at, replica] of before.entries()) if (replica !== 'b') expect(after[at]).toBe(replica)
    const moved = after.filter((_, at) => before[at] === 'b')
    for (const replica of ['a', 'c']) expect(moved.filter((one) => one === replica).length).toBeGreaterThan(moved.length / 4)
    expect(moved).not.toContain('b')
  })
})
