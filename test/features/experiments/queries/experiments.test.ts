import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { Prisma } from '../../../../src/database/generated/client.ts'
import { statusSql } from '../../../../src/features/experiments/data/experimentSql.ts'
import { type ExperimentStatus, getExperimentStatus } from '../../../../src/features/experiments/rules/status.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey, seedProject, seedUser } from '../../../support/seed.ts'
import { seedAction, seedSavedMetric } from '../../../support/seedTracking.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, time } = await testServer()

const argumentsOfList = `$project: ID!, $status: ExperimentStatus, $archived: Boolean, $createdByIds: [ID!], $featureFlagId: ID, $promptName: String,
  $event: String, $search: String, $orderBy: ExperimentOrder, $first: Int, $after: String, $last: Int, $before: String`
const passed = `status: $status, archived: $archived, createdByIds: $createdByIds, featureFlagId: $featureFlagId, promptName: $promptName,
  event: $event, search: $search, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before`
const question = `query (${argumentsOfList}) {
  experiments(projectId: $project, ${passed}) { totalCount nodes { name status } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } }
}`

beforeEach(() => {
  time.now = new Date('2026-11-20T12:00:00Z')
})

const hour = 3_600_000
const hoursAgo = (hours: number) => new Date(time.now.getTime() - hours * hour)

const frozenFilters = {
  ...controlAndTest,
  groups: [{ properties: [{ key: 'id', type: 'cohort', value: 1, operator: 'in' }], exposure_frozen: true, exposure_frozen_cohort: 1 }],
}

type Data = Partial<Prisma.ExperimentUncheckedCreateInput>

/** A project with a flag, and its owner, who reads lists. */
async function seedLab() {
  const tenant = await seedTenant(db)
  const flag = await seedFlag(db, tenant.project)
  const has = (name: string, data: Data = {}) => seedExperiment(db, flag, { name, ...data })
  const ask = (variables: object = {}) => run(tenant.key, question, { project: tenant.project.id, ...variables })
  const page = async (variables: object = {}) => {
    const { data, errors } = await ask(variables)
    expect(errors).toBeUndefined()
    return data.experiments
  }
  /** The names in a list, which is counted too. */
  const names = async (variables: object = {}): Promise<string[]> => {
    const { nodes, totalCount } = await page({ first: 100, ...variables })
    expect(totalCount).toBe(nodes.length)
    return nodes.map(({ name }: { name: string }) => name)
  }
  const refusal = async (variables: object) => {
    const { data, errors } = await ask(variables)
    expect(data?.experiments ?? null).toBeNull()
    expect(errors).toHaveLength(1)
    return { message: errors?.[0]?.message, ...errors?.[0]?.extensions }
  }
  return { ...tenant, flag, has, page, names, refusal }
}

const byName = { orderBy: { field: 'NAME', direction: 'ASC' } }

describe('experiments without a filter', () => {
  it('are those that are neither archived nor deleted, the newest first', async () => {
    const { has, names } = await seedLab()
    await has('old', { createdAt: hoursAgo(3) })
    await has('new', { createdAt: hoursAgo(1) })
    await has('between', { createdAt: hoursAgo(2) })
    await has('archived', { archived: true })
    await has('deleted', { deleted: true })
    await has('both', { archived: true, deleted: true })
    expect(await names()).toEqual(['new', 'between', 'old'])
    expect(await names({ archived: null, status: null, createdByIds: null, event: null, search: null, orderBy: null })).toHaveLength(3)
  })

  it('are none in an empty project', async () => {
    const { page } = await seedLab()
    expect(await page()).toEqual({
      totalCount: 0,
      nodes: [],
      pageInfo: { startCursor: null, endCursor: null, hasNextPage: false, hasPreviousPage: false },
    })
  })

  it('are never those of another project', async () => {
    const { organization, names } = await seedLab()
    const other = await seedLab()
    await other.has('a stranger')
    await seedExperiment(db, await seedFlag(db, await seedProject(db, organization)), { name: 'a neighbour' })
    expect(await names()).toEqual([])
    expect(await other.names()).toEqual(['a stranger'])
  })

  it('may be those of a flag that is off, archived or deleted', async () => {
    const { project, names } = await seedLab()
    for (const [index, state] of [{ active: false }, { active: false, archived: true }, { deleted: true }].entries()) {
      await seedExperiment(db, await seedFlag(db, project, state), { name: `on ${index}` })
    }
    expect(await names(byName)).toEqual(['on 0', 'on 1', 'on 2'])
  })
})

describe('the filter archived', () => {
  it('finds only archived ones, or only others', async () => {
    const { has, names } = await seedLab()
    await has('live')
    await has('archived', { archived: true })
    await has('deleted', { archived: true, deleted: true })
    expect(await names({ archived: true })).toEqual(['archived'])
    expect(await names({ archived: false })).toEqual(['live'])
  })
})

