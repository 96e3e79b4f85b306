import { beforeAll, describe, expect, it } from 'vitest'
import type { Prisma, Project } from '../../../src/database/generated/client.ts'
import { seedExperiment, seedFlag, seedKey, seedProject } from '../../support/seed.ts'
import { type Answer, globalId, seedTenant, testServer } from '../../support/testServer.ts'

// What an experiment measures, as types. The stored form is that of the REST API.

const { db, run, countStatements } = await testServer()
let tenant: Awaited<ReturnType<typeof seedTenant>>
let project: Project

beforeAll(async () => {
  tenant = await seedTenant(db)
  project = tenant.project
})

const onEvent = (event: string | null, fields: object = {}) => ({ kind: 'EventsNode', event, ...fields })
const metric = (uuid: string | null, type: string, fields: object) => ({
  kind: 'ExperimentMetric',
  metric_type: type,
  ...(uuid === null ? {} : { uuid }),
  ...fields,
})
const mean = (uuid: string, event: string) => metric(uuid, 'mean', { source: onEvent(event) })

async function experimentWith(data: object) {
  const { id } = await seedExperiment(db, await seedFlag(db, project), data as Partial<Prisma.ExperimentUncheckedCreateInput>)
  return id
}

async function read(id: number, selection: string, key = tenant.key): Promise<Answer> {
  return run(key, `query ($id: ID!) { node(id: $id) { ... on Experiment { ${selection} } } }`, { id: globalId('Experiment', id) })
}

const source = '{ kind event action { name deleted } table math mathProperty mathGroupTypeIndex mathGroupType { name } filters raw }'
const everything = `
  __typename
  ... on Metric { uuid name type goal conversionWindow { value unit } breakdownProperties savedMetric { name } raw }
  ... on MeanMetric { source ${source} outliers { lowerPercentile upperPercentile ignoreZeros } threshold }
  ... on FunnelMetric { steps ${source} order }
  ... on RatioMetric { numerator ${source} denominator ${source} numeratorOutliers { upperPercentile } denominatorOutliers { upperPercentile } }
  ... on RetentionMetric { start ${source} completion ${source} windowStart windowEnd unit startHandling }
  ... on OpaqueMetric { uuid name savedMetric { name } raw reason }`

