import { beforeEach, describe, expect, it } from 'vitest'
import { getErrors } from '../../../support/lists.ts'
import { seedExperiment, seedFlag, seedKey, seedProject, seedUser } from '../../../support/seed.ts'
import { seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, countStatements } = await testServer()
let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  tenant = await seedTenant(db)
  const other = await seedTenant(db)
  const theirs = await seedFlag(db, other.project, { tags: ['theirs'], createdById: other.user.id })
  await seedExperiment(db, theirs, { tags: ['theirs'], createdById: other.user.id })
})

const inProject = (fields: string, key = tenant.key) => run(key, `{ project(id: ${tenant.project.id}) { ${fields} } }`)
const limited = (...scopes: string[]) => seedKey(db, tenant.user, { scopes })

describe('the tags that are offered', () => {
  beforeEach(async () => {
    const flag = await seedFlag(db, tenant.project, { tags: ['beta', 'Alpha', 'ä'] })
    await seedFlag(db, tenant.project, { tags: ['beta'], active: false, archived: true })
    await seedFlag(db, tenant.project, { tags: ['gone'], deleted: true })
    await seedExperiment(db, flag, { tags: ['beta', 'growth'] })
    await seedExperiment(db, flag, { tags: ['gone'], deleted: true })
    await db.savedMetric.create({ data: { projectId: tenant.project.id, name: 'm', query: {}, tags: ['metric'] } })
  })
  const tags = async (args = '', key = tenant.key) => (await inProject(`tags${args} { name count }`, key)).data.project.tags

  it('are by code point, each with how many things have it', async () => {
    expect(await tags('(on: FEATURE_FLAGS)')).toEqual([
      { name: 'Alpha', count: 1 },
      { name: 'beta', count: 2 },
      { name: 'ä', count: 1 },
    ])
    expect(await tags('(on: EXPERIMENTS)')).toEqual([
      { name: 'beta', count: 1 },
      { name: 'growth', count: 1 },
    ])
    expect(await tags('(on: SAVED_METRICS)')).toEqual([{ name: 'metric', count: 1 }])
    expect(await tags()).toEqual([
      { name: 'Alpha', count: 1 },
      { name: 'beta', count: 3 },
      { name: 'growth', count: 1 },
      { name: 'metric', count: 1 },
      { name: 'ä', count: 1 },
    ])
  })

  it('are searched and limited', async () => {
    expect(await tags('(search: "ALP")')).toEqual([{ name: 'Alpha', count: 1 }])
    expect(await tags('(search: "%")')).toEqual([])
    expect(await tags('(first: 2)')).toHaveLength(2)
    for (const first of [0, 101])
      expect(getErrors(await inProject(`tags(first: ${first}) { name }`))).toMatchObject([{ argument: 'first' }])
  })

  it('are those of what the key may read', async () => {
    expect((await tags('', await limited('experiment:read'))).map(({ name }: { name: string }) => name)).toEqual([
      'beta',
      'growth',
      'metric',
    ])
    expect((await tags('', await limited('feature_flag:read'))).map(({ name }: { name: string }) => name)).toEqual(['Alpha', 'beta', 'ä'])
    expect(getErrors(await inProject('tags(on: EXPERIMENTS) { name }', await limited('feature_flag:read')))).toMatchObject([
      { code: 'FORBIDDEN' },
    ])
    expect(getErrors(await inProject('tags { name }', await limited('project:read')))).toMatchObject([{ code: 'FORBIDDEN' }])
  })
})

describe('the creators that are offered', () => {
  it('are those of things that are not deleted, by name, also those who left', async () => {
    const [bea, nameless, gone] = [
      await seedUser(db, tenant.organization, { firstName: 'Bea' }),
      await seedUser(db, tenant.organization, { firstName: '', email: `a${tenant.project.id}@example.com` }),
      await seedUser(db, tenant.organization, { firstName: 'Gone' }),
    ]
    const left = await db.user.create({ data: { email: `left${tenant.project.id}@example.com`, firstName: 'Left' } })
    for (const { id } of [bea, bea, nameless, left]) await seedFlag(db, tenant.project, { createdById: id })
    await seedFlag(db, tenant.project, { createdById: gone.id, deleted: true })
    const flag = await seedFlag(db, tenant.project, { createdById: null })
    await seedExperiment(db, flag, { createdById: gone.id })
    const creators = async (args: string) =>
      (await inProject(`creators(${args}) { databaseId }`)).data.project.creators.map(
        ({ databaseId }: { databaseId: number }) => databaseId,
      )
    expect(await creators('of: FEATURE_FLAGS')).toEqual([bea.id, left.id, nameless.id])
    expect(await creators('of: EXPERIMENTS')).toEqual([gone.id])
    expect(await creators('of: SAVED_METRICS')).toEqual([])
    expect(await creators('of: FEATURE_FLAGS, search: "BE"')).toEqual([bea.id])
    expect(await creators('of: FEATURE_FLAGS, first: 1')).toEqual([bea.id])
    expect(getErrors(await inProject('creators(of: EXPERIMENTS) { id }', await limited('feature_flag:read')))).toMatchObject([
      { code: 'FORBIDDEN' },
    ])
  })
})

it('is offered for many projects with as many statements as for two', async () => {
  const add = async () => {
    const project = await seedProject(db, tenant.organization)
    await seedFlag(db, project, { tags: ['beta'], createdById: tenant.user.id })
  }
  const count = (projects: number) =>
    countStatements(async () => {
      const { data, errors } = await run(
        tenant.key,
        '{ viewer { projects(first: 50) { nodes { tags(search: "b", first: 3) { name } creators(of: FEATURE_FLAGS) { email } eventNames(search: "b") { name } } } } }',
      )
      expect(errors).toBeUndefined()
      expect(data.viewer.projects.nodes).toHaveLength(projects)
    })
  await add()
  const few = await count(2)
  // More than the 16 requests that one statement serves.
  for (let n = 0; n < 20; n++) await add()
  expect(await count(22)).toBe(few)
})
