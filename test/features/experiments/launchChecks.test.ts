import { describe, expect, it } from 'vitest'
import type { Prisma } from '../../../src/database/generated/client.ts'
import { seedColleague, seedPolicy, snapshotFlagsAndExperiments } from '../../support/approvals.ts'
import { asker } from '../../support/mutations.ts'
import { controlAndTest, seedEvent, seedExperiment, seedFlag, seedKey } from '../../support/seed.ts'
import { seedAction } from '../../support/seedTracking.ts'
import { createRecordingServer } from '../../support/statementRecorder.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, time, countStatements, ...database } = await testServer({ accessCacheSeconds: 0 })
const fields = 'kind severity passed message fix path'
const ask = asker(run, `databaseId status launchChecks { ${fields} }`)

const off = { active: false }
const running = { startDate: new Date('2026-11-01') }
const mean = (event: string) => ({ kind: 'ExperimentMetric', metric_type: 'mean', source: { kind: 'EventsNode', event } })

interface Check {
  kind: string
  severity: string
  passed: boolean
  message: string
  fix: string | null
  path: string[] | null
}

/** A draft in which nothing is wrong. */
async function seedDraft(experiment: object = {}, flag: object = {}) {
  const tenant = await seedTenant(db)
  const row = await seedFlag(db, tenant.project, { ...off, ...flag })
  const made = await seedExperiment(db, row, { description: 'Why', metrics: [mean('purchase')], ...experiment })
  const event = (name: string, properties: object = {}, project = tenant.project) =>
    seedEvent(db, project, name, new Date(time.now.getTime() - 60_000), properties)
  await event('purchase', { '$feature/other': 'test' })
  await event('$feature_flag_called')
  return { ...tenant, flag: row, experiment: made, id: globalId('Experiment', made.id), event }
}

async function checksOf(key: string, id: string): Promise<Check[]> {
  const { data, errors } = await run(key, `query ($id: ID!) { node(id: $id) { ... on Experiment { launchChecks { ${fields} } } } }`, { id })
  expect(errors).toBeUndefined()
  return data.node.launchChecks
}

const failed = (checks: Check[]) => checks.filter(({ passed }) => !passed).map(({ kind }) => kind)

async function launch(key: string, input: object) {
  const { data, errors } = await run(
    key,
    `mutation ($input: LaunchExperimentInput!) { launchExperiment(input: $input) {
      __typename ... on Experiment { status } ... on Error { code message } ... on LaunchBlockedError { checks { ${fields} } } } }`,
    { input },
  )
  return { ...data?.launchExperiment, errors }
}

const set = (more: object = {}) => ({ properties: [], rollout_percentage: 100, ...more })
const withSets = (...groups: object[]) => ({ filters: { ...controlAndTest, groups } as Prisma.InputJsonObject })