describe('the filter status', () => {
  it('finds each experiment in one status: running and paused exclude each other', async () => {
    const { project, has, page, names } = await seedLab()
    const off = await seedFlag(db, project, { active: false })
    const frozen = await seedFlag(db, project, { filters: frozenFilters })
    await has('draft')
    await has('running', { startDate: hoursAgo(5) })
    await has('running later', { startDate: hoursAgo(-5) })
    await has('stopped', { startDate: hoursAgo(5), endDate: hoursAgo(1) })
    await has('draft with an end', { endDate: hoursAgo(1) })
    await seedExperiment(db, off, { name: 'draft, flag off' })
    await seedExperiment(db, off, { name: 'paused', startDate: hoursAgo(5) })
    await seedExperiment(db, off, { name: 'stopped, flag off', startDate: hoursAgo(5), endDate: hoursAgo(1) })
    await seedExperiment(db, frozen, { name: 'frozen', startDate: hoursAgo(5) })

    expect(await names({ ...byName, status: 'DRAFT' })).toEqual(['draft', 'draft with an end', 'draft, flag off'])
    expect(await names({ ...byName, status: 'RUNNING' })).toEqual(['running', 'running later'])
    expect(await names({ ...byName, status: 'PAUSED' })).toEqual(['paused'])
    expect(await names({ ...byName, status: 'EXPOSURE_FROZEN' })).toEqual(['frozen'])
    expect(await names({ ...byName, status: 'STOPPED' })).toEqual(['stopped', 'stopped, flag off'])
    for (const status of ['DRAFT', 'RUNNING', 'EXPOSURE_FROZEN', 'PAUSED', 'STOPPED']) {
      const { nodes } = await page({ status })
      expect(nodes.map((node: { status: string }) => node.status)).toEqual(nodes.map(() => status))
    }
  })

  it('goes by whether the flag is on, also where it is deleted', async () => {
    const { project, page } = await seedLab()
    await seedExperiment(db, await seedFlag(db, project, { deleted: true }), { name: 'on', startDate: hoursAgo(1) })
    await seedExperiment(db, await seedFlag(db, project, { deleted: true, active: false }), { name: 'off', startDate: hoursAgo(1) })
    expect((await page({ status: 'RUNNING' })).nodes).toEqual([{ name: 'on', status: 'RUNNING' }])
    expect((await page({ status: 'PAUSED' })).nodes).toEqual([{ name: 'off', status: 'PAUSED' }])
  })

  it('rejects a status there is not', async () => {
    const { refusal } = await seedLab()
    expect(await refusal({ status: 'COMPLETE' })).toMatchObject({ code: 'BAD_USER_INPUT' })
  })

  it('is shown to a key that may not read flags', async () => {
    const { user, project, has } = await seedLab()
    await has('running', { startDate: hoursAgo(1) })
    const key = await seedKey(db, user, { scopes: ['experiment:read'] })
    const { data, errors } = await run(key, question, { project: project.id })
    expect(errors).toBeUndefined()
    expect(data.experiments.nodes).toEqual([{ name: 'running', status: 'RUNNING' }])
  })

  it('agrees with the status of the row, whatever its dates and its flag', async () => {
    const { project } = await seedLab()
    const flags = [
      await seedFlag(db, project),
      await seedFlag(db, project, { active: false }),
      await seedFlag(db, project, { filters: frozenFilters }),
      await seedFlag(db, project, { active: false, filters: frozenFilters }),
    ] as const
    const instant = fc.option(
      fc.date({ min: new Date('0100-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true }),
    )
    const experiment = fc.record({ startDate: instant, endDate: instant, flag: fc.constantFrom(...flags) })
    await fc.assert(
      fc.asyncProperty(fc.array(experiment, { minLength: 8, maxLength: 24 }), async (drawn) => {
        await db.experiment.deleteMany({ where: { projectId: project.id } })
        await db.experiment.createMany({
          data: drawn.map(({ startDate, endDate, flag }, index) => ({
            projectId: project.id,
            featureFlagId: flag.id,
            name: String(index),
            startDate,
            endDate,
          })),
        })
        const statuses = Object.keys(statusSql) as ExperimentStatus[]
        const columns = statuses.map((status) => Prisma.sql`CASE WHEN ${statusSql[status]} THEN ${status}::text END`)
        const rows = await db.$queryRaw<{ name: string; statuses: string[] }[]>(Prisma.sql`
          SELECT e.name, array_remove(ARRAY[${Prisma.join(columns)}], NULL) AS statuses FROM experiments e WHERE e.project_id = ${project.id}`)
        expect(Object.fromEntries(rows.map((row) => [row.name, row.statuses]))).toEqual(
          Object.fromEntries(drawn.map((dates, index) => [String(index), [getExperimentStatus(dates, dates.flag)]])),
        )
      }),
      { numRuns: 30 },
    )
  })
})

describe('the filter createdByIds', () => {
  it('takes numbers and global ids, and finds what any of these people made', async () => {
    const { organization, user, has, names } = await seedLab()
    const second = await seedUser(db, organization)
    const third = await seedUser(db, organization)
    await has('a', { createdById: user.id })
    await has('b', { createdById: second.id })
    await has('c', { createdById: third.id })
    await has('d')
    expect(await names({ ...byName, createdByIds: [user.id] })).toEqual(['a'])
    expect(await names({ ...byName, createdByIds: [globalId('User', second.id), String(third.id), third.id] })).toEqual(['b', 'c'])
    expect(await names({ createdByIds: [] })).toEqual([])
    expect(await names({ createdByIds: [2_147_483_647, 2_147_483_648, '9999999999999999'] })).toEqual([])
  })

  it.each(['abc', '', '-1', '0', '1.5', '[1,2]', '1,2', globalId('Experiment', 1)])('rejects %j', async (id) => {
    const { refusal } = await seedLab()
    expect(await refusal({ createdByIds: [1, id] })).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'createdByIds' })
  })

  it('takes 100 ids, and rejects 101', async () => {
    const { names, refusal } = await seedLab()
    const ids = Array.from({ length: 101 }, (_, index) => index + 1)
    expect(await names({ createdByIds: ids.slice(1) })).toEqual([])
    expect(await refusal({ createdByIds: ids })).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'createdByIds' })
  })
})

