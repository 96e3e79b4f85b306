import { beforeEach, describe, expect, it } from 'vitest'
import type { FeatureFlag } from '../../../src/database/generated/client.ts'
import { revalidateChangeRequests } from '../../../src/features/approvals/data/jobs.ts'
import type { GatedAction } from '../../../src/features/approvals/rules/guardedChanges.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { seedColleague, seedPolicy, snapshotFlagsAndExperiments } from '../../support/approvals.ts'
import { controlAndTest, ownFlagValues, seedExperiment, seedFlag, seedKey, seedOrganization, seedProject } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

// Approvers agree to what they see. That is what is made, or nothing is made, and the request says why.

const { db, pubSub, run, time } = await testServer()
const log = createLogger({ logLevel: 'silent' })
const start = time.now
beforeEach(() => {
  time.now = start
})

const shown = `id state before after validationStatus validationMessage
  staleReasons { path label before after } viewerCanCancel`
const outcome = `outcome { __typename ... on ApplyFailed { reason message } ... on ChangeApplied { resourceId } }`
const approve = `mutation ($id: ID!) { result: approveChangeRequest(input: { id: $id }) {
  __typename ... on Error { code message }
  ... on ChangeRequestStaleError { staleReason changeRequest { ${shown} } }
  ... on ApproveChangeRequestSuccess { ${outcome} changeRequest { ${shown} } }
} }`
const read = `query ($id: ID!) { result: node(id: $id) { ... on ChangeRequest { ${shown} } } }`

async function ask(key: string, document: string, variables: object) {
  const { data, errors } = await run(key, document, { ...variables })
  expect(errors).toBeUndefined()
  return data.result
}

/** A tenant with an approver, and a running experiment on a flag. */
async function setting(flagData: object = {}, experimentData: object | null = {}) {
  const tenant = await seedTenant(db)
  const approver = await seedColleague(db, tenant)
  const flag = await seedFlag(db, tenant.project, flagData)
  const experiment =
    experimentData === null ? null : await seedExperiment(db, flag, { startDate: new Date('2026-11-01'), ...experimentData })
  return {
    ...tenant,
    tenant,
    approver,
    flag,
    flagId: globalId('FeatureFlag', flag.id),
    experiment,
    experimentId: globalId('Experiment', experiment?.id ?? 0),
  }
}
type Setting = Awaited<ReturnType<typeof setting>>

