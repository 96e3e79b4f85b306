import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askList, getErrors, type ListName, readList } from '../../support/lists.ts'
import { seedExperiment, seedFlag } from '../../support/seed.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

const server = await testServer()
const { db, run } = server
const tenant = await seedTenant(db)
const flag = await seedFlag(db, tenant.project, { name: `${'\u0001'.repeat(390)}😀"\\\n` })
await seedFlag(db, tenant.project)
await seedExperiment(db, flag, { startDate: new Date('2026-11-01'), name: '😀'.repeat(400), createdById: tenant.user.id })
await seedExperiment(db, flag)

const fields: Record<ListName, string[]> = {
  eligibleFeatureFlags: ['CREATED_AT', 'KEY', 'NAME'],
  experiments: ['CREATED_AT', 'UPDATED_AT', 'NAME', 'START_DATE', 'END_DATE', 'DURATION', 'STATUS', 'CREATED_BY'],
}
const orders = Object.entries(fields).flatMap(([list, all]) =>
  all.flatMap((field) => ['ASC', 'DESC'].map((direction) => ({ list: list as ListName, field, direction }))),
)
type Order = (typeof orders)[number]

const ask = ({ list, field, direction }: Order, args: Record<string, unknown>) =>
  askList(server, list, tenant, { ...args, orderBy: { field, direction } })
const read = ({ list, field, direction }: Order, args: Record<string, unknown> = {}) =>
  readList(server, list, tenant, { ...args, orderBy: { field, direction } })

const encoded = (text: string) => Buffer.from(text).toString('base64url')
const forged = (contents: unknown) => encoded(JSON.stringify(contents))
const nameOf = ({ list, field, direction }: Order) => `${list} by ${field} ${direction}`

/** Refused, as either argument, by its name. */
async function expectRefused(order: Order, cursor: string) {
  for (const argument of ['after', 'before']) {
    const said = JSON.stringify({ argument, cursor, contents: Buffer.from(cursor, 'base64url').toString() })
    expect(getErrors(await ask(order, { [argument]: cursor })), said).toEqual([{ code: 'BAD_USER_INPUT', argument }])
  }
}

/** Answered, or refused by the argument's name: never our own failure. */
async function expectNoFailure(order: Order, cursor: string) {
  for (const argument of ['after', 'before']) {
    const said = JSON.stringify({ argument, cursor, contents: Buffer.from(cursor, 'base64url').toString() })
    for (const refusal of getErrors(await ask(order, { [argument]: cursor }))) {
      expect(refusal, said).toEqual({ code: 'BAD_USER_INPUT', argument })
    }
  }
}

const newest: Order = { list: 'eligibleFeatureFlags', field: 'CREATED_AT', direction: 'DESC' }
const longest: Order = { list: 'experiments', field: 'DURATION', direction: 'DESC' }
const byKind = { instant: newest, text: { ...newest, field: 'NAME' }, double: longest }