describe('the filter featureFlagId', () => {
  it('takes a number or a global id', async () => {
    const { project, flag, has, names } = await seedLab()
    const other = await seedFlag(db, project, { deleted: true })
    await has('a')
    await seedExperiment(db, other, { name: 'b' })
    expect(await names({ featureFlagId: flag.id })).toEqual(['a'])
    expect(await names({ featureFlagId: String(other.id) })).toEqual(['b'])
    expect(await names({ featureFlagId: globalId('FeatureFlag', other.id) })).toEqual(['b'])
    expect(await names({ featureFlagId: 2_147_483_647 })).toEqual([])
    expect(await names({ featureFlagId: '9999999999999999' })).toEqual([])
  })

  it.each(['abc', '', '1.5', '-1', '0', '1e3', globalId('Experiment', 1), globalId('User', 1)])('rejects %j', async (featureFlagId) => {
    const { refusal } = await seedLab()
    expect(await refusal({ featureFlagId })).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'featureFlagId',
      message: expect.stringContaining('must be the global id of a FeatureFlag, or its number'),
    })
  })
})

describe('the filter promptName', () => {
  it('finds exactly the name in the metadata of the prompt', async () => {
    const { has, names } = await seedLab()
    const prompt = (name: Prisma.InputJsonValue) => ({ parameters: { prompt_metadata: { name, templates: ['cost'], versions: [1, 2] } } })
    await has('a', prompt('greeting'))
    await has('b', prompt('Greeting'))
    await has('c', prompt('greeting '))
    await has('d', prompt(''))
    await has('e', prompt('7'))
    await has('a number for a name', prompt(7))
    await has('a list for a name', prompt(['greeting']))
    await has('elsewhere', { parameters: { name: 'greeting' } })
    await has('no metadata', { parameters: { prompt_metadata: 'greeting' } })
    await has('no parameters')
    expect(await names({ promptName: 'greeting' })).toEqual(['a'])
    expect(await names({ promptName: 'Greeting' })).toEqual(['b'])
    expect(await names({ promptName: '' })).toEqual(['d'])
    expect(await names({ promptName: '7' })).toEqual(['e'])
    expect(await names({ promptName: '["greeting"]' })).toEqual([])
    expect(await names({ promptName: 'greet%' })).toEqual([])
  })

  it('takes parameters that are no object', async () => {
    const { has, names } = await seedLab()
    await has('a', { parameters: [{ prompt_metadata: { name: 'greeting' } }] })
    const { id } = await has('b')
    await db.$executeRaw`UPDATE experiments SET parameters = 'null' WHERE id = ${id}`
    expect(await names({ promptName: 'greeting' })).toEqual([])
  })
})

