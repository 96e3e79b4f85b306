import { describe, expect, it } from 'vitest'
import { asker } from '../../../support/mutations.ts'
import { controlAndTest, seedExperiment, seedFlag, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

// Any variant can be the baseline; `control` is, where none is named.

const { db, run } = await testServer()
const ask = asker(
  run,
  'databaseId baselineVariantKey excludedVariantKeys statsConfig parameters type status featureFlag { filters version }',
)
const started = new Date('2026-11-10T08:00:00Z')

const blueAndGreen = [
  { key: 'blue', rolloutPercentage: 50 },
  { key: 'green', rolloutPercentage: 50 },
]
const stored = (...keys: string[]) => ({
  groups: [{ properties: [], rollout_percentage: 100 }],
  multivariate: { variants: keys.map((key) => ({ key, rollout_percentage: key === keys[0] ? 100 : 0 })) },
})
const lacks = (key: string) => `Feature flag must have a variant with key '${key}'`
const rowOf = ({ id }: { id: number }) => db.experiment.findUniqueOrThrow({ where: { id }, include: { featureFlag: true } })

/** A draft on a flag with these variants. */
async function scene(keys: string[], experiment: object = {}, flag: object = {}) {
  const tenant = await seedTenant(db)
  const row = await seedFlag(db, tenant.project, { key: 'colours', active: false, filters: stored(...keys), ...flag })
  const made = await seedExperiment(db, row, experiment)
  return { ...tenant, flag: row, experiment: made, id: globalId('Experiment', made.id) }
}
const named = (key: string) => ({ statsConfig: { method: 'bayesian', baseline_variant_key: key } })
const problems = ({ fieldErrors }: { fieldErrors?: { path: string[]; message: string }[] }) =>
  fieldErrors?.map(({ path, message }) => [path.join('.'), message])

describe('createExperiment', () => {
  it('takes a new flag without control, with the baseline that is named', async () => {
    const { key, project } = await seedTenant(db)
    const input = { projectId: project.id, name: 'Colours', featureFlagKey: 'colours', variants: blueAndGreen }
    expect(problems(await ask(key, 'createExperiment', input))).toEqual([['variants', lacks('control')]])
    const made = await ask(key, 'createExperiment', { ...input, baselineVariantKey: 'green' })
    expect(made).toMatchObject({ baselineVariantKey: 'green', statsConfig: { method: 'bayesian', baseline_variant_key: 'green' } })
    expect(await ask(key, 'launchExperiment', { id: made.databaseId })).toMatchObject({ status: 'RUNNING' })
  })

  it('takes an existing flag without control, and keeps the capitals of a baseline', async () => {
    const { key, project } = await seedTenant(db)
    await seedFlag(db, project, { key: 'used', filters: stored('Control', 'green') })
    const input = { projectId: project.id, name: 'x', featureFlagKey: 'used' }
    expect(problems(await ask(key, 'createExperiment', input))).toEqual([['featureFlagKey', lacks('control')]])
    const made = await ask(key, 'createExperiment', { ...input, baselineVariantKey: 'Control' })
    expect(made).toMatchObject({ baselineVariantKey: 'Control' })
    expect(made.parameters.feature_flag_variants).toMatchObject([{ key: 'Control' }, { key: 'green' }])
    const given = [
      { key: 'Control', rolloutPercentage: 40 },
      { key: 'green', rolloutPercentage: 60 },
    ]
    const another = { ...input, featureFlagKey: 'new', variants: given }
    expect((await ask(key, 'createExperiment', { ...another, baselineVariantKey: 'Control' })).featureFlag.filters).toMatchObject({
      multivariate: { variants: [{ key: 'Control' }, { key: 'green' }] },
    })
  })

  it.each<[string, object, [string, string][]]>([
    ['a baseline that is no variant', { baselineVariantKey: 'red' }, [['baselineVariantKey', 'Must be one of the variants: blue, green.']]],
    [
      'a baseline in two places',
      { baselineVariantKey: 'blue', statsConfig: { baseline_variant_key: 'blue' } },
      [['baselineVariantKey', '`statsConfig` has a `baseline_variant_key` too. Give only one of them.']],
    ],
    [
      'an excluded baseline',
      { baselineVariantKey: 'blue', excludedVariantKeys: ['blue'] },
      [['excludedVariantKeys.0', "'blue' is the baseline, which cannot be excluded."]],
    ],
    [
      'excluded variants that are none',
      { baselineVariantKey: 'blue', excludedVariantKeys: ['red', 'holdout-7'] },
      [
        ['excludedVariantKeys.0', 'Must be one of the variants: blue, green.'],
        ['excludedVariantKeys.1', 'The people of a holdout cannot be excluded.'],
      ],
    ],
    [
      'no test variant that remains',
      { baselineVariantKey: 'blue', excludedVariantKeys: ['green'] },
      [['excludedVariantKeys', 'At least one test variant must remain.']],
    ],
  ])('refuses %s', async (_what, more, expected) => {
    const { key, project } = await seedTenant(db)
    const input = { projectId: project.id, name: 'Colours', featureFlagKey: 'colours', variants: blueAndGreen, ...more }
    expect(problems(await ask(key, 'createExperiment', input))).toEqual(expected)
    expect(await db.featureFlag.count({ where: { projectId: project.id } })).toBe(0)
  })

  it('stores excluded variants once each', async () => {
    const { key, project } = await seedTenant(db)
    const variants = [...blueAndGreen, { key: 'red', rolloutPercentage: 0 }]
    const input = { projectId: project.id, name: 'x', featureFlagKey: 'x', variants, baselineVariantKey: 'blue' }
    const made = await ask(key, 'createExperiment', { ...input, excludedVariantKeys: ['red', 'red'] })
    expect(made).toMatchObject({ excludedVariantKeys: ['red'], parameters: { excluded_variants: ['red'] } })
  })
})

describe('updateExperiment', () => {
  it('names a baseline, keeps the other settings, and clears it with null', async () => {
    const { key, id } = await scene(['blue', 'control', 'green'], { statsConfig: { method: 'frequentist', frequentist: { alpha: 0.1 } } })
    expect(await ask(key, 'updateExperiment', { id, baselineVariantKey: 'green' })).toMatchObject({
      baselineVariantKey: 'green',
      statsConfig: { method: 'frequentist', frequentist: { alpha: 0.1 }, baseline_variant_key: 'green' },
    })
    expect(await ask(key, 'updateExperiment', { id, name: 'Other' })).toMatchObject({ baselineVariantKey: 'green' })
    const cleared = await ask(key, 'updateExperiment', { id, baselineVariantKey: null })
    expect(cleared).toMatchObject({ baselineVariantKey: 'control' })
    expect(cleared.statsConfig).toEqual({ method: 'frequentist', frequentist: { alpha: 0.1 } })
  })

  it('refuses to leave the flag without its baseline', async () => {
    const { key, id, experiment } = await scene(['blue', 'green'], named('green'))
    const without = [
      { key: 'blue', rolloutPercentage: 50 },
      { key: 'red', rolloutPercentage: 50 },
    ]
    const cases: [object, [string, string][]][] = [
      [{ baselineVariantKey: 'red' }, [['baselineVariantKey', 'Must be one of the variants: blue, green.']]],
      [{ baselineVariantKey: null }, [['baselineVariantKey', lacks('control')]]],
      [{ statsConfig: { method: 'bayesian' } }, [['statsConfig.baseline_variant_key', lacks('control')]]],
      [{ variants: without }, [['variants', lacks('green')]]],
      [{ variants: without, baselineVariantKey: 'green' }, [['baselineVariantKey', 'Must be one of the variants: blue, red.']]],
    ]
    const before = await rowOf(experiment)
    for (const [change, expected] of cases) expect(problems(await ask(key, 'updateExperiment', { id, ...change }))).toEqual(expected)
    expect(await rowOf(experiment)).toEqual(before)
    expect(await ask(key, 'updateExperiment', { id, variants: without, baselineVariantKey: 'red' })).toMatchObject({
      baselineVariantKey: 'red',
    })
  })

  it('takes a baseline after the launch, and other variants not', async () => {
    const { key, id } = await scene(['blue', 'green'], { ...named('green'), startDate: started }, { active: true })
    expect(await ask(key, 'updateExperiment', { id, baselineVariantKey: 'blue', type: 'WEB' })).toMatchObject({
      baselineVariantKey: 'blue',
      type: 'WEB',
    })
    const other = [...blueAndGreen, { key: 'red', rolloutPercentage: 0 }]
    expect(problems(await ask(key, 'updateExperiment', { id, variants: other }))).toEqual([
      ['variants', "Can't update feature_flag_variants on Experiment"],
    ])
  })

  it('excludes variants, and drops what the flag no longer has', async () => {
    const { key, id } = await scene(['control', 'a', 'b'], { parameters: { more: 1 } })
    expect(await ask(key, 'updateExperiment', { id, excludedVariantKeys: ['b'] })).toMatchObject({
      excludedVariantKeys: ['b'],
      parameters: { more: 1, excluded_variants: ['b'] },
    })
    expect(await ask(key, 'updateExperiment', { id, excludedVariantKeys: null })).toMatchObject({ excludedVariantKeys: ['b'] })
    expect(problems(await ask(key, 'updateExperiment', { id, baselineVariantKey: 'b' }))).toEqual([
      ['baselineVariantKey', "'b' is the baseline, which cannot be excluded."],
    ])
    expect(problems(await ask(key, 'updateExperiment', { id, excludedVariantKeys: ['a', 'b'] }))).toEqual([
      ['excludedVariantKeys', 'At least one test variant must remain.'],
    ])
    const variants = [
      { key: 'control', rolloutPercentage: 50 },
      { key: 'a', rolloutPercentage: 50 },
    ]
    expect(await ask(key, 'updateExperiment', { id, variants })).toMatchObject({ excludedVariantKeys: [], parameters: { more: 1 } })
    expect(await ask(key, 'updateExperiment', { id, excludedVariantKeys: [] })).toMatchObject({ excludedVariantKeys: [] })
  })

  it('of two changes at once, neither takes the baseline from the other', async () => {
    const { key, id, experiment } = await scene(['control', 'a'])
    const variants = [
      { key: 'control', rolloutPercentage: 50 },
      { key: 'b', rolloutPercentage: 50 },
    ]
    const answers = await Promise.all(
      [{ baselineVariantKey: 'a' }, { variants }].map((change) => ask(key, 'updateExperiment', { id, ...change })),
    )
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['Experiment', 'ValidationError'])
    const { statsConfig, featureFlag } = await rowOf(experiment)
    const { variants: kept } = (featureFlag.filters as { multivariate: { variants: { key: string }[] } }).multivariate
    const baseline = (statsConfig as { baseline_variant_key?: string } | null)?.baseline_variant_key ?? 'control'
    expect(kept.map((variant) => variant.key)).toContain(baseline)
  })

  it('a web experiment gets the percentages of its variants', async () => {
    const { key, id, experiment } = await scene(['control', 'test'])
    expect(await ask(key, 'updateExperiment', { id, type: null })).toMatchObject({ type: 'PRODUCT' })
    expect(await ask(key, 'updateExperiment', { id, type: 'WEB' })).toMatchObject({ type: 'WEB' })
    expect((await rowOf(experiment)).variants).toEqual({ control: { rollout_percentage: 100 }, test: { rollout_percentage: 0 } })
  })
})