describe('a cursor', () => {
  it.each(orders)('of $list by $field $direction is taken back, and by no other order', async (order) => {
    const { cursors } = await read(order)
    const cursor = cursors[0] ?? ''
    expect((await read(order, { after: cursor })).ids).toHaveLength(1)
    const reversed = { ...order, direction: order.direction === 'ASC' ? 'DESC' : 'ASC' }
    const elsewhere = orders.filter(({ list, field }) => list !== order.list && field === order.field)
    for (const other of [reversed, ...elsewhere, { ...order, field: order.field === 'NAME' ? 'CREATED_AT' : 'NAME' }]) {
      await expectRefused(other, cursor)
    }
  })

  it('fits into its argument, however long the value it holds', async () => {
    const widest = await seedTenant(db)
    await seedFlag(db, widest.project, { name: '\u0001'.repeat(500), key: 'k'.repeat(400) })
    await seedFlag(db, widest.project, { name: '\u0002'.repeat(500), key: 'z'.repeat(400) })
    for (const field of ['NAME', 'KEY']) {
      const orderBy = { field, direction: 'ASC' }
      const { cursors } = await readList(server, 'eligibleFeatureFlags', widest, { orderBy })
      expect((await readList(server, 'eligibleFeatureFlags', widest, { orderBy, after: cursors[0] })).cursors).toEqual(cursors.slice(1))
    }
  })

  it("of another connection is refused: the viewer's projects", async () => {
    const { data } = await run(tenant.key, '{ viewer { projects { edges { cursor } } } }')
    const { cursor } = data.viewer.projects.edges[0]
    await expectRefused(newest, cursor)
    const { cursors } = await read(newest)
    for (const argument of ['after', 'before']) {
      const answer = await run(tenant.key, `{ viewer { projects(${argument}: "${cursors[0]}") { totalCount } } }`)
      expect(getErrors(answer)).toEqual([{ code: 'BAD_USER_INPUT', argument }])
    }
  })

  it('names the wrong argument when only one of two is wrong', async () => {
    const { startCursor } = await read(newest)
    expect(getErrors(await ask(newest, { after: startCursor, before: 'x' }))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'before' }])
    expect(getErrors(await ask(newest, { after: 'x', before: startCursor }))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'after' }])
  })
})

describe('what is no cursor is rejected', () => {
  it.each([
    '',
    ' ',
    'x',
    '%%%',
    'null',
    '[]',
    '{}',
    '😀',
    '\0',
    '\ud800',
    'YXJyYXljb25uZWN0aW9uOjA=',
    'a'.repeat(4_000),
    'a'.repeat(4_001),
  ])('garbage: %j', async (cursor) => {
    await expectRefused(newest, cursor)
    await expectRefused(longest, cursor)
  })

  it('one that was cut', async () => {
    for (const order of Object.values(byKind)) {
      const cursor = (await read(order)).cursors[0] ?? ''
      for (const cut of [1, 2, 5, cursor.length >> 1]) {
        await expectRefused(order, cursor.slice(0, -cut))
        await expectRefused(order, cursor.slice(cut))
      }
    }
  })

  it.each(Object.entries(byKind))('forged JSON of another shape (%s)', async (_kind, order) => {
    const name = nameOf(order)
    const shapes = [null, true, 5, name, {}, [], [name], [name, '1'], [name, '1', 1], [name, '1', 1, null, null], [[name, '1', 1, null]]]
    const types = [
      [null, '1', 1, null],
      [5, '1', 1, null],
      [name, 1, 1, null],
      [name, null, 1, null],
      [name, ['1'], 1, null],
      [name, '1', '1', null],
      [name, '1', null, null],
      [name, '1', true, null],
      [name, '1', [1], null],
      [name, '1', 1, 'now'],
      [name, '1', 1, {}],
      { 0: name, 1: '1', 2: 1, 3: null, length: 4 },
    ]
    const ids = [0, -1, 1.5, 2_147_483_648, 9_007_199_254_740_992, -2_147_483_649].map((id) => [name, '1', id, null])
    for (const contents of [...shapes, ...types, ...ids]) await expectRefused(order, forged(contents))
    const raw = [
      `["${name}","1",1e999,null]`,
      `["${name}","1",-1e999,null]`,
      `["${name}","1",1,null]]`,
      `["${name}","1",NaN,null]`,
      '['.repeat(2_900),
      `${'['.repeat(1_400)}${']'.repeat(1_400)}`,
      `{"__proto__":["${name}","1",1,null]}`,
    ]
    for (const text of raw) await expectRefused(order, encoded(text))
  })

  const wrongValues: [keyof typeof byKind, string[]][] = [
    [
      'instant',
      [
        ...['', ' ', 'now', 'abc', '1e3', '0x10', '1.5', ' 5', '5 ', '+5', '--5', '٣', '5\n', '5\0', 'Infinity', '-infinity', 'NaN'],
        // The year 10000, the year 0, the last of the years before, and what is no date at all.
        ...[
          '253402300800000',
          '-62135596800001',
          '-62167219200000',
          '-62167219200001',
          '8640000000000001',
          '999999999999999',
          '9'.repeat(400),
        ],
        ...['-999999999999999'],
        "1'; DROP TABLE feature_flags; --",
      ],
    ],
    ['text', ['\0', 'a\0b', '\ud800', 'a\udc00']],
    [
      'double',
      [
        ...['', ' ', 'abc', 'NaN', 'nan', '-Infinity', 'inf', 'infinity', '1e999', '-1e999', '1,5', '1_000', '0x', '1e', '5\0', '٣'],
        ...['0b1', '0o7', '0x10', '\u00a05', '5\u2028', '\ufeff5', '.', '+', '1e1000'],
      ],
    ],
  ]
  it.each(wrongValues)('forged values that are none of the order (%s)', async (kind, values) => {
    const order = byKind[kind]
    for (const value of values) await expectRefused(order, forged([nameOf(order), value, 1, null]))
  })

  it('a forged instant to measure by that is none', async () => {
    const anchors = [
      '1e999',
      '-1e999',
      '8640000000000001',
      '-8640000000000001',
      '1e300',
      '0.5',
      '-62135596800001',
      '253402300800000',
      '8640000000000000',
    ]
    for (const anchor of anchors) await expectRefused(longest, encoded(`["${nameOf(longest)}","5",1,${anchor}]`))
  })
})