describe('the filter event', () => {
  const eventsNode = (event: string | null) => ({ kind: 'EventsNode', event })
  const actionsNode = (id: number | string) => ({ kind: 'ActionsNode', id })
  const mean = (source: Prisma.InputJsonObject) => ({ kind: 'ExperimentMetric', metric_type: 'mean', source })
  const funnel = (...series: Prisma.InputJsonObject[]) => ({ kind: 'ExperimentMetric', metric_type: 'funnel', series })
  const ratio = (numerator: Prisma.InputJsonObject, denominator: Prisma.InputJsonObject) => ({
    kind: 'ExperimentMetric',
    metric_type: 'ratio',
    numerator,
    denominator,
  })
  const retention = (start_event: Prisma.InputJsonObject, completion_event: Prisma.InputJsonObject) => ({
    kind: 'ExperimentMetric',
    metric_type: 'retention',
    start_event,
    completion_event,
  })

  it.each<[string, Data]>([
    ['a primary metric', { metrics: [mean(eventsNode('paid'))] }],
    ['a secondary metric', { metricsSecondary: [mean(eventsNode('paid'))] }],
    ['the second metric', { metrics: [mean(eventsNode('other')), mean(eventsNode('paid'))] }],
    ['a step of a funnel', { metrics: [funnel(eventsNode('other'), eventsNode('paid'))] }],
    ['a numerator', { metrics: [ratio(eventsNode('paid'), eventsNode('other'))] }],
    ['a denominator', { metrics: [ratio(eventsNode('other'), eventsNode('paid'))] }],
    ['the start of retention', { metrics: [retention(eventsNode('paid'), eventsNode('other'))] }],
    ['the end of retention', { metrics: [retention(eventsNode('other'), eventsNode('paid'))] }],
    [
      'a metric of the older kind',
      { metrics: [{ kind: 'ExperimentTrendsQuery', count_query: { kind: 'TrendsQuery', series: [eventsNode('paid')] } }] },
    ],
  ])('finds %s', async (_situation, data) => {
    const { has, names } = await seedLab()
    await has('found', data)
    await has('not found', { metrics: [mean(eventsNode('paid later')), mean(eventsNode('Paid'))] })
    expect(await names({ event: 'paid' })).toEqual(['found'])
  })

  it('finds a metric that is shared, as primary and as secondary', async () => {
    const { has, names } = await seedLab()
    await seedSavedMetric(db, await has('a'), mean(eventsNode('paid')))
    await seedSavedMetric(db, await has('b'), funnel(eventsNode('seen'), eventsNode('paid')), 'secondary')
    await seedSavedMetric(db, await has('c'), mean(eventsNode('other')))
    expect(await names({ ...byName, event: 'paid' })).toEqual(['a', 'b'])
  })

  it('finds a metric through the steps of an action, whose id may be a number or text', async () => {
    const { project, has, names } = await seedLab()
    const { id } = await seedAction(db, project, [{ event: 'seen' }, { event: 'paid' }])
    await has('a', { metrics: [mean(actionsNode(id))] })
    await has('b', { metricsSecondary: [funnel(eventsNode('other'), actionsNode(String(id)))] })
    await seedSavedMetric(db, await has('c'), ratio(eventsNode('other'), actionsNode(id)))
    await has('d', { metrics: [mean(actionsNode(id + 1))] })
    await has('e', { metrics: [mean({ kind: 'EventsNode', id, event: null })] })
    expect(await names({ ...byName, event: 'paid' })).toEqual(['a', 'b', 'c'])
    expect(await names({ ...byName, event: 'seen' })).toEqual(['a', 'b', 'c'])
    expect(await names({ ...byName, event: 'other' })).toEqual(['b', 'c'])
  })

  it('does not find a metric through an action that is deleted, or of another project', async () => {
    const { organization, project, has, names } = await seedLab()
    const deleted = await seedAction(db, project, [{ event: 'paid' }], { deleted: true })
    const neighbour = await seedAction(db, await seedProject(db, organization), [{ event: 'paid' }])
    await has('a', { metrics: [mean(actionsNode(deleted.id)), mean(actionsNode(neighbour.id))] })
    expect(await names({ event: 'paid' })).toEqual([])
  })

  it('does not find a metric through what is no step, or no name', async () => {
    const { project, has, names } = await seedLab()
    const { id } = await seedAction(db, project, ['paid', [{ event: 'paid' }], { event: ['paid'] }, { steps: [{ event: 'paid' }] }])
    await has('a', { metrics: [mean(actionsNode(id))] })
    expect(await names({ event: 'paid' })).toEqual([])
  })

  it('does not find a metric on any event, directly or through a step', async () => {
    const { project, has, names } = await seedLab()
    const action = await seedAction(db, project, [{ event: null }, { url: '/' }, { event: '' }])
    await has('a', { metrics: [mean(eventsNode(null)), mean({ kind: 'EventsNode' }), mean(actionsNode(action.id))] })
    expect(await names({ event: 'paid' })).toEqual([])
    expect(await names({ event: 'null' })).toEqual([])
  })

  it('does not put an experiment together from several nodes of one list', async () => {
    const { project, has, names } = await seedLab()
    const { id } = await seedAction(db, project, [{ event: 'paid' }])
    // Its kind from one node, its event or id from the next.
    await has('a', { metrics: [funnel(eventsNode('other'), { kind: 'DataWarehouseNode', event: 'paid' })] })
    await has('b', { metrics: [funnel(actionsNode(id + 1), { kind: 'DataWarehouseNode', id })] })
    await has('c', { metrics: [{ ...eventsNode('other'), children: [{ event: 'paid' }] }] })
    await has('d', { metrics: [eventsNode('other'), { kind: 'DataWarehouseNode', event: 'paid' }] })
    await has('e', { metrics: [funnel({ kind: 'Groups', nodes: [[actionsNode(id + 1), { kind: 'DataWarehouseNode', id }]] })] })
    expect(await names({ event: 'paid' })).toEqual([])
  })

  it('does not find a name in other places', async () => {
    const { has, names } = await seedLab()
    await has('paid', {
      description: 'paid',
      parameters: { event: 'paid' },
      exposureCriteria: { exposure_config: { kind: 'ExperimentEventExposureConfig', event: 'paid' } },
      metrics: [{ kind: 'ExperimentMetric', name: 'paid', event: 'paid', source: { kind: 'EventsNode', event: 'other', name: 'paid' } }],
    })
    expect(await names({ event: 'paid' })).toEqual([])
  })

  it.each(['$pageview', 'Größe "geändert"', "O'Brien", '100%', 'a_b', 'back\\slash', '$event', '🛒', '@.kind', ''])(
    'takes %j literally',
    async (event) => {
      const { project, has, names } = await seedLab()
      const { id } = await seedAction(db, project, [{ event }])
      await has('direct', { metrics: [mean(eventsNode(event))] })
      await has('through an action', { metrics: [mean(actionsNode(id))] })
      await has('neither', { metrics: [mean(eventsNode('100x')), mean(eventsNode('aXb'))] })
      expect(await names({ ...byName, event })).toEqual(['direct', 'through an action'])
    },
  )

  it('takes metrics that are null, no list, or hold null', async () => {
    const { has, names, page, key, project } = await seedLab()
    await has('found', { metrics: [mean(eventsNode('paid'))] })
    for (const [name, sql] of [
      ['null', Prisma.sql`NULL`],
      ['a JSON null', Prisma.sql`'null'`],
      ['an object', Prisma.sql`'{"a": 1}'`],
      ['a list with null', Prisma.sql`'[null, {"kind": "EventsNode", "event": null}]'`],
    ] as const) {
      const { id } = await has(name)
      await db.$executeRaw`UPDATE experiments SET metrics = ${sql}, metrics_secondary = ${sql}, created_at = '2020-01-01T00:00:00Z' WHERE id = ${id}`
    }
    expect(await names({ event: 'paid' })).toEqual(['found'])
    expect((await page()).totalCount).toBe(5)
    const { data, errors } = await run(
      key,
      'query ($id: ID!) { experiments(projectId: $id) { nodes { name metrics metricsSecondary } } }',
      {
        id: project.id,
      },
    )
    expect(errors).toBeUndefined()
    const read = Object.fromEntries(
      data.experiments.nodes.map(({ name, metrics }: { name: string; metrics: unknown[] }) => [name, metrics.length]),
    )
    expect(read).toEqual({ found: 1, null: 0, 'a JSON null': 0, 'an object': 0, 'a list with null': 1 })
  })
})

