import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Prisma } from '../../../src/database/generated/client.ts'
import { compareCodePoints, type ListName, type ListPage, readList } from '../../support/lists.ts'
import { controlAndTest, seedFlag, seedProject, seedUser } from '../../support/seed.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

const server = await testServer()
const { db, run, time } = server
const tenant = await seedTenant(db)
const makers = await Promise.all(
  ['Ann', 'ann', 'Ann', '', '', 'Zoë', '0', '1', '￼', '😀'].map((firstName) => seedUser(db, tenant.organization, { firstName })),
)

const directions = ['ASC', 'DESC'] as const
type Args = Record<string, unknown>

/** A project with such rows, each with the values that the orders go by. */
interface Dataset {
  tenant: { key: string; project: { id: number } }
  /** The numbers of the rows in ascending order, by what JavaScript makes of their values. */
  ascending(field: string): number[]
}

type Value = string | number | Date | null

function ascendingIds(rows: ({ id: number } & Record<string, unknown>)[], value: (row: Record<string, unknown>) => Value): number[] {
  const compare = (a: Value, b: Value): number => {
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return typeof a === 'string' && typeof b === 'string' ? compareCodePoints(a, b) : Number(a) - Number(b)
  }
  return [...rows].sort((a, b) => compare(value(a), value(b)) || a.id - b.id).map(({ id }) => id)
}

// Few times and few names, so that many rows are equal in most orders.
const day = fc.constantFrom(0, 1, 2, 3).map((n) => new Date(Date.UTC(2026, 9, 20 + n)))
const instant = fc.oneof(
  day,
  day,
  fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
)
const name = fc.oneof(
  fc.constantFrom('', 'a', 'A', 'b', 'É', 'é', '￼', '😀', ' a', 'a\nb', '"', '\\', "'", '%'),
  fc.constantFrom('a', 'b', '\u0001').map((letter) => letter.repeat(400)),
  fc.string({ unit: 'binary', maxLength: 5 }).map((text) => text.replaceAll('\0', '')),
)

async function flagsOf(rows: { key: string; name: string; createdAt: Date }[]): Promise<Dataset> {
  const project = await seedProject(db, tenant.organization)
  await db.featureFlag.createMany({ data: rows.map((row) => ({ ...row, projectId: project.id, filters: controlAndTest })) })
  const stored = await db.featureFlag.findMany({ where: { projectId: project.id } })
  const value: Record<string, (row: Record<string, unknown>) => Value> = {
    CREATED_AT: (row) => row.createdAt as Date,
    KEY: (row) => row.key as string,
    NAME: (row) => [...(row.name as string)].slice(0, 400).join(''),
  }
  return { tenant: { key: tenant.key, project }, ascending: (field) => ascendingIds(stored, value[field] ?? (() => null)) }
}

type ExperimentDraft = Pick<Prisma.ExperimentCreateManyInput, 'name'> & {
  createdAt: Date
  updatedAt: Date
  startDate: Date | null
  endDate: Date | null
  maker: number | null
}

async function experimentsOf(rows: ExperimentDraft[]): Promise<Dataset> {
  const project = await seedProject(db, tenant.organization)
  const flag = await seedFlag(db, project)
  await db.experiment.createMany({
    data: rows.map(({ maker, ...row }) => ({
      ...row,
      projectId: project.id,
      featureFlagId: flag.id,
      createdById: maker === null ? null : (makers[maker]?.id ?? null),
    })),
  })
  const stored = await db.experiment.findMany({ where: { projectId: project.id }, include: { createdBy: true } })
  const value: Record<string, (row: (typeof stored)[number]) => Value> = {
    CREATED_AT: (row) => row.createdAt,
    UPDATED_AT: (row) => row.updatedAt,
    NAME: (row) => row.name,
    START_DATE: (row) => row.startDate,
    END_DATE: (row) => row.endDate,
    DURATION: ({ startDate, endDate }) => (startDate === null ? null : (endDate ?? time.now).getTime() - startDate.getTime()),
    STATUS: ({ startDate, endDate }) => (startDate === null ? 0 : endDate === null ? 1 : 2),
    CREATED_BY: ({ createdBy }) => (createdBy === null ? null : createdBy.firstName || createdBy.email),
  }
  return {
    tenant: { key: tenant.key, project },
    ascending: (field) => ascendingIds(stored, (row) => value[field]?.(row as unknown as (typeof stored)[number]) ?? null),
  }
}

