import { describe, expect, it } from 'vitest'
import type { Experiment, FeatureFlag } from '../../../../src/database/generated/client.ts'
import { snapshotFlagsAndExperiments } from '../../../support/approvals.ts'
import { controlAndTest, ownFlagValues, seedExperiment, seedFlag, seedKey, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, time } = await testServer()

const start = new Date('2026-11-01')
const end = new Date('2026-11-10')
const drafted = {}
const running = { startDate: start }
const ended = { startDate: start, endDate: end }

async function scene({ experiment = {}, flag = {} }: { experiment?: object; flag?: object } = {}) {
  const tenant = await seedTenant(db)
  const row = await seedFlag(db, tenant.project, { lastModifiedById: null, ...flag })
  const made = await seedExperiment(db, row, experiment)
  return { ...tenant, flag: row, experiment: made, id: globalId('Experiment', made.id) }
}
const rows = async ({ flag, experiment }: { flag: FeatureFlag; experiment: Experiment }) => ({
  flag: await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } }),
  experiment: await db.experiment.findUniqueOrThrow({ where: { id: experiment.id } }),
})

async function ask(key: string, mutation: string, input: object) {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  const faulty = ['archiveExperiment', 'unarchiveExperiment', 'resetExperiment'].includes(mutation)
    ? ''
    : '... on ValidationError { fieldErrors { path code message } }'
  const stateful = ['duplicateExperiment', 'copyExperimentToProject'].includes(mutation) ? '' : '... on InvalidStateError { state }'
  const document = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) {
    __typename ... on Error { code message } ${faulty} ${stateful}
    ... on Experiment { id name status startDate endDate archived conclusion conclusionComment featureFlag { id key active archived version } metrics }
  } }`
  const { data, errors } = await run(key, document, { input })
  return { ...data?.result, errors }
}

describe('what the state does not allow', () => {
  it.each([
    ['launchExperiment', ended, {}, 'Experiment has already been launched.', 'STOPPED'],
    ['pauseExperiment', running, { active: false }, 'Experiment is already paused.', 'PAUSED'],
    ['resumeExperiment', running, {}, 'Experiment is not paused.', 'RUNNING'],
    ['endExperiment', drafted, {}, 'Experiment has not been launched yet.', 'DRAFT'],
    ['archiveExperiment', running, {}, 'Experiment must be ended before it can be archived.', 'RUNNING'],
    ['unarchiveExperiment', ended, {}, 'Experiment is not archived.', 'STOPPED'],
    ['resetExperiment', drafted, {}, 'Experiment is already in draft state.', 'DRAFT'],
  ])('%s on %o with a flag %o: %s', async (mutation, experiment, flag, message, state) => {
    const there = await scene({ experiment, flag })
    const before = await snapshotFlagsAndExperiments(db)
    expect(await ask(there.key, mutation, { id: there.id })).toMatchObject({
      __typename: 'InvalidStateError',
      code: 'INVALID_STATE',
      message,
      state,
    })
    expect(await snapshotFlagsAndExperiments(db)).toBe(before)
    expect(await db.activity.count({ where: { experimentId: there.experiment.id } })).toBe(0)
    // The error names the state that a query answers.
    const query = 'query ($id: ID!) { node(id: $id) { ... on Experiment { status } } }'
    expect((await run(there.key, query, { id: there.id })).data).toEqual({ node: { status: state } })
  })

  it.each(['endExperiment', 'shipExperimentVariant'])('%s before the start, which may be in the future', async (mutation) => {
    const there = await scene({ experiment: { startDate: new Date(time.now.getTime() + 1) } })
    const before = await snapshotFlagsAndExperiments(db)
    const input = mutation === 'endExperiment' ? { id: there.id } : { id: there.id, variantKey: 'test' }
    expect(await ask(there.key, mutation, input)).toMatchObject({
      __typename: 'ValidationError',
      fieldErrors: [{ path: ['id'], message: 'End date must be after start date' }],
    })
    expect(await snapshotFlagsAndExperiments(db)).toBe(before)
  })

  it('launching a draft with an end, which an import left', async () => {
    const there = await scene({ experiment: { endDate: new Date('2026-11-10') } })
    expect(await ask(there.key, 'launchExperiment', { id: there.id })).toMatchObject({ fieldErrors: [{ path: ['id'] }] })
    expect((await rows(there)).experiment.startDate).toBeNull()
  })

  it('shipping a draft', async () => {
    const { key, id } = await scene()
    expect(await ask(key, 'shipExperimentVariant', { id, variantKey: 'test' })).toMatchObject({
      message: 'Experiment has not been launched yet.',
    })
  })

  it('launching with a flag that cannot serve an experiment', async () => {
    const { key, id } = await scene({ flag: { filters: { groups: [] } } })
    expect(await ask(key, 'launchExperiment', { id })).toMatchObject({
      __typename: 'ValidationError',
      fieldErrors: [
        { message: 'Feature flag must have at least 2 variants (control and at least one test variant)' },
        { message: "Feature flag must have a variant with key 'control'" },
      ],
    })
  })
})

const lifeCycle = ['launch', 'pause', 'resume', 'end', 'archive', 'unarchive', 'reset', 'duplicate'].map((verb) => `${verb}Experiment`)

describe.each(lifeCycle)('%s', (mutation) => {
  it('needs experiment:write', async () => {
    const { user, id } = await scene()
    const { errors } = await ask(await seedKey(db, user, { scopes: ['experiment:read', 'feature_flag:write'] }), mutation, { id })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'experiment:write' })
  })

  it('does not find what is not there, is hidden, deleted, or can be nothing', async () => {
    const { key } = await scene()
    const [stranger, gone] = [await scene({ experiment: running }), await scene({ experiment: { deleted: true } })]
    for (const [asker, given] of [
      [key, stranger.id],
      [gone.key, gone.id],
      [key, '999999'],
      [key, '99999999999'],
      [key, 'x'],
      [key, stranger.project.id],
    ] as const) {
      expect(await ask(asker, mutation, { id: String(given) })).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND' })
    }
    expect((await ask(key, mutation, { id: globalId('FeatureFlag', 1) })).message).toContain(
      "'input.id' must be the global id of an Experiment",
    )
  })
})

describe('launching, pausing, resuming and ending', () => {
  it('launch starts now, switches the flag on, and renews the fingerprints', async () => {
    const metrics = [
      { kind: 'ExperimentMetric', metric_type: 'mean', uuid: 'a', fingerprint: 'old', source: { kind: 'EventsNode', event: 'x' } },
    ]
    const there = await scene({ experiment: { metrics }, flag: { active: false } })
    const answer = await ask(there.key, 'launchExperiment', { id: there.id })
    expect(answer).toMatchObject({ status: 'RUNNING', startDate: time.now.toISOString(), featureFlag: { active: true, version: 2 } })
    expect(answer.metrics[0]).toMatchObject({ uuid: 'a', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) })
    const { flag, experiment } = await rows(there)
    expect(flag).toMatchObject({ lastModifiedById: there.user.id, updatedAt: time.now, filters: there.flag.filters })
    expect(experiment.updatedAt).toEqual(time.now)
  })

  it('launch leaves a flag that is on alone', async () => {
    const there = await scene()
    await ask(there.key, 'launchExperiment', { id: there.id })
    expect(ownFlagValues((await rows(there)).flag)).toEqual(ownFlagValues(there.flag))
  })

  it('pause and resume switch the flag, and leave the dates', async () => {
    const there = await scene({ experiment: running })
    expect(await ask(there.key, 'pauseExperiment', { id: there.id })).toMatchObject({
      status: 'PAUSED',
      startDate: start.toISOString(),
      endDate: null,
    })
    expect(await ask(there.key, 'resumeExperiment', { id: there.id })).toMatchObject({
      status: 'RUNNING',
      featureFlag: { active: true, version: 3 },
    })
  })

  it('pause is rejected while other flags that are on depend on this one', async () => {
    const there = await scene({ experiment: running })
    const depends = { type: 'flag', key: String(there.flag.id), operator: 'flag_evaluates_to', value: true }
    await seedFlag(db, there.project, { key: 'dependent', filters: { groups: [{ properties: [depends] }] } })
    expect(await ask(there.key, 'pauseExperiment', { id: there.id })).toMatchObject({
      __typename: 'InvalidStateError',
      message: 'Cannot disable this feature flag because other active flags depend on it: dependent.',
    })
  })

  it('end overwrites conclusion and comment, and leaves the flag', async () => {
    const there = await scene({ experiment: { ...running, conclusion: 'won', conclusionComment: 'old' } })
    expect(await ask(there.key, 'endExperiment', { id: there.id })).toMatchObject({
      status: 'STOPPED',
      endDate: time.now.toISOString(),
      conclusion: null,
      conclusionComment: null,
    })
    expect(ownFlagValues((await rows(there)).flag)).toEqual(ownFlagValues(there.flag))
    const paused = await scene({ experiment: running, flag: { active: false } })
    expect(
      await ask(paused.key, 'endExperiment', { id: paused.id, conclusion: 'LOST', conclusionComment: 'x'.repeat(4_001) }),
    ).toMatchObject({
      __typename: 'ValidationError',
      fieldErrors: [{ path: ['conclusionComment'] }],
    })
    expect(await ask(paused.key, 'endExperiment', { id: paused.id, conclusion: 'LOST' })).toMatchObject({ conclusion: 'LOST' })
  })

  it('reset makes a draft of it, and leaves the flag on', async () => {
    const there = await scene({ experiment: { ...ended, archived: true, conclusion: 'won', conclusionComment: 'x' } })
    expect(await ask(there.key, 'resetExperiment', { id: there.id })).toMatchObject({
      status: 'DRAFT',
      startDate: null,
      endDate: null,
      archived: false,
      conclusion: null,
      conclusionComment: null,
      featureFlag: { active: true, version: 1 },
    })
  })
})

describe('shipping a variant', () => {
  const filters = {
    ...controlAndTest,
    groups: [{ properties: [{ key: 'country', type: 'person', value: 'DE' }], rollout_percentage: 30 }],
    payloads: { test: '"hello"' },
    holdout: { id: 1, exclusion_percentage: 5 },
  }

  it('gives it to all who are in, ends what runs, and keeps the rest', async () => {
    const there = await scene({ experiment: running, flag: { filters } })
    const input = { id: there.id, variantKey: 'test', conclusion: 'WON', conclusionComment: 'clear' }
    expect(await ask(there.key, 'shipExperimentVariant', input)).toMatchObject({
      status: 'STOPPED',
      endDate: time.now.toISOString(),
      conclusion: 'WON',
      conclusionComment: 'clear',
    })
    expect((await rows(there)).flag.filters).toEqual({
      ...filters,
      multivariate: {
        variants: [
          { key: 'control', rollout_percentage: 0 },
          { key: 'test', rollout_percentage: 100 },
        ],
      },
    })
  })

  it('puts a set for everybody first when asked to, keeps an end, and leaves a flag that is off', async () => {
    const there = await scene({ experiment: { ...ended, conclusion: 'lost' }, flag: { filters, active: false } })
    const answer = await ask(there.key, 'shipExperimentVariant', { id: there.id, variantKey: 'control', releaseToEveryone: true })
    expect(answer).toMatchObject({ endDate: end.toISOString(), conclusion: 'LOST', featureFlag: { active: false } })
    expect((await rows(there)).flag.filters).toMatchObject({
      groups: [
        {
          properties: [],
          rollout_percentage: 100,
          description: 'Added automatically when the experiment was ended to keep only one variant.',
        },
        filters.groups[0],
      ],
    })
  })

  it("renews the experiment's copy of the variants, percentage and payloads", async () => {
    const parameters = { feature_flag_variants: [], rollout_percentage: 30, feature_flag_payloads: {}, note: 'kept' }
    const there = await scene({ experiment: { ...running, parameters }, flag: { filters } })
    await ask(there.key, 'shipExperimentVariant', { id: there.id, variantKey: 'test', releaseToEveryone: true })
    expect((await rows(there)).experiment.parameters).toEqual({
      feature_flag_variants: [
        { key: 'control', rollout_percentage: 0 },
        { key: 'test', rollout_percentage: 100 },
      ],
      rollout_percentage: 100,
      feature_flag_payloads: { test: '"hello"' },
      note: 'kept',
    })
  })

  it('names a variant that is not there', async () => {
    const { key, id } = await scene({ experiment: running })
    expect(await ask(key, 'shipExperimentVariant', { id, variantKey: 'nope' })).toMatchObject({
      fieldErrors: [{ path: ['variantKey'], message: "Variant 'nope' not found on feature flag." }],
    })
  })
})

describe('archiving', () => {
  it('takes a flag that is off along, and brings it back, still off', async () => {
    const there = await scene({ experiment: ended, flag: { active: false } })
    expect(await ask(there.key, 'archiveExperiment', { id: there.id })).toMatchObject({
      archived: true,
      featureFlag: { archived: true, active: false },
    })
    expect((await rows(there)).experiment.featureFlagAutoArchived).toBe(true)
    expect(await ask(there.key, 'unarchiveExperiment', { id: there.id })).toMatchObject({
      archived: false,
      status: 'STOPPED',
      featureFlag: { archived: false, active: false },
    })
    expect((await rows(there)).experiment.featureFlagAutoArchived).toBe(false)
  })

  it('leaves a flag that is on, unless asked to switch it off', async () => {
    const there = await scene({ experiment: ended })
    expect(await ask(there.key, 'archiveExperiment', { id: there.id })).toMatchObject({
      featureFlag: { archived: false, active: true, version: 1 },
    })
    const other = await scene({ experiment: ended })
    expect(await ask(other.key, 'archiveExperiment', { id: other.id, disableFeatureFlag: true })).toMatchObject({
      featureFlag: { archived: true, active: false, version: 2 },
    })
  })

  it('leaves a flag that another experiment uses, and one that was archived by hand', async () => {
    const there = await scene({ experiment: ended })
    const other = await seedExperiment(db, there.flag, { name: 'Other' })
    await seedExperiment(db, there.flag, { name: 'Archived', ...ended, archived: true })
    const before = await rows(there)
    expect(await ask(there.key, 'archiveExperiment', { id: there.id, disableFeatureFlag: true })).toMatchObject({
      __typename: 'InvalidStateError',
      message: expect.stringContaining(`because other experiments use it: "Other" (ID: ${other.id}). Archive`),
    })
    expect(await rows(there)).toEqual(before)
    expect(await ask(there.key, 'archiveExperiment', { id: there.id })).toMatchObject({
      archived: true,
      featureFlag: { active: true, archived: false },
    })
    const off = await scene({ experiment: ended, flag: { active: false } })
    await seedExperiment(db, off.flag)
    expect(await ask(off.key, 'archiveExperiment', { id: off.id, disableFeatureFlag: true })).toMatchObject({
      archived: true,
      featureFlag: { archived: false },
    })
    const byHand = await scene({ experiment: ended, flag: { active: false, archived: true } })
    await ask(byHand.key, 'archiveExperiment', { id: byHand.id })
    expect(await ask(byHand.key, 'unarchiveExperiment', { id: byHand.id })).toMatchObject({
      archived: false,
      featureFlag: { archived: true },
    })
  })

  it('without feature_flag:write leaves the flag and the mark, and is rejected where the flag is to go off', async () => {
    const there = await scene({ experiment: ended, flag: { active: false } })
    const key = await seedKey(db, there.user, { scopes: ['experiment:write', 'feature_flag:read'] })
    const refused = await ask(key, 'archiveExperiment', { id: there.id, disableFeatureFlag: true })
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'feature_flag:write' })
    // The scope comes first, so that nobody learns which experiments exist.
    const unknown = await ask(key, 'archiveExperiment', { id: '999999', disableFeatureFlag: true })
    expect(unknown.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
    expect((await rows(there)).experiment.archived).toBe(false)
    expect(await ask(key, 'archiveExperiment', { id: there.id })).toMatchObject({ archived: true, featureFlag: { archived: false } })

    const marked = await scene({
      experiment: { ...ended, archived: true, featureFlagAutoArchived: true },
      flag: { active: false, archived: true },
    })
    const markedKey = await seedKey(db, marked.user, { scopes: ['experiment:write', 'feature_flag:read'] })
    expect(await ask(markedKey, 'unarchiveExperiment', { id: marked.id })).toMatchObject({
      archived: false,
      featureFlag: { archived: true },
    })
    expect((await rows(marked)).experiment.featureFlagAutoArchived).toBe(true)
  })
})

describe('copies', () => {
  const source = {
    ...ended,
    name: 'Checkout',
    description: 'why',
    conclusion: 'won',
    archived: true,
    metrics: [{ kind: 'ExperimentMetric', metric_type: 'mean', uuid: 'one', source: {} }],
    primaryMetricsOrderedUuids: ['one'],
    statsConfig: { method: 'frequentist' },
  }

  it('a duplicate is a draft on the same flag, with fresh ids', async () => {
    const there = await scene({ experiment: source })
    const answer = await ask(there.key, 'duplicateExperiment', { id: there.id })
    expect(answer).toMatchObject({
      name: 'Checkout (Copy)',
      status: 'DRAFT',
      archived: false,
      conclusion: null,
      featureFlag: { id: globalId('FeatureFlag', there.flag.id), version: 1 },
    })
    expect(answer.metrics[0].uuid).not.toBe('one')
    const copy = await db.experiment.findFirstOrThrow({ where: { projectId: there.project.id, name: 'Checkout (Copy)' } })
    expect(copy).toMatchObject({
      description: 'why',
      statsConfig: { method: 'frequentist' },
      primaryMetricsOrderedUuids: [answer.metrics[0].uuid],
      createdById: there.user.id,
    })
    expect((await ask(there.key, 'duplicateExperiment', { id: there.id })).name).toBe('Checkout (Copy) 1')
    expect((await ask(there.key, 'duplicateExperiment', { id: there.id, name: 'Own' })).name).toBe('Own')
  })

  it('a duplicate with another key has a flag of its own, off; a blank key is rejected', async () => {
    const there = await scene({ experiment: source })
    expect(await ask(there.key, 'duplicateExperiment', { id: there.id, featureFlagKey: 'own' })).toMatchObject({
      featureFlag: { key: 'own', active: false },
    })
    const made = await db.featureFlag.findFirstOrThrow({ where: { projectId: there.project.id, key: 'own' } })
    expect(made.filters).toMatchObject({ multivariate: controlAndTest.multivariate as object })
    for (const featureFlagKey of ['', ' ', 'not ok!']) {
      expect(await ask(there.key, 'duplicateExperiment', { id: there.id, featureFlagKey })).toMatchObject({
        fieldErrors: [{ path: ['featureFlagKey'] }],
      })
    }
  })

  it('a copy goes to another project of the same organization, with a flag that is made or found there', async () => {
    const there = await scene({ experiment: source })
    const target = await seedProject(db, there.organization)
    const input = { id: there.id, targetProjectId: globalId('Project', target.id) }
    expect(await ask(there.key, 'copyExperimentToProject', input)).toMatchObject({
      name: 'Checkout (Copy)',
      status: 'DRAFT',
      featureFlag: { key: there.flag.key, active: false },
    })
    expect(await ask(there.key, 'copyExperimentToProject', input)).toMatchObject({ name: 'Checkout (Copy) 1' })
    expect(await db.featureFlag.count({ where: { projectId: target.id } })).toBe(1)

    const stranger = await seedTenant(db)
    expect(await ask(there.key, 'copyExperimentToProject', { id: there.id, targetProjectId: stranger.project.id })).toMatchObject({
      __typename: 'NotFoundError',
      message: 'Target project not found.',
    })
    const restricted = await seedKey(db, there.user, { scopedProjects: [there.project.id] })
    expect(await ask(restricted, 'copyExperimentToProject', input)).toMatchObject({
      __typename: 'PermissionDeniedError',
      message: expect.stringMatching(/^API key does not have access to the requested project: ID \d+\.$/),
    })
  })

  it('experiments with legacy metrics are not copied', async () => {
    const there = await scene({ experiment: { metrics: [{ kind: 'ExperimentTrendsQuery' }] } })
    expect(await ask(there.key, 'duplicateExperiment', { id: there.id })).toMatchObject({
      fieldErrors: [{ message: 'Duplication is not supported for experiments using legacy metrics.' }],
    })
  })
})