describe('the filter search', () => {
  it('finds a part of the name in any case, and takes wildcards for themselves', async () => {
    const { has, names } = await seedLab()
    for (const name of ['Checkout 100% new', 'checkout 100 new', 'a_b', 'aXb', 'back\\slash', 'ÜBER Größe', 'x']) await has(name)
    await has('y', { description: 'checkout' })
    expect(await names({ ...byName, search: 'CHECKOUT' })).toEqual(['Checkout 100% new', 'checkout 100 new'])
    expect(await names({ search: '100%' })).toEqual(['Checkout 100% new'])
    expect(await names({ search: '%' })).toEqual(['Checkout 100% new'])
    expect(await names({ search: 'a_b' })).toEqual(['a_b'])
    expect(await names({ search: '\\' })).toEqual(['back\\slash'])
    expect(await names({ search: 'über GRÖSSE' })).toEqual([])
    expect(await names({ search: 'über größe' })).toEqual(['ÜBER Größe'])
    expect(await names({ search: '100  new' })).toEqual([])
    expect(await names({ search: '' })).toHaveLength(8)
  })

  it.each([
    ['a NUL', 'a\0b'],
    ['half a character', '\udc00'],
    ['more than 400 characters', 'x'.repeat(401)],
  ])('rejects %s', async (_situation, search) => {
    const { refusal } = await seedLab()
    expect(await refusal({ search })).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'search' })
    expect(await refusal({ event: search })).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'event' })
    expect(await refusal({ promptName: search })).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'promptName' })
  })
})

it('adds filters up', async () => {
  const { user, has, names, flag } = await seedLab()
  const matching: Data = { startDate: hoursAgo(1), createdById: user.id, archived: true, parameters: { prompt_metadata: { name: 'p' } } }
  const metrics = [{ kind: 'ExperimentMetric', source: { kind: 'EventsNode', event: 'paid' } }]
  await has('one', { ...matching, metrics })
  await has('another', { ...matching, metrics })
  await has('one, draft', { ...matching, metrics, startDate: null })
  await has('one, live', { ...matching, metrics, archived: false })
  await has('one, by nobody', { ...matching, metrics, createdById: null })
  await has('one, without the metric', matching)
  await has('one, of another prompt', { ...matching, metrics, parameters: { prompt_metadata: { name: 'q' } } })
  const filter = {
    status: 'RUNNING',
    archived: true,
    createdByIds: [user.id],
    featureFlagId: flag.id,
    promptName: 'p',
    event: 'paid',
    search: 'ONE',
  }
  expect(await names(filter)).toEqual(['one'])
})