describe('forged cursors of the right shape are places like any other', () => {
  it('far before and after every row', async () => {
    const at = (order: Order, value: string, id = 1) => forged([nameOf(order), value, id, null])
    const oldest = { ...newest, direction: 'ASC' }
    for (const value of ['-62135596800000', '0', '-1']) expect((await read(oldest, { after: at(oldest, value) })).ids).toHaveLength(2)
    for (const value of ['253402300799999', 'infinity']) expect((await read(oldest, { after: at(oldest, value) })).ids).toHaveLength(0)
    const shortest = { ...longest, direction: 'ASC' }
    for (const value of ['-1.7976931348623157e308', '-5', '0', '1e-7', '-1e-999', '1e-400', '5e-324']) {
      expect((await read(shortest, { after: at(shortest, value) })).ids).toHaveLength(2)
    }
    for (const value of ['1.7976931348623157e308', '1e300'])
      expect((await read(shortest, { after: at(shortest, value) })).ids).toHaveLength(1)
    expect((await read(shortest, { after: at(shortest, 'Infinity', 2_147_483_647) })).ids).toHaveLength(0)
  })

  it('with an instant to measure by, within the years that a date can have', async () => {
    for (const anchor of [0, -1, -62_135_596_800_000, 253_402_300_799_999]) {
      await expectNoFailure(longest, forged([nameOf(longest), '5', 1, anchor]))
      expect(getErrors(await ask(longest, { after: forged([nameOf(longest), '5', 1, anchor]) }))).toEqual([])
    }
  })
})

it('no cursor, whatever is in it, is a failure of ours', async () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.string(), fc.double().map(String), fc.bigInt().map(String))
  const contents = fc.oneof(
    fc.record({
      value: text,
      id: fc.oneof(fc.integer(), fc.double()),
      anchor: fc.option(fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger())),
    }),
    fc.jsonValue(),
  )
  const damage = fc.oneof(fc.constant(null), fc.record({ at: fc.nat(), character: fc.string({ minLength: 1, maxLength: 1 }) }))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...orders), contents, damage, async (order, inside, harm) => {
      const isForged = typeof inside === 'object' && inside !== null && 'value' in inside && 'anchor' in inside
      const cursor = forged(isForged ? [nameOf(order), inside.value, inside.id, inside.anchor] : inside)
      const at = harm === null ? 0 : harm.at % cursor.length
      await expectNoFailure(order, harm === null ? cursor : cursor.slice(0, at) + harm.character + cursor.slice(at + 1))
    }),
    { numRuns: 80 },
  )
})
