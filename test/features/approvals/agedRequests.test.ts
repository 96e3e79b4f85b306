import { describe, expect, it } from 'vitest'
import type { GatedAction } from '../../../src/features/approvals/rules/guardedChanges.ts'
import { seedColleague, seedPolicy } from '../../support/approvals.ts'
import { controlAndTest, seedExperiment, seedFlag } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

// A request that can no longer be made says so when it is read, before anybody votes and before the job looks.

const { db, run, statements, clearStatements } = await testServer()
const shown = `id validationStatus validationMessage staleReasons { path label before after }`

async function setting(flagData: object = {}) {
  const tenant = await seedTenant(db)
  const approver = await seedColleague(db, tenant)
  const flag = await seedFlag(db, tenant.project, flagData)
  return { tenant, approver, flag, id: globalId('FeatureFlag', flag.id) }
}
type Setting = Awaited<ReturnType<typeof setting>>

async function ask(key: string, document: string, variables: object) {
  const { data, errors } = await run(key, document, { ...variables })
  expect(errors).toBeUndefined()
  return data.result
}

async function request({ tenant, approver }: Setting, action: GatedAction, mutation: string, input: object) {
  await seedPolicy(db, tenant, action, [approver])
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  const document = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) {
    __typename ... on Error { message } ... on ApprovalRequiredError { changeRequest { ${shown} } } } }`
  const refused = await ask(tenant.key, document, { input })
  expect(refused).toMatchObject({ __typename: 'ApprovalRequiredError', changeRequest: { validationStatus: 'VALID' } })
  return refused.changeRequest.id as string
}
const read = ({ tenant }: Setting, id: string) =>
  ask(tenant.key, `query ($id: ID!) { result: node(id: $id) { ... on ChangeRequest { ${shown} } } }`, { id })
const vote = ({ approver }: Setting, id: string) =>
  ask(
    approver.key,
    `mutation ($id: ID!) { result: approveChangeRequest(input: { id: $id }) { __typename ... on Error { message }
      ... on ApproveChangeRequestSuccess { outcome { __typename ... on ApplyFailed { message } } } } }`,
    { id },
  )

const needing = (reference: string | number) => ({
  filters: { groups: [{ properties: [{ type: 'flag', key: String(reference), operator: 'flag_evaluates_to', value: true }] }] },
})
const started = { startDate: new Date('2026-11-01') }

describe('a request reads STALE once', () => {
  const off: [string, GatedAction, string, object][] = [
    ['to switch a flag off', 'FEATURE_FLAG_DISABLE', 'updateFeatureFlag', { active: false }],
    ['to archive a flag', 'FEATURE_FLAG_DISABLE', 'archiveFeatureFlag', { switchOff: true }],
    ['to delete a flag', 'FEATURE_FLAG_DELETE', 'deleteFeatureFlag', {}],
    ['to set a flag deleted', 'FEATURE_FLAG_DELETE', 'updateFeatureFlag', { deleted: true }],
  ]
  it.each(off)('a flag depends on it: %s', async (_what, action, mutation, input) => {
    const there = await setting({ active: true })
    const id = await request(there, action, mutation, { id: there.id, ...input })
    const dependent = await seedFlag(db, there.tenant.project, { active: true, key: 'needs-it', ...needing(there.flag.key) })
    const reasons = [{ path: ['featureFlag', 'dependentFlags'], label: 'Feature flag: dependentFlags', before: [], after: ['needs-it'] }]
    expect(await read(there, id)).toMatchObject({ validationStatus: 'STALE', staleReasons: reasons })
    expect(await vote(there, id)).toMatchObject({ __typename: 'ChangeRequestStaleError' })
    await db.featureFlag.update({ where: { id: dependent.id }, data: { active: false } })
    expect(await read(there, id)).toMatchObject({ validationStatus: 'VALID', staleReasons: [] })
    expect(await vote(there, id)).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
  })

  it('a flag depends on it: to pause its experiment', async () => {
    const there = await setting({ active: true, filters: controlAndTest })
    const experiment = await seedExperiment(db, there.flag, started)
    const id = await request(there, 'EXPERIMENT_PAUSE', 'pauseExperiment', { id: globalId('Experiment', experiment.id) })
    await seedFlag(db, there.tenant.project, { active: true, key: 'needs-it', ...needing(there.flag.id) })
    expect(await read(there, id)).toMatchObject({ validationStatus: 'STALE', staleReasons: [{ after: ['needs-it'] }] })
  })

  it.each([
    ['a draft uses it', {}, 'unfinishedExperiments'],
    ['a running experiment uses it', started, 'unfinishedExperiments'],
  ])('%s: to delete a flag', async (_what, data, field) => {
    const there = await setting({ filters: controlAndTest })
    // One that has ended does not stand in the way.
    await seedExperiment(db, there.flag, { ...started, endDate: new Date('2026-11-05') })
    const id = await request(there, 'FEATURE_FLAG_DELETE', 'deleteFeatureFlag', { id: there.id })
    expect(await read(there, id)).toMatchObject({ validationStatus: 'VALID' })
    const { id: experiment } = await seedExperiment(db, there.flag, data)
    expect(await read(there, id)).toMatchObject({
      validationStatus: 'STALE',
      staleReasons: [{ path: ['featureFlag', field], before: [], after: [experiment] }],
    })
    expect(await vote(there, id)).toMatchObject({ __typename: 'ChangeRequestStaleError' })
  })

  it.each([
    ['early access', { filters: { ...controlAndTest, feature_enrollment: true } }, 'isInEarlyAccess'],
    ['session replay', { isUsedInReplaySettings: true }, 'isUsedInReplaySettings'],
  ])('%s uses it: to delete a flag', async (_what, data, field) => {
    const there = await setting({ filters: controlAndTest })
    const id = await request(there, 'FEATURE_FLAG_DELETE', 'deleteFeatureFlag', { id: there.id })
    await db.featureFlag.update({ where: { id: there.flag.id }, data })
    expect(await read(there, id)).toMatchObject({
      validationStatus: 'STALE',
      staleReasons: [{ path: ['featureFlag', field], before: false, after: true }],
    })
  })

  it('an experiment runs on it: to take a variant out', async () => {
    const there = await setting({ active: true, filters: controlAndTest })
    await seedExperiment(db, there.flag, { ...started, endDate: new Date('2026-11-05') })
    const one = { variants: [{ key: 'control', rollout_percentage: 100 }] }
    const filters = { ...controlAndTest, multivariate: one }
    const id = await request(there, 'EXPERIMENT_PAUSE', 'updateFeatureFlag', { id: there.id, active: false, filters })
    const { id: experiment } = await seedExperiment(db, there.flag, started)
    expect(await read(there, id)).toMatchObject({
      validationStatus: 'STALE',
      staleReasons: [{ path: ['featureFlag', 'runningExperiments'], before: [], after: [experiment] }],
    })
    expect(await vote(there, id)).toMatchObject({ __typename: 'ChangeRequestStaleError' })
  })
})

describe('a request reads INVALID once', () => {
  const taken = 'Validation failed: There is already a feature flag with this key.'

  it.each([{}, { key: 'second-life' }])('another flag has the key of the flag to restore: %j', async (input) => {
    const there = await setting({ active: true, key: 'first-life' })
    const remove = 'mutation ($id: ID!) { result: deleteFeatureFlag(input: { id: $id }) { __typename } }'
    expect(await ask(there.tenant.key, remove, { id: there.id })).toEqual({ __typename: 'FeatureFlag' })
    const id = await request(there, 'FEATURE_FLAG_ENABLE', 'restoreFeatureFlag', { id: there.id, ...input })
    expect(await read(there, id)).toMatchObject({ validationStatus: 'VALID' })
    const holder = await seedFlag(db, there.tenant.project, { key: input.key ?? 'first-life' })
    expect(await read(there, id)).toMatchObject({ validationStatus: 'INVALID', validationMessage: taken })
    expect(await vote(there, id)).toMatchObject({ outcome: { __typename: 'ApplyFailed', message: taken } })
    await db.featureFlag.update({ where: { id: holder.id }, data: { deleted: true } })
  })

  it('another flag has the key that a flag would be given', async () => {
    const there = await setting({ active: true })
    const id = await request(there, 'FEATURE_FLAG_DISABLE', 'updateFeatureFlag', { id: there.id, active: false, key: 'renamed' })
    await seedFlag(db, there.tenant.project, { key: 'renamed' })
    expect(await read(there, id)).toMatchObject({ validationStatus: 'INVALID', validationMessage: taken })
  })

  it('a flag that its conditions name is gone, or depends on the changed one', async () => {
    const there = await setting({ active: true })
    const other = await seedFlag(db, there.tenant.project, { active: true, key: 'other' })
    const filters = { groups: [{ ...needing(other.id).filters.groups[0], rollout_percentage: 5 }] }
    const id = await request(there, 'FEATURE_FLAG_UPDATE', 'updateFeatureFlag', { id: there.id, filters })
    await db.featureFlag.update({ where: { id: other.id }, data: needing(there.flag.key) })
    expect(await read(there, id)).toMatchObject({
      validationStatus: 'INVALID',
      validationMessage: 'Validation failed: The flag would depend on itself.',
    })
    await db.featureFlag.update({ where: { id: other.id }, data: { deleted: true } })
    expect(await read(there, id)).toMatchObject({
      validationStatus: 'INVALID',
      validationMessage: `Validation failed: The project has no feature flag "${other.id}".`,
    })
    expect(await vote(there, id)).toMatchObject({ outcome: { __typename: 'ApplyFailed' } })
  })

  it('a flag that the conditions of a new flag name is gone', async () => {
    const there = await setting({ active: true, key: 'named' })
    const id = await request(there, 'FEATURE_FLAG_ENABLE', 'createFeatureFlag', {
      projectId: globalId('Project', there.tenant.project.id),
      key: 'brand-new',
      ...needing('named'),
    })
    expect(await read(there, id)).toMatchObject({ validationStatus: 'VALID' })
    await db.featureFlag.update({ where: { id: there.flag.id }, data: { deleted: true } })
    expect(await read(there, id)).toMatchObject({
      validationStatus: 'INVALID',
      validationMessage: 'Validation failed: The project has no feature flag "named".',
    })
  })
})

describe('a request for a new flag reads STALE once its project requires labels that the flag lacks', () => {
  const cases: [string, string, (there: Setting) => object][] = [
    ['a flag', 'createFeatureFlag', ({ tenant }) => ({ projectId: globalId('Project', tenant.project.id), key: 'unlabelled' })],
    [
      'an experiment with a new flag',
      'createExperiment',
      ({ tenant }) => ({
        ...{ projectId: globalId('Project', tenant.project.id), name: 'Unlabelled', featureFlagKey: 'unlabelled' },
        startDate: '2026-11-01T00:00:00Z',
      }),
    ],
  ]
  it.each(cases)('%s', async (_what, mutation, input) => {
    const there = await setting({ active: true })
    const { id: projectId } = there.tenant.project
    const id = await request(there, 'FEATURE_FLAG_ENABLE', mutation, input(there))
    await db.project.update({ where: { id: projectId }, data: { requireTags: true } })
    expect(await read(there, id)).toMatchObject({
      validationStatus: 'STALE',
      staleReasons: [{ label: 'Project: requireTags', before: false, after: true }],
    })
    await db.project.update({ where: { id: projectId }, data: { requireTags: false, requireEvaluationContexts: true } })
    expect(await read(there, id)).toMatchObject({ validationStatus: 'STALE' })
    expect(await vote(there, id)).toMatchObject({ __typename: 'ChangeRequestStaleError' })
    expect(await db.featureFlag.count({ where: { projectId, key: 'unlabelled' } })).toBe(0)
    await db.project.update({ where: { id: projectId }, data: { requireEvaluationContexts: false } })
    expect(await read(there, id)).toMatchObject({ validationStatus: 'VALID' })
  })

  it('but a flag with labels does not', async () => {
    const there = await setting({ active: true })
    const { id: projectId } = there.tenant.project
    const input = { projectId: globalId('Project', projectId), key: 'labelled', tags: ['a'], evaluationContexts: ['web'] }
    const id = await request(there, 'FEATURE_FLAG_ENABLE', 'createFeatureFlag', input)
    await db.project.update({ where: { id: projectId }, data: { requireTags: true, requireEvaluationContexts: true } })
    expect(await read(there, id)).toMatchObject({ validationStatus: 'VALID' })
    expect(await vote(there, id)).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
  })
})

it('many requests take as many statements as one', async () => {
  const there = await setting({ active: true, filters: controlAndTest })
  const { tenant, approver } = there
  const flags = [there.flag, ...(await Promise.all([1, 2, 3, 4].map(() => seedFlag(db, tenant.project, { active: true }))))]
  await seedPolicy(db, tenant, 'FEATURE_FLAG_DELETE', [approver])
  for (const { id, key } of flags) {
    const input = { id: globalId('FeatureFlag', id), deleted: true, ...needing(key === there.flag.key ? 'base' : there.flag.key) }
    if (key === there.flag.key) await seedFlag(db, tenant.project, { key: 'base', active: true })
    const document = 'mutation ($input: UpdateFeatureFlagInput!) { result: updateFeatureFlag(input: $input) { __typename } }'
    expect(await ask(tenant.key, document, { input })).toEqual({ __typename: 'ApprovalRequiredError' })
  }
  const list = async (first: number) => {
    clearStatements()
    const document =
      'query ($id: ID!, $first: Int) { result: changeRequests(projectId: $id, first: $first) { nodes { validationStatus } } }'
    const { nodes } = await ask(tenant.key, document, { id: globalId('Project', tenant.project.id), first })
    expect(nodes).toHaveLength(first)
    return statements.length
  }
  await list(1)
  expect(await list(5), statements.join('\n')).toBe(await list(1))
})
