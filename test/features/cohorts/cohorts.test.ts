import { describe, expect, it } from 'vitest'
import { getErrors } from '../../support/lists.ts'
import { seedFlag, seedKey, seedProject } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run } = await testServer()
const tenant = await seedTenant(db)
const { key, project, organization, user } = tenant
const stranger = await seedTenant(db)

let days = 0
const seedCohort = (data: object = {}, projectId = project.id) =>
  db.cohort.create({ data: { projectId, createdAt: new Date(Date.UTC(2026, 0, ++days)), ...data } })
const inCohort = (value: unknown, more: object = {}) => ({
  filters: { groups: [{ properties: [{ key: 'id', type: 'cohort', operator: 'in', value, ...more }] }] } as object,
})

describe('the cohorts of a project', () => {
  it('are listed the newest first, without deleted ones, and found by name or description', async () => {
    const own = await seedProject(db, organization)
    const at = (data: object) => seedCohort(data, own.id)
    await at({ name: 'Beta testers', isStatic: true, size: 7 })
    await at({ name: null, description: 'People who try the beta' })
    await at({ name: 'Customers' })
    await at({ name: 'Beta, deleted', deleted: true })
    await seedCohort({ name: 'Beta elsewhere' })
    const query = `query ($id: ID!, $search: String) {
      cohorts(projectId: $id, search: $search) { totalCount nodes { name static size } }
      project(id: $id) { cohorts(search: $search, first: 1) { nodes { name } pageInfo { hasNextPage } } }
    }`
    const all = await run(key, query, { id: String(own.id) })
    expect(all.data.cohorts.nodes.map(({ name }: { name: string }) => name)).toEqual(['Customers', null, 'Beta testers'])
    expect(all.data.project.cohorts).toEqual({ nodes: [{ name: 'Customers' }], pageInfo: { hasNextPage: true } })
    const { data } = await run(key, query, { id: String(own.id), search: 'BETA' })
    expect(data.cohorts).toEqual({
      totalCount: 2,
      nodes: [
        { name: null, static: false, size: null },
        { name: 'Beta testers', static: true, size: 7 },
      ],
    })
    expect(getErrors(await run(key, query, { id: String(own.id), search: 'x'.repeat(401) }))[0]).toEqual({
      code: 'BAD_USER_INPUT',
      argument: 'search',
    })
  })

  it('need the scope of flags, and look missing to others', async () => {
    const cohort = await seedCohort({ name: 'Ours' })
    const query = `query ($id: ID!, $node: ID!) { project(id: $id) { name cohorts { totalCount } } node(id: $node) { ... on Cohort { name } } }`
    const variables = { id: String(project.id), node: globalId('Cohort', cohort.id) }
    const without = await run(await seedKey(db, user, { scopes: ['experiment:read'] }), query, variables)
    expect(without.data).toEqual({ project: { name: project.name, cohorts: null }, node: null })
    expect(getErrors(without).map(({ code }) => code)).toEqual(['FORBIDDEN', 'FORBIDDEN'])
    expect((await run(stranger.key, 'query ($node: ID!) { node(id: $node) { id } }', { node: variables.node })).data).toEqual({
      node: null,
    })
    await db.cohort.update({ where: { id: cohort.id }, data: { deleted: true } })
    expect((await run(key, query, variables)).data.node).toBeNull()
  })
})

it('a cohort lists the flags that name it, of its own project alone', async () => {
  const cohort = await seedCohort()
  const other = await seedCohort()
  await seedFlag(db, project, { key: 'by-number', ...inCohort(cohort.id), createdAt: new Date('2026-01-01'), active: false })
  await seedFlag(db, project, { key: 'by-text', ...inCohort(String(cohort.id), { operator: 'not_in' }), createdAt: new Date('2026-01-02') })
  await seedFlag(db, project, { key: 'deleted', ...inCohort(cohort.id), deleted: true })
  await seedFlag(db, project, { key: 'of-another', ...inCohort(other.id) })
  await seedFlag(db, project, { key: 'as-a-list', ...inCohort([cohort.id]) })
  await seedFlag(db, project, { key: 'too-large', ...inCohort('99999999999') })
  await seedFlag(db, project, { key: 'malformed', filters: { groups: 'x' } })
  await seedFlag(db, stranger.project, { key: 'foreign', ...inCohort(cohort.id) })
  const query = 'query ($id: ID!) { node(id: $id) { ... on Cohort { featureFlags { totalCount nodes { key conditions { index } } } } } }'
  const { data } = await run(key, query, { id: globalId('Cohort', cohort.id) })
  expect(data.node.featureFlags).toEqual({
    totalCount: 2,
    nodes: [
      { key: 'by-text', conditions: [{ index: 0 }] },
      { key: 'by-number', conditions: [{ index: 0 }] },
    ],
  })
})

it('a project has its group types, by index', async () => {
  const own = await seedProject(db, organization)
  await db.groupType.createMany({
    data: [
      { projectId: own.id, index: 2, name: 'team', singular: 'Team', plural: 'Teams' },
      { projectId: own.id, index: 0, name: 'company' },
      { projectId: project.id, index: 1, name: 'elsewhere' },
    ],
  })
  const query = 'query ($id: ID!) { project(id: $id) { name groupTypes { index name singular plural } } }'
  expect((await run(key, query, { id: String(own.id) })).data.project.groupTypes).toEqual([
    { index: 0, name: 'company', singular: 'company', plural: 'companys' },
    { index: 2, name: 'team', singular: 'Team', plural: 'Teams' },
  ])
  const without = await run(await seedKey(db, user, { scopes: ['experiment:read'] }), query, { id: String(own.id) })
  expect(without.data.project).toEqual({ name: own.name, groupTypes: null })
})
