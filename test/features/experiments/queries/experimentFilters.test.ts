import { describe, expect, it } from 'vitest'
import type { Prisma } from '../../../../src/database/generated/client.ts'
import { controlAndTest, seedExperiment, seedFlag, seedUser } from '../../../support/seed.ts'
import { seedSavedMetric } from '../../../support/seedTracking.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, time, countStatements } = await testServer()
time.now = new Date('2026-11-20T12:00:00Z')

const shared = `$statuses: [ExperimentStatus!], $conclusions: [ExperimentConclusion!], $type: ExperimentType, $tagsAny: [String!], $tagsAll: [String!],
  $tagsNone: [String!], $holdoutId: ID, $savedMetricId: ID, $createdByIds: [ID!], $search: String, $orderBy: ExperimentOrder, $archived: Boolean,
  $createdSince: DateTime, $createdBefore: DateTime, $startedSince: DateTime, $startedBefore: DateTime,
  $endedSince: DateTime, $endedBefore: DateTime, $updatedSince: DateTime, $updatedBefore: DateTime`
const names = [...shared.matchAll(/\$(\w+)/g)].map(([, name]) => `${name}: $${name}`).join(', ')
const ofProject = `query ($project: ID!, $includeArchived: Boolean, $featureFlagKey: String, $featureFlagId: ID, $status: ExperimentStatus, ${shared}) {
  list: experiments(projectId: $project, includeArchived: $includeArchived, featureFlagKey: $featureFlagKey, featureFlagId: $featureFlagId, status: $status, first: 100, ${names}) {
    totalCount nodes { name } } }`
const ofFlag = `query ($flag: ID!, ${shared}) {
  node(id: $flag) { ... on FeatureFlag { list: experiments(first: 100, ${names}) { totalCount nodes { name status } } } } }`

const byName = { orderBy: { field: 'NAME', direction: 'ASC' } }
const day = (n: number) => new Date(Date.UTC(2026, 9, n))
type Data = Partial<Prisma.ExperimentUncheckedCreateInput>

async function seedLab() {
  const tenant = await seedTenant(db)
  const flag = await seedFlag(db, tenant.project, { key: `lab-${tenant.project.id}` })
  const has = (name: string, data: Data = {}) => seedExperiment(db, flag, { name, ...data })
  const read = (list: { totalCount: number; nodes: { name: string }[] }) => {
    expect(list.totalCount).toBe(list.nodes.length)
    return list.nodes.map(({ name }) => name)
  }
  /** The names that a filter finds in the project. The list of the flag has to agree, if it knows the filter. */
  const find = async (filter: Record<string, unknown>): Promise<string[]> => {
    const variables = { project: tenant.project.id, flag: globalId('FeatureFlag', flag.id), ...byName, ...filter }
    const { data, errors } = await run(tenant.key, ofProject, variables)
    expect(errors).toBeUndefined()
    const found = read(data.list)
    if (Object.keys(filter).every((name) => shared.includes(`$${name}:`))) {
      const answer = await run(tenant.key, ofFlag, variables)
      expect(answer.errors).toBeUndefined()
      expect(read(answer.data.node.list)).toEqual(found)
    }
    return found
  }
  const refusal = async (filter: object) => {
    const { errors } = await run(tenant.key, ofProject, { project: tenant.project.id, ...filter })
    return errors?.[0]?.extensions
  }
  return { ...tenant, flag, has, find, refusal }
}

describe('statuses', () => {
  it('finds the union, none for an empty list, and narrows with status', async () => {
    const { project, has, find } = await seedLab()
    await has('draft')
    await has('running', { startDate: day(1) })
    await has('stopped', { startDate: day(1), endDate: day(2) })
    const frozen = { ...controlAndTest, groups: [{ properties: [], exposure_frozen: true }] }
    await seedExperiment(db, await seedFlag(db, project, { active: false }), { name: 'paused', startDate: day(1) })
    await seedExperiment(db, await seedFlag(db, project, { filters: frozen }), { name: 'frozen', startDate: day(1) })
    const inProject = async (filter: object) => find({ featureFlagKey: null, featureFlagId: null, status: null, ...filter })
    expect(await inProject({ statuses: ['DRAFT', 'STOPPED', 'DRAFT'] })).toEqual(['draft', 'stopped'])
    expect(await inProject({ statuses: ['RUNNING', 'EXPOSURE_FROZEN', 'PAUSED'] })).toEqual(['frozen', 'paused', 'running'])
    expect(await inProject({ statuses: ['EXPOSURE_FROZEN'] })).toEqual(['frozen'])
    expect(await inProject({ statuses: [] })).toEqual([])
    expect(await inProject({ statuses: ['DRAFT', 'PAUSED'], status: 'PAUSED' })).toEqual(['paused'])
    expect(await inProject({ statuses: ['DRAFT'], status: 'PAUSED' })).toEqual([])
    expect(await find({ statuses: ['RUNNING', 'STOPPED'] })).toEqual(['running', 'stopped'])
  })
})

