import { describe, expect, it } from 'vitest'
import { bracketDepth } from '../../src/platform/text/bracketDepth.ts'
import { cpuMs } from '../support/cpuTime.ts'

describe('bracketDepth', () => {
  it.each([
    ['', 0],
    ['{}', 1],
    ['{"a":[1,{"b":[]}]}', 4],
    ['{}[]()', 1],
    ['{"a":"[[[","b\\"[[":1}', 1],
    ['query($a: [Int]) { a(b: {c: [1]}) }', 4],
    ['{ a # {{{ "\n{ b } }', 2],
    ['# {{{ "\r{ a }', 1],
    ['{ a(b: """ "{{ \\""" {{ """) }', 2],
    ['{ a(b: "") { c } }', 2],
    // A string that nothing closes ends with its line.
    ['{ "a\n{{{', 4],
    [']]]]', 0],
  ])('%j is nested %i deep', (text, depth) => {
    expect(bracketDepth(text)).toBe(depth)
  })

  it.each(['\\"', '"""\\', '#"', '"\n'])('takes one pass over a million characters of %j', (piece) => {
    const text = `"${piece.repeat(1_000_000 / piece.length)}`
    expect(cpuMs(() => void bracketDepth(text))).toBeLessThan(2_000)
  })
})
