import { describe, expect, it } from 'vitest'
import { Prisma } from '../../../src/database/generated/client.ts'
import { newestFirst, numberKey, type SortOrder, textKey } from '../../../src/database/keyset/sortOrder.ts'
import { decodeCursor, encodeCursor, parseCursorAsOf } from '../../../src/graphql/connections/cursor.ts'

// Cursors, without a list.

const order = newestFirst('flags', Prisma.sql`created_at`)
const byName: SortOrder = { name: 'flags by NAME ASC', direction: 'ASC', keyType: textKey, expression: Prisma.sql`name` }
const byDuration: SortOrder = { name: 'experiments by DURATION ASC', direction: 'ASC', keyType: numberKey, expression: Prisma.sql`d` }
const forged = (contents: unknown) => Buffer.from(JSON.stringify(contents)).toString('base64url')
const uuid = '018f4e2a-0000-7000-8000-000000000001'
const notOurs = "Argument 'after' must be a cursor that an edge of this list returned."

describe('a cursor', () => {
  it.each<[string, SortOrder, string, number | string, 'int' | 'uuid', unknown]>([
    ['of a time', order, '1000', 5, 'int', '1970-01-01T00:00:01.000Z'],
    ['of a text', byName, 'Ünï "x"', 2_147_483_647, 'int', 'Ünï "x"'],
    ['of a number', byDuration, '2.5', 1, 'int', '2.5'],
    ['of a row with a UUID', byName, 'a', uuid, 'uuid', 'a'],
  ])('%s is taken back', (_name, ordering, value, id, idType, expected) => {
    const position = decodeCursor(encodeCursor(ordering, value, id), ordering, 'after', idType)
    expect(position).toEqual({ id, value: expected })
  })

  it('has letters of a URL only', () => {
    expect(encodeCursor(byName, '??>>~~', 5)).toMatch(/^[\w-]+$/)
  })

  it('may have a time that the order depends on', () => {
    const asOf = new Date('2026-11-20')
    expect(parseCursorAsOf(encodeCursor({ ...byDuration, asOf }, '1', 5), 'after')).toEqual(asOf)
    expect([
      parseCursorAsOf(encodeCursor(byDuration, '1', 5), 'after'),
      parseCursorAsOf(null, 'after'),
      parseCursorAsOf(undefined, 'after'),
    ]).toEqual([null, null, null])
    expect(() => parseCursorAsOf('x', 'before')).toThrow("Argument 'before' must be a cursor")
  })

  it('of another order is refused with both names', () => {
    expect(() => decodeCursor(encodeCursor(byName, 'a', 5), order, 'after')).toThrow(
      "Argument 'after' is a cursor of the order flags by NAME ASC, but this list is in the order flags by CREATED_AT DESC. Start again without a cursor.",
    )
  })

  it.each<[string, unknown]>([
    ['no time', [order.name, 'x', 5, null]],
    ['no id', [order.name, '1000', null, null]],
    ['a UUID in a list of numbers', [order.name, '1000', uuid, null]],
    ['a text as id', [order.name, '1000', 'x', null]],
    ['an id of 0', [order.name, '1000', 0, null]],
    ['a large id', [order.name, '1000', 2_147_483_648, null]],
    ['half an id', [order.name, '1000', 1.5, null]],
    ['a number as value', [order.name, 1_000, 5, null]],
    ['a long value', [order.name, '1'.repeat(4_001), 5, null]],
    ['half a time of the order', [order.name, '1000', 5, 1.5]],
    ['an early time of the order', [order.name, '1000', 5, -62_135_596_800_001]],
    ['a late time of the order', [order.name, '1000', 5, 253_402_300_800_000]],
    ['too little', [order.name, '1000', 5]],
    ['too much', [order.name, '1000', 5, null, 1]],
    ['an object', {}],
  ])('with %s is refused', (_name, contents) => {
    expect(() => decodeCursor(forged(contents), order, 'after')).toThrow(notOurs)
  })

  it('of a number in a list of UUIDs is refused, and what is no cursor', () => {
    expect(() => decodeCursor(encodeCursor(order, '1000', 5), order, 'after', 'uuid')).toThrow(notOurs)
    expect(() => decodeCursor('', order, 'after')).toThrow(notOurs)
    expect(() => decodeCursor('%%%', order, 'after')).toThrow(notOurs)
  })
})
