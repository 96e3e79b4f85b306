import { expect, it } from 'vitest'
import { readList } from '../../support/lists.ts'
import { controlAndTest } from '../../support/seed.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

// A search reads the first 100 rows, then 600, or an index. Its pages are the same, wherever its rows are.

const server = await testServer()
const tenant = await seedTenant(server.db)
const count = 800
const words: Record<string, (n: number) => boolean> = {
  many: () => true,
  some: (n) => n < 600 && n % 20 === 0,
  few: (n) => (n < 100 ? n % 25 === 0 : n >= 700 && n < 730),
  late: (n) => n >= 700 && n < 730,
  none: () => false,
}
const numbers = [...Array(count).keys()]
const flags = await server.db.featureFlag.createManyAndReturn({
  data: numbers.map((n) => ({
    ...{ projectId: tenant.project.id, filters: controlAndTest, key: `flag-${String(n).padStart(3, '0')}` },
    name: Object.keys(words)
      .filter((word) => words[word]?.(n))
      .join(' '),
  })),
  select: { id: true, key: true },
})
const idsByNumber = flags.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ id }) => id)
const read = (args: object) => readList(server, 'eligibleFeatureFlags', tenant, { orderBy: { field: 'KEY', direction: 'ASC' }, ...args })

it.each(Object.keys(words))('each page of a search for %s', async (search) => {
  const found = numbers.filter((n) => words[search]?.(n)).map((n) => idsByNumber[n])
  const start = await read({ search, first: 20 })
  expect(start).toMatchObject({
    ...{ ids: found.slice(0, 20), totalCount: found.length, hasNextPage: found.length > 20, hasPreviousPage: false },
  })
  if (found.length > 20) {
    const next = await read({ search, first: 20, after: start.endCursor })
    expect(next).toMatchObject({ ids: found.slice(20, 40), hasNextPage: found.length > 40, hasPreviousPage: true })
  }
  const end = await read({ search, last: 20 })
  expect(end).toMatchObject({ ids: found.slice(-20), hasNextPage: false, hasPreviousPage: found.length > 20 })
  expect((await read({ search, first: 3, offset: 2 })).ids).toEqual(found.slice(2, 5))
})

it('a search from the middle of the list looks for its rows on both sides, however far they are', async () => {
  const { cursors } = await read({ first: 1, after: (await read({ first: 1, offset: 349 })).endCursor })
  const middle = cursors[0]
  expect(await read({ search: 'late', first: 5, after: middle })).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
  expect(await read({ search: 'late', last: 5, before: middle })).toMatchObject({ ids: [], hasNextPage: true })
  const { endCursor } = await read({ last: 1 })
  expect(await read({ search: 'some', first: 5, after: endCursor })).toMatchObject({ ids: [], hasNextPage: false, hasPreviousPage: true })
  expect(await read({ search: 'none', first: 5, after: endCursor })).toMatchObject({ ids: [], hasNextPage: false, hasPreviousPage: false })
})

it('what is asked of one place of a list is not answered with what was asked of another', async () => {
  const [gone, , , third] = (await read({ first: 5 })).cursors
  expect(await read({ first: 1, after: third })).toMatchObject({ hasPreviousPage: true })
  await server.db.featureFlag.delete({ where: { id: idsByNumber[0] ?? 0 } })
  expect(await read({ first: 1, after: gone })).toMatchObject({ ids: [idsByNumber[1]], hasPreviousPage: false })
  expect(await read({ last: 1, before: third })).toMatchObject({ hasNextPage: true })
})