/** Asks for a change under a policy for everything in the organization, and returns its request. */
async function request({ tenant, approver, key }: Setting, action: GatedAction, mutation: string, input: object, more: object = {}) {
  await seedPolicy(db, tenant, action, [approver], { projectId: null, ...more })
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  const document = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) {
    __typename ... on Error { message } ... on ApprovalRequiredError { changeRequest { ${shown} } } } }`
  const refused = await ask(key, document, { input })
  expect(refused).toMatchObject({ __typename: 'ApprovalRequiredError' })
  return refused.changeRequest
}

/** Nothing is made; the vote, the read and the job give the same reason. */
async function expectStale({ approver }: Setting, id: string, path: string, values: object = {}) {
  const before = await snapshotFlagsAndExperiments(db)
  const difference = expect.objectContaining({ path: path.split('.'), ...values })
  expect(await ask(approver.key, read, { id })).toMatchObject({
    validationStatus: 'STALE',
    staleReasons: expect.arrayContaining([difference]),
  })
  const refused = await ask(approver.key, approve, { id })
  expect(refused).toMatchObject({
    __typename: 'ChangeRequestStaleError',
    code: 'STALE',
    changeRequest: { validationStatus: 'STALE', state: 'PENDING', staleReasons: expect.arrayContaining([difference]) },
  })
  expect(refused.staleReason).not.toBe('')
  expect(await snapshotFlagsAndExperiments(db)).toBe(before)
  const row = await db.changeRequest.findUniqueOrThrow({ where: { id: numberOf(id) }, include: { approvals: true } })
  expect(row).toMatchObject({ state: 'PENDING', validationStatus: 'STALE', approvals: [] })
}
const numberOf = (id: string) => Number(atob(id).split(':')[1])

const split = (control: number) => ({
  ...controlAndTest,
  multivariate: {
    variants: [
      { key: 'control', rollout_percentage: control },
      { key: 'test', rollout_percentage: 100 - control },
    ],
  },
})
const setSplit = ({ id }: FeatureFlag, control: number) => db.featureFlag.update({ where: { id }, data: { filters: split(control) } })
const metric = { kind: 'ExperimentMetric', metric_type: 'mean', source: { kind: 'EventsNode', event: 'paid' } }

describe('a request that creates something', () => {
  it.each(['duplicateExperiment', 'copyExperimentToProject'])('%s: makes nothing once the source has another split', async (mutation) => {
    const there = await setting()
    const target = await seedProject(db, there.organization)
    const input = {
      id: there.experimentId,
      featureFlagKey: 'brand-new',
      ...(mutation === 'duplicateExperiment' ? {} : { targetProjectId: target.id }),
    }
    const { id } = await request(there, 'FEATURE_FLAG_UPDATE', mutation, input)
    await setSplit(there.flag, 1)
    await expectStale(there, id, 'featureFlag.filters.multivariate', {
      before: split(50).multivariate,
      after: split(1).multivariate,
    })
    await setSplit(there.flag, 50)
    expect(await ask(there.approver.key, approve, { id })).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
  })

  it.each([
    ['name', 'Another name'],
    ['description', 'Another description'],
    ['metrics', [metric]],
    ['statsConfig', { method: 'frequentist' }],
    ['deleted', true],
  ])('makes nothing once the source has another %s', async (column, value) => {
    const there = await setting()
    const { id } = await request(there, 'FEATURE_FLAG_UPDATE', 'duplicateExperiment', {
      id: there.experimentId,
      featureFlagKey: 'brand-new',
    })
    await db.experiment.update({ where: { id: there.experiment?.id ?? 0 }, data: { [column]: value } as never })
    await expectStale(there, id, `experiment.${column}`)
  })

  it('makes nothing once the project of the source has moved to another organization', async () => {
    const there = await setting()
    const target = await seedProject(db, there.organization)
    const input = { id: there.experimentId, targetProjectId: target.id, featureFlagKey: 'brand-new' }
    const { id } = await request(there, 'FEATURE_FLAG_UPDATE', 'copyExperimentToProject', input)
    await db.project.update({ where: { id: there.project.id }, data: { organizationId: (await seedOrganization(db)).id } })
    await expectStale(there, id, 'project.organizationId', { after: null })
  })

  it('makes nothing once another holdout share would be written', async () => {
    const there = await setting()
    const holdout = await db.holdout.create({ data: { projectId: there.project.id, name: 'H', filters: [{ rollout_percentage: 10 }] } })
    const input = { projectId: there.project.id, name: 'New', featureFlagKey: 'brand-new', holdoutId: holdout.id }
    const { id } = await request(there, 'FEATURE_FLAG_UPDATE', 'createExperiment', input)
    await db.holdout.update({ where: { id: holdout.id }, data: { filters: [{ rollout_percentage: 90 }] } })
    await expectStale(there, id, 'holdout.filters')
    await db.holdout.delete({ where: { id: holdout.id } })
    await expectStale(there, id, 'holdout')
  })

  it.each([
    ['deleted', { deleted: true }],
    ['prompt', { prompt: 'other' }],
    ['name', { name: 'other' }],
  ])('makes nothing once a prompt has another %s', async (column, data) => {
    const there = await setting()
    const { id: projectId } = there.project
    await db.prompt.createMany({ data: [1, 2].map((version) => ({ projectId, name: 'greeter', prompt: 'hi', version })) })
    const input = { projectId, promptName: 'greeter', versions: [1, 2], templates: ['COST'] }
    const { id } = await request(there, 'FEATURE_FLAG_UPDATE', 'createExperimentFromPrompt', input)
    await db.prompt.updateMany({ where: { projectId, version: 2 }, data })
    await expectStale(there, id, `prompt.${column}`)
  })

  it('makes nothing once a default of the project would give another flag or experiment', async () => {
    const there = await setting()
    const { id: projectId } = there.project
    const flag = await request(there, 'FEATURE_FLAG_ENABLE', 'createFeatureFlag', { projectId, key: 'brand-new' })
    const experiment = await request(there, 'FEATURE_FLAG_UPDATE', 'createExperiment', {
      projectId,
      name: 'New',
      featureFlagKey: 'another',
    })
    await db.project.update({
      where: { id: projectId },
      data: { flagsPersistenceDefault: true, defaultExperimentStatsMethod: 'frequentist' },
    })
    await expectStale(there, flag.id, 'project.flagsPersistenceDefault', { before: false, after: true })
    await expectStale(there, experiment.id, 'project.defaultExperimentStatsMethod', { before: null, after: 'frequentist' })
    await expectStale(there, experiment.id, 'project.flagsPersistenceDefault', { before: false, after: true })
    await db.project.update({
      where: { id: projectId },
      data: { flagsPersistenceDefault: false, defaultExperimentStatsMethod: null },
    })
    await db.evaluationContext.create({ data: { projectId, name: 'web', isDefault: true } })
    for (const { id } of [flag, experiment])
      await expectStale(there, id, 'project.defaultEvaluationContexts', { before: [], after: ['web'] })
  })

  it.each(['createExperiment', 'duplicateExperiment'])(
    '%s: makes nothing once a saved metric measures something else, or is gone',
    async (mutation) => {
      const there = await setting()
      const { id: projectId } = there.project
      const saved = await db.savedMetric.create({ data: { projectId, name: 'Saved', query: metric } })
      await db.experimentSavedMetric.create({ data: { experimentId: there.experiment?.id ?? 0, savedMetricId: saved.id } })
      const input =
        mutation === 'createExperiment'
          ? { projectId, name: 'New', savedMetrics: [{ savedMetricId: saved.id, role: 'PRIMARY' }] }
          : { id: there.experimentId }
      const { id } = await request(there, 'FEATURE_FLAG_UPDATE', mutation, { ...input, featureFlagKey: 'brand-new' })
      await db.savedMetric.update({ where: { id: saved.id }, data: { query: { ...metric, metric_type: 'ratio' } } })
      await expectStale(there, id, 'savedMetric.query')
      await db.experimentSavedMetric.deleteMany({ where: { savedMetricId: saved.id } })
      await db.savedMetric.delete({ where: { id: saved.id } })
      await expectStale(there, id, 'savedMetric', { after: null })
    },
  )

  it('makes nothing once the name that it shows is taken, or the source has another saved metric', async () => {
    const there = await setting({}, { name: 'Checkout' })
    const { id } = await request(there, 'FEATURE_FLAG_UPDATE', 'duplicateExperiment', {
      id: there.experimentId,
      featureFlagKey: 'brand-new',
    })
    const other = await seedExperiment(db, there.flag, { name: 'Checkout (Copy)' })
    expect(await ask(there.key, read, { id })).toMatchObject({
      validationStatus: 'STALE',
      validationMessage: 'Changed since this request was created: the name "Checkout (Copy)" is taken.',
      staleReasons: [{ path: ['after', 'name'], label: 'Result: name', before: 'Checkout (Copy)', after: null }],
    })
    const refused = await ask(there.approver.key, approve, { id })
    expect(refused).toMatchObject({
      __typename: 'ChangeRequestStaleError',
      changeRequest: {
        staleReasons: [{ path: ['after', 'name'], label: 'Result: name', before: 'Checkout (Copy)', after: 'Checkout (Copy) 1' }],
      },
    })
    // The reason stays until the plan is right again, although no row that it was made from differs.
    expect(await ask(there.key, read, { id })).toMatchObject({ validationStatus: 'STALE' })
    await db.experiment.update({ where: { id: other.id }, data: { deleted: true } })
    await revalidateChangeRequests({ db, pubSub, transactionSlots: null }, time.now, log)
    expect(await ask(there.key, read, { id })).toMatchObject({
      validationStatus: 'VALID',
      validationMessage: null,
      staleReasons: [],
    })
    const saved = await db.savedMetric.create({ data: { projectId: there.project.id, name: 'Saved', query: metric } })
    await db.experimentSavedMetric.create({ data: { experimentId: there.experiment?.id ?? 0, savedMetricId: saved.id } })
    expect(await ask(there.approver.key, approve, { id })).toMatchObject({
      __typename: 'ChangeRequestStaleError',
      changeRequest: { staleReasons: [{ path: ['experiment', 'savedMetrics'] }] },
    })
    expect(await db.featureFlag.count({ where: { projectId: there.project.id, key: 'brand-new' } })).toBe(0)
  })

  it('makes what it showed to the letter, made-up ids included, also days later', async () => {
    const there = await setting({}, { metrics: [{ ...metric, uuid: 'a' }], metricsSecondary: [metric] })
    const input = { id: there.experimentId, featureFlagKey: 'brand-new' }
    const { id, after } = await request(there, 'FEATURE_FLAG_UPDATE', 'duplicateExperiment', input)
    time.now = new Date(start.getTime() + 3 * 86_400_000)
    expect(await ask(there.key, read, { id })).toMatchObject({ validationStatus: 'VALID' })
    expect(await ask(there.approver.key, approve, { id })).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
    const made = await db.experiment.findFirstOrThrow({
      where: { projectId: there.project.id, name: after.name },
      include: { featureFlag: true },
    })
    expect(after.metrics[0].uuid).toMatch(/^[0-9a-f]{8}-/)
    expect(made).toMatchObject({ metrics: after.metrics, metricsSecondary: after.metricsSecondary })
    const { key, name, active, filters } = made.featureFlag
    expect({ key, name, active, filters }).toEqual(after.featureFlag)
  })

  it.each([
    ['duplicateExperiment', (there: Setting) => ({ id: there.experimentId, featureFlagKey: 'brand-new' })],
    [
      'createExperiment',
      (there: Setting) => ({
        projectId: there.project.id,
        name: 'New',
        featureFlagKey: 'brand-new',
        metrics: [metric],
        startDate: '2026-11-01T00:00:00.000Z',
        description: 'why',
        allowUnknownEvents: true,
      }),
    ],
    [
      'createExperimentFromPrompt',
      async ({ project: { id: projectId } }: Setting) => {
        await db.prompt.createMany({ data: [1, 2].map((version) => ({ projectId, name: 'greeter', prompt: 'hi', version })) })
        return { projectId, promptName: 'greeter', versions: [1, 2], templates: ['COST'], featureFlagKey: 'brand-new' }
      },
    ],
  ])('%s: every column that is made was shown, and every value that was shown is made', async (mutation, toInput) => {
    const there = await setting(
      {},
      { metrics: [metric], statsConfig: { method: 'bayesian' }, exposureCriteria: { filterTestAccounts: true } },
    )
    const { id, after } = await request(there, 'FEATURE_FLAG_UPDATE', mutation, await toInput(there))
    expect(await ask(there.approver.key, approve, { id })).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
    const made = await db.experiment.findFirstOrThrow({
      where: { projectId: there.project.id, featureFlag: { key: 'brand-new' } },
      include: { featureFlag: true },
    })
    const { featureFlag, ...shownColumns } = after
    const columns = JSON.parse(JSON.stringify(made))
    expect(columns).toMatchObject(shownColumns)
    expect(columns.featureFlag).toMatchObject(featureFlag)
    const own = ['id', 'projectId', 'featureFlagId', 'featureFlag', 'createdById', 'createdAt', 'updatedAt', 'importedId']
    const unset = await seedExperiment(db, there.flag)
    for (const [column, value] of Object.entries(columns)) {
      if (own.includes(column) || column in shownColumns) continue
      // What was not shown is as in an empty row.
      expect({ [column]: value ?? [] }).toEqual({ [column]: unset[column as keyof typeof unset] ?? [] })
    }
  })

  it('made a key or name up only once: the same request never makes two', async () => {
    const there = await setting()
    const { id } = await request(there, 'FEATURE_FLAG_UPDATE', 'duplicateExperiment', {
      id: there.experimentId,
      featureFlagKey: 'brand-new',
    })
    const answers = await Promise.all([1, 2].map(() => ask(there.approver.key, approve, { id })))
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['ApproveChangeRequestSuccess', 'InvalidStateError'])
    expect(await db.featureFlag.count({ where: { projectId: there.project.id, key: 'brand-new' } })).toBe(1)
  })
})

describe('a request whose key is taken meanwhile', () => {
  it.each([
    ['createFeatureFlag', (there: Setting) => ({ projectId: there.project.id, key: 'brand-new', active: false, filters: controlAndTest })],
    ['createExperiment', (there: Setting) => ({ projectId: there.project.id, name: 'New', featureFlagKey: 'brand-new' })],
    ['duplicateExperiment', (there: Setting) => ({ id: there.experimentId, featureFlagKey: 'brand-new' })],
  ])('%s fails with the reason, and makes nothing', async (mutation, input) => {
    const there = await setting()
    const { id } = await request(there, 'FEATURE_FLAG_UPDATE', mutation, input(there))
    await seedFlag(db, there.project, { key: 'brand-new' })
    const reason = 'Validation failed: There is already a feature flag with this key.'
    expect(await ask(there.key, read, { id })).toMatchObject({ state: 'PENDING', validationStatus: 'INVALID', validationMessage: reason })
    const before = await snapshotFlagsAndExperiments(db)
    expect(await ask(there.approver.key, approve, { id })).toMatchObject({
      outcome: { __typename: 'ApplyFailed', reason: 'PAYLOAD_INVALID', message: reason },
      changeRequest: { state: 'FAILED', validationStatus: 'INVALID', validationMessage: reason },
    })
    expect(await snapshotFlagsAndExperiments(db)).toBe(before)
  })

  it.each([
    ['a rename', { active: false }, 'updateFeatureFlag', { active: true, key: 'brand-new' }],
    ['a restore', { deleted: true, key: 'brand-new' }, 'restoreFeatureFlag', {}],
    ['a restore under another key', { deleted: true }, 'restoreFeatureFlag', { key: 'brand-new' }],
    ['a restore by an update', { deleted: true, key: 'brand-new' }, 'updateFeatureFlag', { deleted: false }],
  ])('%s fails with the reason too', async (_what, flag, mutation, input) => {
    const there = await setting(flag, null)
    const { id } = await request(there, 'FEATURE_FLAG_ENABLE', mutation, { id: there.flagId, ...input })
    expect(await ask(there.key, read, { id })).toMatchObject({ validationStatus: 'VALID' })
    await seedFlag(db, there.project, { key: 'brand-new' })
    const message = 'Validation failed: There is already a feature flag with this key.'
    expect(await ask(there.key, read, { id })).toMatchObject({ validationStatus: 'INVALID', validationMessage: message })
    expect(await ask(there.approver.key, approve, { id })).toMatchObject({
      outcome: { __typename: 'ApplyFailed', reason: 'PAYLOAD_INVALID', message },
    })
    expect(ownFlagValues(await db.featureFlag.findUniqueOrThrow({ where: { id: there.flag.id } }))).toEqual(ownFlagValues(there.flag))
  })
})

it('a key that the flag has already, or had in another project, is not taken', async () => {
  const there = await setting({ active: false }, null)
  const own = { id: there.flagId, active: true, key: there.flag.key }
  const { id } = await request(there, 'FEATURE_FLAG_ENABLE', 'updateFeatureFlag', own)
  const elsewhere = await seedProject(db, there.organization)
  await seedFlag(db, elsewhere, { key: there.flag.key })
  await seedFlag(db, there.project, { key: there.flag.key, deleted: true })
  expect(await ask(there.key, read, { id })).toMatchObject({ validationStatus: 'VALID' })
  expect(await ask(there.approver.key, approve, { id })).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
})

describe('a request that changes something', () => {
  it.each([
    ['conclusion', 'lost'],
    ['conclusionComment', 'newer'],
    ['endDate', new Date('2026-11-19')],
  ])('makes nothing once an experiment to ship has another %s', async (column, value) => {
    const there = await setting()
    const input = { id: there.experimentId, variantKey: 'test', conclusion: 'WON', conclusionComment: 'good' }
    const { id } = await request(there, 'EXPERIMENT_UPDATE', 'shipExperimentVariant', input)
    await db.experiment.update({ where: { id: there.experiment?.id ?? 0 }, data: { [column]: value } })
    await expectStale(there, id, `experiment.${column}`, { before: null })
  })

  it('makes nothing once a value that it repeats was changed: it would write the old one', async () => {
    const there = await setting({}, { name: 'Old' })
    const variants = [
      { key: 'control', rolloutPercentage: 90 },
      { key: 'test', rolloutPercentage: 10 },
    ]
    const { id, after } = await request(there, 'EXPERIMENT_UPDATE', 'updateExperiment', { id: there.experimentId, name: 'Old', variants })
    expect(after).not.toHaveProperty('name')
    await db.experiment.update({ where: { id: there.experiment?.id ?? 0 }, data: { name: 'Newer' } })
    await expectStale(there, id, 'experiment.name', { before: 'Old', after: 'Newer' })
  })

  it('makes nothing once the evaluation contexts, tags or name of the flag are others', async () => {
    for (const [path, change] of [
      ['evaluationContexts', { evaluationContexts: ['newer'] }],
      ['tags', { tags: ['newer'] }],
      ['name', { name: 'newer' }],
    ] as const) {
      const there = await setting({}, null)
      const input = { id: there.flagId, active: false, evaluationContexts: ['web'], tags: ['mine'], name: 'mine' }
      const { id } = await request(there, 'FEATURE_FLAG_DISABLE', 'updateFeatureFlag', input)
      const update = 'mutation ($input: UpdateFeatureFlagInput!) { result: updateFeatureFlag(input: $input) { __typename } }'
      expect(await ask(there.key, update, { input: { id: there.flagId, ...change } })).toEqual({ __typename: 'FeatureFlag' })
      await expectStale(there, id, `featureFlag.${path}`, { after: Object.values(change)[0] })
    }
  })

  it.each([
    [
      'shipExperimentVariant',
      { variantKey: 'test' },
      'groups[0].rollout_percentage',
      { groups: [{ properties: [], rollout_percentage: 3 }] },
    ],
    ['updateExperiment', { rolloutPercentage: 10 }, 'multivariate', { multivariate: split(1).multivariate }],
    [
      'updateExperiment',
      {
        variants: [
          { key: 'control', rolloutPercentage: 10 },
          { key: 'test', rolloutPercentage: 90 },
        ],
      },
      'groups[0].rollout_percentage',
      { groups: [{ properties: [], rollout_percentage: 3 }] },
    ],
  ])(
    '%s: makes nothing once what it copies from the flag is another, and says so when it is read',
    async (mutation, input, path, filters) => {
      const there = await setting()
      const { id } = await request(there, 'EXPERIMENT_UPDATE', mutation, { id: there.experimentId, ...input })
      await db.featureFlag.update({ where: { id: there.flag.id }, data: { filters: { ...split(50), ...filters } } })
      await expectStale(there, id, `featureFlag.filters.${path}`)
      const conditions = { groups: [{ properties: [{ key: 'a', type: 'person', value: 'b' }], rollout_percentage: 100 }] }
      await db.featureFlag.update({ where: { id: there.flag.id }, data: { filters: { ...split(50), ...conditions } } })
      expect(await ask(there.key, read, { id })).toMatchObject({ validationStatus: 'rolloutPercentage' in input ? 'STALE' : 'VALID' })
    },
  )

  it('is made where another value was changed, or somebody has made the same change', async () => {
    const there = await setting({}, { name: 'Old' })
    const { id } = await request(there, 'EXPERIMENT_PAUSE', 'updateFeatureFlag', { id: there.flagId, active: false, name: 'mine' })
    await db.featureFlag.update({ where: { id: there.flag.id }, data: { name: 'mine', tags: ['other'] } })
    await db.experiment.update({ where: { id: there.experiment?.id ?? 0 }, data: { name: 'Newer', conclusion: 'won' } })
    expect(await ask(there.key, read, { id })).toMatchObject({ validationStatus: 'VALID' })
    expect(await ask(there.approver.key, approve, { id })).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
    expect(await db.featureFlag.findUniqueOrThrow({ where: { id: there.flag.id } })).toMatchObject({ active: false, tags: ['other'] })
  })

  it('makes nothing once less would be done than was shown: the flag is shared now and would stay on', async () => {
    const there = await setting({}, { endDate: new Date('2026-11-10') })
    const input = { id: there.experimentId, disableFeatureFlag: true }
    const { id } = await request(there, 'EXPERIMENT_PAUSE', 'archiveExperiment', input)
    await seedExperiment(db, there.flag, { startDate: start })
    // The archiving alone was not asked for, and switching off the flag of another experiment is refused.
    await expectStale(there, id, 'experiment.otherExperimentsOfFlag', { before: [], label: 'Experiment: otherExperimentsOfFlag' })
    expect(await db.featureFlag.findUniqueOrThrow({ where: { id: there.flag.id } })).toMatchObject({ active: true, archived: false })
    expect(await db.experiment.findUniqueOrThrow({ where: { id: there.experiment?.id ?? 0 } })).toMatchObject({ archived: false })
  })

  it('makes nothing once the saved metrics that it would set are others', async () => {
    const there = await setting()
    const seedMetric = (name: string) =>
      db.savedMetric.create({ data: { projectId: there.project.id, name, query: { ...metric, uuid: name } } })
    const [shown, other] = [await seedMetric('Revenue'), await seedMetric('Signups')]
    const input = {
      id: there.experimentId,
      variants: [
        { key: 'control', rolloutPercentage: 10 },
        { key: 'test', rolloutPercentage: 90 },
      ],
      savedMetrics: [{ savedMetricId: String(shown.id), role: 'PRIMARY' }],
    }
    const { id } = await request(there, 'EXPERIMENT_UPDATE', 'updateExperiment', input)
    expect(await ask(there.approver.key, read, { id })).toMatchObject({ validationStatus: 'VALID' })
    const link = (savedMetricId: number) => ({ experimentId: numberOf(there.experimentId), savedMetricId, metadata: { type: 'primary' } })
    await db.experimentSavedMetric.create({ data: link(other.id) })
    await expectStale(there, id, 'experiment.savedMetrics')
    await db.experimentSavedMetric.deleteMany({})
    // Somebody else made the same link meanwhile.
    await db.experimentSavedMetric.create({ data: link(shown.id) })
    expect(await ask(there.approver.key, approve, { id })).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
  })

  it('is stale once the saved metrics of the copied experiment are others', async () => {
    const there = await setting()
    const { id } = await request(there, 'FEATURE_FLAG_UPDATE', 'duplicateExperiment', { id: there.experimentId, featureFlagKey: 'copied' })
    const { id: savedMetricId } = await db.savedMetric.create({ data: { projectId: there.project.id, name: 'Later', query: metric } })
    await db.experimentSavedMetric.create({ data: { experimentId: numberOf(there.experimentId), savedMetricId } })
    await expectStale(there, id, 'experiment.savedMetrics')
  })

  it('shows no secret in a difference', async () => {
    const payloads = { control: 'sealed-1' }
    const there = await setting({ hasEncryptedPayloads: true, isRemoteConfiguration: true, filters: { ...split(50), payloads } }, null)
    const filters = { ...split(50), payloads, groups: [{ properties: [], rollout_percentage: 5 }] }
    const { id } = await request(there, 'FEATURE_FLAG_UPDATE', 'updateFeatureFlag', { id: there.flagId, filters })
    await db.featureFlag.update({ where: { id: there.flag.id }, data: { filters: { ...split(50), payloads: { control: 'sealed-2' } } } })
    const answer = await ask(there.key, read, { id })
    expect(answer.staleReasons).toEqual([
      { path: ['featureFlag', 'filters', 'payloads'], label: 'Feature flag: filters.payloads', before: null, after: null },
    ])
    expect(JSON.stringify(answer)).not.toContain('sealed')
  })
})

describe('a request whose object is gone', () => {
  const disable = (there: Setting) => request(there, 'FEATURE_FLAG_DISABLE', 'updateFeatureFlag', { id: there.flagId, active: false })
  const rollout = (there: Setting) =>
    request(there, 'EXPERIMENT_UPDATE', 'updateExperiment', { id: there.experimentId, rolloutPercentage: 5 })

  it('makes nothing of a deleted or archived flag', async () => {
    const there = await setting({}, null)
    const { id } = await disable(there)
    await db.featureFlag.update({ where: { id: there.flag.id }, data: { deleted: true } })
    await expectStale(there, id, 'featureFlag.deleted', { before: false, after: true })
    expect((await ask(there.key, read, { id })).validationMessage).toBe('The feature flag was deleted.')
    await db.featureFlag.update({ where: { id: there.flag.id }, data: { deleted: false, archived: true, active: false } })
    await expectStale(there, id, 'featureFlag.archived', { before: false, after: true })
  })

  it('makes nothing of a flag that was deleted through the API, under its own key', async () => {
    const there = await setting({ active: false }, null)
    const { id } = await request(there, 'FEATURE_FLAG_UPDATE', 'updateFeatureFlag', {
      id: there.flagId,
      filters: { groups: [{ properties: [], rollout_percentage: 5 }] },
    })
    const remove = 'mutation ($id: ID!) { result: updateFeatureFlag(input: { id: $id, deleted: true }) { __typename } }'
    expect(await ask(there.key, remove, { id: there.flagId })).toEqual({ __typename: 'FeatureFlag' })
    await expectStale(there, id, 'featureFlag.deleted')
  })

  it.each([
    ['deleted', { deleted: true }, 'deleted'],
    ['archived', { archived: true }, 'archived'],
    ['ended', { endDate: new Date('2026-11-19') }, 'endDate'],
    ['reset', { startDate: null }, 'startDate'],
  ])('makes nothing of an experiment that was %s', async (_word, data, path) => {
    const there = await setting()
    const { id } = await rollout(there)
    await db.experiment.update({ where: { id: there.experiment?.id ?? 0 }, data })
    await expectStale(there, id, `experiment.${path}`)
  })

  it('makes nothing once the project has moved to another organization', async () => {
    const there = await setting({}, null)
    const { id } = await disable(there)
    const other = await seedOrganization(db)
    await db.organizationMembership.createMany({
      data: [there.user, there.approver.user].map(({ id }) => ({ userId: id, organizationId: other.id })),
    })
    await db.project.update({ where: { id: there.project.id }, data: { organizationId: other.id } })
    expect(await ask(there.key, read, { id })).toMatchObject({
      validationStatus: 'STALE',
      staleReasons: [{ path: ['project', 'organizationId'] }],
    })
    expect(await ask(there.approver.key, approve, { id })).toMatchObject({ __typename: 'ChangeRequestStaleError' })
    expect((await db.featureFlag.findUniqueOrThrow({ where: { id: there.flag.id } })).active).toBe(true)
  })

  it.each([
    ['account is deleted', 'REQUESTER_GONE', ({ user }: Setting) => db.user.delete({ where: { id: user.id } })],
    [
      'account is deactivated',
      'REQUESTER_GONE',
      ({ user }: Setting) => db.user.update({ where: { id: user.id }, data: { isActive: false } }),
    ],
    [
      'membership ended',
      'REQUESTER_LOST_ACCESS',
      ({ user }: Setting) => db.organizationMembership.deleteMany({ where: { userId: user.id } }),
    ],
    ['key is revoked', 'REQUESTER_LOST_ACCESS', ({ user }: Setting) => db.personalApiKey.deleteMany({ where: { userId: user.id } })],
    [
      'key is restricted to another project',
      'PAYLOAD_INVALID',
      async ({ user, organization }: Setting) =>
        db.personalApiKey.updateMany({
          where: { userId: user.id },
          data: { scopedProjects: [(await seedProject(db, organization)).id] },
        }),
    ],
  ])('makes nothing when the requester’s %s', async (_word, reason, change) => {
    const there = await setting({}, null)
    const { id } = await disable(there)
    await change(there)
    if (reason !== 'PAYLOAD_INVALID') {
      expect(await ask(there.approver.key, read, { id })).toMatchObject({
        validationStatus: 'INVALID',
        validationMessage: expect.any(String),
      })
    }
    expect(await ask(there.approver.key, approve, { id })).toMatchObject({
      outcome: { __typename: 'ApplyFailed', reason },
      changeRequest: { state: 'FAILED', validationStatus: 'INVALID' },
    })
    expect((await db.featureFlag.findUniqueOrThrow({ where: { id: there.flag.id } })).active).toBe(true)
  })
})

it('a request of a revoked key is cancelled by its requester, who asks again with another key', async () => {
  const there = await setting({}, null)
  const disable = ['FEATURE_FLAG_DISABLE', 'updateFeatureFlag', { id: there.flagId, active: false }] as const
  const { id } = await request(there, ...disable)
  await db.personalApiKey.deleteMany({ where: { userId: there.user.id } })
  const key = await seedKey(db, there.user)
  expect(await ask(key, read, { id })).toMatchObject({
    validationStatus: 'INVALID',
    validationMessage: expect.stringContaining('ask again'),
  })
  const cancel = 'mutation ($id: ID!) { result: cancelChangeRequest(input: { id: $id }) { __typename } }'
  expect(await ask(key, cancel, { id })).toMatchObject({ __typename: 'ChangeRequest' })
  await db.approvalPolicy.deleteMany({ where: { organizationId: there.organization.id } })
  const again = await request({ ...there, key }, ...disable)
  expect(await ask(there.approver.key, approve, { id: again.id })).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
})

it.each<[string, string, (there: Setting) => Promise<unknown>]>([
  ['whose requester is gone', "The requester's account is gone.", ({ user }) => db.user.delete({ where: { id: user.id } })],
  ['of a revoked key', 'was revoked', ({ user }) => db.personalApiKey.deleteMany({ where: { userId: user.id } })],
])('a request %s says so to its approver also where the name that it shows is taken', async (_name, message, lose) => {
  const there = await setting({}, { name: 'Checkout' })
  const input = { id: there.experimentId, featureFlagKey: 'brand-new' }
  const { id } = await request(there, 'FEATURE_FLAG_UPDATE', 'duplicateExperiment', input)
  await seedExperiment(db, there.flag, { name: 'Checkout (Copy)' })
  await lose(there)
  expect(await ask(there.approver.key, approve, { id })).toMatchObject({
    outcome: { __typename: 'ApplyFailed', message: expect.stringContaining(message) },
  })
})

it('a request that was made on an old version is born stale, with the versions', async () => {
  const there = await setting({ version: 5 }, null)
  const born = await request(there, 'FEATURE_FLAG_DISABLE', 'updateFeatureFlag', { id: there.flagId, active: false, version: 4 })
  expect(born).toMatchObject({
    validationStatus: 'STALE',
    validationMessage: 'Flag version mismatch: expected 4, got 5',
    staleReasons: [{ path: ['featureFlag', 'version'], label: 'Feature flag: version', before: 4, after: 5 }],
    viewerCanCancel: true,
  })
  expect(await db.changeRequest.findUniqueOrThrow({ where: { id: numberOf(born.id) } })).toMatchObject({ validationStatus: 'STALE' })
  const change = await setting({ version: 5 }, null)
  const born2 = await request(change, 'FEATURE_FLAG_DISABLE', 'updateFeatureFlag', { id: change.flagId, active: false, version: 6 })
  expect(born2).toMatchObject({ validationStatus: 'STALE' })
})

it('a request that was stored before rows were is judged by the values that it has, and by its plan', async () => {
  const changed = async (change: object) => {
    const there = await setting()
    const { id } = await request(there, 'EXPERIMENT_PAUSE', 'updateFeatureFlag', { id: there.flagId, active: false })
    const flag = { owner: 'experiment', version: null, touched: { active: { before: true, after: false } } }
    await db.changeRequest.update({ where: { id: numberOf(id) }, data: { preconditions: { flag } } })
    await db.featureFlag.update({ where: { id: there.flag.id }, data: change })
    return { id, there }
  }
  const same = await changed({ tags: ['other'] })
  expect(await ask(same.there.approver.key, read, { id: same.id })).toMatchObject({ validationStatus: 'VALID' })
  expect(await ask(same.there.approver.key, approve, { id: same.id })).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
  const taken = await setting({ active: false }, null)
  const { id } = await request(taken, 'FEATURE_FLAG_ENABLE', 'updateFeatureFlag', { id: taken.flagId, active: true, name: 'mine' })
  const touched = { active: { before: false, after: true }, name: { before: '', after: 'mine' } }
  await db.changeRequest.update({
    where: { id: numberOf(id) },
    data: { preconditions: { flag: { owner: 'none', version: null, touched } } },
  })
  await db.featureFlag.update({ where: { id: taken.flag.id }, data: { name: 'newer' } })
  await expectStale(taken, id, 'featureFlag.name', { before: '', after: 'newer' })
})

it('a prompt is not shown in a difference: it has a scope of its own', async () => {
  const there = await setting()
  const { id: projectId } = there.project
  await db.prompt.createMany({ data: [1, 2].map((version) => ({ projectId, name: 'greeter', prompt: 'secret text', version })) })
  const input = { projectId, promptName: 'greeter', versions: [1, 2], templates: ['COST'] }
  const { id } = await request(there, 'FEATURE_FLAG_UPDATE', 'createExperimentFromPrompt', input)
  await db.prompt.updateMany({ where: { projectId }, data: { prompt: 'other text' } })
  const { staleReasons } = await ask(there.approver.key, read, { id })
  expect(staleReasons).toEqual(Array(2).fill({ path: ['prompt', 'prompt'], label: 'Prompt: prompt', before: null, after: null }))
})

it('a source in a project that the viewer cannot see is not shown as it is now', async () => {
  const there = await setting()
  const target = await seedProject(db, there.organization)
  const input = { id: there.experimentId, targetProjectId: target.id, featureFlagKey: 'brand-new' }
  const { id } = await request(there, 'FEATURE_FLAG_UPDATE', 'copyExperimentToProject', input)
  await setSplit(there.flag, 1)
  const path = ['featureFlag', 'filters', 'multivariate']
  const restricted = await seedKey(db, there.approver.user, { scopedProjects: [target.id] })
  expect((await ask(restricted, read, { id })).staleReasons).toMatchObject([{ path, before: split(50).multivariate, after: null }])
  expect((await ask(there.approver.key, read, { id })).staleReasons).toMatchObject([
    { path, before: split(50).multivariate, after: split(1).multivariate },
  ])
})
