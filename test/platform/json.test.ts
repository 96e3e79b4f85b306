import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, ExactNumber, isObject, storedBytes, toExactNumber, toJsonValue } from '../../src/platform/json.ts'
import { findUnstorable, validateStorable } from '../../src/platform/storableJson.ts'
import { cpuMs } from '../support/cpuTime.ts'

describe('JSON.parse', () => {
  it.each([
    '12345678901234567890',
    '-12345678901234567890',
    '9007199254740993',
    '0.1234567890123456789',
    '33.33333333333333333333',
    '1e400',
    '1E-400',
    '12345678901234567890e5',
  ])('keeps %s', (text) => {
    expect(JSON.parse(text)).toEqual(new ExactNumber(text))
    for (const json of [text, `[${text}]`, `{"a":{"b":[1,${text}]}}`]) expect(JSON.stringify(JSON.parse(json))).toBe(json)
  })

  it.each([
    ['9007199254740992', 9_007_199_254_740_992],
    ['33.333333333333336', 33.333333333333336],
    ['0.30000000000000004', 0.30000000000000004],
    ['1e21', 1e21],
    ['1.50e25', 1.5e25],
    ['100000000000000000000000', 1e23],
    ['1.0000000000000000000', 1],
    ['0.0000000000000000000', 0],
    ['0e999', 0],
    ['-0', -0],
  ])('reads %s as a number', (text, number) => {
    expect(JSON.parse(text)).toBe(number)
  })

  it('leaves text, and callers with a reviver, alone', () => {
    const text = '{"12345678901234567890":"12345678901234567890"}'
    expect(JSON.parse(text)).toEqual({ '12345678901234567890': '12345678901234567890' })
    expect(JSON.parse('[12345678901234567890]', (_key, value) => value)).toEqual([Number('12345678901234567890')])
  })

  it('reads every number of JavaScript as it was', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(toExactNumber(String(number))).toBe(Object.is(number, -0) ? 0 : number)
      }),
    )
  })

  it('gives back every whole number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?[1-9]\d{0,40}$/), (text) => {
        const back = String(JSON.parse(text))
        expect(back.includes('e') ? String(BigInt(Number(back))) : back).toBe(text)
      }),
    )
  })
})

describe('an exact number', () => {
  it('is no object, differs from others, and goes through copies and canonical text', () => {
    const value = JSON.parse('{"b":12345678901234567890,"a":1}')
    expect(isObject(value.b)).toBe(false)
    expect(isDeepStrictEqual(value.b, new ExactNumber('12345678901234567891'))).toBe(false)
    expect(canonicalJson(value)).toBe('{"a":1,"b":12345678901234567890}')
    expect(toJsonValue(value)).toEqual(value)
  })

  it.each([
    ['1.2345678901234567890e30', '1234567890123456789000000000000'],
    ['12345678901234567890.10', '12345678901234567890.1'],
    ['-100.0000000000000000000001e1', '-1000.000000000000000000001'],
  ])('%s equals %s, which PostgreSQL may make of it', (text, other) => {
    expect(isDeepStrictEqual(JSON.parse(`{"a":${text}}`), JSON.parse(`{"a":${other}}`))).toBe(true)
    expect(canonicalJson(JSON.parse(text))).toBe(other)
    expect(JSON.stringify(JSON.parse(text))).toBe(text)
  })

  it('is read in a time that grows with its length', () => {
    const text = `1${'0'.repeat(900_000)}1`
    const read = () => {
      for (const json of [text, `1.${text}`]) JSON.parse(`{"a":${json}}`)
    }
    expect(cpuMs(read)).toBeLessThan(2_000)
  })

  it('counts with the digits that PostgreSQL stores', () => {
    for (const [text, bytes] of [
      ['1e300', 301],
      ['-1.5e-9', 13],
      ['1.2345678901234567890e30', 31],
      ['"1e300"', 7],
      ['0.1', 3],
    ] as const) {
      expect(storedBytes(JSON.parse(text))).toBe(bytes)
    }
    expect(validateStorable(['a'], Array(1_000).fill(1e300), 100_000)).toHaveLength(1)
    expect(validateStorable(['a'], Array(1_000).fill(1), 100_000)).toEqual([])
  })

  it('can be stored unless PostgreSQL would make too many digits of it', () => {
    expect(findUnstorable(JSON.parse('{"a":12345678901234567890}'))).toBeNull()
    expect(findUnstorable(JSON.parse('{"a":1e400}'))).toMatch(/^a must be a number below 1e308/)
    expect(findUnstorable(JSON.parse('{"a":1e-9999999}'))).toMatch(/^a must be a number of at most 308 digits/)
    expect(findUnstorable(JSON.parse(`{"a":${'1'.repeat(400)}}`))).toMatch(/^a must be a number below 1e308/)
  })
})
