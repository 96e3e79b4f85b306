import { describe, expect, it } from 'vitest'
import { Prisma } from '../../../src/database/generated/client.ts'
import { newestFirst, numberKey, textKey, timestampKey } from '../../../src/database/keyset/sortOrder.ts'

// The sort values of cursors.

const read = (key: typeof textKey, text: string) => {
  const { text: sql, values } = key.toValue(key.parse(text))
  return [sql, ...values]
}

describe('a time', () => {
  it.each([
    ['0', '1970-01-01T00:00:00.000Z'],
    ['-1', '1969-12-31T23:59:59.999Z'],
    ['1795176000000', '2026-11-20T12:00:00.000Z'],
    ['-62135596800000', '0001-01-01T00:00:00.000Z'],
    ['253402300799999', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, time) => {
    expect(read(timestampKey, text)).toEqual(['(SELECT $1::timestamptz)', time])
  })

  it('may be missing, after all others', () => {
    expect(read(timestampKey, 'infinity')).toEqual(['(SELECT $1::timestamptz)', 'infinity'])
  })

  it.each(['-62135596800001', '253402300800000', '1234567890123456', '1.5', '', 'x', '5x', 'x5', '+5', '1e3', '2026-11-20', '-infinity'])(
    '%j is none',
    (text) => {
      expect(timestampKey.parse(text)).toBeNull()
    },
  )
})

describe('a number', () => {
  it.each([
    ['0', '0'],
    ['-2.5', '-2.5'],
    ['12.125', '12.125'],
    ['1e3', '1000'],
    ['1e+21', '1e+21'],
    ['1.5e-7', '1.5e-7'],
    ['1e-999', '0'],
  ])('%s is %s', (text, value) => {
    expect(read(numberKey, text)).toEqual(['(SELECT $1::float8)', value])
  })

  it('may be missing, after all others', () => {
    expect(read(numberKey, 'Infinity')).toEqual(['(SELECT $1::float8)', 'Infinity'])
  })

  it.each(['1e999', 'NaN', '-Infinity', '', 'x', '5x', 'x5', '.5', '5.', '1e', '1e1000', '0x10', ' 5'])('%j is none', (text) => {
    expect(numberKey.parse(text)).toBeNull()
  })
})

it('a text is any text, by code point', () => {
  expect(read(textKey, "it's")).toEqual(['(SELECT $1::text) COLLATE "C"', "it's"])
  expect(textKey.toText(Prisma.sql`name`).text).toBe('name')
})

it('values become text', () => {
  expect(numberKey.toText(Prisma.sql`duration`).text).toBe('(duration)::text')
  expect(timestampKey.toText(Prisma.sql`ended`).text).toContain(
    "isfinite(ended) THEN (extract(epoch FROM ended) * 1000)::bigint::text ELSE 'infinity'",
  )
})

it('lists are the newest first by their time of creation', () => {
  const { expression, ...rest } = newestFirst('flags', Prisma.sql`created_at`)
  expect(rest).toEqual({ name: 'flags by CREATED_AT DESC', direction: 'DESC', keyType: timestampKey })
  expect(expression.text).toBe('created_at')
})