const lists: { list: ListName; fields: string[]; datasets: fc.Arbitrary<() => Promise<Dataset>> }[] = [
  {
    list: 'eligibleFeatureFlags',
    fields: ['CREATED_AT', 'KEY', 'NAME'],
    datasets: fc
      .uniqueArray(
        fc.record({
          key: fc.oneof(
            fc.stringMatching(/^[a-cA-C0_-]{1,5}$/),
            fc.stringMatching(/^[ab]$/).map((letter) => letter.repeat(400)),
          ),
          // Longer than what the order goes by.
          name: fc.oneof(
            name,
            name,
            fc.constantFrom('x', 'y').map((letter) => `${'😀'.repeat(400)}${letter}`),
          ),
          createdAt: instant,
        }),
        { selector: ({ key }) => key, minLength: 1, maxLength: 16 },
      )
      .map((rows) => () => flagsOf(rows)),
  },
  {
    list: 'experiments',
    fields: ['CREATED_AT', 'UPDATED_AT', 'NAME', 'START_DATE', 'END_DATE', 'DURATION', 'STATUS', 'CREATED_BY'],
    datasets: fc
      .array(
        fc.record({
          name,
          createdAt: instant,
          updatedAt: instant,
          startDate: fc.option(instant, { freq: 3 }),
          endDate: fc.option(instant, { freq: 2 }),
          maker: fc.option(fc.nat({ max: makers.length - 1 }), { freq: 4 }),
        }),
        { minLength: 1, maxLength: 16 },
      )
      .map((rows) => () => experimentsOf(rows)),
  },
]
const orders = lists.flatMap(({ list, fields, datasets }) =>
  fields.flatMap((field) => directions.map((direction) => ({ list, field, direction, datasets }))),
)

/** Reads on from a page until there is none; every page is full but the last, and says the truth about its neighbours. */
async function walk(read: (args: Args) => Promise<ListPage>, forwards: boolean, size: number, from: string | null, rest: number) {
  const pages: number[][] = []
  let cursor = from
  for (let left = rest; ; left -= size) {
    const page = await read(forwards ? { first: size, after: cursor } : { last: size, before: cursor })
    pages.push(page.ids)
    const [ahead, behind] = forwards ? [page.hasNextPage, page.hasPreviousPage] : [page.hasPreviousPage, page.hasNextPage]
    expect(page.ids.length).toBe(Math.max(0, Math.min(size, left)))
    expect(ahead).toBe(left > size)
    expect(behind).toBe(cursor !== null)
    cursor = forwards ? page.endCursor : page.startCursor
    if (!ahead) return forwards ? pages.flat() : pages.reverse().flat()
  }
}

describe.each(orders)('$list by $field $direction', ({ list, field, direction, datasets }) => {
  it('visits each row once, forwards and backwards, from either end and from the middle', async () => {
    await fc.assert(
      fc.asyncProperty(datasets, fc.integer({ min: 1, max: 6 }), fc.nat(), async (seed, size, at) => {
        const { tenant: asker, ascending } = await seed()
        const expected = direction === 'ASC' ? ascending(field) : ascending(field).reverse()
        const read = (args: Args) => readList(server, list, asker, { ...args, orderBy: { field, direction } })

        const whole = await read({ first: 100 })
        expect(whole).toMatchObject({ ids: expected, totalCount: expected.length, hasNextPage: false, hasPreviousPage: false })
        expect(new Set(whole.cursors).size).toBe(expected.length)

        expect(await walk(read, true, size, null, expected.length)).toEqual(expected)
        expect(await walk(read, false, size, null, expected.length)).toEqual(expected)
        const middle = at % expected.length
        const cursor = whole.cursors[middle] ?? ''
        expect(await walk(read, true, size, cursor, expected.length - middle - 1)).toEqual(expected.slice(middle + 1))
        expect(await walk(read, false, size, cursor, middle)).toEqual(expected.slice(0, middle))
      }),
      { numRuns: 3 },
    )
  })
})