describe('launches, copies and ships', () => {
  it('a launch needs the baseline that is named', async () => {
    const { key, id, experiment } = await scene(['control', 'test'], named('red'))
    expect(problems(await ask(key, 'launchExperiment', { id }))).toEqual([['id', lacks('red')]])
    expect(problems(await ask(key, 'updateExperiment', { id, startDate: started.toISOString() }))).toEqual([['startDate', lacks('red')]])
    expect((await rowOf(experiment)).startDate).toBeNull()
  })

  it('a copy takes its baseline along, onto a flag that has it', async () => {
    const { key, id, project, organization } = await scene(['blue', 'green', 'red'], {
      ...named('green'),
      parameters: { excluded_variants: ['red'] },
    })
    await seedFlag(db, project, { key: 'plain' })
    await seedFlag(db, project, { key: 'two', filters: stored('green', 'blue') })
    expect(problems(await ask(key, 'duplicateExperiment', { id, featureFlagKey: 'plain' }))).toEqual([['featureFlagKey', lacks('green')]])
    expect(await ask(key, 'duplicateExperiment', { id, featureFlagKey: 'two' })).toMatchObject({
      baselineVariantKey: 'green',
      excludedVariantKeys: [],
    })
    const target = await seedProject(db, organization)
    const copy = await ask(key, 'copyExperimentToProject', { id, targetProjectId: target.id })
    expect(copy).toMatchObject({ baselineVariantKey: 'green', excludedVariantKeys: ['red'] })
    expect(await ask(key, 'launchExperiment', { id: copy.databaseId })).toMatchObject({ status: 'RUNNING' })
  })

  it('ships a test variant of a flag without control', async () => {
    const { key, id } = await scene(['blue', 'green'], { ...named('green'), startDate: started }, { active: true })
    const shipped = await ask(key, 'shipExperimentVariant', { id, variantKey: 'blue' })
    expect(shipped).toMatchObject({ status: 'STOPPED', baselineVariantKey: 'green' })
  })
})

