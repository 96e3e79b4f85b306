import { describe, expect, it } from 'vitest'
import { snapshotFlagsAndExperiments } from '../../../support/approvals.ts'
import { controlAndTest, ownFlagValues, seedEvent, seedExperiment, seedFlag, seedKey, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, time } = await testServer()

const started = new Date('2026-11-10T08:00:00Z')

/** Does a mutation: its member of the union, and the errors of the operation. */
async function ask(
  key: string,
  mutation: 'createExperiment' | 'createExperimentFromPrompt' | 'updateExperiment',
  input: object,
  fields = `databaseId name description type status startDate endDate conclusion conclusionComment parameters metrics metricsSecondary
    statsConfig exposureCriteria createdBy { id }
    featureFlag { databaseId key name active version filters lastModifiedBy { id } }`,
) {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  const state = mutation === 'updateExperiment' ? '... on InvalidStateError { state }' : ''
  const { data, errors } = await run(
    key,
    `mutation ($input: ${type}!) { result: ${mutation}(input: $input) {
      __typename ... on Experiment { ${fields} } ... on Error { code message } ${state} ... on ValidationError { fieldErrors { path code message } }
    } }`,
    { input },
  )
  return { ...data?.result, errors }
}

async function written() {
  return [await snapshotFlagsAndExperiments(db), await db.activity.count(), await db.changeRequest.count()]
}

/** What is refused as wrong, and that nothing came of it. */
async function faults(...asked: Parameters<typeof ask>) {
  const before = await written()
  const answer = await ask(...asked)
  expect(answer).toMatchObject({ __typename: 'ValidationError', code: 'VALIDATION_FAILED' })
  expect(await written()).toEqual(before)
  return answer.fieldErrors as { path: string[]; code: string; message: string }[]
}

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
const fingerprint = expect.stringMatching(/^[0-9a-f]{64}$/)
const twoVariants = 'Feature flag must have at least 2 variants (control and at least one test variant)'
const noControl = "Feature flag must have a variant with key 'control'"

function mean(event: string, more: object = {}) {
  return { kind: 'ExperimentMetric', metric_type: 'mean', source: { kind: 'EventsNode', event }, ...more }
}