it.each(lists)('$list: a page is what the cursors leave of the list, whatever the arguments', async ({ list, fields, datasets }) => {
  const size = fc.integer({ min: 1, max: 20 })
  const place = fc.option(fc.nat({ max: 15 }), { nil: undefined })
  const asked = fc.oneof(
    fc.record({ first: fc.option(size, { nil: undefined }), after: place, before: place }),
    fc.record({ last: size, after: place, before: place }),
    fc.record({ first: fc.option(size, { nil: undefined }), offset: fc.integer({ min: 0, max: 18 }) }),
  )
  await fc.assert(
    fc.asyncProperty(
      datasets,
      fc.constantFrom(...fields),
      fc.constantFrom(...directions),
      fc.array(asked, { minLength: 12, maxLength: 12 }),
      async (seed, field, direction, questions) => {
        const { tenant: asker, ascending } = await seed()
        const all = direction === 'ASC' ? ascending(field) : ascending(field).reverse()
        const orderBy = { field, direction }
        const { cursors } = await readList(server, list, asker, { orderBy, first: 100 })
        for (const question of questions) {
          const { first, last, after, before, offset } = {
            first: undefined,
            last: undefined,
            after: undefined,
            before: undefined,
            offset: undefined,
            ...question,
          }
          const at = (index: number | undefined) => (index === undefined ? undefined : index % all.length)
          const [from, until] = [at(after), at(before)]
          const window = all.slice(from === undefined ? (offset ?? 0) : from + 1, until ?? all.length)
          const expected = last === undefined ? window.slice(0, first ?? 20) : window.slice(-last)
          const page = await readList(server, list, asker, {
            orderBy,
            first,
            last,
            offset,
            after: from === undefined ? undefined : cursors[from],
            before: until === undefined ? undefined : cursors[until],
          })
          expect(page.ids, JSON.stringify(question)).toEqual(expected)
          expect(page.cursors).toEqual(expected.map((id) => cursors[all.indexOf(id)]))
          expect(page).toMatchObject({
            startCursor: page.cursors.at(0) ?? null,
            endCursor: page.cursors.at(-1) ?? null,
            totalCount: all.length,
          })
          if (expected.length === 0) continue
          expect(page.hasPreviousPage, JSON.stringify(question)).toBe(all.indexOf(expected[0] ?? 0) > 0)
          expect(page.hasNextPage, JSON.stringify(question)).toBe(all.indexOf(expected.at(-1) ?? 0) < all.length - 1)
        }
      },
    ),
    { numRuns: 10 },
  )
})

