import { describe, expect, it } from 'vitest'
import { snapshotFlagsAndExperiments } from '../../../support/approvals.ts'
import { controlAndTest, ownFlagValues, seedEvent, seedExperiment, seedFlag, seedKey } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, time } = await testServer()

async function ask(key: string, mutation: string, input: object) {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  const document = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) {
    __typename ... on Error { code message } ... on ValidationError { fieldErrors { path code message } }
    ... on Experiment { databaseId name description type status startDate endDate conclusion parameters metrics metricsSecondary statsConfig exposureCriteria
      featureFlag { databaseId key name active version variants { key name rolloutPercentage payload } rolloutPercentage filters } }
  } }`
  const { data, errors } = await run(key, document, { input })
  return { ...data?.result, errors }
}
const mean = (event: string | null, more: object = {}) => ({
  kind: 'ExperimentMetric',
  metric_type: 'mean',
  source: { kind: 'EventsNode', event },
  ...more,
})
const variants = (...keys: string[]) => keys.map((key) => ({ key, rolloutPercentage: 100 / keys.length }))

describe('making an experiment', () => {
  it('makes a draft and its flag, with what is not said filled in', async () => {
    const { key, project, user } = await seedTenant(db)
    const made = await ask(key, 'createExperiment', { projectId: project.id, name: 'Checkout', featureFlagKey: 'checkout' })
    expect(made).toMatchObject({
      __typename: 'Experiment',
      description: '',
      type: 'PRODUCT',
      status: 'DRAFT',
      metrics: [],
      statsConfig: { method: 'bayesian' },
      exposureCriteria: { filterTestAccounts: true },
      featureFlag: {
        key: 'checkout',
        name: 'Feature Flag for Experiment Checkout',
        active: false,
        rolloutPercentage: 100,
        variants: [
          { key: 'control', name: 'Control Group', rolloutPercentage: 50 },
          { key: 'test', name: 'Test Variant', rolloutPercentage: 50 },
        ],
        filters: { groups: [{ properties: [], rollout_percentage: 100 }], holdout: null },
      },
    })
    const row = await db.experiment.findFirstOrThrow({ where: { projectId: project.id } })
    expect(row).toMatchObject({ createdById: user.id, createdAt: time.now, updatedAt: time.now })
  })

  it('takes variants, payloads, percentage, holdout, dates and the defaults of the project', async () => {
    const tenant = await seedTenant(db)
    await db.project.update({
      where: { id: tenant.project.id },
      data: { defaultExperimentStatsMethod: 'frequentist', defaultExperimentConfidenceLevel: 0.9, defaultOnlyCountMaturedUsers: true },
    })
    const holdout = await db.holdout.create({
      data: { projectId: tenant.project.id, name: 'Out', filters: [{ properties: [], rollout_percentage: 7, variant: 'holdout-1' }] },
    })
    const made = await ask(tenant.key, 'createExperiment', {
      projectId: tenant.project.id,
      name: 'Web',
      featureFlagKey: 'web',
      type: 'WEB',
      variants: [
        { key: 'Control', rolloutPercentage: 60 },
        { key: 'test', name: 'New', rolloutPercentage: 40, payload: { a: 1 } },
      ],
      rolloutPercentage: 30,
      holdoutId: holdout.id,
      startDate: '2026-11-01T00:00:00Z',
      statsConfig: { baseline_variant_key: 'test' },
      exposureCriteria: { filterTestAccounts: false },
    })
    expect(made).toMatchObject({
      type: 'WEB',
      status: 'RUNNING',
      statsConfig: { method: 'frequentist', bayesian: { ci_level: 0.9 }, frequentist: { alpha: 0.1 }, baseline_variant_key: 'test' },
      exposureCriteria: { filterTestAccounts: false },
      featureFlag: {
        active: true,
        rolloutPercentage: 30,
        variants: [
          { key: 'control', rolloutPercentage: 60 },
          { key: 'test', name: 'New', payload: { a: 1 } },
        ],
        filters: { holdout: { id: holdout.id, exclusion_percentage: 7 } },
      },
    })
    expect(await db.experiment.findFirstOrThrow({ where: { projectId: tenant.project.id } })).toMatchObject({
      onlyCountMaturedUsers: true,
      holdoutId: holdout.id,
      variants: { control: { rollout_percentage: 60 }, test: { rollout_percentage: 40 } },
    })
  })

  it('uses a live flag of the key as it is; control need not be first', async () => {
    const { key, project } = await seedTenant(db)
    const filters = {
      ...controlAndTest,
      multivariate: { variants: [...(controlAndTest.multivariate as { variants: object[] }).variants].reverse() },
    }
    const flag = await seedFlag(db, project, { key: 'mine', filters, active: false })
    const input = { projectId: project.id, name: 'On mine', featureFlagKey: 'mine' }
    expect(await ask(key, 'createExperiment', input)).toMatchObject({ featureFlag: { databaseId: flag.id, active: false, version: 1 } })
    expect(ownFlagValues(await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } }))).toEqual(ownFlagValues(flag))
    await seedFlag(db, project, { key: 'boolean', filters: { groups: [] } })
    expect(await ask(key, 'createExperiment', { ...input, featureFlagKey: 'boolean' })).toMatchObject({
      fieldErrors: [
        { path: ['featureFlagKey'] },
        { path: ['featureFlagKey'], message: "Feature flag must have a variant with key 'control'" },
      ],
    })
  })

  it('gives metrics ids and fingerprints, and renews the later of two that are the same', async () => {
    const { key, project } = await seedTenant(db)
    await seedEvent(db, project, 'purchase', time.now)
    const made = await ask(key, 'createExperiment', {
      projectId: project.id,
      name: 'Metrics',
      featureFlagKey: 'metrics',
      metrics: [mean('purchase', { uuid: 'same' }), mean(null)],
      metricsSecondary: [mean('purchase', { uuid: 'same' })],
    })
    const uuids = [...made.metrics, ...made.metricsSecondary].map(({ uuid }: { uuid: string }) => uuid)
    expect(uuids[0]).toBe('same')
    expect(new Set(uuids).size).toBe(3)
    expect(made.metrics[0].fingerprint).toMatch(/^[0-9a-f]{64}$/)
    expect(made.metrics[0].fingerprint).toBe(made.metricsSecondary[0].fingerprint)
  })

  it.each<[string, object, string[], string | RegExp]>([
    ['no name', { name: ' ' }, ['name'], 'This field may not be blank.'],
    ['a long name', { name: 'x'.repeat(401) }, ['name'], 'Ensure this field has no more than 400 characters.'],
    [
      'a key with a blank',
      { featureFlagKey: 'a b' },
      ['featureFlagKey'],
      'Only letters, numbers, hyphens (-) & underscores (_) are allowed.',
    ],
    [
      'an end before the start',
      { startDate: '2026-11-02T00:00:00Z', endDate: '2026-11-02T00:00:00Z' },
      ['endDate'],
      'End date must be after start date',
    ],
    [
      'one variant',
      { variants: variants('control') },
      ['variants'],
      'Feature flag must have at least 2 variants (control and at least one test variant)',
    ],
    ['no control', { variants: variants('a', 'b') }, ['variants'], "Feature flag must have a variant with key 'control'"],
    [
      '21 variants',
      { variants: variants('control', ...Array.from({ length: 20 }, (_, n) => `t${n}`)) },
      ['variants'],
      'Feature flag variants must be less than 21',
    ],
    ['a percentage beyond 100', { rolloutPercentage: 101 }, ['rolloutPercentage'], 'Must be a number from 0 to 100.'],
    ['an unknown holdout', { holdoutId: '99' }, ['holdoutId'], 'Invalid pk "99" - object does not exist.'],
    ['an unknown method', { statsConfig: { method: 'guess' } }, ['statsConfig', 'method'], "Must be 'bayesian' or 'frequentist'."],
    [
      'an unknown baseline',
      { statsConfig: { baseline_variant_key: 'x' } },
      ['statsConfig', 'baseline_variant_key'],
      'Must be one of the variants: control, test.',
    ],
    ['a metric that is none', { metrics: [7] }, ['metrics', '0'], /^Invalid metric at index 0: /],
    ['a legacy metric', { metrics: [{ kind: 'ExperimentTrendsQuery' }] }, ['metrics', '0'], /^Invalid metric at index 0: /],
    [
      'a funnel without steps',
      { metricsSecondary: [{ kind: 'ExperimentMetric', metric_type: 'funnel', series: [] }] },
      ['metricsSecondary', '0'],
      /^Invalid metric at index 0: /,
    ],
    ['an unknown event', { metrics: [mean('never-sent')] }, ['metrics'], /^Event\(s\) 'never-sent' not found\. /],
    [
      'an unknown action',
      { metrics: [{ ...mean(null), source: { kind: 'ActionsNode', id: 12345 } }], allowUnknownEvents: true },
      ['metrics'],
      /^Action\(s\) with ID 12345 not found or deleted\. /,
    ],
  ])('rejects %s, and writes nothing', async (_name, input, path, message) => {
    const { key, project } = await seedTenant(db)
    const before = await snapshotFlagsAndExperiments(db)
    expect(await ask(key, 'createExperiment', { projectId: project.id, name: 'X', featureFlagKey: 'x', ...input })).toMatchObject({
      __typename: 'ValidationError',
      fieldErrors: [{ path, message: typeof message === 'string' ? message : expect.stringMatching(message) }],
    })
    expect(await snapshotFlagsAndExperiments(db)).toBe(before)
  })

  it('accepts unknown events if the input allows them', async () => {
    const { key, project } = await seedTenant(db)
    const input = { projectId: project.id, name: 'X', featureFlagKey: 'x', metrics: [mean('never-sent')], allowUnknownEvents: true }
    expect(await ask(key, 'createExperiment', input)).toMatchObject({ __typename: 'Experiment' })
  })
})

describe('making an experiment from a prompt', () => {
  async function prompts() {
    const tenant = await seedTenant(db)
    const version = (version: number, more = {}) => ({ projectId: tenant.project.id, name: 'greeter', prompt: {}, version, ...more })
    await db.prompt.createMany({ data: [version(1), version(2, { deleted: true }), version(3), version(4), version(5)] })
    return tenant
  }

  it('makes up name, key, variants, payloads and metrics', async () => {
    const { key, project } = await prompts()
    const input = { projectId: project.id, promptName: 'greeter', versions: [3, 1], templates: ['COST'] }
    const made = await ask(key, 'createExperimentFromPrompt', input)
    expect(made).toMatchObject({
      name: 'greeter: v3, v1 (cost)',
      description: '',
      status: 'DRAFT',
      parameters: { prompt_metadata: { name: 'greeter', templates: ['cost'], versions: [3, 1] }, rollout_percentage: 100 },
      metrics: [
        {
          kind: 'ExperimentMetric',
          metric_type: 'mean',
          name: 'Cost',
          goal: 'decrease',
          source: {
            kind: 'EventsNode',
            event: '$ai_generation',
            math: 'sum',
            math_property: '$ai_total_cost_usd',
            properties: [{ key: '$ai_prompt_name', value: 'greeter', operator: 'exact', type: 'event' }],
          },
        },
      ],
      featureFlag: {
        key: 'greeter-v3-v1-cost',
        active: false,
        variants: [
          { key: 'control', name: 'v3', rolloutPercentage: 50, payload: { prompt_name: 'greeter', prompt_version: 3 } },
          { key: 'test', name: 'v1', rolloutPercentage: 50, payload: { prompt_name: 'greeter', prompt_version: 1 } },
        ],
      },
    })
    const row = await db.experiment.findFirstOrThrow({ where: { projectId: project.id } })
    expect(row.primaryMetricsOrderedUuids).toEqual([made.metrics[0].uuid])
    expect((await ask(key, 'createExperimentFromPrompt', input)).featureFlag.key).toBe('greeter-v3-v1-cost-2')
    const three = await ask(key, 'createExperimentFromPrompt', {
      ...input,
      versions: [1, 3, 4],
      templates: ['EVAL_PASS_RATE', 'LATENCY'],
      name: 'Größe?',
    })
    expect(three.featureFlag.key).toBe('groe')
    expect(
      three.featureFlag.variants.map(({ key, rolloutPercentage }: { key: string; rolloutPercentage: number }) => [key, rolloutPercentage]),
    ).toEqual([
      ['control', 33],
      ['test-1', 33],
      ['test-2', 34],
    ])
    expect(three.metrics.map(({ name }: { name: string }) => name)).toEqual(['Eval pass rate', 'Latency'])
    expect(three.metrics[0].numerator.properties.map(({ key }: { key: string }) => key)).toEqual([
      '$ai_prompt_name',
      "JSONExtractBool(properties, '$ai_evaluation_result')",
      "JSONExtractRaw(properties, '$ai_evaluation_applicable') != 'false'",
      "JSONExtractString(properties, '$ai_evaluation_result_type') IN ('', 'boolean')",
    ])
  })

  it.each<[string, object, string[], string]>([
    ['missing versions', { versions: [9, 1, 2] }, ['versions'], "Versions not found for prompt 'greeter': [9, 2]"],
    ['an unknown prompt', { promptName: 'nobody' }, ['versions'], "Versions not found for prompt 'nobody': [1, 3]"],
    ['one version', { versions: [1] }, ['versions'], 'Ensure this field has at least 2 elements.'],
    [
      'eleven versions',
      { versions: Array.from({ length: 11 }, (_, n) => n + 1) },
      ['versions'],
      'Ensure this field has no more than 10 elements.',
    ],
    ['a version twice', { versions: [1, 1] }, ['versions'], 'versions must not contain duplicates.'],
    ['version 0', { versions: [1, 0] }, ['versions', '1'], 'Ensure this value is greater than or equal to 1.'],
    ['no template', { templates: [] }, ['templates'], 'Ensure this field has at least 1 elements.'],
    ['a template twice', { templates: ['COST', 'COST'] }, ['templates'], 'templates must not contain duplicates.'],
    ['a blank prompt', { promptName: ' ' }, ['promptName'], 'This field may not be blank.'],
    ['a long name', { name: 'x'.repeat(401) }, ['name'], 'Ensure this field has no more than 400 characters.'],
    [
      'a taken key',
      { featureFlagKey: 'taken' },
      ['featureFlagKey'],
      "Feature flag 'taken' already exists for this project. Pick a different key, or omit this field to auto-generate one.",
    ],
  ])('rejects %s', async (_name, input, path, message) => {
    const { key, project } = await prompts()
    await seedFlag(db, project, { key: 'taken' })
    const given = { projectId: project.id, promptName: 'greeter', versions: [1, 3], templates: ['COST'], ...input }
    expect(await ask(key, 'createExperimentFromPrompt', given)).toMatchObject({
      __typename: 'ValidationError',
      fieldErrors: [{ path, message }],
    })
    expect(await db.experiment.count({ where: { projectId: project.id } })).toBe(0)
  })

  it('names the first scope that is missing', async () => {
    const { user, project } = await prompts()
    const input = { projectId: project.id, promptName: 'greeter', versions: [1, 3], templates: ['COST'] }
    for (const [scopes, requiredScope] of [
      [['llm_prompt:read'], 'experiment:write'],
      [['experiment:write'], 'llm_prompt:read'],
      [[], 'experiment:write'],
    ] as const) {
      const { errors } = await ask(await seedKey(db, user, { scopes: [...scopes] }), 'createExperimentFromPrompt', input)
      expect(errors[0].extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope })
    }
  })
})

describe('changing an experiment', () => {
  async function scene(experiment: object = {}, flag: object = {}) {
    const tenant = await seedTenant(db)
    const row = await seedFlag(db, tenant.project, flag)
    const made = await seedExperiment(db, row, experiment)
    return {
      ...tenant,
      flag: row,
      experiment: made,
      id: globalId('Experiment', made.id),
      row: () => db.experiment.findUniqueOrThrow({ where: { id: made.id } }),
    }
  }
  const running = { startDate: new Date('2026-11-01') }

  it('sets what is given, and keeps the rest', async () => {
    const { key, id, row, flag } = await scene({ description: 'old', conclusion: 'won', metrics: [mean('a')] })
    expect(await ask(key, 'updateExperiment', { id, name: 'New', conclusion: null })).toMatchObject({
      name: 'New',
      description: 'old',
      conclusion: null,
    })
    expect((await row()).updatedAt).toEqual(time.now)
    expect(ownFlagValues(await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } }))).toEqual(ownFlagValues(flag))
    expect((await ask(key, 'updateExperiment', { id, description: null })).description).toBeNull()
  })

  it('pushes variants and percentage to the flag; the other condition sets stay', async () => {
    const groups = [
      { properties: [{ key: 'a', type: 'person', value: 1 }], rollout_percentage: 10 },
      { properties: [], rollout_percentage: 20 },
    ]
    const { key, id } = await scene({}, { filters: { ...controlAndTest, groups, payloads: { test: '1' } } })
    const given = [
      { key: 'control', rolloutPercentage: 20 },
      { key: 'test', rolloutPercentage: 30 },
      { key: 'third', rolloutPercentage: 50, payload: 'x' },
    ]
    expect(await ask(key, 'updateExperiment', { id, variants: given, rolloutPercentage: 55 })).toMatchObject({
      featureFlag: {
        version: 2,
        filters: { groups: [{ ...groups[0], rollout_percentage: 55 }, groups[1]], payloads: { test: '1', third: '"x"' } },
        variants: [{ rolloutPercentage: 20 }, { payload: 1 }, { payload: 'x' }],
      },
    })
  })

  it('keeps the set of variants once launched', async () => {
    const { key, id } = await scene(running)
    expect(await ask(key, 'updateExperiment', { id, variants: variants('control', 'other') })).toMatchObject({
      fieldErrors: [{ path: ['variants'], message: "Can't update feature_flag_variants on Experiment" }],
    })
    expect(
      await ask(key, 'updateExperiment', {
        id,
        variants: [
          { key: 'control', rolloutPercentage: 10 },
          { key: 'test', rolloutPercentage: 90 },
        ],
      }),
    ).toMatchObject({
      featureFlag: { version: 2 },
    })
  })

  it('launches a draft that is given a start, by the same rules', async () => {
    const { key, id } = await scene({}, { active: false })
    expect(await ask(key, 'updateExperiment', { id, startDate: '2026-11-19T00:00:00Z' })).toMatchObject({
      status: 'RUNNING',
      startDate: '2026-11-19T00:00:00.000Z',
      featureFlag: { active: true },
    })
    const archived = await scene({}, { active: false, archived: true })
    expect(await ask(archived.key, 'updateExperiment', { id: archived.id, startDate: '2026-11-19T00:00:00Z' })).toMatchObject({
      __typename: 'InvalidStateError',
    })
    expect(await ask(key, 'updateExperiment', { id, endDate: '2026-11-18T00:00:00Z' })).toMatchObject({
      fieldErrors: [{ path: ['endDate'], message: 'End date must be after start date' }],
    })
  })

  it('tells every fault of an update before it touches the flag', async () => {
    const { key, id } = await scene(running)
    const before = await snapshotFlagsAndExperiments(db)
    const { fieldErrors } = await ask(key, 'updateExperiment', {
      id,
      name: '',
      description: 'x'.repeat(3_001),
      rolloutPercentage: -1,
      statsConfig: { baseline_variant_key: 'nope' },
      metrics: ['x'],
    })
    expect(fieldErrors.map(({ path }: { path: string[] }) => path.join('.')).sort()).toEqual([
      'description',
      'metrics.0',
      'name',
      'rolloutPercentage',
      'statsConfig.baseline_variant_key',
    ])
    expect(await snapshotFlagsAndExperiments(db)).toBe(before)
  })

  it('renews fingerprints where the numbers would be others', async () => {
    const { key, id } = await scene({ metrics: [mean('a', { uuid: 'one', fingerprint: 'old' })] })
    const [metric] = (await ask(key, 'updateExperiment', { id, statsConfig: { method: 'frequentist' } })).metrics
    expect(metric).toMatchObject({ uuid: 'one', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect((await ask(key, 'updateExperiment', { id, name: 'x' })).metrics[0].fingerprint).toBe(metric.fingerprint)
    expect((await ask(key, 'updateExperiment', { id, exposureCriteria: { filterTestAccounts: false } })).metrics[0].fingerprint).not.toBe(
      metric.fingerprint,
    )
  })

  it('takes hardly anything for experiments with legacy metrics', async () => {
    const { key, id } = await scene({ metrics: [{ kind: 'ExperimentFunnelsQuery' }] })
    expect(await ask(key, 'updateExperiment', { id, conclusion: 'WON', statsConfig: {} })).toMatchObject({
      fieldErrors: [{ path: ['conclusion'] }, { path: ['statsConfig'] }],
    })
    expect(await ask(key, 'updateExperiment', { id, name: 'Renamed' })).toMatchObject({ name: 'Renamed' })
  })

  it('deletes and restores, but not onto a flag that is deleted', async () => {
    const { key, id, flag } = await scene()
    expect(await ask(key, 'updateExperiment', { id, deleted: true })).toMatchObject({ __typename: 'Experiment' })
    expect(await ask(key, 'updateExperiment', { id, name: 'x' })).toMatchObject({ __typename: 'NotFoundError' })
    await db.featureFlag.update({ where: { id: flag.id }, data: { deleted: true } })
    expect(await ask(key, 'updateExperiment', { id, deleted: false })).toMatchObject({
      fieldErrors: [
        {
          path: ['deleted'],
          message:
            'Cannot restore experiment: the linked feature flag has been deleted. Restore the feature flag first, then restore the experiment.',
        },
      ],
    })
    await db.featureFlag.update({ where: { id: flag.id }, data: { deleted: false } })
    expect(await ask(key, 'updateExperiment', { id, deleted: false })).toMatchObject({ __typename: 'Experiment' })
  })
})