describe('launchChecks', () => {
  it('lists what is fine too', async () => {
    const { key, id } = await seedDraft()
    const checks = await checksOf(key, id)
    expect(failed(checks)).toEqual([])
    expect(checks).toHaveLength(19)
    expect(checks[0]).toEqual({
      kind: 'FLAG_DELETED',
      severity: 'BLOCKING',
      passed: true,
      message: 'The feature flag is there.',
      fix: null,
      path: null,
    })
    expect(await launch(key, { id, requireChecks: true })).toMatchObject({ __typename: 'Experiment', status: 'RUNNING' })
    expect(await checksOf(key, id)).toEqual([])
  })

  it.each<[string, object, object, string[], Partial<Check>]>([
    [
      'malformed filters',
      {},
      withSets(set(), { rollout_percentage: 'x' }),
      ['FLAG_MALFORMED'],
      { message: 'The filters of the feature flag are malformed: see experimentEligibility.' },
    ],
    ['an end that has passed', { endDate: new Date('2026-11-10') }, {}, ['END_DATE_PASSED'], { path: ['updateExperiment', 'endDate'] }],
    [
      'metrics on events that nobody sends',
      { metrics: [mean('purchase'), mean('gone')], metricsSecondary: [mean('away')] },
      {},
      ['METRIC_EVENTS_UNSEEN'],
      { message: 'Metrics use events that were not sent in the last seven days: gone, away.' },
    ],
    [
      'an exposure that nobody sends',
      { exposureCriteria: { exposure_config: { kind: 'ExperimentEventExposureConfig', event: 'seen' } } },
      {},
      ['EXPOSURE_EVENT_UNSEEN'],
      { path: ['updateExperiment', 'exposureCriteria'] },
    ],
    ['no rollout', {}, withSets(set({ rollout_percentage: 0 })), ['NO_ROLLOUT'], { path: ['updateExperiment', 'rolloutPercentage'] }],
    ['no description', { description: ' ' }, {}, ['NO_DESCRIPTION'], { severity: 'INFO' }],
  ])('finds %s', async (_what, experiment, flag, expected, more) => {
    const { key, id } = await seedDraft(experiment, flag)
    const checks = await checksOf(key, id)
    expect(failed(checks)).toEqual(expected)
    const found = checks.find(({ kind }) => kind === expected[0])
    expect(found).toMatchObject({ passed: false, fix: expect.any(String), ...more })

    const before = await snapshotFlagsAndExperiments(db)
    const strict = await launch(key, { id, requireChecks: true })
    if (found?.severity === 'INFO') return expect(strict).toMatchObject({ __typename: 'Experiment' })
    expect(strict).toMatchObject({ __typename: 'LaunchBlockedError', code: 'LAUNCH_BLOCKED', checks: [found] })
    expect(await snapshotFlagsAndExperiments(db)).toBe(before)
    // Only what blocks is refused without being asked.
    const plain = await launch(key, { id })
    if (found?.severity === 'BLOCKING') expect(plain).toMatchObject({ code: expect.any(String), message: found.message })
    else expect(plain).toMatchObject({ __typename: 'Experiment', status: 'RUNNING' })
  })

  it('finds other experiments on the flag, and their holdouts', async () => {
    const { key, id, project, flag } = await seedDraft()
    const [held, other] = await Promise.all(['Held', 'Other'].map((name) => db.holdout.create({ data: { projectId: project.id, name } })))
    const draft = await seedExperiment(db, flag, { name: 'Draft', holdoutId: held?.id ?? null })
    const runs = await seedExperiment(db, flag, { name: 'Runs', ...running, holdoutId: other?.id ?? null })
    await seedExperiment(db, flag, { name: 'Over', ...running, endDate: new Date('2026-11-10') })
    await seedExperiment(db, flag, { name: 'Gone', deleted: true })
    const checks = await checksOf(key, id)
    expect(failed(checks)).toEqual(['FLAG_SHARED', 'HOLDOUT_OVERLAP'])
    expect(checks.filter(({ passed }) => !passed).map(({ message }) => message)).toEqual([
      `Other experiments use the feature flag: "Runs" (ID: ${runs.id}), "Draft" (ID: ${draft.id}).`,
      `Running experiments on the feature flag have another holdout: "Runs" (ID: ${runs.id}).`,
    ])
  })

  it('reads the events of actions and saved metrics, in the last seven days', async () => {
    const { key, id, project, experiment, event } = await seedDraft({ metrics: [] })
    const action = await seedAction(db, project, [{ event: 'clicked' }, {}])
    const query = { kind: 'ExperimentMetric', metric_type: 'mean', source: { kind: 'ActionsNode', id: action.id } }
    const saved = await db.savedMetric.create({ data: { projectId: project.id, name: 'Clicks', query } })
    await db.experimentSavedMetric.create({
      data: { experimentId: experiment.id, savedMetricId: saved.id, metadata: { type: 'secondary' } },
    })
    expect(failed(await checksOf(key, id))).toEqual(['NO_PRIMARY_METRIC', 'METRIC_EVENTS_UNSEEN', 'FLAG_NOT_IMPLEMENTED'])
    await seedEvent(db, project, 'clicked', new Date('2026-11-12T12:00:00Z'), { '$feature/x': true })
    expect(failed(await checksOf(key, id))).toContain('METRIC_EVENTS_UNSEEN')
    await db.experimentSavedMetric.updateMany({ where: { experimentId: experiment.id }, data: { metadata: { type: 'primary' } } })
    await event('clicked')
    expect(failed(await checksOf(key, id))).toEqual(['FLAG_NOT_IMPLEMENTED'])
    await event('clicked', { '$feature/x': true })
    expect(failed(await checksOf(key, id))).toEqual([])
  })

  it('takes no event of another tenant for one of its own', async () => {
    const { key, id } = await seedDraft({ metrics: [mean('theirs')] })
    const stranger = await seedDraft()
    await stranger.event('theirs', { '$feature/x': 1 })
    expect(failed(await checksOf(key, id))).toEqual(['METRIC_EVENTS_UNSEEN', 'FLAG_NOT_IMPLEMENTED'])
    const { data } = await run(stranger.key, 'query ($id: ID!) { node(id: $id) { ... on Experiment { launchChecks { kind } } } }', { id })
    expect(data.node).toBeNull()
  })

  it('says that an approval is needed, and that a request is open', async () => {
    const made = await seedDraft()
    const { key, id } = made
    const colleague = await seedColleague(db, made)
    await seedPolicy(db, made, 'EXPERIMENT_LAUNCH', [colleague])
    expect(failed(await checksOf(key, id))).toEqual(['APPROVAL_NEEDED'])
    expect(await launch(key, { id, requireChecks: true })).toMatchObject({ __typename: 'ApprovalRequiredError' })
    expect(failed(await checksOf(key, id))).toEqual(['OPEN_CHANGE_REQUEST', 'APPROVAL_NEEDED'])
    expect(await launch(key, { id, requireChecks: true })).toMatchObject({ __typename: 'ChangeRequestPendingError' })
    const request = await db.changeRequest.findFirstOrThrow({ where: { featureFlagId: made.flag.id } })
    const vote = 'mutation ($id: ID!) { approveChangeRequest(input: { id: $id }) { __typename } }'
    const { data } = await run(colleague.key, vote, { id: globalId('ChangeRequest', request.id) })
    expect(data.approveChangeRequest).toEqual({ __typename: 'ApproveChangeRequestSuccess' })
    expect(await db.experiment.findUniqueOrThrow({ where: { id: made.experiment.id } })).toMatchObject({ startDate: time.now })
  })

  it('launches nothing by a request whose checks fail since', async ({ onTestFinished }) => {
    const before = time.now
    onTestFinished(() => {
      time.now = before
    })
    const made = await seedDraft()
    const colleague = await seedColleague(db, made)
    await seedPolicy(db, made, 'EXPERIMENT_LAUNCH', [colleague])
    expect(await launch(made.key, { id: made.id, requireChecks: true })).toMatchObject({ __typename: 'ApprovalRequiredError' })
    const request = await db.changeRequest.findFirstOrThrow({ where: { featureFlagId: made.flag.id } })
    // The events are too old by then.
    time.now = new Date(before.getTime() + 9 * 24 * 60 * 60 * 1000)
    const vote = `mutation ($id: ID!) { approveChangeRequest(input: { id: $id }) {
      ... on ApproveChangeRequestSuccess { changeRequest { state } outcome { ... on ApplyFailed { reason message } } } } }`
    const { data, errors } = await run(colleague.key, vote, { id: globalId('ChangeRequest', request.id) })
    expect(errors).toBeUndefined()
    expect(data.approveChangeRequest).toMatchObject({
      changeRequest: { state: 'FAILED' },
      outcome: { message: expect.stringContaining('were not sent in the last seven days') },
    })
    expect((await db.experiment.findUniqueOrThrow({ where: { id: made.experiment.id } })).startDate).toBeNull()
  })

  it('makes no change request where a check fails', async () => {
    const made = await seedDraft({ metrics: [] })
    await seedPolicy(db, made, 'EXPERIMENT_LAUNCH', [await seedColleague(db, made)])
    expect(await launch(made.key, { id: made.id, requireChecks: true })).toMatchObject({ __typename: 'LaunchBlockedError' })
    expect(await db.changeRequest.count({ where: { featureFlagId: made.flag.id } })).toBe(0)
    expect(await db.activity.count({ where: { experimentId: made.experiment.id } })).toBe(0)
  })

  it('needs its scopes, and a launched experiment is refused as always', async () => {
    const { id, user, key, experiment } = await seedDraft()
    const reader = await seedKey(db, user, { scopes: ['experiment:read'] })
    expect(failed(await checksOf(reader, id))).toEqual([])
    const { errors } = await launch(reader, { id, requireChecks: true })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'experiment:write' })
    await db.experiment.update({ where: { id: experiment.id }, data: { ...running, metrics: [] } })
    expect(await launch(key, { id, requireChecks: true })).toMatchObject({ message: 'Experiment has already been launched.' })
  })

  it('of two launches at once, one wins', async () => {
    const { key, id } = await seedDraft()
    const answers = await Promise.all([1, 2].map(() => launch(key, { id, requireChecks: true })))
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['Experiment', 'InvalidStateError'])
  })

  it('sends as many statements for many experiments as for one', async () => {
    const tenant = await seedTenant(db)
    const record = createRecordingServer({ ...database, db } as never, time.now)
    const count = (first: number) =>
      countStatements(async () => {
        const query = `{ experiments(projectId: ${tenant.project.id}, first: ${first}) { nodes { launchChecks { kind } actions { action } shippedVariantKey } } }`
        const { data, errors } = await record(tenant.key, query)
        expect(errors).toBeUndefined()
        expect(data.experiments.nodes).toHaveLength(first)
      })
    for (let index = 0; index < 6; index++) {
      await seedExperiment(db, await seedFlag(db, tenant.project, off), { metrics: [mean(`event ${index}`)] })
    }
    expect(await count(6)).toBe(await count(2))
  })
})

it('tells the checks in an answer of another mutation', async () => {
  const { key, project } = await seedTenant(db)
  const made = await ask(key, 'createExperiment', { projectId: project.id, name: 'x', featureFlagKey: 'x' })
  expect(failed(made.launchChecks)).toEqual(['NO_PRIMARY_METRIC', 'EXPOSURE_EVENT_UNSEEN', 'NO_DESCRIPTION'])
})