describe('rows that come and go between two pages', () => {
  const at = (n: number) => new Date(Date.UTC(2026, 0, n))
  const orderBy = { field: 'CREATED_AT', direction: 'ASC' }

  async function fourFlags() {
    const project = await seedProject(db, tenant.organization)
    const flags = [
      await seedFlag(db, project, { createdAt: at(1) }),
      await seedFlag(db, project, { createdAt: at(2) }),
      await seedFlag(db, project, { createdAt: at(2) }),
      await seedFlag(db, project, { createdAt: at(3) }),
    ] as const
    const read = (args: Args) => readList(server, 'eligibleFeatureFlags', { key: tenant.key, project }, { orderBy, ...args })
    return { project, flags, read }
  }

  it('neither repeat nor skip the others', async () => {
    const { project, flags, read } = await fourFlags()
    const start = await read({ first: 2 })
    await seedFlag(db, project, { createdAt: at(1) })
    const behind = await seedFlag(db, project, { createdAt: at(2) })
    await db.featureFlag.update({ where: { id: flags[0].id }, data: { deleted: true } })
    const rest = await read({ first: 3, after: start.endCursor })
    expect(rest.ids).toEqual([flags[2].id, behind.id, flags[3].id])
    expect(rest).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
  })

  it('leave a cursor valid when its own row is gone', async () => {
    const { flags, read } = await fourFlags()
    const { cursors } = await read({})
    await db.featureFlag.delete({ where: { id: flags[1].id } })
    await db.featureFlag.update({ where: { id: flags[2].id }, data: { active: false, filters: {} } })
    expect(await read({ first: 1, after: cursors[1] })).toMatchObject({ ids: [flags[3].id], hasNextPage: false, hasPreviousPage: true })
    expect(await read({ last: 1, before: cursors[2] })).toMatchObject({ ids: [flags[0].id], hasNextPage: true, hasPreviousPage: false })
  })

  it('are not told of as a page on the other side when the only one there was the cursor', async () => {
    const { flags, read } = await fourFlags()
    const { cursors } = await read({})
    expect(await read({ first: 2, after: cursors[0] })).toMatchObject({ hasPreviousPage: true })
    expect(await read({ last: 2, before: cursors[3] })).toMatchObject({ hasNextPage: true })
    await db.featureFlag.updateMany({ where: { id: { in: [flags[0].id, flags[3].id] } }, data: { deleted: true } })
    expect(await read({ first: 2, after: cursors[0] })).toMatchObject({
      ids: [flags[1].id, flags[2].id],
      hasPreviousPage: false,
      hasNextPage: false,
    })
    expect(await read({ last: 2, before: cursors[3] })).toMatchObject({
      ids: [flags[1].id, flags[2].id],
      hasPreviousPage: false,
      hasNextPage: false,
    })
    expect(await read({ first: 1, after: cursors[3] })).toMatchObject({ ids: [], hasPreviousPage: true, hasNextPage: false })
    expect(await read({ last: 1, before: cursors[0] })).toMatchObject({ ids: [], hasPreviousPage: false, hasNextPage: true })
  })

  it('let the rows that stay be seen once each, in order', async () => {
    type Change = { remove: number[]; add: number[] }
    const changes: fc.Arbitrary<Change> = fc.record({
      remove: fc.array(fc.nat({ max: 11 }), { maxLength: 3 }),
      add: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 4, maxLength: 12 }),
        fc.array(changes, { minLength: 3, maxLength: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        fc.constantFrom(...directions),
        async (days, rounds, size, forwards, direction) => {
          const project = await seedProject(db, tenant.organization)
          const create = (all: number[]) =>
            db.featureFlag.createManyAndReturn({
              data: all.map((n) => ({ projectId: project.id, key: crypto.randomUUID(), filters: controlAndTest, createdAt: at(n) })),
            })
          const flags = await create(days)
          const order = ascendingIds(flags, (row) => row.createdAt as Date)
          const gone = new Set<number>()
          const seen: number[] = []
          let cursor: string | null = null
          for (let round = 0; ; round++) {
            const page: ListPage = await readList(
              server,
              'eligibleFeatureFlags',
              { key: tenant.key, project },
              {
                orderBy: { field: 'CREATED_AT', direction },
                ...(forwards ? { first: size, after: cursor } : { last: size, before: cursor }),
              },
            )
            seen.push(...(forwards ? page.ids : page.ids.toReversed()))
            cursor = forwards ? page.endCursor : page.startCursor
            if (forwards ? !page.hasNextPage : !page.hasPreviousPage) break
            const { remove = [], add = [] } = rounds[round] ?? {}
            const removed = remove.flatMap((n) => flags[n]?.id ?? [])
            for (const id of removed) gone.add(id)
            await db.featureFlag.deleteMany({ where: { id: { in: removed } } })
            await create(add)
          }
          expect(new Set(seen).size).toBe(seen.length)
          const stayed = (direction === 'ASC') === forwards ? order : order.toReversed()
          expect(seen.filter((id) => order.includes(id) && !gone.has(id))).toEqual(stayed.filter((id) => !gone.has(id)))
        },
      ),
      { numRuns: 12 },
    )
  })
})

describe('experiments by DURATION', () => {
  it('keep to the now of the first page while the clock goes on', async () => {
    const hour = 3_600_000
    const started = (hours: number) => new Date(time.now.getTime() - hours * hour)
    const project = await seedProject(db, tenant.organization)
    const flag = await seedFlag(db, project)
    const rows = [
      { name: 'ended after 1', startDate: started(100), endDate: started(99) },
      { name: 'running for 2', startDate: started(2) },
      { name: 'ended after 3', startDate: started(50), endDate: started(47) },
      { name: 'running for 4', startDate: started(4) },
      { name: 'ended after 5', startDate: started(5), endDate: started(0) },
      { name: 'running for 5', startDate: started(5) },
      { name: 'ended after 50', startDate: started(60), endDate: started(10) },
      { name: 'draft' },
    ]
    await db.experiment.createMany({ data: rows.map((row) => ({ ...row, projectId: project.id, featureFlagId: flag.id })) })
    const names = new Map((await db.experiment.findMany({ where: { projectId: project.id } })).map(({ id, name }) => [id, name]))
    const read = async (direction: string, args: Args) => {
      const page = await readList(
        server,
        'experiments',
        { key: tenant.key, project },
        { orderBy: { field: 'DURATION', direction }, ...args },
      )
      return { ...page, names: page.ids.map((id) => names.get(id)) }
    }
    const start = time.now
    try {
      for (const direction of directions) {
        const expected = direction === 'ASC' ? rows.map(({ name }) => name) : rows.map(({ name }) => name).reverse()
        time.now = start
        const seen: (string | undefined)[] = []
        for (let cursor: string | null = null, more = true; more; time.now = new Date(time.now.getTime() + 10 * hour)) {
          const page = await read(direction, { first: 3, after: cursor })
          seen.push(...page.names)
          cursor = page.endCursor
          more = page.hasNextPage
        }
        expect(seen).toEqual(expected)

        time.now = start
        const last = await read(direction, { last: 2 })
        time.now = new Date(start.getTime() + 1_000 * hour)
        const before = await read(direction, { last: 6, before: last.startCursor })
        expect([...before.names, ...last.names]).toEqual(expected)
        // A list that starts anew goes by the clock.
        expect((await read('ASC', { first: 100 })).names.slice(3, 8)).toEqual([
          'ended after 50',
          'running for 2',
          'running for 4',
          'running for 5',
          'draft',
        ])
      }
    } finally {
      time.now = start
    }
  })
})