describe('the order', () => {
  /** The names in one direction; the other must be its exact opposite, and pages of two must make up the same list, both ways. */
  async function ordered({ names, page }: Awaited<ReturnType<typeof seedLab>>, field: string): Promise<string[]> {
    const orderBy = { field, direction: 'ASC' }
    const ascending = await names({ orderBy })
    const descending = { field, direction: 'DESC' }
    expect(await names({ orderBy: descending })).toEqual(ascending.toReversed())

    for (const [order, expected] of [
      [orderBy, ascending],
      [descending, ascending.toReversed()],
    ] as const) {
      const forwards: string[] = []
      let after: string | null = null
      for (let more = true; more; ) {
        const { nodes, pageInfo } = await page({ orderBy: order, first: 2, after })
        forwards.push(...nodes.map(({ name }: { name: string }) => name))
        after = pageInfo.endCursor
        more = pageInfo.hasNextPage
      }
      expect(forwards).toEqual(expected)
      const backwards: string[] = []
      let before: string | null = null
      for (let more = true; more; ) {
        const { nodes, pageInfo } = await page({ orderBy: order, last: 2, before })
        backwards.unshift(...nodes.map(({ name }: { name: string }) => name))
        before = pageInfo.startCursor
        more = pageInfo.hasPreviousPage
      }
      expect(backwards).toEqual(expected)
    }
    return ascending
  }

  it('CREATED_AT and UPDATED_AT: by the instant, equal ones by number', async () => {
    const lab = await seedLab()
    await lab.has('c', { createdAt: hoursAgo(1), updatedAt: hoursAgo(9) })
    await lab.has('a', { createdAt: hoursAgo(3), updatedAt: hoursAgo(2) })
    await lab.has('b', { createdAt: hoursAgo(2), updatedAt: hoursAgo(2) })
    await lab.has('b2', { createdAt: hoursAgo(2), updatedAt: new Date(hoursAgo(2).getTime() - 1) })
    expect(await ordered(lab, 'CREATED_AT')).toEqual(['a', 'b', 'b2', 'c'])
    expect(await ordered(lab, 'UPDATED_AT')).toEqual(['c', 'b2', 'a', 'b'])
  })

  it('NAME: by code point', async () => {
    const lab = await seedLab()
    for (const name of ['b', 'a', 'B', 'é', 'a b', '1', '', 'a', '😀', '\uff5e']) await lab.has(name)
    expect(await ordered(lab, 'NAME')).toEqual(['', '1', 'B', 'a', 'a', 'a b', 'b', 'é', '\uff5e', '😀'])
  })

  it('START_DATE and END_DATE: what has none stands last when ascending, first when descending', async () => {
    const lab = await seedLab()
    await lab.has('draft')
    await lab.has('later', { startDate: hoursAgo(-10) })
    await lab.has('running', { startDate: hoursAgo(10) })
    await lab.has('stopped', { startDate: hoursAgo(20), endDate: hoursAgo(1) })
    await lab.has('second draft')
    await lab.has('long stopped', { startDate: hoursAgo(15), endDate: hoursAgo(5) })
    await lab.has('end only', { endDate: hoursAgo(3) })
    await lab.has('before 1970', { startDate: new Date('1969-12-31T23:59:59.999Z') })
    expect(await ordered(lab, 'START_DATE')).toEqual([
      'before 1970',
      'stopped',
      'long stopped',
      'running',
      'later',
      'draft',
      'second draft',
      'end only',
    ])
    expect(await ordered(lab, 'END_DATE')).toEqual([
      'long stopped',
      'end only',
      'stopped',
      'draft',
      'later',
      'running',
      'second draft',
      'before 1970',
    ])
  })

  it('DURATION: to the end, or to now while it runs; drafts last when ascending', async () => {
    const lab = await seedLab()
    await lab.has('draft')
    await lab.has('stopped after 4', { startDate: hoursAgo(100), endDate: hoursAgo(96) })
    await lab.has('running for 3', { startDate: hoursAgo(3) })
    await lab.has('running for 5', { startDate: hoursAgo(5) })
    await lab.has('starts in 2', { startDate: hoursAgo(-2) })
    await lab.has('ended before it began', { startDate: hoursAgo(1), endDate: hoursAgo(2) })
    await lab.has('end only', { endDate: hoursAgo(2) })
    await lab.has('a millisecond', { startDate: hoursAgo(9), endDate: new Date(hoursAgo(9).getTime() + 1) })
    expect(await ordered(lab, 'DURATION')).toEqual([
      'starts in 2',
      'ended before it began',
      'a millisecond',
      'running for 3',
      'stopped after 4',
      'running for 5',
      'draft',
      'end only',
    ])
    // Two hours on, the first has outrun the one that was stopped.
    time.now = new Date(time.now.getTime() + 2 * hour)
    expect((await lab.names({ orderBy: { field: 'DURATION', direction: 'ASC' } })).slice(3, 5)).toEqual([
      'stopped after 4',
      'running for 3',
    ])
  })

  it('DURATION: the pages that follow a cursor keep to the "now" of the first', async () => {
    const { has, page } = await seedLab()
    await has('running for 3', { startDate: hoursAgo(3) })
    await has('stopped after 4', { startDate: hoursAgo(100), endDate: hoursAgo(96) })
    await has('running for 5', { startDate: hoursAgo(5) })
    const orderBy = { field: 'DURATION', direction: 'ASC' }
    const first = await page({ orderBy, first: 1 })
    time.now = new Date(time.now.getTime() + 4 * hour)
    const second = await page({ orderBy, first: 2, after: first.pageInfo.endCursor })
    const back = await page({ orderBy, last: 2, before: second.pageInfo.endCursor })
    expect([...first.nodes, ...second.nodes].map(({ name }) => name)).toEqual(['running for 3', 'stopped after 4', 'running for 5'])
    expect(back.nodes.map(({ name }: { name: string }) => name)).toEqual(['running for 3', 'stopped after 4'])
  })

  it('STATUS: drafts, running and paused ones alike, stopped ones; equal ones by number', async () => {
    const lab = await seedLab()
    const off = await seedFlag(db, lab.project, { active: false })
    await lab.has('stopped', { startDate: hoursAgo(2), endDate: hoursAgo(1) })
    await lab.has('running', { startDate: hoursAgo(2) })
    await lab.has('draft')
    await seedExperiment(db, off, { name: 'paused', startDate: hoursAgo(2) })
    await lab.has('running too', { startDate: hoursAgo(1) })
    await lab.has('end only', { endDate: hoursAgo(1) })
    expect(await ordered(lab, 'STATUS')).toEqual(['draft', 'end only', 'running', 'paused', 'running too', 'stopped'])
  })

  it("CREATED_BY: the maker's first name, or e-mail address where it is empty; nobody's last when ascending", async () => {
    const lab = await seedLab()
    const by = async (name: string, firstName: string, email: string) => {
      const { id } = await seedUser(db, lab.organization, { firstName, email })
      await lab.has(name, { createdById: id })
    }
    await lab.has('nobody')
    await by('Zoe', 'Zoe', 'a@order.example')
    await by('ada in small letters', 'ada', 'z@order.example')
    await by('no first name', '', 'bea@order.example')
    await by('Ada', 'Ada', 'y@order.example')
    await by('~', '~~~', 'tilde@order.example')
    await by('1', '1', 'one@order.example')
    await lab.has('nobody else')
    expect(await ordered(lab, 'CREATED_BY')).toEqual([
      '1',
      'Ada',
      'Zoe',
      'ada in small letters',
      'no first name',
      '~',
      'nobody',
      'nobody else',
    ])
  })

  it('CREATED_BY: by nobody again when the account is gone', async () => {
    const { organization, has, names, key, project } = await seedLab()
    const gone = await seedUser(db, organization, { firstName: 'Ada' })
    const stays = await seedUser(db, organization, { firstName: 'Zoe' })
    await has('of the one who left', { createdById: gone.id })
    await has('of the one who stays', { createdById: stays.id })
    await db.user.delete({ where: { id: gone.id } })
    expect(await names({ orderBy: { field: 'CREATED_BY', direction: 'ASC' } })).toEqual(['of the one who stays', 'of the one who left'])
    const { data } = await run(
      key,
      'query ($id: ID!) { experiments(projectId: $id, search: "left") { nodes { createdBy { firstName } } } }',
      {
        id: project.id,
      },
    )
    expect(data.experiments.nodes).toEqual([{ createdBy: null }])
  })

  it('rejects an order there is not', async () => {
    const { refusal } = await seedLab()
    expect(await refusal({ orderBy: { field: 'ID', direction: 'ASC' } })).toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(await refusal({ orderBy: { field: 'NAME' } })).toMatchObject({ code: 'BAD_USER_INPUT' })
  })
})