describe('createExperiment', () => {
  it('makes a draft and its flag, off, with what nobody says filled in', async () => {
    const { key, user, project } = await seedTenant(db)
    const answer = await ask(key, 'createExperiment', { projectId: project.id, name: 'Checkout', featureFlagKey: 'checkout' })
    const variants = [
      { key: 'control', name: 'Control Group', rollout_percentage: 50 },
      { key: 'test', name: 'Test Variant', rollout_percentage: 50 },
    ]
    expect(answer).toMatchObject({
      __typename: 'Experiment',
      name: 'Checkout',
      description: '',
      type: 'PRODUCT',
      status: 'DRAFT',
      startDate: null,
      metrics: [],
      statsConfig: { method: 'bayesian' },
      exposureCriteria: { filterTestAccounts: true },
      createdBy: { id: globalId('User', user.id) },
      featureFlag: {
        key: 'checkout',
        name: 'Feature Flag for Experiment Checkout',
        active: false,
        version: 1,
        lastModifiedBy: { id: globalId('User', user.id) },
      },
    })
    const row = await db.experiment.findUniqueOrThrow({ where: { id: answer.databaseId }, include: { featureFlag: true } })
    expect(row).toMatchObject({ projectId: project.id, startDate: null, createdById: user.id, createdAt: time.now, deleted: false })
    expect(row.parameters).toMatchObject({ feature_flag_variants: variants, rollout_percentage: 100 })
    expect(row.featureFlag).toMatchObject({ projectId: project.id, createdById: user.id, createdAt: time.now })
    expect(row.featureFlag.filters).toEqual({
      groups: [{ properties: [], rollout_percentage: 100 }],
      multivariate: { variants },
      holdout: null,
    })
  })

  it('takes variants with payloads, a percentage, a holdout and a start', async () => {
    const { key, project } = await seedTenant(db)
    const holdout = await db.holdout.create({
      data: { projectId: project.id, name: 'Kept out', filters: [{ properties: [], rollout_percentage: 7, variant: 'holdout-1' }] },
    })
    const answer = await ask(key, 'createExperiment', {
      projectId: project.id,
      name: 'Checkout',
      featureFlagKey: 'checkout',
      // A single other spelling of control is control.
      variants: [
        { key: 'blue', rolloutPercentage: 40, payload: { colour: 'blue' } },
        { key: 'Control', name: 'As it is', rolloutPercentage: 60 },
      ],
      rolloutPercentage: 20,
      holdoutId: String(holdout.id),
      startDate: started.toISOString(),
    })
    expect(answer).toMatchObject({ status: 'RUNNING', featureFlag: { active: true } })
    expect(answer.featureFlag.filters).toEqual({
      groups: [{ properties: [], rollout_percentage: 20 }],
      multivariate: {
        variants: [
          { key: 'blue', rollout_percentage: 40 },
          { key: 'control', name: 'As it is', rollout_percentage: 60 },
        ],
      },
      payloads: { blue: '{"colour":"blue"}' },
      holdout: { id: holdout.id, exclusion_percentage: 7 },
    })
    expect(await db.experiment.findUniqueOrThrow({ where: { id: answer.databaseId } })).toMatchObject({
      startDate: started,
      holdoutId: holdout.id,
    })
  })

  it('uses a live flag of the key as it is: its variants win, control need not be first', async () => {
    const { key, project } = await seedTenant(db)
    const variants = [
      { key: 'blue', rollout_percentage: 30 },
      { key: 'control', rollout_percentage: 70 },
    ]
    const holdout = await db.holdout.create({ data: { projectId: project.id, name: 'Kept out', filters: [] } })
    const groups = [{ properties: [], rollout_percentage: 30 }]
    const filters = { groups, multivariate: { variants }, holdout: { id: holdout.id, exclusion_percentage: 7 } }
    const flag = await seedFlag(db, project, { key: 'used', filters })
    const answer = await ask(key, 'createExperiment', {
      projectId: project.id,
      name: 'Again',
      featureFlagKey: 'used',
      variants: [],
      rolloutPercentage: null,
      holdoutId: String(holdout.id),
    })
    expect(answer).toMatchObject({
      featureFlag: { databaseId: flag.id, version: 1 },
      parameters: { feature_flag_variants: variants, rollout_percentage: 30 },
    })
    expect(ownFlagValues(await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } }))).toEqual(ownFlagValues(flag))
    expect(await db.experiment.findUniqueOrThrow({ where: { id: answer.databaseId } })).toMatchObject({ holdoutId: holdout.id })
  })

  it('refuses, and names, each input that a flag that is there already would drop', async () => {
    const { key, project } = await seedTenant(db)
    const filters = [{ properties: [], rollout_percentage: 7, variant: 'holdout-1' }]
    const holdout = await db.holdout.create({ data: { projectId: project.id, name: 'Kept out', filters } })
    await seedFlag(db, project, { key: 'used' })
    const input = { projectId: project.id, name: 'Again', featureFlagKey: 'used' }
    const variants = [
      { key: 'control', rolloutPercentage: 50 },
      { key: 'test', rolloutPercentage: 50 },
    ]
    const dropped = { variants, rolloutPercentage: 100, holdoutId: String(holdout.id) }
    const paths = (found: { path: string[] }[]) => found.map(({ path }) => path.join('.'))
    for (const [name, value] of Object.entries(dropped)) {
      expect(paths(await faults(key, 'createExperiment', { ...input, [name]: value }))).toEqual([name])
    }
    expect(paths(await faults(key, 'createExperiment', { ...input, ...dropped }))).toEqual(Object.keys(dropped))
  })

  it('makes a flag where only a deleted one, or one of another project, has the key', async () => {
    const { key, organization, project } = await seedTenant(db)
    const other = await seedProject(db, organization)
    const taken = [await seedFlag(db, other, { key: 'free' }), await seedFlag(db, project, { key: 'free', deleted: true })]
    const answer = await ask(key, 'createExperiment', { projectId: project.id, name: 'New', featureFlagKey: 'free' })
    expect(answer.__typename).toBe('Experiment')
    expect(taken.map(({ id }) => id)).not.toContain(answer.featureFlag.databaseId)
  })

  it('rejects a flag that cannot serve an experiment', async () => {
    const { key, project } = await seedTenant(db)
    await seedFlag(db, project, { key: 'boolean', filters: { groups: [] } })
    const path = ['featureFlagKey']
    expect(await faults(key, 'createExperiment', { projectId: project.id, name: 'x', featureFlagKey: 'boolean' })).toEqual([
      { path, code: 'invalid_input', message: twoVariants },
      { path, code: 'invalid_input', message: noControl },
    ])
  })

  it('tells everything that is wrong at once, and where', async () => {
    const { key, project } = await seedTenant(db)
    const found = await faults(key, 'createExperiment', {
      projectId: project.id,
      name: ' ',
      featureFlagKey: 'not ok',
      description: 'x'.repeat(3_001),
      rolloutPercentage: 101,
      variants: [
        { key: 'a', rolloutPercentage: 50 },
        { key: 'a', rolloutPercentage: 40 },
      ],
      metrics: [mean('x'), { kind: 'ExperimentTrendsQuery' }, { kind: 'ExperimentMetric', metric_type: 'funnel', series: [] }],
      metricsSecondary: [7],
      statsConfig: { method: 'magic', baseline_variant_key: 'nobody' },
      exposureCriteria: [],
      holdoutId: '999999',
      startDate: '2026-11-10T00:00:00Z',
      endDate: '2026-11-10T00:00:00Z',
    })
    expect(found.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['name', 'This field may not be blank.'],
      ['description', 'Ensure this field has no more than 3000 characters.'],
      ['rolloutPercentage', 'Must be a number from 0 to 100.'],
      ['metrics.1', expect.stringMatching(/^Invalid metric at index 1: /)],
      ['metrics.2', expect.stringMatching(/^Invalid metric at index 2: /)],
      ['metricsSecondary.0', expect.stringMatching(/^Invalid metric at index 0: /)],
      ['exposureCriteria', 'Must be an object.'],
      ['featureFlagKey', 'Only letters, numbers, hyphens (-) & underscores (_) are allowed.'],
      ['variants', 'Variant keys must be unique, duplicated: a.'],
      ['variants', 'Variant rollout percentages must sum to 100, got 90.'],
      ['statsConfig.method', expect.any(String)],
      ['statsConfig.baseline_variant_key', expect.any(String)],
      ['endDate', 'End date must be after start date'],
      ['holdoutId', 'Invalid pk "999999" - object does not exist.'],
    ])
  })

  it.each([
    ['one', [{ key: 'control', rolloutPercentage: 100 }], [twoVariants]],
    [
      'too many',
      Array.from({ length: 21 }, (_, i) => ({ key: `v${i}`, rolloutPercentage: 1 })),
      ['Feature flag variants must be less than 21'],
    ],
  ])('rejects %s variants', async (_, variants, messages) => {
    const { key, project } = await seedTenant(db)
    const found = await faults(key, 'createExperiment', { projectId: project.id, name: 'x', featureFlagKey: 'x', variants })
    expect(found.map(({ message }) => message)).toEqual(messages)
  })

  it('names metrics and fingerprints them; a UUID that comes twice is made anew', async () => {
    const { key, project } = await seedTenant(db)
    await seedEvent(db, project, 'bought', time.now)
    const answer = await ask(key, 'createExperiment', {
      projectId: project.id,
      name: 'x',
      featureFlagKey: 'x',
      metrics: [mean('bought', { uuid: 'mine' }), mean('bought', { uuid: ' ' })],
      metricsSecondary: [mean('bought', { uuid: 'mine' })],
    })
    expect(answer).toMatchObject({
      metrics: [
        { uuid: 'mine', fingerprint },
        { uuid, fingerprint },
      ],
      metricsSecondary: [{ uuid, fingerprint }],
    })
  })

  it('rejects events and actions that the project does not have, unless unknown events are allowed', async () => {
    const { key, project } = await seedTenant(db)
    const stranger = await seedTenant(db)
    await seedEvent(db, stranger.project, 'bought', time.now)
    const action = await db.action.create({ data: { projectId: stranger.project.id, name: 'theirs' } })
    const onAction = { kind: 'ExperimentMetric', metric_type: 'mean', source: { kind: 'ActionsNode', id: action.id } }
    const input = { projectId: project.id, name: 'x', featureFlagKey: 'x', metrics: [mean('bought')], metricsSecondary: [onAction] }
    expect(await faults(key, 'createExperiment', input)).toEqual([
      { path: ['metrics'], code: 'does_not_exist', message: expect.stringMatching(/^Event\(s\) 'bought' not found\. /) },
      {
        path: ['metricsSecondary'],
        code: 'does_not_exist',
        message: expect.stringMatching(new RegExp(`^Action\\(s\\) with ID ${action.id} not found or deleted\\. `)),
      },
    ])
    expect(await faults(key, 'createExperiment', { ...input, allowUnknownEvents: true })).toMatchObject([{ path: ['metricsSecondary'] }])
    const { metricsSecondary: _, ...onEvents } = input
    expect((await ask(key, 'createExperiment', { ...onEvents, allowUnknownEvents: true })).__typename).toBe('Experiment')
    expect((await ask(key, 'createExperiment', { ...onEvents, metrics: [mean('')], featureFlagKey: 'y' })).__typename).toBe('Experiment')
  })

  it("fills in the project's own defaults, and keeps what is given", async () => {
    const { key, organization } = await seedTenant(db)
    const project = await seedProject(db, organization, {
      defaultExperimentStatsMethod: 'frequentist',
      defaultExperimentConfidenceLevel: '0.9',
      defaultOnlyCountMaturedUsers: true,
    })
    const input = { projectId: project.id, name: 'x', featureFlagKey: 'x' }
    const { databaseId, statsConfig } = await ask(key, 'createExperiment', input)
    expect(statsConfig).toEqual({ method: 'frequentist', bayesian: { ci_level: 0.9 }, frequentist: { alpha: 0.1 } })
    expect((await db.experiment.findUniqueOrThrow({ where: { id: databaseId } })).onlyCountMaturedUsers).toBe(true)
    const own = { method: 'bayesian', baseline_variant_key: 'test' }
    const given = await ask(key, 'createExperiment', { ...input, statsConfig: own, exposureCriteria: { filterTestAccounts: false } })
    expect(given).toMatchObject({ statsConfig: own, exposureCriteria: { filterTestAccounts: false } })
  })

  it('needs experiment:write', async () => {
    const { user, project } = await seedTenant(db)
    const key = await seedKey(db, user, { scopes: ['experiment:read', 'feature_flag:write'] })
    const before = await written()
    const { errors } = await ask(key, 'createExperiment', { projectId: project.id, name: 'x', featureFlagKey: 'x' }, 'name')
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'experiment:write' })
    expect(await written()).toEqual(before)
  })

  it('does not find projects that are not there, or are hidden', async () => {
    const { key } = await seedTenant(db)
    const stranger = await seedTenant(db)
    const before = await written()
    for (const projectId of [stranger.project.id, 999_999, 'x', globalId('Experiment', stranger.project.id)]) {
      expect(await ask(key, 'createExperiment', { projectId, name: 'x', featureFlagKey: 'x' })).toMatchObject({
        __typename: 'NotFoundError',
        code: 'NOT_FOUND',
      })
    }
    expect(await written()).toEqual(before)
  })

  it('rejects a key with a NUL in it, like any other that is none', async () => {
    const { key, project } = await seedTenant(db)
    expect(await faults(key, 'createExperiment', { projectId: project.id, name: 'x', featureFlagKey: 'a\u0000b' })).toMatchObject([
      { path: ['featureFlagKey'], code: 'invalid_key' },
    ])
  })

  it('rejects an end without a start, as updateExperiment does', async () => {
    const { key, project } = await seedTenant(db)
    const input = { projectId: project.id, name: 'x', featureFlagKey: 'x', endDate: '2026-11-11T00:00:00Z' }
    expect(await faults(key, 'createExperiment', input)).toMatchObject([{ path: ['endDate'] }])
  })
})