describe('experimentEligibility', () => {
  it.each<[string, object, string, string[], string[]]>([
    ['control first', controlAndTest, 'test', [], []],
    ['the baseline last', stored('a', 'b'), 'b', ['CONTROL_NOT_FIRST'], []],
    ['another case', stored('a', 'b'), 'B', ['CONTROL_NOT_FIRST'], ['BASELINE_MISSING']],
    ['one variant', stored('a'), 'a', ['TOO_FEW_VARIANTS', 'CONTROL_NOT_FIRST'], ['TOO_FEW_VARIANTS']],
    ['no variants', stored(), 'a', ['TOO_FEW_VARIANTS'], ['TOO_FEW_VARIANTS', 'BASELINE_MISSING']],
    ['no multivariate', { multivariate: null }, 'a', ['NOT_MULTIVARIATE'], ['NOT_MULTIVARIATE']],
    [
      'malformed filters',
      { multivariate: { variants: [{ key: 'a' }, 7] } },
      'b',
      ['CONTROL_NOT_FIRST', 'MALFORMED_FILTERS'],
      ['BASELINE_MISSING', 'MALFORMED_FILTERS'],
    ],
  ])('with %s', async (_what, filters, baseline, plain, asked) => {
    const { key, project } = await seedTenant(db)
    const { id } = await seedFlag(db, project, { filters: filters as object })
    const { data, errors } = await run(
      key,
      `query ($id: ID!, $key: String) { node(id: $id) { ... on FeatureFlag {
        plain: experimentEligibility { eligible reasons } asked: experimentEligibility(baselineVariantKey: $key) { eligible reasons }
      } } }`,
      { id: globalId('FeatureFlag', id), key: baseline },
    )
    expect(errors).toBeUndefined()
    expect(data.node).toEqual({
      plain: { eligible: plain.length === 0, reasons: plain },
      asked: { eligible: asked.length === 0, reasons: asked },
    })
  })

  it('names a key that is too long', async () => {
    const { key, project } = await seedTenant(db)
    await seedFlag(db, project)
    const { errors } = await run(
      key,
      `query ($id: ID!, $key: String) { eligibleFeatureFlags(projectId: $id) { nodes { experimentEligibility(baselineVariantKey: $key) { eligible } } } }`,
      { id: project.id, key: 'x'.repeat(401) },
    )
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'baselineVariantKey' })
  })
})
