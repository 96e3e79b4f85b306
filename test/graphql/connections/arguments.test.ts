import { describe, expect, it } from 'vitest'
import { askList, getErrors, type ListName, readList } from '../../support/lists.ts'
import { seedExperiment, seedFlag, seedKey, seedProject } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const server = await testServer()
const { db, run, countStatements } = server
const tenant = await seedTenant(db)
// A key whose use is already noted, so that reading with it takes no other statement.
tenant.key = await seedKey(db, tenant.user, { lastUsedAt: server.time.now })

const flags = []
for (let n = 0; n < 25; n++) flags.push(await seedFlag(db, tenant.project, { createdAt: new Date(Date.UTC(2026, 0, 30 - n)) }))
const experiments = []
for (const flag of flags) experiments.push(await seedExperiment(db, flag, { createdAt: flag.createdAt }))
const empty = { key: tenant.key, project: await seedProject(db, tenant.organization) }

describe.each([
  { list: 'eligibleFeatureFlags', expected: flags.map(({ id }) => id) },
  { list: 'experiments', expected: experiments.map(({ id }) => id) },
] satisfies { list: ListName; expected: number[] }[])('$list', ({ list, expected }) => {
  const read = (args: Record<string, unknown> = {}) => readList(server, list, tenant, args)
  const refused = async (args: Record<string, unknown>) => getErrors(await askList(server, list, tenant, args))

  it('has pages of 20 when nothing is said', async () => {
    expect(await read()).toMatchObject({ ids: expected.slice(0, 20), hasNextPage: true, hasPreviousPage: false, totalCount: 25 })
  })

  it('has a page of 1 and one of 100', async () => {
    expect(await read({ first: 1 })).toMatchObject({ ids: expected.slice(0, 1), hasNextPage: true, hasPreviousPage: false })
    expect(await read({ last: 1 })).toMatchObject({ ids: expected.slice(-1), hasNextPage: false, hasPreviousPage: true })
    expect(await read({ first: 100 })).toMatchObject({ ids: expected, hasNextPage: false, hasPreviousPage: false })
    expect(await read({ last: 100 })).toMatchObject({ ids: expected, hasNextPage: false, hasPreviousPage: false })
    expect(await read({ first: 25 })).toMatchObject({ ids: expected, hasNextPage: false, hasPreviousPage: false })
    expect(await read({ last: 25 })).toMatchObject({ ids: expected, hasNextPage: false, hasPreviousPage: false })
  })

  it.each([0, -1, 101, 2_147_483_647, -2_147_483_648, 2_147_483_648, 1.5, '5'])('rejects %s as first and as last', async (size) => {
    expect(await refused({ first: size })).toEqual([{ code: 'BAD_USER_INPUT', argument: 'first' }])
    expect(await refused({ last: size })).toEqual([{ code: 'BAD_USER_INPUT', argument: 'last' }])
  })

  it('rejects first and last together, also with cursors', async () => {
    const { startCursor, endCursor } = await read()
    expect(await refused({ first: 5, last: 5 })).toEqual([{ code: 'BAD_USER_INPUT', argument: 'last' }])
    expect(await refused({ first: 5, last: 5, after: startCursor, before: endCursor })).toEqual([
      { code: 'BAD_USER_INPUT', argument: 'last' },
    ])
  })

  it('rejects an offset with a cursor or with last', async () => {
    const { endCursor } = await read()
    for (const other of [{ after: endCursor }, { before: endCursor }, { last: 5 }]) {
      expect(await refused({ offset: 5, ...other })).toEqual([{ code: 'BAD_USER_INPUT', argument: 'offset' }])
      expect(await refused({ offset: 0, ...other })).toEqual([{ code: 'BAD_USER_INPUT', argument: 'offset' }])
    }
  })

  it.each([-1, 1_000_001, 2_147_483_648, 0.5])('rejects an offset of %s', async (offset) => {
    expect(await refused({ offset })).toEqual([{ code: 'BAD_USER_INPUT', argument: 'offset' }])
  })

  it('jumps to a page by offset, and goes on from there by cursor', async () => {
    const third = await read({ first: 5, offset: 10 })
    expect(third).toMatchObject({ ids: expected.slice(10, 15), hasNextPage: true, hasPreviousPage: true, totalCount: 25 })
    expect((await read({ first: 5, after: third.endCursor })).ids).toEqual(expected.slice(15, 20))
    expect((await read({ last: 5, before: third.startCursor })).ids).toEqual(expected.slice(5, 10))
    expect(await read({ offset: 0, first: 5 })).toEqual(await read({ first: 5 }))
    expect(await read({ offset: 3 })).toMatchObject({ ids: expected.slice(3, 23), hasNextPage: true, hasPreviousPage: true })
    expect(await read({ first: 5, offset: 20 })).toMatchObject({ ids: expected.slice(20), hasNextPage: false, hasPreviousPage: true })
  })

  it('has an empty page beyond the end, with what lies before it', async () => {
    for (const offset of [25, 26, 1_000_000]) {
      expect(await read({ offset })).toEqual({
        ids: [],
        cursors: [],
        totalCount: 25,
        hasNextPage: false,
        hasPreviousPage: true,
        startCursor: null,
        endCursor: null,
      })
    }
  })

  it('has an empty page after the last row, and before the first', async () => {
    const { cursors } = await read({ first: 100 })
    expect(await read({ after: cursors.at(-1) })).toMatchObject({ ids: [], hasNextPage: false, hasPreviousPage: true, totalCount: 25 })
    expect(await read({ last: 5, before: cursors[0] })).toMatchObject({
      ids: [],
      hasNextPage: true,
      hasPreviousPage: false,
      totalCount: 25,
    })
  })

  it('reads between two cursors, from the front and from the back', async () => {
    const { cursors } = await read({ first: 100 })
    const between = { after: cursors[4], before: cursors[10] }
    expect(await read(between)).toMatchObject({ ids: expected.slice(5, 10), hasNextPage: true, hasPreviousPage: true })
    expect(await read({ ...between, first: 2 })).toMatchObject({ ids: expected.slice(5, 7), hasNextPage: true, hasPreviousPage: true })
    expect(await read({ ...between, last: 2 })).toMatchObject({ ids: expected.slice(8, 10), hasNextPage: true, hasPreviousPage: true })
    expect((await read({ after: cursors[10], before: cursors[4] })).ids).toEqual([])
    expect((await read({ after: cursors[4], before: cursors[4] })).ids).toEqual([])
  })

  it('says of an empty list that it is empty, from either end', async () => {
    const nothing = { ids: [], cursors: [], totalCount: 0, hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null }
    for (const args of [{}, { first: 1 }, { last: 1 }, { offset: 0 }, { offset: 7 }]) {
      expect(await readList(server, list, empty, args)).toEqual(nothing)
    }
    const { cursors } = await read()
    expect(await readList(server, list, empty, { after: cursors[3] })).toEqual(nothing)
    expect(await readList(server, list, empty, { last: 3, before: cursors[3] })).toEqual(nothing)
  })

  it('counts the rows, and looks beyond the page, only when asked to', async () => {
    const count = (selection: string, args = '') =>
      countStatements(async () => {
        const { errors } = await run(tenant.key, `{ ${list}(projectId: ${tenant.project.id}${args}) { ${selection} } }`)
        expect(errors).toBeUndefined()
      })
    const page = await count('nodes { key: id }')
    expect(await count('nodes { id } totalCount')).toBe(page + 1)
    expect(await count('nodes { id } pageInfo { endCursor hasNextPage hasPreviousPage }')).toBe(page)
    const { cursors } = await read()
    const after = `, after: "${cursors[3]}"`
    expect(await count('nodes { id } pageInfo { endCursor hasNextPage }', after)).toBe(page)
    expect(await count('nodes { id } pageInfo { endCursor hasNextPage hasPreviousPage }', after)).toBe(page + 1)
    expect(await count('nodes { id } pageInfo { hasNextPage hasPreviousPage }', ', first: 5, offset: 5')).toBe(page)
  })
})

