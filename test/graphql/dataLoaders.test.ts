import { expect, it } from 'vitest'
import { controlAndTest, seedKey, seedProject } from '../support/seed.ts'
import { type Answer, globalId, seedTenant, testServer } from '../support/testServer.ts'

// Statements a request, whatever the number of rows. The use of the keys is already noted, which would be one more.

// Every request reads for itself whose key it is, as a first one does.
const { db, run, time, statements, countStatements } = await testServer({ accessCacheSeconds: 0 })

const rows = 100
const tenant = await seedTenant(db)
const key = await seedKey(db, tenant.user, { lastUsedAt: time.now })
const projectId = tenant.project.id

async function seedPeople(kind: string): Promise<number[]> {
  const people = Array.from({ length: rows }, (_, n) => ({ email: `${kind}-${n}@example.com`, firstName: `${kind} ${n}` }))
  return (await db.user.createManyAndReturn({ data: people, select: { id: true } })).map(({ id }) => id)
}

// Everybody is somebody else, and every flag has two experiments and two contexts.
const makers = await seedPeople('maker')
const changers = await seedPeople('changer')
const experimenters = await seedPeople('experimenter')
const others = await seedPeople('other')
const flags = await db.featureFlag.createManyAndReturn({
  data: makers.map((createdById, n) => ({
    projectId,
    key: `flag-${n}`,
    filters: controlAndTest,
    createdById,
    lastModifiedById: changers[n] ?? null,
    active: n % 2 === 0,
  })),
})
const contexts = await db.evaluationContext.createManyAndReturn({ data: ['app', 'web'].map((name) => ({ projectId, name })) })
await db.featureFlagEvaluationContext.createMany({
  data: flags.flatMap((flag) => contexts.map(({ id }) => ({ featureFlagId: flag.id, evaluationContextId: id }))),
})
await db.experiment.createMany({
  data: flags.flatMap(({ id }, n) =>
    [experimenters, others].map((people) => ({
      projectId,
      featureFlagId: id,
      name: `Experiment ${n}`,
      createdById: people[n] ?? null,
      startDate: n % 3 === 0 ? null : new Date('2026-11-01'),
      metrics: [{ kind: 'ExperimentMetric' }],
    })),
  ),
})

/** How many statements an operation takes, and what it answers. */
async function measure(query: string, variables: Record<string, unknown> = {}, as: string = key) {
  let answer: Answer | undefined
  const count = await countStatements(async () => {
    answer = await run(as, query, variables)
    expect(answer.errors).toBeUndefined()
  })
  return { data: answer?.data, count, statements: [...statements] }
}

const flagFields = `
  key tags filters variants { key payload } rolloutPercentage
  project { name } createdBy { firstName } lastModifiedBy { firstName } evaluationContexts
  experiments(first: 5) { nodes { name createdBy { firstName } } }`

it('a page of 50 flags with all about them takes what a page of 5 takes, and no more than 7', async () => {
  const page = (first: number) => measure(`{ eligibleFeatureFlags(projectId: ${projectId}, first: ${first}) { nodes { ${flagFields} } } }`)
  const [few, many] = [await page(5), await page(50)]
  expect(many.data.eligibleFeatureFlags.nodes).toHaveLength(50)
  for (const node of many.data.eligibleFeatureFlags.nodes) {
    expect(node.evaluationContexts).toEqual(['app', 'web'])
    expect(node.experiments.nodes).toHaveLength(2)
    expect(node.experiments.nodes[0].createdBy.firstName).not.toBe(node.experiments.nodes[1].createdBy.firstName)
    expect(node.createdBy.firstName.replace('maker', 'changer')).toBe(node.lastModifiedBy.firstName)
  }
  expect(many.count, many.statements.join('\n')).toBe(few.count)
  expect(many.count, many.statements.join('\n')).toBeLessThanOrEqual(7)
})

it('their eligibility takes none more, the count of their experiments and the neighbours of those take one each', async () => {
  const page = async (first: number) => {
    const { data } = await measure(`{ eligibleFeatureFlags(projectId: ${projectId}, first: 1) { edges { cursor } } }`)
    const after = data.eligibleFeatureFlags.edges[0].cursor
    const list = (more: string) =>
      measure(`{ eligibleFeatureFlags(projectId: ${projectId}, first: ${first}, after: "${after}") { nodes { id ${more} } } }`)
    const plain = await list('')
    const eligibility = await list('experimentEligibility { eligible reasons }')
    expect(eligibility.count).toBe(plain.count)
    // Read along with the page.
    const experiments = await list('experiments(first: 1) { nodes { id } }')
    expect(experiments.count).toBe(plain.count)
    const counted = await list('experiments(first: 1) { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage } }')
    expect(counted.count).toBe(experiments.count + 1)
    return [plain.count, eligibility.count, experiments.count, counted.count]
  }
  expect(await page(50)).toEqual(await page(5))
})