describe('includeArchived', () => {
  it('shows archived ones beside the others, in each order, over pages, and on Project', async () => {
    const { key, project, has, find } = await seedLab()
    for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) await has(name, { archived: index % 2 === 1, createdAt: day(index + 1) })
    expect(await find({ includeArchived: null })).toEqual(['a', 'c'])
    expect(await find({ includeArchived: false })).toEqual(['a', 'c'])
    expect(await find({ includeArchived: true })).toEqual(['a', 'b', 'c', 'd'])
    expect(await find({ includeArchived: true, archived: true })).toEqual(['b', 'd'])
    expect(await find({ includeArchived: true, archived: false })).toEqual(['a', 'c'])
    expect(await find({ includeArchived: true, search: 'b' })).toEqual(['b'])
    const page = `query ($id: ID!, $after: String) { project(id: $id) { experiments(includeArchived: true, first: 3, after: $after) {
      totalCount nodes { name } pageInfo { endCursor hasNextPage hasPreviousPage } } } }`
    const first = (await run(key, page, { id: project.id })).data.project.experiments
    const second = (await run(key, page, { id: project.id, after: first.pageInfo.endCursor })).data.project.experiments
    expect([first, second].map(({ nodes }) => nodes.map(({ name }: { name: string }) => name))).toEqual([['d', 'c', 'b'], ['a']])
    expect(first).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true, hasPreviousPage: false } })
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
  })
})

describe('conclusions', () => {
  const conclusions = ['won', 'lost', 'inconclusive', 'stopped_early', 'invalid'] as const

  it('finds the union, and nothing without a conclusion', async () => {
    const { has, find } = await seedLab()
    for (const conclusion of conclusions) await has(conclusion, { conclusion })
    await has('none')
    expect(await find({ conclusions: ['WON', 'INVALID'] })).toEqual(['invalid', 'won'])
    expect(await find({ conclusions: [] })).toEqual([])
    expect(await find({ conclusions: ['STOPPED_EARLY'] })).toEqual(['stopped_early'])
  })

  it('are an order: that of the enum, none last when ascending and first when descending', async () => {
    const { has, find } = await seedLab()
    for (const conclusion of ['invalid', 'won', 'stopped_early', 'lost', 'inconclusive'] as const) await has(conclusion, { conclusion })
    await has('none')
    expect(await find({ orderBy: { field: 'CONCLUSION', direction: 'ASC' } })).toEqual([...conclusions, 'none'])
    expect(await find({ orderBy: { field: 'CONCLUSION', direction: 'DESC' } })).toEqual(['none', ...conclusions.toReversed()])
  })
})

describe('tags', () => {
  it('are one of, each of, none of; case matters, and empty lists match none', async () => {
    const { has, find } = await seedLab()
    await has('a', { tags: ['checkout', 'growth'] })
    await has('b', { tags: ['checkout'] })
    await has('c', { tags: ['Growth'] })
    await has('d')
    expect(await find({ tagsAny: ['growth', 'Growth'] })).toEqual(['a', 'c'])
    expect(await find({ tagsAll: ['growth', 'checkout'] })).toEqual(['a'])
    expect(await find({ tagsNone: ['checkout'] })).toEqual(['c', 'd'])
    expect(await find({ tagsAny: ['checkout'], tagsNone: ['growth'] })).toEqual(['b'])
    expect(await find({ tagsAny: ["che'ckout", '%', '{checkout}'] })).toEqual([])
    for (const name of ['tagsAny', 'tagsAll', 'tagsNone']) expect(await find({ [name]: [] })).toEqual([])
  })

  it('are at most 100, of at most 255 characters', async () => {
    const { find, refusal } = await seedLab()
    const many = Array.from({ length: 101 }, (_, index) => `tag ${index}`)
    for (const name of ['tagsAny', 'tagsAll', 'tagsNone']) {
      expect(await find({ [name]: many.slice(1) })).toEqual([])
      expect(await find({ [name]: ['x'.repeat(255)] })).toEqual([])
      for (const tags of [many, ['x'.repeat(256)], ['\0']])
        expect(await refusal({ [name]: tags })).toMatchObject({ code: 'BAD_USER_INPUT' })
    }
  })
})