describe('one experiment', () => {
  const node =
    'query ($id: ID!) { node(id: $id) { ... on Experiment { id databaseId name status startDate endDate archived createdBy { firstName } project { name } featureFlag { key } } } }'

  it('is read by its global id, archived or not', async () => {
    const { key, project, flag, user, has } = await seedLab()
    const { id } = await has('checkout', { archived: true, createdById: user.id, startDate: hoursAgo(2), endDate: hoursAgo(1) })
    const { data, errors } = await run(key, node, { id: globalId('Experiment', id) })
    expect(errors).toBeUndefined()
    expect(data.node).toEqual({
      id: globalId('Experiment', id),
      databaseId: id,
      name: 'checkout',
      status: 'STOPPED',
      startDate: hoursAgo(2).toISOString(),
      endDate: hoursAgo(1).toISOString(),
      archived: true,
      createdBy: { firstName: user.firstName },
      project: { name: project.name },
      featureFlag: { key: flag.key },
    })
  })

  it('is null when it is deleted, of somebody else, or not there', async () => {
    const { key, has } = await seedLab()
    const stranger = await seedLab()
    const deleted = await has('deleted', { deleted: true })
    const hidden = await stranger.has('hidden')
    for (const id of [deleted.id, hidden.id, 2_147_483_647, 2_147_483_648, '999999999999999']) {
      expect(await run(key, node, { id: globalId('Experiment', id) })).toEqual({ data: { node: null } })
    }
  })

  it('is in no list of its flag once it is deleted; archived ones are', async () => {
    const { key, flag, has } = await seedLab()
    await has('live', { createdAt: hoursAgo(1) })
    await has('archived', { archived: true, createdAt: hoursAgo(2) })
    await has('deleted', { deleted: true })
    const { data } = await run(
      key,
      'query ($id: ID!) { node(id: $id) { ... on FeatureFlag { experiments { totalCount nodes { name } } } } }',
      { id: globalId('FeatureFlag', flag.id) },
    )
    expect(data.node.experiments).toEqual({ totalCount: 2, nodes: [{ name: 'live' }, { name: 'archived' }] })
  })
})