describe('the metrics of an experiment', () => {
  it('are typed, with all that is stored in raw', async () => {
    const action = await db.action.create({ data: { projectId: project.id, name: 'Bought', deleted: true } })
    const stored = [
      metric('m', 'mean', {
        name: 'Revenue',
        goal: 'decrease',
        source: onEvent('buy', { math: 'sum', math_property: 'amount', properties: [{ key: 'currency', value: 'EUR' }] }),
        conversion_window: 7,
        conversion_window_unit: 'day',
        upper_bound_percentile: 0.99,
        threshold: 3,
        breakdownFilter: { breakdowns: [{ property: '$browser', type: 'event' }] },
        fingerprint: 'f',
      }),
      metric('f', 'funnel', { series: [onEvent('cart'), { kind: 'ActionsNode', id: action.id }], funnel_order_type: 'strict' }),
      metric('r', 'ratio', {
        numerator: onEvent(null),
        denominator: { kind: 'ExperimentDataWarehouseNode', table_name: 'orders' },
        numerator_outlier_handling: { upper_bound_percentile: 0.9 },
      }),
      metric('t', 'retention', {
        start_event: { kind: 'ExperimentExposureNode' },
        completion_event: onEvent('visit', { math: 'unique_group', math_group_type_index: 2 }),
        retention_window_start: 1,
        retention_window_end: 7,
        retention_window_unit: 'day',
        start_handling: 'last_seen',
      }),
      { kind: 'ExperimentTrendsQuery', name: 'Old', count_query: { number: 1.5 } },
    ]
    await db.groupType.create({ data: { projectId: project.id, index: 2, name: 'company' } })
    const id = await experimentWith({ metrics: stored })
    const { data, errors } = await read(id, `primaryMetrics { ${everything} } legacy`)
    expect(errors).toBeUndefined()
    const [revenue, funnel, ratio, retention, old] = data.node.primaryMetrics
    expect(revenue).toMatchObject({
      __typename: 'MeanMetric',
      uuid: 'm',
      name: 'Revenue',
      type: 'MEAN',
      goal: 'DECREASE',
      conversionWindow: { value: 7, unit: 'DAY' },
      breakdownProperties: ['$browser'],
      savedMetric: null,
      source: { kind: 'EVENT', event: 'buy', math: 'SUM', mathProperty: 'amount', filters: [{ key: 'currency', value: 'EUR' }] },
      outliers: { lowerPercentile: null, upperPercentile: 0.99, ignoreZeros: false },
      threshold: 3,
    })
    expect(funnel).toMatchObject({
      __typename: 'FunnelMetric',
      name: `cart to action ${action.id}`,
      order: 'STRICT',
      steps: [
        { event: 'cart', math: 'TOTAL' },
        { kind: 'ACTION', event: null, action: { name: 'Bought', deleted: true } },
      ],
    })
    expect(ratio).toMatchObject({
      numerator: { kind: 'ANY_EVENT', event: null },
      denominator: { kind: 'DATA_WAREHOUSE', table: 'orders', raw: { table_name: 'orders' } },
      numeratorOutliers: { upperPercentile: 0.9 },
      denominatorOutliers: null,
    })
    expect(retention).toMatchObject({
      start: null,
      completion: { math: 'UNIQUE_GROUP', mathGroupTypeIndex: 2, mathGroupType: { name: 'company' } },
      windowStart: 1,
      windowEnd: 7,
      unit: 'DAY',
      startHandling: 'LAST_SEEN',
    })
    expect(old).toMatchObject({ __typename: 'OpaqueMetric', name: 'Old', reason: expect.stringContaining('old engine') })
    expect(data.node.primaryMetrics.map(({ raw }: { raw: unknown }) => raw)).toEqual(stored)
    expect(data.node.legacy).toBe(true)
  })

  it('stand in display order, saved ones among them, and by their place', async () => {
    const saved = await db.savedMetric.create({ data: { projectId: project.id, name: 'Shared', query: mean('s', 'share') } })
    const other = await db.savedMetric.create({ data: { projectId: project.id, name: 'Watched', query: mean('w', 'watch') } })
    const id = await experimentWith({
      metrics: [mean('a', 'a'), mean('b', 'b'), mean('new', 'c')],
      metricsSecondary: null,
      primaryMetricsOrderedUuids: ['b', 'gone', 's', 'a', 'b', 5],
    })
    await db.experimentSavedMetric.createMany({
      data: [
        { experimentId: id, savedMetricId: saved.id },
        { experimentId: id, savedMetricId: other.id, metadata: { type: 'secondary' } },
      ],
    })
    const names = '{ ... on Metric { name savedMetric { databaseId } } }'
    const { data } = await read(id, `primaryMetrics ${names} secondaryMetrics ${names} savedMetrics { role savedMetric { name } }`)
    expect(data.node.primaryMetrics.map(({ name }: { name: string }) => name)).toEqual(['b', 'Shared', 'a', 'c'])
    expect(data.node.primaryMetrics[1].savedMetric).toEqual({ databaseId: saved.id })
    expect(data.node.secondaryMetrics).toEqual([{ name: 'Watched', savedMetric: { databaseId: other.id } }])
    expect(data.node.savedMetrics).toEqual([
      { role: 'PRIMARY', savedMetric: { name: 'Shared' } },
      { role: 'SECONDARY', savedMetric: { name: 'Watched' } },
    ])
  })

  it('show no action of another project', async () => {
    const foreign = await db.action.create({ data: { projectId: (await seedProject(db, tenant.organization)).id, name: 'Theirs' } })
    const stored = [metric('a', 'mean', { source: { kind: 'ActionsNode', id: foreign.id } })]
    const id = await experimentWith({
      metrics: stored,
      exposureCriteria: { exposure_config: stored[0] && { kind: 'ActionsNode', id: foreign.id } },
    })
    const { data } = await read(
      id,
      'primaryMetrics { ... on MeanMetric { source { kind action { name } } } } exposure { event action { name } }',
    )
    expect(data.node).toEqual({
      primaryMetrics: [{ source: { kind: 'ACTION', action: null } }],
      exposure: { event: null, action: null },
    })
  })

  it('are empty where old rows hold null, and read whatever is stored', async () => {
    const id = await experimentWith({ metrics: [null, 'text', 7], metricsSecondary: { no: 'list' } })
    const { data } = await read(id, `primaryMetrics { ${everything} } secondaryMetrics { __typename } legacy`)
    expect(data.node.primaryMetrics.map(({ raw, reason }: { raw: unknown; reason: string }) => [raw, reason])).toEqual([
      ['text', 'It must be an object.'],
      [7, 'It must be an object.'],
    ])
    expect(data.node).toMatchObject({ secondaryMetrics: [], legacy: false })
  })

  it('are read by as many statements for many experiments as for one', async () => {
    const place = await seedProject(db, tenant.organization)
    const flag = await seedFlag(db, place)
    for (const n of [1, 2, 3, 4]) {
      const action = await db.action.create({ data: { projectId: place.id, name: `Action ${n}` } })
      const saved = await db.savedMetric.create({ data: { projectId: place.id, name: `Saved ${n}`, query: mean(`s${n}`, 'e') } })
      const metrics = [metric(`m${n}`, 'mean', { source: { kind: 'ActionsNode', id: action.id } }), mean(`e${n}`, 'e')]
      const { id } = await seedExperiment(db, flag, { metrics, metricsSecondary: metrics })
      await db.experimentSavedMetric.create({ data: { experimentId: id, savedMetricId: saved.id } })
    }
    const readMany = (first: number) =>
      countStatements(async () => {
        const { data, errors } = await run(
          tenant.key,
          `{ experiments(projectId: ${place.id}, first: ${first}) { nodes {
            primaryMetrics { __typename ... on MeanMetric { source { action { name } } savedMetric { name } } } secondaryMetrics { __typename }
            savedMetrics { role } exposure { event } statistics { method } baselineVariantKey legacy tags } } }`,
        )
        expect(errors).toBeUndefined()
        expect(data.experiments.nodes).toHaveLength(first)
      })
    expect(await readMany(4)).toBe(await readMany(1))
  })

  it('need the scope experiment:read', async () => {
    const id = await experimentWith({ metrics: [mean('a', 'a')] })
    const key = await seedKey(db, tenant.user, { scopes: ['feature_flag:read'] })
    const { data, errors } = await read(id, 'primaryMetrics { __typename }', key)
    expect([data.node, errors?.[0]?.extensions.code]).toEqual([null, 'FORBIDDEN'])
  })
})

