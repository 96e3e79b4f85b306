import { expect, it } from 'vitest'
import { Prisma } from '../../../src/database/generated/client.ts'
import {
  compileTemplate,
  keepTemplate,
  Slot,
  type StatementTemplate,
  toBatchQuery,
} from '../../../src/database/statements/statementTemplate.ts'

// Statements whose text is written once, and whose values are filled in later.

const flagsAfter = (ids: number[]) =>
  Prisma.sql`SELECT FROM flags WHERE on = ${true} AND project = ANY (${ids}::int[]) AND id > ${new Slot(0)} LIMIT ${5}`

it('the text is the same for all values', () => {
  const template = compileTemplate(flagsAfter)
  const [one, other] = [template.fill([7]).withIds([1, 2]), template.fill([8]).withIds([3])]
  expect(one.text).toBe('SELECT FROM flags WHERE on = $1 AND project = ANY ((SELECT $2)::int[]) AND id > $3 LIMIT $4')
  expect(other.text).toBe(one.text)
  expect([one.values, other.values]).toEqual([
    [true, '{1,2}', 7, 5],
    [true, '{3}', 8, 5],
  ])
})

it('requests share a statement if its text and all values but the ids are equal', () => {
  const key = (value: number, name?: string) => compileTemplate(flagsAfter, name === undefined ? undefined : () => name).fill([value]).key
  expect(key(7)).toBe(key(7))
  expect(key(7)).not.toBe(key(8))
  expect(key(7)).not.toBe(compileTemplate((ids: number[]) => Prisma.sql`${flagsAfter(ids)} OFFSET 1`).fill([7]).key)
  expect(key(7, 'a')).not.toBe(key(7, 'b'))
})

it('lists of several operations share a statement whose text is equal', () => {
  const key = (statement: typeof flagsAfter) => keepTemplate(new Map(), 'page', () => statement).fill([7]).key
  expect(key(flagsAfter)).toBe(key((ids) => flagsAfter(ids)))
  expect(key(flagsAfter)).not.toBe(key((ids) => Prisma.sql`${flagsAfter(ids)} OFFSET 1`))
})

it('several slots are filled by their place, wherever they stand', () => {
  const template = compileTemplate((_ids: number[]) => Prisma.sql`SELECT ${new Slot(1)}, ${new Slot(0)}, ${new Slot(1)}`)
  expect(template.fill(['first', 'second']).withIds([]).values).toEqual(['second', 'first', 'second'])
})

it('a statement may have ids alone', () => {
  expect(toBatchQuery<string>((ids) => Prisma.sql`SELECT ${ids}`).withIds(['a', 'b']).values).toEqual(['{a,b}'])
})

it('a hundred templates of a list are kept, and each is made once', () => {
  const kept = new Map<string, StatementTemplate>()
  let made = 0
  const find = (shape: number) =>
    keepTemplate(kept, String(shape), () => {
      made++
      return (_ids: number[]) => Prisma.sql`SELECT ${shape}`
    })
  const keys = Array.from({ length: 100 }, (_, shape) => find(shape).fill([]).key)
  expect(new Set(keys).size).toBe(100)
  expect(Array.from({ length: 100 }, (_, shape) => find(shape).fill([]).key)).toEqual(keys)
  expect([made, kept.size]).toEqual([100, 100])

  const another = find(100)
  expect(keys).not.toContain(another.fill([]).key)
  expect([made, kept.size]).toEqual([101, 1])
  expect(find(0).fill([]).withIds([]).values).toEqual([0])
})