describe('the ways to ask', () => {
  it('gives the same on Project', async () => {
    const { key, project, has } = await seedLab()
    await has('b', { startDate: hoursAgo(1) })
    await has('a', { startDate: hoursAgo(2) })
    await has('draft')
    const { data, errors } = await run(
      key,
      `query ($id: ID!) {
        experiments(projectId: $id, status: RUNNING, orderBy: { field: NAME, direction: ASC }) { edges { cursor node { id name } } totalCount }
        project(id: $id) { experiments(status: RUNNING, orderBy: { field: NAME, direction: ASC }) { edges { cursor node { id name } } totalCount } }
      }`,
      { id: globalId('Project', project.id) },
    )
    expect(errors).toBeUndefined()
    expect(data.project.experiments).toEqual(data.experiments)
    expect(data.experiments.edges.map((edge: { node: { name: string } }) => edge.node.name)).toEqual(['a', 'b'])
  })

  it('rejects a key without the scope', async () => {
    const { user, project } = await seedLab()
    const key = await seedKey(db, user, { scopes: ['feature_flag:read'] })
    const { data, errors } = await run(key, question, { project: project.id, featureFlagId: 'abc' })
    expect(data).toEqual({ experiments: null })
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      expect.objectContaining({ code: 'FORBIDDEN', requiredScope: 'experiment:read' }),
    ])
  })

  it('knows no project of somebody else', async () => {
    const { key } = await seedLab()
    const { project } = await seedLab()
    const { data, errors } = await run(key, question, { project: project.id })
    expect(data).toEqual({ experiments: null })
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND'])
  })
})

describe('the flag of an experiment in a list', () => {
  const flags = (selection: string) => `experiments(projectId: $project) { nodes { name status featureFlag { ${selection} } } }`

  it('is not shown to a key without the scope, which still reads the rest, with the status', async () => {
    const { flag, project, user } = await seedLab()
    await seedExperiment(db, flag, { name: 'Runs', startDate: hoursAgo(1) })
    const key = await seedKey(db, user, { scopes: ['experiment:read', 'project:read'] })
    const refused = await run(key, `query ($project: ID!) { ${flags('key')} }`, { project: project.id })
    expect(JSON.stringify(refused)).not.toContain(flag.key)
    expect(refused.errors?.map(({ extensions }) => extensions)).toMatchObject([{ code: 'FORBIDDEN', requiredScope: 'feature_flag:read' }])
    const { data, errors } = await run(key, 'query ($project: ID!) { experiments(projectId: $project) { nodes { name status } } }', {
      project: project.id,
    })
    expect(errors).toBeUndefined()
    expect(data.experiments.nodes).toEqual([{ name: 'Runs', status: flag.active ? 'RUNNING' : 'PAUSED' }])
  })

  it('has all that each selection asks for, where one flag is selected several times', async () => {
    const { flag, project, key } = await seedLab()
    await seedExperiment(db, flag, { name: 'Runs', startDate: hoursAgo(1) })
    const more = 'createdAt filters experiments(first: 1) { nodes { name } } ... @include(if: $yes) { name }'
    const { data, errors } = await run(
      key,
      `query ($project: ID!, $id: ID!, $yes: Boolean!) { a: ${flags('key')} b: ${flags(more)} node(id: $id) { ... on FeatureFlag { name key } } }`,
      { project: project.id, id: globalId('FeatureFlag', flag.id), yes: true },
    )
    expect(errors).toBeUndefined()
    expect(data.a.nodes[0].featureFlag).toEqual({ key: flag.key })
    expect(data.b.nodes[0].featureFlag).toEqual({
      ...{ createdAt: flag.createdAt.toISOString(), filters: flag.filters, name: flag.name },
      experiments: { nodes: [{ name: 'Runs' }] },
    })
    expect(data.node).toEqual({ name: flag.name, key: flag.key })
  })
})