it('rejects wrong pages of the lists inside a flag, and of a viewer, in the same way', async () => {
  const inside = (args: string) =>
    `{ eligibleFeatureFlags(projectId: ${tenant.project.id}, first: 1) { nodes { experiments(${args}) { totalCount } } } }`
  const ofViewer = (args: string) => `{ viewer { projects(${args}) { totalCount } } }`
  for (const query of [inside, ofViewer]) {
    expect(getErrors(await run(tenant.key, query('first: 0')))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'first' }])
    expect(getErrors(await run(tenant.key, query('last: 101')))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'last' }])
    expect(getErrors(await run(tenant.key, query('first: 1, last: 1')))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'last' }])
    expect(getErrors(await run(tenant.key, query('after: "x"')))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'after' }])
    expect(getErrors(await run(tenant.key, query('before: "x"')))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'before' }])
  }
})

it('pages through a list that is read along with its parents as through any other', async () => {
  const project = await seedProject(db, tenant.organization)
  const flag = await seedFlag(db, project)
  const own = []
  for (let n = 0; n < 3; n++) own.push(await seedExperiment(db, flag, { createdAt: new Date(Date.UTC(2026, 0, 30 - n)) }))
  const expected = own.map(({ id }) => ({ id: globalId('Experiment', id) }))
  const page = async (args: string) => {
    const list = `experiments(${args}) { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } }`
    const { data } = await run(tenant.key, `{ eligibleFeatureFlags(projectId: ${project.id}) { nodes { ${list} } } }`)
    return data.eligibleFeatureFlags.nodes[0].experiments
  }
  const first = await page('first: 2')
  expect(first).toMatchObject({
    ...{ totalCount: 3, nodes: expected.slice(0, 2), pageInfo: { hasNextPage: true, hasPreviousPage: false } },
  })
  expect(await page('first: 3')).toMatchObject({ nodes: expected, pageInfo: { hasNextPage: false, hasPreviousPage: false } })
  expect(await page(`first: 2, after: "${first.pageInfo.endCursor}"`)).toMatchObject({
    ...{ nodes: expected.slice(2), pageInfo: { hasNextPage: false, hasPreviousPage: true } },
  })
})
