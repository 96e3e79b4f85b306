import { describe, expect, it } from 'vitest'
import type { Prisma } from '../../../src/database/generated/client.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey, seedProject } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, countStatements } = await testServer()

async function seedLab() {
  const tenant = await seedTenant(db)
  const { project, key } = tenant
  const has = (name: string, data: Partial<Prisma.HoldoutUncheckedCreateInput> = {}) =>
    db.holdout.create({ data: { projectId: project.id, name, filters: [{ properties: [], rollout_percentage: 10 }], ...data } })
  const carrying = (id: unknown, data: Partial<Prisma.FeatureFlagUncheckedCreateInput> = {}) =>
    seedFlag(db, project, { filters: { ...controlAndTest, holdout: { id, exclusion_percentage: 10 } as never }, ...data })
  const ask = (query: string, variables: object = {}) => run(key, query, { project: project.id, ...variables })
  return { ...tenant, has, carrying, ask }
}

describe('holdout', () => {
  const question = `query ($id: ID!) { holdout(id: $id) {
    id databaseId name description exclusionPercentage filters viewerCanUpdate project { databaseId } createdBy { email } } }`

  it('is found by its global id and by its number, with all its values', async () => {
    const { user, project, ask, has } = await seedLab()
    const { id } = await has('Everybody', { description: 'Kept out', createdById: user.id })
    for (const name of [id, globalId('Holdout', id)]) {
      expect(await ask(question, { id: name })).toEqual({
        data: {
          holdout: {
            id: globalId('Holdout', id),
            databaseId: id,
            name: 'Everybody',
            description: 'Kept out',
            exclusionPercentage: 10,
            filters: [{ properties: [], rollout_percentage: 10 }],
            viewerCanUpdate: true,
            project: { databaseId: project.id },
            createdBy: { email: user.email },
          },
        },
      })
    }
  })

  it.each([[[]], [[{}]], [[{ rollout_percentage: 'ten' }]], [[{ rollout_percentage: 101 }]], [['x']]])(
    'keeps out nobody by the filters %j',
    async (filters) => {
      const { ask, has } = await seedLab()
      const { id } = await has('Malformed', { filters: filters as Prisma.InputJsonValue })
      expect((await ask(question, { id })).data.holdout).toMatchObject({ exclusionPercentage: 0, filters })
    },
  )

  it('is not found when it is of somebody else, or not there; the scope comes first', async () => {
    const { ask, user, organization } = await seedLab()
    const stranger = await seedLab()
    const { id } = await stranger.has('Theirs')
    const refused = (code: string) => ({ data: { holdout: null }, errors: [{ extensions: { code } }] })
    for (const other of [id, globalId('Holdout', id), 2_147_483_647, '9999999999999999']) {
      expect(await ask(question, { id: other })).toMatchObject(refused('NOT_FOUND'))
    }
    expect(await ask(question, { id: globalId('Experiment', 1) })).toMatchObject(refused('BAD_USER_INPUT'))
    const node = 'query ($id: ID!) { node(id: $id) { id } }'
    expect((await ask(node, { id: globalId('Holdout', id) })).data).toEqual({ node: null })
    const noScope = await seedKey(db, user, { scopes: ['feature_flag:read'] })
    expect(await run(noScope, question, { id })).toMatchObject(refused('FORBIDDEN'))
    const elsewhere = await seedKey(db, stranger.user, { scopedProjects: [(await seedProject(db, organization)).id] })
    expect(await run(elsewhere, question, { id })).toMatchObject(refused('NOT_FOUND'))
    const reader = await seedKey(db, stranger.user, { scopes: ['experiment:read'] })
    expect((await run(reader, question, { id })).data.holdout.viewerCanUpdate).toBe(false)
  })
})

it('holdouts are those of the project, the newest first, found by name and description', async () => {
  const { ask, has } = await seedLab()
  await (await seedLab()).has('Theirs')
  await has('Old 100%', { createdAt: new Date('2026-01-01') })
  await has('New', { createdAt: new Date('2026-03-01'), description: 'The OLD one is done' })
  await has('Between', { createdAt: new Date('2026-02-01') })
  const question = `query ($project: ID!, $search: String) { holdouts(projectId: $project, search: $search) { totalCount nodes { name } } }`
  const find = async (search: string | null) => {
    const { data } = await ask(question, { search })
    expect(data.holdouts.totalCount).toBe(data.holdouts.nodes.length)
    return data.holdouts.nodes.map(({ name }: { name: string }) => name)
  }
  expect(await find(null)).toEqual(['New', 'Between', 'Old 100%'])
  expect(await find('old')).toEqual(['New', 'Old 100%'])
  expect(await find('%')).toEqual(['Old 100%'])
  expect(await find('nothing')).toEqual([])
  expect((await ask(question, { search: 'x'.repeat(401) })).errors?.[0]?.extensions).toMatchObject({ argument: 'search' })
})