describe('the settings of an experiment', () => {
  const settings = `exposure { event action { name } filters filterTestAccounts multipleVariants activation { event } problem raw }
    statistics { method confidenceLevel cupedLookbackDays sequential ofProject raw }
    baselineVariantKey excludedVariantKeys onlyCountMaturedPersons tags prompt { name }`

  it('are the defaults where nothing is stored, with those of the project', async () => {
    await db.project.update({
      where: { id: project.id },
      data: { defaultExperimentStatsMethod: 'frequentist', defaultExperimentConfidenceLevel: 0.9 },
    })
    const id = await experimentWith({})
    const { data, errors } = await read(id, settings)
    await db.project.update({
      where: { id: project.id },
      data: { defaultExperimentStatsMethod: null, defaultExperimentConfidenceLevel: null },
    })
    expect(errors).toBeUndefined()
    expect(data.node).toEqual({
      exposure: {
        event: null,
        action: null,
        filters: [],
        filterTestAccounts: true,
        multipleVariants: 'EXCLUDE',
        activation: null,
        problem: null,
        raw: null,
      },
      statistics: { method: 'FREQUENTIST', confidenceLevel: 0.9, cupedLookbackDays: null, sequential: false, ofProject: true, raw: null },
      baselineVariantKey: 'control',
      excludedVariantKeys: [],
      onlyCountMaturedPersons: false,
      tags: [],
      prompt: null,
    })
  })

  it('are those that are stored', async () => {
    const action = await db.action.create({ data: { projectId: project.id, name: 'Seen' } })
    const id = await experimentWith({
      exposureCriteria: {
        filterTestAccounts: false,
        multiple_variant_handling: 'first_seen',
        exposure_config: { kind: 'ActionsNode', id: action.id, properties: [{ key: 'a' }] },
        activation_config: { kind: 'ExperimentEventExposureConfig', event: 'opened', properties: [] },
      },
      statsConfig: {
        method: 'frequentist',
        baseline_variant_key: 'test',
        frequentist: { alpha: 0.1, sequential_testing_enabled: true },
        cuped: { enabled: true, lookback_days: 400 },
      },
      parameters: { excluded_variants: ['old', 5], prompt_metadata: { name: 'greeter', versions: [2, 1], templates: ['latency', 'cost'] } },
      onlyCountMaturedUsers: true,
      tags: ['a'],
    })
    const { data } = await read(id, settings.replace('prompt { name }', 'prompt { name versions templates prompt { name } }'))
    expect(data.node).toMatchObject({
      exposure: {
        action: { name: 'Seen' },
        filters: [{ key: 'a' }],
        filterTestAccounts: false,
        multipleVariants: 'FIRST_SEEN',
        activation: { event: 'opened' },
      },
      // What is out of its bounds counts as absent.
      statistics: { method: 'FREQUENTIST', confidenceLevel: 0.9, cupedLookbackDays: 14, sequential: true, ofProject: false },
      baselineVariantKey: 'test',
      excludedVariantKeys: ['old'],
      onlyCountMaturedPersons: true,
      tags: ['a'],
      prompt: { name: 'greeter', versions: [2, 1], templates: ['LATENCY', 'COST'], prompt: null },
    })
  })

  it('tell what the fields cannot say', async () => {
    const stored = { filterTestAccounts: 'yes', exposure_config: { kind: 'Other' } }
    const { data } = await read(await experimentWith({ exposureCriteria: stored }), settings)
    expect(data.node.exposure).toMatchObject({ filterTestAccounts: true, event: null, raw: stored })
    expect(data.node.exposure.problem).toContain('the kind "Other" is not known')
    expect(data.node.exposure.problem).toContain('`filterTestAccounts` must be true or false')
    const flagCall = { exposure_config: { event: '$feature_flag_called', properties: [{ key: 'a' }] } }
    const named = await read(await experimentWith({ exposureCriteria: flagCall }), 'exposure { event filters problem }')
    expect(named.data.node.exposure).toEqual({ event: null, filters: [{ key: 'a' }], problem: null })
  })

  it('show the prompt only to keys that may read prompts', async () => {
    await db.prompt.createMany({ data: [1, 2].map((version) => ({ projectId: project.id, name: 'seen', prompt: 'Hi', version })) })
    const id = await experimentWith({ parameters: { prompt_metadata: { name: 'seen' } } })
    const selection = 'prompt { name prompt { name latestVersion } }'
    expect((await read(id, selection)).data.node.prompt).toEqual({ name: 'seen', prompt: { name: 'seen', latestVersion: 2 } })
    const key = await seedKey(db, tenant.user, { scopes: ['experiment:read'] })
    const { data, errors } = await read(id, selection, key)
    expect(data.node.prompt).toEqual({ name: 'seen', prompt: null })
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN'])
  })
})