describe('createExperimentFromPrompt', () => {
  async function greeter(versions = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) {
    const tenant = await seedTenant(db)
    await db.prompt.createMany({
      data: versions.map((version) => ({ projectId: tenant.project.id, name: 'greeter', prompt: 'Hello', version })),
    })
    return { ...tenant, input: { projectId: tenant.project.id, promptName: 'greeter', versions: [3, 1], templates: ['COST'] } }
  }

  it('makes up name, key, variants, payloads and metrics; a taken key is counted up', async () => {
    const { key, user, project, input } = await greeter()
    const answer = await ask(key, 'createExperimentFromPrompt', input)
    const variants = [
      { key: 'control', name: 'v3', rollout_percentage: 50 },
      { key: 'test', name: 'v1', rollout_percentage: 50 },
    ]
    const payloads = { control: { prompt_name: 'greeter', prompt_version: 3 }, test: { prompt_name: 'greeter', prompt_version: 1 } }
    expect(answer).toMatchObject({
      __typename: 'Experiment',
      name: 'greeter: v3, v1 (cost)',
      description: '',
      status: 'DRAFT',
      statsConfig: { method: 'bayesian' },
      exposureCriteria: { filterTestAccounts: true },
      featureFlag: { key: 'greeter-v3-v1-cost', name: 'Feature Flag for Experiment greeter: v3, v1 (cost)', active: false, version: 1 },
    })
    const ofPrompt = { key: '$ai_prompt_name', type: 'event', operator: 'exact', value: 'greeter' }
    const source = { kind: 'EventsNode', event: '$ai_generation', math: 'sum', math_property: '$ai_total_cost_usd', properties: [ofPrompt] }
    expect(answer.metrics).toEqual([
      { kind: 'ExperimentMetric', metric_type: 'mean', name: 'Cost', goal: 'decrease', source, uuid, fingerprint },
    ])
    const row = await db.experiment.findUniqueOrThrow({ where: { id: answer.databaseId }, include: { featureFlag: true } })
    expect(row).toMatchObject({ createdById: user.id, primaryMetricsOrderedUuids: [answer.metrics[0].uuid] })
    const stored = row.featureFlag.filters as { payloads: Record<string, string>; multivariate: object }
    expect(stored).toMatchObject({ groups: [{ properties: [], rollout_percentage: 100 }], multivariate: { variants } })
    expect(Object.fromEntries(Object.entries(stored.payloads).map(([name, text]) => [name, JSON.parse(text)]))).toEqual(payloads)
    expect(row.parameters).toEqual({
      feature_flag_variants: variants,
      feature_flag_payloads: stored.payloads,
      rollout_percentage: 100,
      prompt_metadata: { name: 'greeter', templates: ['cost'], versions: [3, 1] },
    })
    for (const next of ['greeter-v3-v1-cost-2', 'greeter-v3-v1-cost-3']) {
      expect((await ask(key, 'createExperimentFromPrompt', input)).featureFlag.key).toBe(next)
    }
    expect(await db.featureFlag.count({ where: { projectId: project.id } })).toBe(3)
  })

  it.each([
    [2, [50, 50], ['control', 'test']],
    [3, [33, 33, 34], ['control', 'test-1', 'test-2']],
    [6, [16, 16, 16, 16, 16, 20], ['control', 'test-1', 'test-2', 'test-3', 'test-4', 'test-5']],
    [7, [14, 14, 14, 14, 14, 14, 16], null],
    [8, [12, 12, 12, 12, 12, 12, 12, 16], null],
    [9, [11, 11, 11, 11, 11, 11, 11, 11, 12], null],
    [10, [10, 10, 10, 10, 10, 10, 10, 10, 10, 10], null],
  ])('shares 100 per cent among %i versions', async (count, shares, keys) => {
    const { key, input } = await greeter()
    const versions = Array.from({ length: count }, (_, index) => count - index)
    const { variants } = (await ask(key, 'createExperimentFromPrompt', { ...input, versions })).featureFlag.filters.multivariate
    expect(variants.map((variant: { rollout_percentage: number }) => variant.rollout_percentage)).toEqual(shares)
    expect(variants.map((variant: { name: string }) => variant.name)).toEqual(versions.map((version) => `v${version}`))
    if (keys !== null) expect(variants.map((variant: { key: string }) => variant.key)).toEqual(keys)
  })

  it('has one metric a template, in their order', async () => {
    const { key, input } = await greeter()
    const answer = await ask(key, 'createExperimentFromPrompt', { ...input, templates: ['EVAL_PASS_RATE', 'LATENCY', 'COST'] })
    expect(answer.name).toBe('greeter: v3, v1 (eval_pass_rate, latency, cost)')
    expect(answer.featureFlag.key).toBe('greeter-v3-v1-eval_pass_rate-latency-cost')
    const [rate, latency, cost] = answer.metrics
    expect([rate.name, latency.name, cost.name]).toEqual(['Eval pass rate', 'Latency', 'Cost'])
    expect(latency.source.math_property).toBe('$ai_latency')
    expect(rate).not.toHaveProperty('goal')
    const keysOf = (node: { event: string; properties: { key: string }[] }) => [
      node.event,
      ...node.properties.map((property) => property.key),
    ]
    const applicable = "JSONExtractRaw(properties, '$ai_evaluation_applicable') != 'false'"
    const boolean = "JSONExtractString(properties, '$ai_evaluation_result_type') IN ('', 'boolean')"
    const result = "JSONExtractBool(properties, '$ai_evaluation_result')"
    expect(keysOf(rate.numerator)).toEqual(['$ai_evaluation', '$ai_prompt_name', result, applicable, boolean])
    expect(keysOf(rate.denominator)).toEqual(['$ai_evaluation', '$ai_prompt_name', applicable, boolean])
    const { primaryMetricsOrderedUuids } = await db.experiment.findUniqueOrThrow({ where: { id: answer.databaseId } })
    expect(primaryMetricsOrderedUuids).toEqual([rate.uuid, latency.uuid, cost.uuid])
  })

  it.each([
    ['  Zoë’s _Größe_ -- test! ', 'zoes-_groe_-test'],
    ['---', 'experiment'],
    ['日本', 'experiment'],
    ['x'.repeat(300), 'x'.repeat(200)],
  ])('makes the key of the name %j', async (name, slug) => {
    const { key, input } = await greeter()
    expect(await ask(key, 'createExperimentFromPrompt', { ...input, name })).toMatchObject({ name, featureFlag: { key: slug } })
  })

  it('takes a name and a key; blank ones are none, and the key of a deleted flag is free', async () => {
    const { key, project, input } = await greeter()
    await seedFlag(db, project, { key: 'greeter-v3-v1-cost', deleted: true })
    expect(await ask(key, 'createExperimentFromPrompt', { ...input, name: ' ', featureFlagKey: ' ' })).toMatchObject({
      name: 'greeter: v3, v1 (cost)',
      featureFlag: { key: 'greeter-v3-v1-cost' },
    })
    expect(
      await ask(key, 'createExperimentFromPrompt', { ...input, name: 'Own', featureFlagKey: 'mine', description: 'why' }),
    ).toMatchObject({
      name: 'Own',
      description: 'why',
      featureFlag: { key: 'mine' },
    })
  })

  it('names the versions that are missing in the order they were given, and a key that is taken', async () => {
    const { key, project, input } = await greeter([1, 3])
    await db.prompt.create({ data: { projectId: project.id, name: 'greeter', prompt: '', version: 5, deleted: true } })
    const stranger = await seedTenant(db)
    await db.prompt.create({ data: { projectId: stranger.project.id, name: 'greeter', prompt: '', version: 2 } })
    await seedFlag(db, project, { key: 'taken' })
    const asked = { ...input, versions: [9, 1, 5, 2], featureFlagKey: 'taken' }
    expect(await faults(key, 'createExperimentFromPrompt', asked)).toMatchObject([
      { path: ['versions'], message: "Versions not found for prompt 'greeter': [9, 5, 2]" },
      {
        path: ['featureFlagKey'],
        message: "Feature flag 'taken' already exists for this project. Pick a different key, or omit this field to auto-generate one.",
      },
    ])
    expect(await faults(key, 'createExperimentFromPrompt', { ...input, promptName: 'nobody' })).toMatchObject([
      { path: ['versions'], message: "Versions not found for prompt 'nobody': [3, 1]" },
    ])
  })

  it.each([
    [{ versions: [1] }, [['versions', 'Ensure this field has at least 2 elements.']]],
    [{ versions: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] }, [['versions', 'Ensure this field has no more than 10 elements.']]],
    [{ versions: [1, 1] }, [['versions', 'versions must not contain duplicates.']]],
    [{ versions: [1, 0] }, [['versions.1', 'Ensure this value is greater than or equal to 1.']]],
    [{ templates: [] }, [['templates', 'Ensure this field has at least 1 elements.']]],
    [{ templates: ['COST', 'COST'] }, [['templates', 'templates must not contain duplicates.']]],
    [{ featureFlagKey: 'a b' }, [['featureFlagKey', 'Only letters, numbers, hyphens (-) & underscores (_) are allowed.']]],
    [
      { promptName: ' ', versions: [0], templates: [], name: 'x'.repeat(401), description: 'x'.repeat(3_001) },
      [
        ['promptName', 'This field may not be blank.'],
        ['versions', 'Ensure this field has at least 2 elements.'],
        ['versions.0', 'Ensure this value is greater than or equal to 1.'],
        ['templates', 'Ensure this field has at least 1 elements.'],
        ['name', 'Ensure this field has no more than 400 characters.'],
        ['description', 'Ensure this field has no more than 3000 characters.'],
      ],
    ],
  ])('rejects %j', async (wrong, told) => {
    const { key, input } = await greeter()
    const found = await faults(key, 'createExperimentFromPrompt', { ...input, ...wrong })
    expect(found.map(({ path, message }) => [path.join('.'), message])).toEqual(told)
  })

  it.each([
    [['llm_prompt:read', 'experiment:read'], 'experiment:write'],
    [['experiment:write'], 'llm_prompt:read'],
    [['feature_flag:read'], 'experiment:write'],
  ])('with the scopes %j lacks %s', async (scopes, requiredScope) => {
    const { user, input } = await greeter()
    const before = await written()
    const { errors } = await ask(await seedKey(db, user, { scopes }), 'createExperimentFromPrompt', input, 'name')
    expect(errors?.[0]).toMatchObject({
      message: `API key missing required scope '${requiredScope}'`,
      extensions: { code: 'FORBIDDEN', requiredScope },
    })
    expect(await written()).toEqual(before)
  })
})

