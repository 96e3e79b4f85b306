import { beforeAll, describe, expect, it } from 'vitest'
import type { Prisma, Project } from '../../../../src/database/generated/client.ts'
import { seedExperiment, seedFlag, seedKey, seedProject } from '../../../support/seed.ts'
import { type Answer, globalId, seedTenant, testServer } from '../../../support/testServer.ts'

// Saved metrics: made, changed, linked, unlinked and deleted.

const { db, run, time } = await testServer()
let tenant: Awaited<ReturnType<typeof seedTenant>>
let project: Project

beforeAll(async () => {
  tenant = await seedTenant(db)
  project = tenant.project
})

const errorFields = '... on Error { code message } ... on ValidationError { fieldErrors { path code } }'
const savedMetric = '... on SavedMetric { id databaseId name }'
const members: Record<string, string> = {
  createSavedMetric: savedMetric,
  updateSavedMetric: savedMetric,
  linkSavedMetric: '... on Experiment { databaseId }',
  unlinkSavedMetric: '... on Experiment { databaseId }',
  deleteSavedMetric: `... on DeleteSuccess { deletedId }
    ... on InUseError { usedBy { kind message thing { ... on Experiment { databaseId } } } }`,
}

async function send(name: string, input: object, key = tenant.key): Promise<Answer['data']> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { __typename ${members[name]} ${errorFields} } }`
  const { data, errors } = await run(key, query, { input })
  if (errors !== undefined) throw new Error(errors[0]?.message)
  return data[name]
}

const pathsOf = ({ fieldErrors }: { fieldErrors: { path: string[] }[] }) => fieldErrors.map(({ path }) => path.join('.'))
let serial = 0
const mean = (event: string, fields: object = {}) => ({ mean: { source: { event }, ...fields } })
const stored = (uuid: string, event = 'buy') => ({
  kind: 'ExperimentMetric',
  metric_type: 'mean',
  uuid,
  source: { kind: 'EventsNode', event },
})
const seedMetric = (data: Partial<Prisma.SavedMetricUncheckedCreateInput> = {}) =>
  db.savedMetric.create({ data: { projectId: project.id, name: `Metric ${++serial}`, query: stored(`uuid-${serial}`), ...data } })
const experiment = async (data: object = {}) =>
  seedExperiment(db, await seedFlag(db, project), data as Partial<Prisma.ExperimentUncheckedCreateInput>)
const link = (experimentId: number, savedMetricId: number, role = 'primary') =>
  db.experimentSavedMetric.create({ data: { experimentId, savedMetricId, metadata: { type: role } } })
const metricId = (id: number) => globalId('SavedMetric', id)

describe('createSavedMetric', () => {
  it('stores the metric, and tells the audit', async () => {
    const { databaseId } = await send('createSavedMetric', {
      projectId: String(project.id),
      name: 'Revenue',
      description: 'All of it',
      metric: mean('buy', { goal: 'DECREASE' }),
      tags: [' money ', 'money'],
    })
    const row = await db.savedMetric.findUniqueOrThrow({ where: { id: databaseId } })
    expect(row).toMatchObject({
      projectId: project.id,
      name: 'Revenue',
      description: 'All of it',
      query: { kind: 'ExperimentMetric', metric_type: 'mean', goal: 'decrease', source: { kind: 'EventsNode', event: 'buy' } },
      tags: ['money'],
      createdById: tenant.user.id,
      createdAt: time.now,
    })
    expect(await db.activity.findFirst({ where: { savedMetricId: databaseId } })).toMatchObject({
      activity: 'createSavedMetric',
      projectId: project.id,
      userId: tenant.user.id,
      after: { name: 'Revenue', tags: ['money'] },
    })
  })

  it('refuses a name that is taken in any case, and what is wrong in the metric', async () => {
    await seedMetric({ name: 'Taken' })
    const create = (input: object) =>
      send('createSavedMetric', { projectId: String(project.id), name: 'Free', metric: mean('a'), ...input })
    expect(pathsOf(await create({ name: 'tAKEN' }))).toEqual(['name'])
    expect(pathsOf(await create({ name: ' ', description: 'x'.repeat(401), metric: mean(''), tags: [''] })).sort()).toEqual([
      'description',
      'metric.mean.source.event',
      'name',
      'tags.0',
    ])
    expect(pathsOf(await create({ metric: { mean: { source: { actionId: '987654' } } } }))).toEqual(['metric.mean.source.actionId'])
    expect(pathsOf(await create({ metric: { raw: { kind: 'ExperimentTrendsQuery' } } }))).toEqual(['metric.raw'])
    expect(pathsOf(await create({ metric: { raw: stored('a\u0000b') } }))).toEqual(['metric'])
    await seedMetric({ query: stored('same') })
    expect(pathsOf(await create({ metric: mean('a', { uuid: 'same' }) }))).toEqual(['metric.mean.uuid'])
    const [first, second] = await Promise.all([create({ name: 'Race' }), create({ name: 'race' })])
    expect([first.__typename, second.__typename].sort()).toEqual(['SavedMetric', 'ValidationError'])
  })
})

describe('updateSavedMetric', () => {
  it('keeps the UUID and what types cannot say, and writes nothing without a change', async () => {
    const { id } = await seedMetric({ query: { ...stored('kept'), unknown: 1 }, description: 'Old', tags: ['a'] })
    await send('updateSavedMetric', { id: metricId(id), metric: mean('sell'), description: null, tags: null, name: null })
    const row = await db.savedMetric.findUniqueOrThrow({ where: { id } })
    expect(row).toMatchObject({ description: null, tags: ['a'], updatedAt: time.now })
    expect(row.query).toEqual({ ...stored('kept', 'sell'), unknown: 1 })
    const entries = () => db.activity.count({ where: { savedMetricId: id } })
    expect(await entries()).toBe(1)
    await send('updateSavedMetric', { id: String(id), metric: mean('sell'), name: row.name })
    expect(await entries()).toBe(1)
    expect(pathsOf(await send('updateSavedMetric', { id: metricId(id), metric: mean('a', { uuid: 'other' }) }))).toEqual([
      'metric.mean.uuid',
    ])
  })

  it('writes an opaque metric back as it is', async () => {
    const query = { kind: 'ExperimentFunnelsQuery', any: [1] }
    const { id } = await seedMetric({ query })
    expect((await send('updateSavedMetric', { id: metricId(id), metric: { raw: query }, name: 'Old engine' })).name).toBe('Old engine')
    expect(await db.savedMetric.findUnique({ where: { id } })).toMatchObject({ query, name: 'Old engine' })
  })
})

describe('linkSavedMetric and unlinkSavedMetric', () => {
  const use = (experimentId: number, savedMetricId: number) => ({
    experimentId: globalId('Experiment', experimentId),
    savedMetricId: metricId(savedMetricId),
  })
  const linksOf = (experimentId: number) => db.experimentSavedMetric.findMany({ where: { experimentId } })

  it('add a metric in the last place, give it another role, and take it out', async () => {
    const { id } = await experiment({ metrics: [stored('own')], primaryMetricsOrderedUuids: ['own'] })
    const metric = await seedMetric({ query: stored('shared') })
    await send('linkSavedMetric', { ...use(id, metric.id), role: 'PRIMARY' })
    expect(await linksOf(id)).toMatchObject([{ savedMetricId: metric.id, metadata: { type: 'primary' } }])
    expect((await db.experiment.findUniqueOrThrow({ where: { id } })).primaryMetricsOrderedUuids).toEqual(['own', 'shared'])
    await send('linkSavedMetric', { ...use(id, metric.id), role: 'SECONDARY' })
    await send('linkSavedMetric', { ...use(id, metric.id), role: 'SECONDARY' })
    expect(await linksOf(id)).toMatchObject([{ metadata: { type: 'secondary' } }])
    await send('unlinkSavedMetric', use(id, metric.id))
    expect(await linksOf(id)).toEqual([])
    expect((await send('unlinkSavedMetric', use(id, metric.id))).__typename).toBe('NotFoundError')
    const entries = await db.activity.findMany({ where: { experimentId: id }, orderBy: { id: 'asc' } })
    expect(entries.map(({ activity }) => activity)).toEqual(['linkSavedMetric', 'linkSavedMetric', 'unlinkSavedMetric'])
    expect(entries[2]).toMatchObject({
      before: { savedMetrics: [{ savedMetricId: metric.id, role: 'secondary' }] },
      after: { savedMetrics: [] },
    })
  })

  it('refuse what does not fit', async () => {
    const { id } = await experiment({ metrics: [stored('own')] })
    const linked = (savedMetricId: number, experimentId = id) =>
      send('linkSavedMetric', { ...use(experimentId, savedMetricId), role: 'PRIMARY' })
    const elsewhere = await seedMetric({ projectId: (await seedProject(db, tenant.organization)).id })
    expect((await linked(elsewhere.id)).__typename).toBe('NotFoundError')
    expect((await linked(987_654)).__typename).toBe('NotFoundError')
    expect(pathsOf(await linked((await seedMetric({ query: stored('own') })).id))).toEqual(['savedMetricId'])
    expect(pathsOf(await linked((await seedMetric({ query: { kind: 'ExperimentTrendsQuery' } })).id))).toEqual(['savedMetricId'])
    const legacy = await experiment({ metrics: [{ kind: 'ExperimentTrendsQuery' }] })
    expect(pathsOf(await linked((await seedMetric()).id, legacy.id))).toEqual(['experimentId'])
    const full = await experiment({ metrics: Array.from({ length: 20 }, (_, n) => stored(`m${n}`)) })
    expect(pathsOf(await linked((await seedMetric()).id, full.id))).toEqual(['savedMetricId'])
    const readOnly = await seedKey(db, tenant.user, { scopes: ['experiment:read'] })
    await expect(send('linkSavedMetric', { ...use(id, elsewhere.id), role: 'PRIMARY' }, readOnly)).rejects.toThrow('experiment:write')
  })
})

describe('deleteSavedMetric', () => {
  it('deletes what nothing uses, and names the experiments that do', async () => {
    const free = await seedMetric()
    expect(await send('deleteSavedMetric', { id: metricId(free.id) })).toMatchObject({ deletedId: metricId(free.id) })
    expect(await db.savedMetric.count({ where: { id: free.id } })).toBe(0)
    expect(await db.activity.findFirst({ where: { savedMetricId: free.id } })).toMatchObject({ activity: 'deleteSavedMetric', after: {} })
    const used = await seedMetric()
    const { id, name } = await experiment()
    await link(id, used.id)
    const answer = await send('deleteSavedMetric', { id: metricId(used.id) })
    expect(answer).toMatchObject({ __typename: 'InUseError', code: 'IN_USE', usedBy: [{ kind: 'EXPERIMENT', thing: { databaseId: id } }] })
    expect(answer.usedBy[0].message).toContain(name)
    expect(await db.savedMetric.count({ where: { id: used.id } })).toBe(1)
  })

  it('leaves the metric to each experiment when it is detached, also to a deleted one', async () => {
    const metric = await seedMetric({ name: 'Shared', query: { ...stored('kept'), unknown: 1 } })
    const first = await experiment({ metrics: [stored('own')], primaryMetricsOrderedUuids: ['kept', 'own'] })
    const second = await experiment({ metricsSecondary: null })
    const third = await experiment({ deleted: true, metrics: [stored('kept')] })
    await link(first.id, metric.id)
    await link(second.id, metric.id, 'secondary')
    await link(third.id, metric.id)
    expect((await send('deleteSavedMetric', { id: metricId(metric.id), detach: true })).deletedId).toBe(metricId(metric.id))
    const read = (id: number) => db.experiment.findUniqueOrThrow({ where: { id }, include: { savedMetrics: true } })
    const own = { ...stored('kept'), unknown: 1, name: 'Shared', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) }
    expect(await read(first.id)).toMatchObject({ metrics: [stored('own'), own], savedMetrics: [], updatedAt: time.now })
    expect(await read(second.id)).toMatchObject({ metrics: [], metricsSecondary: [own] })
    const [, copied] = (await read(third.id)).metrics as { uuid: string }[]
    expect(copied?.uuid).not.toBe('kept')
    const { data } = await run(
      tenant.key,
      `{ node(id: "${globalId('Experiment', first.id)}") { ... on Experiment {
      primaryMetrics { ... on Metric { uuid name savedMetric { id } } } } } }`,
    )
    expect(data.node.primaryMetrics).toEqual([
      { uuid: 'kept', name: 'Shared', savedMetric: null },
      { uuid: 'own', name: 'buy', savedMetric: null },
    ])
    const entries = await db.activity.findMany({ where: { savedMetricId: metric.id, activity: 'deleteSavedMetric' } })
    expect(entries.map(({ experimentId }) => experimentId).sort()).toEqual([first.id, second.id, third.id, null].sort())
  })

  it('meets a link at the same moment: either is refused, or the experiment keeps the metric', async () => {
    const metric = await seedMetric()
    const { id } = await experiment()
    const [deleted, linked] = await Promise.all([
      send('deleteSavedMetric', { id: metricId(metric.id), detach: true }),
      send('linkSavedMetric', { experimentId: globalId('Experiment', id), savedMetricId: metricId(metric.id), role: 'PRIMARY' }),
    ])
    expect(deleted.__typename).toBe('DeleteSuccess')
    const { metrics } = await db.experiment.findUniqueOrThrow({ where: { id } })
    expect((metrics as unknown[]).length).toBe(linked.__typename === 'Experiment' ? 1 : 0)
  })
})