describe('a holdout and what it is for', () => {
  it('has the experiments in it and the flags that carry it, and both lead back', async () => {
    const { ask, has, carrying } = await seedLab()
    const { id } = await has('Shared')
    const flag = await carrying(id, { key: `carrier-${id}` })
    await carrying(id, { deleted: true })
    await seedExperiment(db, flag, { name: 'In', holdoutId: id, startDate: new Date('2026-10-01') })
    await seedExperiment(db, flag, { name: 'Archived', holdoutId: id, archived: true, createdAt: new Date('2020-01-01') })
    await seedExperiment(db, flag, { name: 'Deleted', holdoutId: id, deleted: true })
    await seedExperiment(db, flag, { name: 'Out' })
    const { data, errors } = await ask(
      `query ($id: ID!) { holdout(id: $id) {
        experiments { totalCount nodes { name status holdout { databaseId } } } featureFlags { totalCount nodes { key holdout { name } } } } }`,
      { id },
    )
    expect(errors).toBeUndefined()
    expect(data.holdout).toEqual({
      experiments: {
        totalCount: 2,
        nodes: [
          { name: 'In', status: 'RUNNING', holdout: { databaseId: id } },
          { name: 'Archived', status: 'DRAFT', holdout: { databaseId: id } },
        ],
      },
      featureFlags: { totalCount: 1, nodes: [{ key: flag.key, holdout: { name: 'Shared' } }] },
    })
  })

  it('is found by its number in the system that it came from, of the own project first', async () => {
    const { project, ask, has, carrying } = await seedLab()
    const stranger = await seedLab()
    const foreign = await stranger.has('Theirs', { importedId: 777_001 })
    const imported = await has('Imported', { importedId: 777_001 })
    const rival = await has('Rival', { importedId: imported.id })
    const holdoutOf = async (id: unknown) => {
      const flag = await carrying(id)
      const { data, errors } = await ask('query ($id: ID!) { node(id: $id) { ... on FeatureFlag { holdout { name } } } }', {
        id: globalId('FeatureFlag', flag.id),
      })
      expect(errors).toBeUndefined()
      return data.node.holdout?.name ?? null
    }
    expect(await holdoutOf(777_001)).toBe('Imported')
    expect(await holdoutOf(imported.id)).toBe('Imported')
    expect(await holdoutOf(rival.id)).toBe('Rival')
    expect(await holdoutOf(foreign.id)).toBeNull()
    for (const id of [null, 'x', 1.5, -1, 0, 1e20, 2_147_483_648, true, [imported.id]]) expect(await holdoutOf(id)).toBeNull()
    expect(project.id).not.toBe(stranger.project.id)
  })

  it('needs both scopes for its flags', async () => {
    const { user, has } = await seedLab()
    const { id } = await has('Shared')
    const key = await seedKey(db, user, { scopes: ['experiment:read'] })
    const { data, errors } = await run(key, 'query ($id: ID!) { holdout(id: $id) { featureFlags { totalCount } } }', { id })
    expect(data.holdout).toBeNull()
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'feature_flag:read' })
  })

  it('is read for all flags and experiments of a page at once', async () => {
    const { ask, has, carrying } = await seedLab()
    const add = async () => {
      const { id } = await has('One of many')
      await seedExperiment(db, await carrying(id), { holdoutId: id })
    }
    const count = () =>
      countStatements(async () => {
        const { errors } = await ask(`query ($project: ID!) {
          experiments(projectId: $project) { nodes { holdout { name } } }
          eligibleFeatureFlags(projectId: $project) { nodes { holdout { name } } }
          holdouts(projectId: $project) { nodes { experiments { nodes { name } } featureFlags { nodes { key } } createdBy { email } } } }`)
        expect(errors).toBeUndefined()
      })
    await add()
    const few = await count()
    for (let n = 0; n < 4; n++) await add()
    expect(await count()).toBe(few)
  })
})
