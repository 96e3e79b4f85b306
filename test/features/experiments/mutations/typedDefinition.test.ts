import { beforeAll, describe, expect, it } from 'vitest'
import type { Prisma, Project } from '../../../../src/database/generated/client.ts'
import { seedEvent, seedExperiment, seedFlag, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

// Metrics, exposure, statistics and tags of an experiment, written by types. What is stored is the form of the REST API.

const { db, run, time } = await testServer()
let tenant: Awaited<ReturnType<typeof seedTenant>>
let project: Project

beforeAll(async () => {
  tenant = await seedTenant(db)
  project = tenant.project
  await seedEvent(db, project, 'buy', time.now)
  await seedEvent(db, project, 'view', time.now)
})

type Change = {
  experiment: Prisma.ExperimentGetPayload<{ include: { savedMetrics: true } }> | null
  errors: Record<string, string>
  answer: string
}

async function send(name: 'createExperiment' | 'updateExperiment', input: object): Promise<Change> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) {
    __typename ... on Experiment { databaseId } ... on Error { message } ... on ValidationError { fieldErrors { path code message } } } }`
  const { data, errors } = await run(tenant.key, query, { input })
  if (errors !== undefined) throw new Error(errors[0]?.message)
  const { __typename: answer, databaseId: id = 0, fieldErrors = [] } = data[name]
  const experiment = await db.experiment.findUnique({ where: { id }, include: { savedMetrics: { orderBy: { savedMetricId: 'asc' } } } })
  return {
    answer,
    experiment,
    errors: Object.fromEntries(fieldErrors.map(({ path, message }: { path: string[]; message: string }) => [path.join('.'), message])),
  }
}

let serial = 0
const create = (input: object) =>
  send('createExperiment', { projectId: String(project.id), name: 'Typed', featureFlagKey: `typed-${++serial}`, ...input })
const seed = async (data: object = {}) =>
  (await seedExperiment(db, await seedFlag(db, project), data as Partial<Prisma.ExperimentUncheckedCreateInput>)).id
const update = (id: number, input: object) => send('updateExperiment', { id: globalId('Experiment', id), ...input })
const buy = { mean: { source: { event: 'buy' } } }
const stored = (uuid: string, event: string, fields: object = {}) => ({
  kind: 'ExperimentMetric',
  metric_type: 'mean',
  uuid,
  name: event,
  source: { kind: 'EventsNode', event },
  ...fields,
})
const withoutFingerprint = (metrics: unknown) => (metrics as { fingerprint?: string }[]).map(({ fingerprint: _, ...rest }) => rest)

describe('createExperiment', () => {
  it('stores each kind of metric in the form of the REST API', async () => {
    const action = await db.action.create({ data: { projectId: project.id, name: 'Bought' } })
    const { experiment, errors } = await create({
      primaryMetrics: [
        {
          mean: {
            name: 'Revenue',
            goal: 'DECREASE',
            source: { event: 'buy', math: 'SUM', mathProperty: 'amount', filters: [{ key: 'currency', value: 'EUR' }] },
            conversionWindow: { value: 7, unit: 'DAY' },
            breakdownProperties: ['$browser'],
            outliers: { upperPercentile: 0.99, ignoreZeros: true },
            threshold: 3,
          },
        },
        { funnel: { steps: [{ event: 'view' }, { actionId: globalId('Action', action.id) }], order: 'STRICT' } },
      ],
      secondaryMetrics: [
        { ratio: { numerator: { event: 'buy' }, denominator: { anyEvent: true }, denominatorOutliers: { lowerPercentile: 0.1 } } },
        {
          retention: {
            completion: { event: 'view', math: 'UNIQUE_GROUP', mathGroupTypeIndex: 1 },
            windowStart: 1,
            windowEnd: 7,
            unit: 'DAY',
          },
        },
        { raw: stored('r', 'buy') },
      ],
      exposure: {
        event: 'view',
        filters: [{ key: 'a' }],
        filterTestAccounts: false,
        multipleVariants: 'FIRST_SEEN',
        activation: { event: 'buy' },
      },
      statistics: { method: 'FREQUENTIST', confidenceLevel: 0.9, cupedLookbackDays: 7, sequential: true },
      onlyCountMaturedPersons: true,
      tags: [' a ', 'b', 'a'],
    })
    expect(errors).toEqual({})
    const kind = 'ExperimentMetric'
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
    expect(withoutFingerprint(experiment?.metrics)).toEqual([
      {
        kind,
        metric_type: 'mean',
        uuid,
        name: 'Revenue',
        goal: 'decrease',
        source: { kind: 'EventsNode', event: 'buy', math: 'sum', math_property: 'amount', properties: [{ key: 'currency', value: 'EUR' }] },
        conversion_window: 7,
        conversion_window_unit: 'day',
        breakdownFilter: { breakdowns: [{ property: '$browser', type: 'event' }] },
        upper_bound_percentile: 0.99,
        ignore_zeros: true,
        threshold: 3,
      },
      {
        kind,
        metric_type: 'funnel',
        uuid,
        series: [
          { kind: 'EventsNode', event: 'view' },
          { kind: 'ActionsNode', id: action.id },
        ],
        funnel_order_type: 'strict',
      },
    ])
    expect(withoutFingerprint(experiment?.metricsSecondary)).toEqual([
      {
        kind,
        metric_type: 'ratio',
        uuid,
        numerator: { kind: 'EventsNode', event: 'buy' },
        denominator: { kind: 'EventsNode', event: null },
        denominator_outlier_handling: { lower_bound_percentile: 0.1 },
      },
      {
        kind,
        metric_type: 'retention',
        uuid,
        start_event: { kind: 'ExperimentExposureNode' },
        completion_event: { kind: 'EventsNode', event: 'view', math: 'unique_group', math_group_type_index: 1 },
        retention_window_start: 1,
        retention_window_end: 7,
        retention_window_unit: 'day',
      },
      stored('r', 'buy'),
    ])
    expect(experiment).toMatchObject({
      exposureCriteria: {
        filterTestAccounts: false,
        multiple_variant_handling: 'first_seen',
        exposure_config: { kind: 'ExperimentEventExposureConfig', event: 'view', properties: [{ key: 'a' }] },
        activation_config: { kind: 'ExperimentEventExposureConfig', event: 'buy', properties: [] },
      },
      statsConfig: {
        method: 'frequentist',
        bayesian: { ci_level: 0.9 },
        frequentist: { alpha: 0.1, sequential_testing_enabled: true },
        cuped: { enabled: true, lookback_days: 7 },
      },
      onlyCountMaturedUsers: true,
      tags: ['a', 'b'],
    })
  })

  it('links saved metrics', async () => {
    const saved = await db.savedMetric.create({ data: { projectId: project.id, name: 'S', query: stored('saved-1', 'buy') } })
    const { experiment, errors } = await create({
      primaryMetrics: [buy],
      savedMetrics: [{ savedMetricId: String(saved.id), role: 'SECONDARY' }],
    })
    expect(errors).toEqual({})
    expect(experiment?.savedMetrics).toMatchObject([{ savedMetricId: saved.id, metadata: { type: 'secondary' } }])
  })

  it('names what is wrong by the path of the input', async () => {
    const deleted = await db.action.create({ data: { projectId: project.id, name: 'Gone', deleted: true } })
    const foreign = await db.action.create({ data: { projectId: (await seedProject(db, tenant.organization)).id, name: 'Theirs' } })
    const refused = async (input: object) => {
      const { errors, answer } = await create(input)
      expect(answer).toBe('ValidationError')
      return errors
    }
    const wrong = await refused({
      primaryMetrics: [
        { mean: { source: {} } },
        { mean: { source: { event: 'buy', anyEvent: true } } },
        { mean: { source: { event: ' ' } } },
        { mean: { source: { event: 'buy', math: 'SUM' } } },
        { mean: { source: { event: 'buy', mathProperty: 'x', math: 'EXPRESSION' } } },
        { mean: { source: { event: 'buy', math: 'AVG', mathProperty: 'x' }, threshold: 3, outliers: { lowerPercentile: 2 } } },
        { funnel: { steps: [] } },
        { funnel: { steps: [{ event: 'buy', filters: { type: 'AND' } }] } },
        { retention: { completion: { event: 'buy' }, windowStart: 3, windowEnd: 1, unit: 'DAY' } },
        { raw: { kind: 'ExperimentTrendsQuery' } },
        { raw: { kind: 'ExperimentMetric', metric_type: 'funnel', series: [{ kind: 'EventsNode', event: 'buy' }, 5] } },
      ],
      exposure: { event: 'a', actionId: '1' },
      statistics: { confidenceLevel: 1, cupedLookbackDays: 31 },
      tags: ['', 'x'],
    })
    expect(Object.keys(wrong).sort()).toEqual([
      'exposure',
      'primaryMetrics.0.mean.source',
      'primaryMetrics.1.mean.source',
      'primaryMetrics.10.raw.series.1',
      'primaryMetrics.2.mean.source.event',
      'primaryMetrics.3.mean.source.mathProperty',
      'primaryMetrics.4.mean.source.math',
      'primaryMetrics.4.mean.source.mathProperty',
      'primaryMetrics.5.mean.outliers.lowerPercentile',
      'primaryMetrics.5.mean.threshold',
      'primaryMetrics.6.funnel.steps',
      'primaryMetrics.7.funnel.steps.0.filters',
      'primaryMetrics.8.retention.windowEnd',
      'primaryMetrics.9.raw',
      'statistics.confidenceLevel',
      'statistics.cupedLookbackDays',
      'tags.0',
    ])
    const unknown = await refused({
      primaryMetrics: [
        { mean: { source: { event: 'never sent' } } },
        { funnel: { steps: [{ event: 'buy' }, { actionId: String(deleted.id) }, { actionId: globalId('Action', foreign.id) }] } },
        { raw: stored('x', 'never sent either') },
      ],
      exposure: { actionId: String(foreign.id) },
    })
    expect(unknown).toEqual({
      'primaryMetrics.0.mean.source.event': expect.stringContaining("Event(s) 'never sent' not found."),
      'primaryMetrics.1.funnel.steps.1.actionId': expect.stringContaining(`Action(s) with ID ${deleted.id} not found`),
      'primaryMetrics.1.funnel.steps.2.actionId': expect.stringContaining(`Action(s) with ID ${foreign.id} not found`),
      'primaryMetrics.2.raw': expect.stringContaining("'never sent either'"),
      'exposure.actionId': expect.stringContaining(`Action(s) with ID ${foreign.id} not found`),
    })
    expect((await create({ primaryMetrics: [{ mean: { source: { event: 'never sent' } } }], allowUnknownEvents: true })).errors).toEqual({})
    const nul = await refused({ primaryMetrics: [{ raw: stored('x', 'a\u0000b') }], tags: ['c\u0000d'] })
    expect(Object.keys(nul)).toEqual(['tags.0'])
    expect(Object.keys(await refused({ primaryMetrics: [{ raw: stored('x', 'a\u0000b') }] }))).toEqual(['primaryMetrics'])
    const twice = { metrics: [], primaryMetrics: [], statsConfig: {}, statistics: {}, exposureCriteria: {}, exposure: {} }
    expect(Object.keys(await refused(twice)).sort()).toEqual(['exposure', 'primaryMetrics', 'statistics'])
    expect(await refused({ primaryMetrics: Array(21).fill(buy) })).toEqual({ primaryMetrics: expect.stringContaining('at most 20') })
  })

  it('knows no saved metric of another project, none of the old engine, and none twice', async () => {
    const other = await db.savedMetric.create({
      data: { projectId: (await seedProject(db, tenant.organization)).id, name: 'Theirs', query: stored('their', 'buy') },
    })
    const old = await db.savedMetric.create({ data: { projectId: project.id, name: 'Old', query: { kind: 'ExperimentFunnelsQuery' } } })
    const ours = await db.savedMetric.create({ data: { projectId: project.id, name: 'Ours', query: stored('ours', 'buy') } })
    const use = (id: unknown) => ({ savedMetricId: String(id), role: 'PRIMARY' })
    const { errors } = await create({ savedMetrics: [use(other.id), use('abc'), use(old.id), use(ours.id), use(ours.id)] })
    expect(Object.keys(errors)).toEqual([0, 1, 2, 4].map((index) => `savedMetrics.${index}.savedMetricId`))
    const same = await create({ savedMetrics: [use(ours.id)], primaryMetrics: [{ mean: { uuid: 'ours', source: { event: 'buy' } } }] })
    expect(same.errors).toEqual({ 'primaryMetrics.0.mean.uuid': expect.stringContaining('saved metric') })
  })

  it('refuses an input of two kinds, and of none', async () => {
    await expect(create({ primaryMetrics: [{ ...buy, funnel: { steps: [{ event: 'buy' }] } }] })).rejects.toThrow()
    await expect(create({ primaryMetrics: [{}] })).rejects.toThrow()
    await expect(create({ primaryMetrics: [{ mean: null }] })).rejects.toThrow()
  })
})

describe('updateExperiment', () => {
  it('keeps what types cannot say of a metric with the same UUID, and its place in the audit', async () => {
    const id = await seed({ metrics: [stored('a', 'buy', { unknown: { deep: [1] }, fingerprint: 'theirs' }), stored('b', 'view')] })
    const { experiment, errors } = await update(id, {
      primaryMetrics: [
        { mean: { uuid: 'b', name: 'view', source: { event: 'view' } } },
        { mean: { uuid: 'a', name: 'Bought', source: { event: 'buy' } } },
      ],
    })
    expect(errors).toEqual({})
    expect(experiment?.metrics).toEqual([
      // Unchanged, to the byte.
      stored('b', 'view'),
      { ...stored('a', 'buy', { unknown: { deep: [1] } }), name: 'Bought', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ])
    const entry = await db.activity.findFirstOrThrow({ where: { experimentId: id } })
    expect(Object.keys(entry.after as object)).toEqual(['metrics'])
  })

  it('gives a repeated or missing UUID a new one', async () => {
    const id = await seed({ metrics: [stored('a', 'buy')], metricsSecondary: [stored('c', 'view')] })
    const again = (uuid: string | null) => ({ mean: { uuid, source: { event: 'buy' } } })
    const { experiment } = await update(id, { primaryMetrics: [again('a'), again('a'), again(null), again('c')] })
    const metrics = (experiment?.metrics ?? []) as { uuid: string }[]
    const uuids = metrics.map(({ uuid }) => uuid)
    expect(uuids[0]).toBe('a')
    expect(new Set([...uuids, 'c']).size).toBe(5)
  })

  it('writes an opaque metric back as it is, and refuses a changed one', async () => {
    const free = stored('x', 'buy', {
      source: { kind: 'EventsNode', event: 'gone', math: 'hogql', math_hogql: 'sum(1)' },
      fingerprint: 'f',
    })
    const odd = { kind: 'Other', huge: 12345 }
    const id = await seed({ metrics: [odd, free, 'text'] })
    const { data } = await run(
      tenant.key,
      `{ node(id: "${globalId('Experiment', id)}") { ... on Experiment { primaryMetrics {
      __typename ... on OpaqueMetric { raw } } } } }`,
    )
    const raws = data.node.primaryMetrics.map(({ raw }: { raw: unknown }) => ({ raw }))
    const { experiment, errors } = await update(id, { primaryMetrics: [...raws, buy] })
    expect(errors).toEqual({})
    expect(experiment?.metrics).toEqual([odd, free, 'text', expect.anything()])
    const changed = await update(id, { primaryMetrics: [{ raw: { ...odd, huge: 2 } }] })
    expect(changed.errors).toEqual({ 'primaryMetrics.0.raw': "Invalid metric: kind must be 'ExperimentMetric'." })
  })

  it('replaces links, keeps the places of saved metrics, and tells the audit', async () => {
    const [first, second, third] = await db.savedMetric.createManyAndReturn({
      data: ['1', '2', '3'].map((name) => ({ projectId: project.id, name, query: stored(`s${name}`, 'buy') })),
    })
    const id = await seed({ metrics: [stored('a', 'buy'), stored('b', 'view')], primaryMetricsOrderedUuids: ['s1', 'a', 's2', 'b'] })
    await db.experimentSavedMetric.createMany({
      data: [first, second].map((metric) => ({ experimentId: id, savedMetricId: metric?.id ?? 0, metadata: { type: 'primary', note: 1 } })),
    })
    const mean = (uuid: string, event: string) => ({ mean: { uuid, name: event, source: { event } } })
    const reordered = await update(id, { primaryMetrics: [mean('b', 'view'), mean('a', 'buy')] })
    expect(reordered.experiment?.primaryMetricsOrderedUuids).toEqual(['s1', 'b', 's2', 'a'])
    const { experiment, errors } = await update(id, {
      savedMetrics: [
        { savedMetricId: String(second?.id), role: 'SECONDARY' },
        { savedMetricId: globalId('SavedMetric', third?.id ?? 0), role: 'PRIMARY' },
      ],
    })
    expect(errors).toEqual({})
    expect(experiment?.savedMetrics.map(({ savedMetricId, metadata }) => [savedMetricId, metadata])).toEqual([
      [second?.id, { type: 'secondary', note: 1 }],
      [third?.id, { type: 'primary' }],
    ])
    expect(experiment?.primaryMetricsOrderedUuids).toEqual(['b', 'a', 's3'])
    const entry = await db.activity.findFirstOrThrow({ where: { experimentId: id }, orderBy: { id: 'desc' } })
    expect(entry.before).toMatchObject({ savedMetrics: [{ savedMetricId: first?.id, role: 'primary' }, { savedMetricId: second?.id }] })
    expect((await update(id, { savedMetrics: [], tags: [] })).experiment?.savedMetrics).toEqual([])
  })

  it('replaces exposure and statistics as a whole, but for what types cannot say', async () => {
    const id = await seed({
      statsConfig: { method: 'bayesian', baseline_variant_key: 'test', version: 2, bayesian: { ci_level: 0.9, difference: 'absolute' } },
      exposureCriteria: { filterTestAccounts: false, multiple_variant_handling: 'first_seen', unknown: 1 },
      tags: ['a'],
    })
    const { experiment } = await update(id, { statistics: {}, exposure: {}, tags: null, primaryMetrics: null })
    expect(experiment?.statsConfig).toEqual({ baseline_variant_key: 'test', version: 2, bayesian: { difference: 'absolute' } })
    expect(experiment?.exposureCriteria).toEqual({ filterTestAccounts: true, multiple_variant_handling: 'exclude', unknown: 1 })
    expect(experiment?.tags).toEqual(['a'])
    const cleared = await update(id, { tags: [], onlyCountMaturedPersons: true })
    expect(cleared.experiment).toMatchObject({ tags: [], onlyCountMaturedUsers: true })
  })

  it('refuses typed metrics on an experiment of the old engine, and typed beside raw', async () => {
    const id = await seed({ metrics: [{ kind: 'ExperimentTrendsQuery' }] })
    expect(Object.keys((await update(id, { primaryMetrics: [] })).errors)).toContain('primaryMetrics')
    const both = await update(await seed(), { metricsSecondary: [], secondaryMetrics: [] })
    expect(Object.keys(both.errors)).toEqual(['secondaryMetrics'])
  })

  it('counts all metrics, but lets an experiment with more change', async () => {
    const many = Array.from({ length: 25 }, (_, n) => stored(`m${n}`, 'buy'))
    const id = await seed({ metrics: many })
    const typed = (n: number) => ({ mean: { uuid: `m${n}`, name: 'buy', source: { event: 'buy' } } })
    expect((await update(id, { primaryMetrics: many.map((_, n) => typed(24 - n)) })).errors).toEqual({})
    expect((await update(id, { secondaryMetrics: [buy] })).errors).toEqual({ secondaryMetrics: expect.stringContaining('at most 20') })
  })
})