describe('type, holdoutId, savedMetricId and featureFlagKey', () => {
  it('type finds one of the two', async () => {
    const { has, find } = await seedLab()
    await has('web', { type: 'web' })
    await has('product')
    expect(await find({ type: 'WEB' })).toEqual(['web'])
    expect(await find({ type: 'PRODUCT' })).toEqual(['product'])
  })

  it('holdoutId and savedMetricId take a number or a global id', async () => {
    const { project, has, find } = await seedLab()
    const holdout = await db.holdout.create({ data: { projectId: project.id, name: 'H', filters: [{ rollout_percentage: 10 }] } })
    await has('in', { holdoutId: holdout.id })
    const metric = await seedSavedMetric(db, await has('measured'), {}, 'secondary')
    for (const id of [holdout.id, globalId('Holdout', holdout.id)]) expect(await find({ holdoutId: id })).toEqual(['in'])
    for (const id of [metric.id, globalId('SavedMetric', metric.id)]) expect(await find({ savedMetricId: id })).toEqual(['measured'])
    for (const name of ['holdoutId', 'savedMetricId']) {
      expect(await find({ [name]: 2_147_483_647 })).toEqual([])
      expect(await find({ [name]: '9999999999999999' })).toEqual([])
    }
  })

  it.each(['holdoutId', 'savedMetricId'])('%s refuses what is no id of its type', async (name) => {
    const { refusal } = await seedLab()
    for (const id of ['abc', '0', '-1', globalId('Experiment', 1)]) {
      expect(await refusal({ [name]: id })).toMatchObject({ code: 'BAD_USER_INPUT', argument: name })
    }
  })

  it('featureFlagKey finds the experiments of the live flag of the project with exactly this key', async () => {
    const { project, flag, has, find } = await seedLab()
    const stranger = await seedLab()
    await has('a')
    const deleted = await seedFlag(db, project, { key: 'gone', deleted: true })
    await seedExperiment(db, deleted, { name: 'b' })
    await seedFlag(db, stranger.project, { key: 'theirs' })
    expect(await find({ featureFlagKey: flag.key })).toEqual(['a'])
    for (const featureFlagKey of [flag.key.toUpperCase(), 'lab-%', '', 'gone', 'theirs']) expect(await find({ featureFlagKey })).toEqual([])
  })
})

describe('periods', () => {
  it.each([
    ['created', 'createdAt'],
    ['started', 'startDate'],
    ['ended', 'endDate'],
    ['updated', 'updatedAt'],
  ] as const)('%sSince is inclusive, %sBefore exclusive; what never happened is in none', async (name, column) => {
    const { has, find } = await seedLab()
    const isOptional = column === 'startDate' || column === 'endDate'
    const start = column === 'endDate' ? { startDate: day(1) } : {}
    for (const n of [2, 3, 4]) await has(`day ${n}`, { ...start, [column]: day(n) })
    if (isOptional) await has('never')
    expect(await find({ [`${name}Since`]: day(3) })).toEqual(['day 3', 'day 4'])
    expect(await find({ [`${name}Before`]: day(3) })).toEqual(['day 2'])
    expect(await find({ [`${name}Since`]: day(3), [`${name}Before`]: day(4) })).toEqual(['day 3'])
    expect(await find({ [`${name}Since`]: day(4), [`${name}Before`]: day(3) })).toEqual([])
    expect(await find({ [`${name}Since`]: '0001-01-01T00:00:00Z', [`${name}Before`]: '9999-12-31T23:59:59.999Z' })).toHaveLength(3)
    for (const direction of ['ASC', 'DESC']) {
      for (const field of ['CREATED_AT', 'START_DATE', 'END_DATE', 'UPDATED_AT', 'STATUS', 'CONCLUSION', 'DURATION', 'CREATED_BY']) {
        expect((await find({ [`${name}Since`]: day(3), orderBy: { field, direction } })).sort()).toEqual(['day 3', 'day 4'])
      }
    }
  })
})

describe('FeatureFlag.experiments', () => {
  it('has archived ones too unless it is told otherwise, also in a page of flags', async () => {
    const { key, project, has } = await seedLab()
    await has('live', { startDate: day(1) })
    await has('archived', { archived: true })
    const query = `query ($project: ID!) { eligibleFeatureFlags(projectId: $project) { nodes {
      all: experiments(orderBy: { field: NAME, direction: ASC }) { nodes { name } }
      live: experiments(archived: false) { totalCount nodes { name status } }
      archived: experiments(archived: true) { nodes { name } } } } }`
    const { data, errors } = await run(key, query, { project: project.id })
    expect(errors).toBeUndefined()
    expect(data.eligibleFeatureFlags.nodes).toEqual([
      {
        all: { nodes: [{ name: 'archived' }, { name: 'live' }] },
        live: { totalCount: 1, nodes: [{ name: 'live', status: 'RUNNING' }] },
        archived: { nodes: [{ name: 'archived' }] },
      },
    ])
  })

  it('takes one statement for all flags of a page', async () => {
    const { key, user, organization, project } = await seedLab()
    const someone = await seedUser(db, organization)
    const query = `query ($project: ID!, $by: [ID!]) { eligibleFeatureFlags(projectId: $project, first: 100) { nodes {
      experiments(createdByIds: $by) { nodes { name status } } } } }`
    const count = () =>
      countStatements(async () => {
        const { errors } = await run(key, query, { project: project.id, by: [user.id, someone.id] })
        expect(errors).toBeUndefined()
      })
    const add = async () => seedExperiment(db, await seedFlag(db, project), { createdById: user.id, startDate: day(1) })
    await add()
    const few = await count()
    for (let n = 0; n < 5; n++) await add()
    expect(await count()).toBe(few)
  })
})