it('12 projects with their flags, stats, checks and experiments take what 2 take', async () => {
  const tenants = [await seedTenant(db), await seedTenant(db)]
  const sizes = [2, 12]
  const counts: number[] = []
  for (const [index, one] of tenants.entries()) {
    const projects = [one.project]
    while (projects.length < (sizes[index] ?? 0)) projects.push(await seedProject(db, one.organization, { timezone: 'Asia/Tokyo' }))
    for (const { id } of projects) {
      const two = await db.featureFlag.createManyAndReturn({
        data: ['a', 'b'].map((name) => ({ projectId: id, key: name, filters: controlAndTest, createdById: one.user.id })),
      })
      // On a flag that no list reads, so that reading it is always one more statement.
      const unlisted = await db.featureFlag.create({ data: { projectId: id, key: 'c' } })
      await db.experiment.createMany({
        data: [two[0], two[0], unlisted].map((flag, n) => ({
          projectId: id,
          featureFlagId: flag?.id ?? 0,
          name: `${n}`,
          startDate: new Date('2026-11-01'),
        })),
      })
      await db.event.createMany({
        data: ['seen', 'clicked'].map((event) => ({
          projectId: id,
          id: crypto.randomUUID(),
          event,
          timestamp: new Date('2026-11-19T00:00:00Z'),
          distinctId: 'somebody',
          properties: '{}',
        })),
      })
    }
    const asker = await seedKey(db, one.user, { lastUsedAt: time.now })
    const { data, count } = await measure(
      `{ viewer { projects(first: 20) { totalCount nodes {
        name
        eligibleFeatureFlags(first: 5) { totalCount nodes { key createdBy { firstName } evaluationContexts experiments(first: 5) { nodes { name } } } }
        experimentStats { launchedLast30d activeExperiments }
        requiresFlagImplementation(anyEvent: true) { required events { event sampled } }
        experiments(first: 5) { totalCount nodes { name status featureFlag { key } } pageInfo { hasNextPage } }
      } } } }`,
      {},
      asker,
    )
    expect(data.viewer.projects.nodes).toHaveLength(sizes[index] ?? 0)
    for (const node of data.viewer.projects.nodes) {
      expect(node.eligibleFeatureFlags).toMatchObject({
        totalCount: 2,
        nodes: [{ key: 'b' }, { key: 'a', experiments: { nodes: [{ name: '1' }, { name: '0' }] } }],
      })
      expect(node.experimentStats).toEqual({ launchedLast30d: 3, activeExperiments: 3 })
      expect(node.requiresFlagImplementation.events).toHaveLength(2)
      expect(node.experiments).toMatchObject({
        totalCount: 3,
        nodes: [{ name: '2', status: 'RUNNING', featureFlag: { key: 'c' } }, { name: '1', featureFlag: { key: 'a' } }, { name: '0' }],
      })
    }
    counts.push(count)
  }
  expect(counts[1]).toBe(counts[0])
})

it('100 flags by their ids take what 2 take', async () => {
  const nodes = (count: number, fields: string) =>
    measure(`query ($ids: [ID!]!) { nodes(ids: $ids) { ... on FeatureFlag { ${fields} } } }`, {
      ids: flags.slice(0, count).map(({ id }) => globalId('FeatureFlag', id)),
    })
  const [few, many] = [await nodes(2, 'key'), await nodes(100, 'key')]
  expect(many.data.nodes.map(({ key }: { key: string }) => key)).toEqual(flags.map(({ key }) => key))
  expect(many.count).toBe(few.count)
  expect(many.count).toBe(2)
  expect((await nodes(100, flagFields)).count).toBe((await nodes(2, flagFields)).count)
})

it('50 experiments with flag, status, metrics and maker take what 5 take', async () => {
  const page = (first: number) =>
    measure(
      `{ experiments(projectId: ${projectId}, first: ${first}) { totalCount nodes {
        name status metrics metricsSecondary parameters statsConfig exposureCriteria project { name }
        createdBy { firstName } featureFlag { key active createdBy { firstName } evaluationContexts experimentEligibility { eligible } }
      } } }`,
    )
  const [few, many] = [await page(5), await page(50)]
  expect(many.data.experiments.nodes).toHaveLength(50)
  expect(new Set(many.data.experiments.nodes.map((node: { status: string }) => node.status))).toEqual(
    new Set(['DRAFT', 'RUNNING', 'PAUSED']),
  )
  for (const node of many.data.experiments.nodes) {
    expect(node.metrics).toHaveLength(1)
    expect(node.featureFlag.active).toBe(node.status === 'DRAFT' ? node.featureFlag.active : node.status === 'RUNNING')
  }
  expect(many.count, many.statements.join('\n')).toBe(few.count)
})

it('flags of a page are not read again where an experiment leads back to them', async () => {
  const page = (fields: string) =>
    measure(`{ eligibleFeatureFlags(projectId: ${projectId}, first: 50) { nodes { id experiments(first: 2) { nodes { ${fields} } } } } }`)
  const { count } = await page('id')
  expect((await page('id status')).count).toBe(count)
  expect((await page('id status featureFlag { key }')).count).toBe(count)
})