describe('updateExperiment', () => {
  async function scene(experiment: object = {}, filters: object = {}, flag: object = {}) {
    const tenant = await seedTenant(db)
    const row = await seedFlag(db, tenant.project, { key: 'checkout', active: false, filters: { ...controlAndTest, ...filters }, ...flag })
    const made = await seedExperiment(db, row, { name: 'Checkout', ...experiment })
    return { ...tenant, flag: row, experiment: made, id: globalId('Experiment', made.id) }
  }
  const rowOf = ({ id }: { id: number }) => db.experiment.findUniqueOrThrow({ where: { id }, include: { featureFlag: true } })
  const blue = [
    { key: 'control', rolloutPercentage: 70 },
    { key: 'blue', rolloutPercentage: 30, payload: 7 },
  ]

  it('sets what is given, clears what may be null, and leaves the rest and the flag', async () => {
    const { key, id, experiment, flag } = await scene({ description: 'why', conclusion: 'won', conclusionComment: 'clear' })
    expect(await ask(key, 'updateExperiment', { id, name: 'New', conclusion: null, statsConfig: null })).toMatchObject({
      name: 'New',
      description: 'why',
      conclusion: null,
      conclusionComment: 'clear',
    })
    expect(await ask(key, 'updateExperiment', { id, description: null, conclusionComment: null, name: null })).toMatchObject({
      name: 'New',
      description: null,
      conclusionComment: null,
    })
    const row = await rowOf(experiment)
    expect(row.updatedAt).toEqual(time.now)
    expect(ownFlagValues(row.featureFlag)).toEqual(ownFlagValues(flag))
  })

  it('gives a metric with the UUID of a saved metric of the experiment a new one, also when it was stored so', async () => {
    const metrics = [mean('x', { uuid: 'shared' })]
    const { key, id, experiment, project } = await scene({ metrics })
    const savedMetric = await db.savedMetric.create({ data: { projectId: project.id, name: 'Shared', query: { uuid: 'shared' } } })
    await db.experimentSavedMetric.create({ data: { experimentId: experiment.id, savedMetricId: savedMetric.id } })
    for (const change of [{ metricsSecondary: metrics }, { statsConfig: { method: 'frequentist' } }]) {
      const answer = await ask(key, 'updateExperiment', { id, ...change })
      expect([answer.metrics, answer.metricsSecondary].flat().map(({ uuid }) => uuid)).toEqual([uuid, uuid])
    }
    const renamed = await ask(key, 'updateExperiment', { id, metrics: [mean('x', { uuid: 'own' })] })
    expect(renamed.metrics).toMatchObject([{ uuid: 'own' }])
  })

  it("pushes a draft's variants and percentage to the flag: into the first condition set", async () => {
    const groups = [
      { properties: [{ key: 'country', type: 'person', value: 'DE' }], rollout_percentage: 30 },
      { properties: [], rollout_percentage: 5 },
    ]
    const { key, user, id, experiment } = await scene({}, { groups, payloads: { control: '"kept"', test: '"gone"' } })
    expect(await ask(key, 'updateExperiment', { id, variants: blue, rolloutPercentage: 60 })).toMatchObject({
      __typename: 'Experiment',
      featureFlag: { active: false, version: 2, lastModifiedBy: { id: globalId('User', user.id) } },
    })
    expect((await rowOf(experiment)).featureFlag.filters).toEqual({
      groups: [{ ...groups[0], rollout_percentage: 60 }, groups[1]],
      multivariate: {
        variants: [
          { key: 'control', rollout_percentage: 70 },
          { key: 'blue', rollout_percentage: 30 },
        ],
      },
      payloads: { control: '"kept"', blue: '7' },
    })
  })

  it('keeps the set of variants once launched; their shares may change', async () => {
    const { key, id, experiment } = await scene({ startDate: started }, {}, { active: true })
    expect(await faults(key, 'updateExperiment', { id, variants: blue })).toEqual([
      { path: ['variants'], code: 'invalid_input', message: "Can't update feature_flag_variants on Experiment" },
    ])
    const variants = [
      { key: 'test', rolloutPercentage: 10 },
      { key: 'control', rolloutPercentage: 90 },
    ]
    expect(await ask(key, 'updateExperiment', { id, variants })).toMatchObject({ featureFlag: { version: 2, active: true } })
    expect((await rowOf(experiment)).featureFlag.filters).toMatchObject({
      multivariate: {
        variants: [
          { key: 'test', rollout_percentage: 10 },
          { key: 'control', rollout_percentage: 90 },
        ],
      },
    })
  })

  it('launches a draft that is given a start', async () => {
    const { key, user, id, experiment } = await scene({ metrics: [mean('x', { uuid: 'a', fingerprint: 'old' })] })
    const answer = await ask(key, 'updateExperiment', { id, startDate: started.toISOString() })
    expect(answer).toMatchObject({ status: 'RUNNING', startDate: started.toISOString(), metrics: [{ uuid: 'a', fingerprint }] })
    expect((await rowOf(experiment)).featureFlag).toMatchObject({
      active: true,
      version: 2,
      lastModifiedById: user.id,
      updatedAt: time.now,
    })
  })

  it('launches nothing that launchExperiment would not', async () => {
    const startDate = started.toISOString()
    const gone = await scene({}, {}, { deleted: true })
    const before = await written()
    expect(await ask(gone.key, 'updateExperiment', { id: gone.id, startDate })).toMatchObject({
      __typename: 'InvalidStateError',
      message: 'Experiment cannot be launched because its feature flag has been deleted.',
      state: 'DRAFT',
    })
    expect(await written()).toEqual(before)
    const boolean = await scene({}, { multivariate: null })
    expect((await faults(boolean.key, 'updateExperiment', { id: boolean.id, startDate })).map(({ message }) => message)).toEqual([
      twoVariants,
      noControl,
    ])
  })

  it('rejects an end before the start, an end of a draft, and everything else that is wrong with it', async () => {
    const draft = await scene()
    const endDate = '2026-11-09T00:00:00Z'
    expect(await faults(draft.key, 'updateExperiment', { id: draft.id, endDate })).toMatchObject([{ path: ['endDate'] }])
    const { key, id } = await scene({ startDate: started })
    const wrong = { name: ' ', rolloutPercentage: -1, metrics: [1], statsConfig: { baseline_variant_key: 'blue' }, endDate }
    expect((await faults(key, 'updateExperiment', { id, ...wrong })).map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['name', 'This field may not be blank.'],
      ['rolloutPercentage', 'Must be a number from 0 to 100.'],
      ['metrics.0', expect.stringMatching(/^Invalid metric at index 0: /)],
      ['statsConfig.baseline_variant_key', expect.any(String)],
      ['endDate', 'End date must be after start date'],
    ])
  })

  it('takes only little of an experiment with legacy metrics', async () => {
    const { key, id } = await scene({ metrics: [{ kind: 'ExperimentTrendsQuery' }] })
    expect((await faults(key, 'updateExperiment', { id, metrics: [], conclusion: 'WON' })).map(({ path }) => path)).toEqual([
      ['conclusion'],
      ['metrics'],
    ])
    expect(await ask(key, 'updateExperiment', { id, name: 'New', description: 'old kind' })).toMatchObject({ name: 'New' })
  })

  it('deletes and restores; not while its flag is deleted', async () => {
    const { key, id, experiment, flag } = await scene()
    await ask(key, 'updateExperiment', { id, deleted: true })
    expect(await rowOf(experiment)).toMatchObject({ deleted: true, featureFlag: flag })
    expect(await ask(key, 'updateExperiment', { id, name: 'unseen' })).toMatchObject({ __typename: 'NotFoundError' })
    await db.featureFlag.update({ where: { id: flag.id }, data: { deleted: true } })
    expect(await faults(key, 'updateExperiment', { id, deleted: false })).toMatchObject([
      {
        path: ['deleted'],
        message:
          'Cannot restore experiment: the linked feature flag has been deleted. Restore the feature flag first, then restore the experiment.',
      },
    ])
    await db.featureFlag.update({ where: { id: flag.id }, data: { deleted: false } })
    expect(await ask(key, 'updateExperiment', { id, deleted: false })).toMatchObject({ __typename: 'Experiment', name: 'Checkout' })
    expect((await rowOf(experiment)).deleted).toBe(false)
  })

  it('does not reopen an experiment whose flag was deleted after its end', async () => {
    const { key, id, experiment, flag } = await scene(
      { startDate: started, endDate: new Date('2026-11-19T00:00:00Z') },
      {},
      { active: false },
    )
    const deletion = 'mutation ($id: ID!) { updateFeatureFlag(input: { id: $id, deleted: true }) { __typename } }'
    const { data } = await run(key, deletion, { id: globalId('FeatureFlag', flag.id) })
    expect(data.updateFeatureFlag).toEqual({ __typename: 'FeatureFlag' })
    expect(await faults(key, 'updateExperiment', { id, endDate: null })).toMatchObject([
      { path: ['endDate'], message: expect.stringContaining('Restore the feature flag first') },
    ])
    expect((await rowOf(experiment)).endDate).not.toBeNull()
    expect(await ask(key, 'updateExperiment', { id, name: 'New' })).toMatchObject({ name: 'New', status: 'STOPPED' })
  })

  it('needs experiment:write, and does not find what is not there or hidden', async () => {
    const { key, user, id } = await scene()
    const stranger = await scene()
    const before = await written()
    const reader = await seedKey(db, user, { scopes: ['experiment:read', 'feature_flag:write'] })
    const { errors } = await ask(reader, 'updateExperiment', { id, name: 'x' }, 'name')
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'experiment:write' })
    for (const unseen of [stranger.id, '999999', 'x', globalId('FeatureFlag', stranger.flag.id)]) {
      expect(await ask(key, 'updateExperiment', { id: unseen, name: 'x' })).toMatchObject({ __typename: 'NotFoundError' })
    }
    expect(await written()).toEqual(before)
  })

  it('takes no variant from another experiment that runs on the same flag', async () => {
    const { key, id, flag } = await scene({}, {}, { active: true })
    await seedExperiment(db, flag, { name: 'Runs', startDate: started })
    expect(await faults(key, 'updateExperiment', { id, variants: blue })).toMatchObject([{ message: expect.stringContaining("'test'") }])
  })

  it('leaves no condition set that forces a variant which is gone', async () => {
    const { key, id } = await scene({}, { groups: [{ properties: [], rollout_percentage: 100, variant: 'test' }] })
    expect(await faults(key, 'updateExperiment', { id, variants: blue })).toMatchObject([
      { message: "Variant override 'test' does not match any variant key." },
    ])
  })

  it('judges a launch by the variants that are given with it', async () => {
    const { key, id } = await scene({}, { multivariate: null })
    expect(await ask(key, 'updateExperiment', { id, variants: blue, startDate: started.toISOString() })).toMatchObject({
      status: 'RUNNING',
    })
  })

  it("keeps parameters in step with the flag's variants and percentage", async () => {
    const { key, project } = await seedTenant(db)
    const { databaseId } = await ask(key, 'createExperiment', { projectId: project.id, name: 'x', featureFlagKey: 'x' })
    const { parameters } = await ask(key, 'updateExperiment', { id: databaseId, variants: blue, rolloutPercentage: 20 })
    expect(parameters).toMatchObject({
      rollout_percentage: 20,
      feature_flag_variants: [
        { key: 'control', rollout_percentage: 70 },
        { key: 'blue', rollout_percentage: 30 },
      ],
    })
  })
})

