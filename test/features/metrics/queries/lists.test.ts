import { beforeAll, describe, expect, it } from 'vitest'
import type { Project } from '../../../../src/database/generated/client.ts'
import { seedExperiment, seedFlag, seedKey, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

// Saved metrics, actions and prompts of a project, and who uses them.

const { db, run } = await testServer()
let tenant: Awaited<ReturnType<typeof seedTenant>>
let project: Project

const day = (n: number) => new Date(Date.UTC(2026, 9, n))
const onEvent = (event: string | null) => ({ kind: 'EventsNode', event })
const metric = (type: string, fields: object) => ({ kind: 'ExperimentMetric', metric_type: type, uuid: `u-${type}`, ...fields })

async function names(field: string, args = '', key = tenant.key): Promise<string[]> {
  const { data, errors } = await run(key, `{ ${field}(projectId: ${project.id}${args}) { totalCount nodes { name } } }`)
  if (errors !== undefined) throw new Error(`${errors[0]?.extensions.code} ${errors[0]?.extensions.argument} ${errors[0]?.message}`)
  const found = data[field].nodes.map(({ name }: { name: string }) => name)
  expect(data[field].totalCount).toBe(found.length)
  return found
}

let action: { id: number }

beforeAll(async () => {
  tenant = await seedTenant(db)
  project = tenant.project
  const other = await seedProject(db, tenant.organization)
  const actionData = {
    projectId: project.id,
    name: 'Bought',
    description: 'Paid 100% at once',
    steps: [{ event: 'paid' }, 'odd', { url: '/done' }],
  }
  action = await db.action.create({ data: { ...actionData, createdAt: day(1), tags: ['shop'] } })
  await db.action.create({ data: { projectId: project.id, name: 'Seen', createdAt: day(2) } })
  await db.action.create({ data: { projectId: project.id, name: 'Gone', deleted: true, steps: [{ event: 'buy' }] } })
  await db.action.create({ data: { projectId: other.id, name: 'Theirs' } })
  const saved = [
    { name: 'b mean', query: metric('mean', { source: onEvent('buy') }), tags: ['money', 'core'], description: 'About MONEY' },
    {
      name: 'A funnel',
      query: metric('funnel', { series: [onEvent('view'), { kind: 'ActionsNode', id: String(action.id) }] }),
      tags: ['core'],
    },
    { name: 'any ratio', query: metric('ratio', { numerator: onEvent(null), denominator: onEvent('buy') }) },
    { name: 'old', query: { kind: 'ExperimentTrendsQuery', metric_type: 'mean' } },
  ]
  for (const [n, data] of saved.entries()) {
    await db.savedMetric.create({ data: { projectId: project.id, createdAt: day(n + 1), updatedAt: day(10 - n), ...data } })
  }
  await db.savedMetric.create({ data: { projectId: other.id, name: 'theirs', query: {} } })
})

describe('savedMetrics', () => {
  it('are in any order, by name without one', async () => {
    expect(await names('savedMetrics')).toEqual(['A funnel', 'any ratio', 'b mean', 'old'])
    const by = (field: string, direction: string) => names('savedMetrics', `, orderBy: { field: ${field}, direction: ${direction} }`)
    expect(await by('CREATED_AT', 'DESC')).toEqual(['old', 'any ratio', 'A funnel', 'b mean'])
    expect(await by('UPDATED_AT', 'DESC')).toEqual(['b mean', 'A funnel', 'any ratio', 'old'])
    expect(await by('NAME', 'DESC')).toEqual(['old', 'b mean', 'any ratio', 'A funnel'])
  })

  it('are filtered', async () => {
    const filtered = (args: string) => names('savedMetrics', `, ${args}`)
    expect(await filtered('search: "money"')).toEqual(['b mean'])
    expect(await filtered('search: "%"')).toEqual([])
    expect(await filtered('search: ""')).toHaveLength(4)
    expect(await filtered('event: "buy"')).toEqual(['any ratio', 'b mean'])
    // By a step of an action.
    expect(await filtered('event: "paid"')).toEqual(['A funnel'])
    expect(await filtered('tagsAny: ["core", "none"]')).toEqual(['A funnel', 'b mean'])
    expect(await filtered('tagsAny: []')).toEqual([])
    expect(await filtered('types: [MEAN, RATIO]')).toEqual(['any ratio', 'b mean'])
    expect(await filtered('types: []')).toEqual([])
    expect(await filtered('event: "buy", types: [MEAN], tagsAny: ["money"], search: "B"')).toEqual(['b mean'])
    await expect(filtered(`event: "${'x'.repeat(401)}"`)).rejects.toThrow('BAD_USER_INPUT event')
    await expect(filtered(`tagsAny: [${Array(101).fill('"a"').join()}]`)).rejects.toThrow('BAD_USER_INPUT tagsAny')
  })

  it('are found by id or number, and one that is not there is NOT_FOUND', async () => {
    const { id } = await db.savedMetric.findFirstOrThrow({ where: { name: 'b mean' } })
    const selection =
      '{ name description tags legacy viewerCanUpdate metric { ... on MeanMetric { name source { event } savedMetric { name } } } }'
    for (const given of [String(id), globalId('SavedMetric', id)]) {
      const { data } = await run(tenant.key, `{ savedMetric(id: "${given}") ${selection} }`)
      expect(data.savedMetric).toEqual({
        name: 'b mean',
        description: 'About MONEY',
        tags: ['money', 'core'],
        legacy: false,
        viewerCanUpdate: true,
        metric: { name: 'b mean', source: { event: 'buy' }, savedMetric: { name: 'b mean' } },
      })
    }
    const stranger = await seedTenant(db)
    for (const [key, given, code] of [
      [stranger.key, String(id), 'NOT_FOUND'],
      [tenant.key, '987654', 'NOT_FOUND'],
      [tenant.key, globalId('Experiment', id), 'BAD_USER_INPUT'],
    ] as const) {
      const { data, errors } = await run(key, `{ savedMetric(id: "${given}") { name } }`)
      expect([data.savedMetric, errors?.[0]?.extensions.code]).toEqual([null, code])
    }
  })
})

describe('actions', () => {
  it('are the live ones, the newest first', async () => {
    expect(await names('actions')).toEqual(['Seen', 'Bought'])
    expect(await names('actions', ', search: "100%"')).toEqual(['Bought'])
    const { data } = await run(
      tenant.key,
      `{ node(id: "${globalId('Action', action.id)}") { ... on Action {
      databaseId name description tags deleted steps { event url selector text properties } savedMetrics { nodes { name } } } } }`,
    )
    expect(data.node).toEqual({
      databaseId: action.id,
      name: 'Bought',
      description: 'Paid 100% at once',
      tags: ['shop'],
      deleted: false,
      steps: [
        { event: 'paid', url: null, selector: null, text: null, properties: [] },
        { event: null, url: '/done', selector: null, text: null, properties: [] },
      ],
      savedMetrics: { nodes: [{ name: 'A funnel' }] },
    })
  })

  it('name the experiments that use them: in a metric, in a saved one, and as the exposure', async () => {
    const node = { kind: 'ActionsNode', id: action.id }
    const flag = await seedFlag(db, project)
    const made = async (name: string, data: object) => seedExperiment(db, flag, { name, createdAt: day(++serial), ...data })
    let serial = 0
    await made('none', { metrics: [metric('mean', { source: onEvent('paid') })] })
    await made('own', { metricsSecondary: [metric('mean', { source: node })] })
    const shared = await made('shared', {})
    const funnel = await db.savedMetric.findFirstOrThrow({ where: { name: 'A funnel' } })
    await db.experimentSavedMetric.create({ data: { experimentId: shared.id, savedMetricId: funnel.id, metadata: { type: 'secondary' } } })
    await made('exposed', { exposureCriteria: { exposure_config: node } })
    await made('deleted', { deleted: true, metrics: [metric('mean', { source: node })] })
    const { data } = await run(
      tenant.key,
      `{
      action: node(id: "${globalId('Action', action.id)}") { ... on Action { experiments { totalCount nodes { name } } } }
      metric: node(id: "${globalId('SavedMetric', funnel.id)}") { ... on SavedMetric {
        experiments { nodes { name } } primary: experiments(role: PRIMARY) { totalCount } secondary: experiments(role: SECONDARY) { totalCount } } } }`,
    )
    expect(data.action.experiments).toEqual({ totalCount: 3, nodes: [{ name: 'exposed' }, { name: 'shared' }, { name: 'own' }] })
    expect(data.metric).toEqual({ experiments: { nodes: [{ name: 'shared' }] }, primary: { totalCount: 0 }, secondary: { totalCount: 1 } })
  })
})

describe('prompts', () => {
  it('are their versions, known by the oldest', async () => {
    const version = (name: string, number: number, data: object = {}) =>
      db.prompt.create({ data: { projectId: project.id, name, version: number, prompt: `v${number}`, createdAt: day(number), ...data } })
    const first = await version('greeter', 1)
    await version('greeter', 3, { isLatest: true })
    await version('greeter', 2)
    await version('late', 7)
    await version('gone', 1, { deleted: true })
    expect(await names('prompts')).toEqual(['late', 'greeter'])
    expect(await names('prompts', ', search: "GREET"')).toEqual(['greeter'])
    await seedExperiment(db, await seedFlag(db, project), { name: 'on it', parameters: { prompt_metadata: { name: 'greeter' } } })
    const selection = '{ ... on Prompt { name latestVersion versions { nodes { version prompt latest } } experiments { nodes { name } } } }'
    const ask = (key: string) => run(key, `{ node(id: "${globalId('Prompt', first.number)}") ${selection} }`)
    expect((await ask(tenant.key)).data.node).toEqual({
      name: 'greeter',
      latestVersion: 3,
      versions: {
        nodes: [
          { version: 3, prompt: 'v3', latest: true },
          { version: 2, prompt: 'v2', latest: false },
          { version: 1, prompt: 'v1', latest: false },
        ],
      },
      experiments: { nodes: [{ name: 'on it' }] },
    })
    const readsExperiments = await seedKey(db, tenant.user, { scopes: ['experiment:read'] })
    expect((await ask(readsExperiments)).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    await expect(names('prompts', '', readsExperiments)).rejects.toThrow('FORBIDDEN')
    const stranger = await seedTenant(db)
    expect((await ask(stranger.key)).data.node).toBeNull()
  })
})