describe('lists of several parents in one operation', () => {
  it('give each parent its own page, with its own neighbours and count', async () => {
    const project = await seedProject(db, tenant.organization)
    const counts = [0, 1, 2, 3, 5]
    const flags = await Promise.all(counts.map((n) => seedFlag(db, project, { key: `flag-${n}` })))
    await db.experiment.createMany({
      data: flags.flatMap(({ id }, index) =>
        Array.from({ length: counts[index] ?? 0 }, (_, n) => ({
          projectId: project.id,
          featureFlagId: id,
          name: `${n}`,
          archived: n === 0,
          createdAt: new Date(Date.UTC(2026, 0, 1 + n)),
        })),
      ),
    })
    await db.experiment.createMany({
      data: flags.map(({ id }) => ({ projectId: project.id, featureFlagId: id, name: 'deleted', deleted: true })),
    })
    const fields = '{ totalCount nodes { name } pageInfo { hasNextPage hasPreviousPage } }'
    const { data, errors } = await run(
      tenant.key,
      `{ eligibleFeatureFlags(projectId: ${project.id}, orderBy: { field: KEY, direction: ASC }) {
        nodes { first: experiments(first: 2) ${fields} last: experiments(last: 2) ${fields} }
      } }`,
    )
    expect(errors).toBeUndefined()
    const shown = (names: string[], totalCount: number, hasNextPage: boolean, hasPreviousPage: boolean) => ({
      totalCount,
      nodes: names.map((name) => ({ name })),
      pageInfo: { hasNextPage, hasPreviousPage },
    })
    expect(data.eligibleFeatureFlags.nodes).toEqual([
      { first: shown([], 0, false, false), last: shown([], 0, false, false) },
      { first: shown(['0'], 1, false, false), last: shown(['0'], 1, false, false) },
      { first: shown(['1', '0'], 2, false, false), last: shown(['1', '0'], 2, false, false) },
      { first: shown(['2', '1'], 3, true, false), last: shown(['1', '0'], 3, false, true) },
      { first: shown(['4', '3'], 5, true, false), last: shown(['1', '0'], 5, false, true) },
    ])
  })

  it("page the viewer's projects by name, equal names by number", async () => {
    const other = await seedTenant(db)
    const projects = [other.project]
    for (const name of ['b', 'a', 'a', 'É', '']) projects.push(await seedProject(db, other.organization, { name }))
    const expected = projects.sort((a, b) => compareCodePoints(a.name, b.name) || a.id - b.id).map(({ id }) => id)
    for (const forwards of [true, false]) {
      const seen: number[][] = []
      for (let cursor: string | null = null, more = true; more; ) {
        const { data } = await run(
          other.key,
          `query ($first: Int, $after: String, $last: Int, $before: String) { viewer {
            projects(first: $first, after: $after, last: $last, before: $before) {
              totalCount nodes { databaseId } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
            }
          } }`,
          forwards ? { first: 4, after: cursor } : { last: 4, before: cursor },
        )
        const { nodes, pageInfo, totalCount } = data.viewer.projects
        expect(totalCount).toBe(6)
        seen.push(nodes.map((node: { databaseId: number }) => node.databaseId))
        cursor = forwards ? pageInfo.endCursor : pageInfo.startCursor
        more = forwards ? pageInfo.hasNextPage : pageInfo.hasPreviousPage
      }
      expect(seen.map(({ length }) => length)).toEqual([4, 2])
      expect((forwards ? seen : seen.reverse()).flat()).toEqual(expected)
    }
  })
})