// Beside lifeCycle.test.ts: what that file leaves open.
describe('copies, shipping and archiving', () => {
  const ended = { startDate: started, endDate: new Date('2026-11-15T08:00:00Z') }

  async function scene(experiment: object = {}, flag: object = {}) {
    const tenant = await seedTenant(db)
    const row = await seedFlag(db, tenant.project, { key: 'checkout', ...flag })
    const made = await seedExperiment(db, row, { name: 'Checkout', ...experiment })
    return { ...tenant, flag: row, experiment: made, id: globalId('Experiment', made.id) }
  }
  const rowOf = ({ id }: { id: number }) => db.experiment.findUniqueOrThrow({ where: { id }, include: { featureFlag: true } })

  async function act(key: string, mutation: string, input: object, fields = 'databaseId') {
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
    const { data, errors } = await run(
      key,
      `mutation ($input: ${type}!) { result: ${mutation}(input: $input) { __typename ... on Experiment { ${fields} } ... on Error { message } } }`,
      { input },
    )
    return { ...data?.result, errors }
  }

  it('shipping and copying need experiment:write, and find nothing that is hidden', async () => {
    const { key, user, organization, id } = await scene(ended)
    const stranger = await scene(ended)
    const { id: targetProjectId } = await seedProject(db, organization)
    const before = await written()
    const reader = await seedKey(db, user, { scopes: ['experiment:read', 'feature_flag:write'] })
    for (const [mutation, more] of [
      ['shipExperimentVariant', { variantKey: 'test' }],
      ['copyExperimentToProject', { targetProjectId }],
    ] as const) {
      expect((await act(reader, mutation, { id, ...more })).errors?.[0]?.extensions).toMatchObject({
        code: 'FORBIDDEN',
        requiredScope: 'experiment:write',
      })
      for (const unseen of [stranger.id, '999999', 'x']) {
        expect(await act(key, mutation, { id: unseen, ...more })).toMatchObject({ __typename: 'NotFoundError' })
      }
    }
    expect(await written()).toEqual(before)
  })

  it('shipping counts the flag up in the name of who does it, and needs a flag', async () => {
    const { key, user, id, experiment } = await scene({ startDate: started }, { active: false })
    expect(await act(key, 'shipExperimentVariant', { id, variantKey: 'test' })).toMatchObject({ __typename: 'Experiment' })
    expect(await rowOf(experiment)).toMatchObject({
      endDate: time.now,
      featureFlag: { active: false, version: 2, lastModifiedById: user.id, updatedAt: time.now },
    })
    const gone = await scene(ended, { deleted: true })
    const before = await written()
    expect(await act(gone.key, 'shipExperimentVariant', { id: gone.id, variantKey: 'test' })).toMatchObject({
      __typename: 'InvalidStateError',
      message: 'Experiment does not have a linked feature flag.',
    })
    expect(await written()).toEqual(before)
  })

  it('a copy on another flag has its variants; neither holdout nor saved metrics go to another project', async () => {
    const { key, organization, project, id, experiment } = await scene({ ...ended, parameters: { feature_flag_variants: [], more: 1 } })
    const variants = [
      { key: 'blue', rollout_percentage: 1 },
      { key: 'control', rollout_percentage: 99 },
    ]
    await seedFlag(db, project, { key: 'other', filters: { multivariate: { variants } } })
    const holdout = await db.holdout.create({ data: { projectId: project.id, name: 'Kept out' } })
    const savedMetric = await db.savedMetric.create({ data: { projectId: project.id, name: 'Shared', query: {} } })
    await db.experiment.update({
      where: { id: experiment.id },
      data: { holdoutId: holdout.id, savedMetrics: { create: { savedMetricId: savedMetric.id } } },
    })
    const linksOf = (experimentId: number) => db.experimentSavedMetric.count({ where: { experimentId } })

    const near = await act(key, 'duplicateExperiment', { id, featureFlagKey: 'other' })
    expect(await rowOf({ id: near.databaseId })).toMatchObject({
      holdoutId: null,
      featureFlag: { key: 'other', version: 1 },
      parameters: { feature_flag_variants: variants, more: 1 },
    })
    expect(await linksOf(near.databaseId)).toBe(1)
    const target = await seedProject(db, organization)
    const far = await act(key, 'copyExperimentToProject', { id, targetProjectId: target.id })
    expect(await rowOf({ id: far.databaseId })).toMatchObject({
      projectId: target.id,
      holdoutId: null,
      startDate: null,
      featureFlag: { projectId: target.id, key: 'checkout', active: false, filters: { multivariate: controlAndTest.multivariate } },
    })
    expect(await linksOf(far.databaseId)).toBe(0)
  })

  it('copying takes no legacy metrics, and no project of another organization that one is a member of', async () => {
    const legacy = await scene({ metrics: [{ kind: 'ExperimentFunnelsQuery' }] })
    const { id: targetProjectId } = await seedProject(db, legacy.organization)
    expect(await act(legacy.key, 'copyExperimentToProject', { id: legacy.id, targetProjectId })).toMatchObject({
      __typename: 'ValidationError',
      message: 'Copying is not supported for experiments using legacy metrics.',
    })
    const elsewhere = await seedTenant(db)
    const own = await scene()
    await db.organizationMembership.create({ data: { organizationId: elsewhere.organization.id, userId: own.user.id, level: 1 } })
    const before = await written()
    expect(await act(own.key, 'copyExperimentToProject', { id: own.id, targetProjectId: elsewhere.project.id })).toMatchObject({
      __typename: 'NotFoundError',
      message: 'Target project not found.',
    })
    expect(await written()).toEqual(before)
  })

  it('archiving that may not switch the flag off rolls back as a whole', async () => {
    const { key, project, id, flag } = await scene(ended)
    const asks = { key: String(flag.id), type: 'flag', operator: 'flag_evaluates_to', value: true }
    await seedFlag(db, project, { key: 'dependent', filters: { groups: [{ properties: [asks] }] } })
    const before = await written()
    expect(await act(key, 'archiveExperiment', { id, disableFeatureFlag: true })).toMatchObject({ __typename: 'InvalidStateError' })
    expect(await written()).toEqual(before)
  })

  it('a copy of an experiment whose flag is deleted makes no key that is none', async () => {
    const { key, organization, id, flag } = await scene(ended, { active: false })
    await db.featureFlag.update({ where: { id: flag.id }, data: { deleted: true, key: `checkout:deleted:${flag.id}` } })
    const { id: targetProjectId } = await seedProject(db, organization)
    const { errors } = await act(key, 'copyExperimentToProject', { id, targetProjectId })
    expect(errors).toBeUndefined()
  })

  it('unarchiving leaves a flag that was archived by hand since, though an earlier archiving took it along', async () => {
    const { key, id, flag, experiment } = await scene(ended, { active: false })
    const byHand = (input: object) =>
      run(key, 'mutation ($input: UpdateFeatureFlagInput!) { updateFeatureFlag(input: $input) { __typename } }', {
        input: { id: flag.id, ...input },
      })
    await act(key, 'archiveExperiment', { id })
    await act(key, 'resetExperiment', { id })
    await byHand({ archived: false })
    await act(key, 'launchExperiment', { id })
    time.now = new Date(time.now.getTime() + 1_000)
    await act(key, 'endExperiment', { id })
    await byHand({ active: false, archived: true })
    await act(key, 'archiveExperiment', { id })
    expect(await rowOf(experiment)).toMatchObject({ archived: true, featureFlag: { archived: true, active: false, version: 5 } })
    await act(key, 'unarchiveExperiment', { id })
    expect(await rowOf(experiment)).toMatchObject({ archived: false, featureFlag: { archived: true } })
  })
})
