import { describe, expect, it } from 'vitest'
import { seedColleague } from '../../../support/approvals.ts'
import { seedFlag, seedKey, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, time } = await testServer()

const settings = `settings { statisticsMethod confidenceLevel onlyCountMaturedPersons flagsPersistByDefault requireEvaluationContexts requireTags
  defaultEvaluationContexts { name } testAccountFilters matchingVersion viewerCanUpdate }`
async function update(key: string, input: object) {
  const { data, errors } = await run(
    key,
    `mutation ($input: UpdateProjectSettingsInput!) { result: updateProjectSettings(input: $input) {
      __typename ... on Project { databaseId ${settings} } ... on Error { code message } ... on ValidationError { fieldErrors { path code message } }
    } }`,
    { input },
  )
  return { ...data?.result, errors }
}
const read = async (key: string, id: number) => {
  const { data, errors } = await run(key, `query ($id: ID!) { project(id: $id) { ${settings} } }`, { id })
  return { settings: data?.project?.settings, errors }
}

/** A tenant with a key of an admin. */
async function scene(data: object = {}) {
  const tenant = await seedTenant(db)
  const project = await seedProject(db, tenant.organization, data)
  const admin = await seedColleague(db, tenant, 8)
  return {
    ...tenant,
    project,
    admin: admin.key,
    adminId: admin.user.id,
    row: () => db.project.findUniqueOrThrow({ where: { id: project.id } }),
  }
}
const defaults = {
  statisticsMethod: 'BAYESIAN',
  confidenceLevel: 0.95,
  onlyCountMaturedPersons: false,
  flagsPersistByDefault: false,
  requireEvaluationContexts: false,
  requireTags: false,
  defaultEvaluationContexts: [],
  testAccountFilters: [],
  matchingVersion: 1,
}
const createFlag = async (key: string, input: object) => {
  const { data } = await run(
    key,
    `mutation ($input: CreateFeatureFlagInput!) { result: createFeatureFlag(input: $input) {
      __typename ... on FeatureFlag { evaluationContexts tags ensureExperienceContinuity } ... on ValidationError { fieldErrors { path message } } } }`,
    { input },
  )
  return data.result
}
const createExperiment = async (key: string, input: object) => {
  const { data } = await run(
    key,
    `mutation ($input: CreateExperimentInput!) { result: createExperiment(input: $input) {
      __typename ... on Experiment { featureFlag { evaluationContexts ensureExperienceContinuity } } ... on ValidationError { fieldErrors { path message } } } }`,
    { input },
  )
  return data.result
}

describe('Project.settings', () => {
  it('tells what counts, also where nothing is set', async () => {
    const { key, admin, project } = await scene()
    expect(await read(key, project.id)).toEqual({ settings: { ...defaults, viewerCanUpdate: false } })
    expect(await read(admin, project.id)).toEqual({ settings: { ...defaults, viewerCanUpdate: true } })
  })

  it('needs its scope, and fails alone without it', async () => {
    const { user, project } = await scene()
    const reader = await seedKey(db, user, { scopes: ['feature_flag:read'] })
    const { data, errors } = await run(reader, `query ($id: ID!) { project(id: $id) { name settings { requireTags } } }`, {
      id: project.id,
    })
    expect(data.project).toEqual({ name: project.name, settings: null })
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'project:read' } }])
  })
})

describe('updateProjectSettings', () => {
  const changed = {
    statisticsMethod: 'FREQUENTIST',
    confidenceLevel: 0.9,
    onlyCountMaturedPersons: true,
    flagsPersistByDefault: true,
    requireEvaluationContexts: true,
    requireTags: true,
    testAccountFilters: [{ key: 'email', type: 'person', operator: 'icontains', value: '@example.com' }],
    matchingVersion: 2,
  }

  it('sets what is given, leaves the rest, and writes one entry', async () => {
    const { admin, adminId, project, organization } = await scene()
    const contexts = { defaultEvaluationContexts: [' Web', 'app', 'WEB'] }
    expect(await update(admin, { projectId: globalId('Project', project.id), ...changed, ...contexts })).toMatchObject({
      __typename: 'Project',
      settings: { ...changed, defaultEvaluationContexts: [{ name: 'app' }, { name: 'web' }] },
    })
    expect(await update(admin, { projectId: project.id, confidenceLevel: 0.99, statisticsMethod: null })).toMatchObject({
      settings: {
        ...changed,
        confidenceLevel: 0.99,
        statisticsMethod: 'FREQUENTIST',
        defaultEvaluationContexts: [{ name: 'app' }, { name: 'web' }],
      },
    })
    expect(await update(admin, { projectId: project.id, defaultEvaluationContexts: ['web', 'new'] })).toMatchObject({
      settings: { defaultEvaluationContexts: [{ name: 'new' }, { name: 'web' }] },
    })
    expect(await update(admin, { projectId: project.id, defaultEvaluationContexts: [] })).toMatchObject({
      settings: { defaultEvaluationContexts: [] },
    })
    expect(await db.evaluationContext.count({ where: { projectId: project.id } })).toBe(3)
    const entries = await db.activity.findMany({ where: { projectId: project.id }, orderBy: { id: 'asc' } })
    expect(entries).toMatchObject([
      {
        activity: 'updateProjectSettings',
        organizationId: organization.id,
        userId: adminId,
        createdAt: time.now,
        before: { statisticsMethod: null, confidenceLevel: null, requireTags: false, defaultEvaluationContexts: [] },
        after: { statisticsMethod: 'frequentist', confidenceLevel: 0.9, requireTags: true, defaultEvaluationContexts: ['app', 'web'] },
      },
      { before: { confidenceLevel: 0.9 }, after: { confidenceLevel: 0.99 } },
      { after: { defaultEvaluationContexts: ['new', 'web'] } },
      { after: { defaultEvaluationContexts: [] } },
    ])
  })

  it('writes nothing when nothing changes, and once when two ask for the same', async () => {
    const { admin, project } = await scene()
    await update(admin, { projectId: project.id, requireTags: false, testAccountFilters: [], defaultEvaluationContexts: [] })
    expect(await db.activity.count({ where: { projectId: project.id } })).toBe(0)
    await Promise.all([1, 2, 3].map(() => update(admin, { projectId: project.id, requireTags: true, defaultEvaluationContexts: ['web'] })))
    expect(await db.activity.count({ where: { projectId: project.id } })).toBe(1)
  })

  it.each<[string, object, string[]]>([
    ['a level that is too low', { confidenceLevel: 0.49 }, ['confidenceLevel']],
    ['a level that is too high', { confidenceLevel: 1 }, ['confidenceLevel']],
    ['a level that would be rounded', { confidenceLevel: 0.975 }, ['confidenceLevel']],
    ['an unknown matching version', { matchingVersion: 3 }, ['matchingVersion']],
    ['filters that are no list', { testAccountFilters: { key: 'a' } }, ['testAccountFilters']],
    ['a filter that is no object', { testAccountFilters: ['a'] }, ['testAccountFilters', '0']],
    ['a filter without a key', { testAccountFilters: [{ key: 'a' }, {}] }, ['testAccountFilters', '1', 'key']],
    ['too many filters', { testAccountFilters: Array.from({ length: 101 }, () => ({ key: 'a' })) }, ['testAccountFilters']],
    ['filters that are too long', { testAccountFilters: [{ key: 'a', value: 'x'.repeat(65_536) }] }, ['testAccountFilters']],
    ['a NUL character', { testAccountFilters: [{ key: 'a\u0000' }] }, ['testAccountFilters']],
    ['a blank context', { defaultEvaluationContexts: ['web', ' '] }, ['defaultEvaluationContexts', '1']],
    ['a long context', { defaultEvaluationContexts: ['x'.repeat(256)] }, ['defaultEvaluationContexts', '0']],
    ['too many contexts', { defaultEvaluationContexts: Array.from({ length: 101 }, (_, n) => `c${n}`) }, ['defaultEvaluationContexts']],
  ])('rejects %s, and writes nothing', async (_name, input, path) => {
    const { admin, project, row } = await scene()
    expect(await update(admin, { projectId: project.id, requireTags: true, ...input })).toMatchObject({
      __typename: 'ValidationError',
      fieldErrors: [{ path }],
    })
    expect(await row()).toEqual(project)
    expect(await db.evaluationContext.count({ where: { projectId: project.id } })).toBe(0)
  })

  it('is for admins, of projects that they see, with a key that has the scope', async () => {
    const { key, admin, adminId, project, row } = await scene()
    const input = { projectId: project.id, requireTags: true }
    expect(await update(key, input)).toMatchObject({ __typename: 'PermissionDeniedError' })
    const stranger = await scene()
    expect(await update(stranger.admin, input)).toMatchObject({ __typename: 'NotFoundError' })
    const reader = await seedKey(db, { id: adminId }, { scopes: ['project:read'] })
    expect((await update(reader, input)).errors[0].extensions).toMatchObject({ requiredScope: 'project:write' })
    expect(await row()).toEqual(project)
    expect(await update(admin, input)).toMatchObject({ settings: { requireTags: true } })
  })
})

describe('new flags', () => {
  it('get the default contexts, and need the labels that the project requires', async () => {
    const { key, admin, project } = await scene()
    await update(admin, { projectId: project.id, requireEvaluationContexts: true, requireTags: true })
    const input = { projectId: project.id, key: 'new' }
    expect(await createFlag(key, input)).toMatchObject({
      fieldErrors: [
        { path: ['evaluationContexts'], message: 'At least one evaluation context is required to create a new feature flag.' },
        { path: ['tags'], message: 'At least one tag is required to create a new feature flag.' },
      ],
    })
    await update(admin, { projectId: project.id, defaultEvaluationContexts: ['web'], flagsPersistByDefault: true })
    expect(await createFlag(key, { ...input, tags: ['a'] })).toMatchObject({
      evaluationContexts: ['web'],
      tags: ['a'],
      ensureExperienceContinuity: true,
    })
    expect(await createFlag(key, { ...input, key: 'other', tags: ['a'], evaluationContexts: ['app'] })).toMatchObject({
      evaluationContexts: ['app'],
    })
    // By device, values cannot be kept.
    expect(await createFlag(key, { ...input, key: 'device', tags: ['a'], bucketing: 'DEVICE_ID' })).toMatchObject({
      ensureExperienceContinuity: false,
    })
  })

  it('of experiments are made by the same settings', async () => {
    const { key, admin, project } = await scene()
    await update(admin, { projectId: project.id, requireEvaluationContexts: true, flagsPersistByDefault: true })
    const input = { projectId: project.id, name: 'New', featureFlagKey: 'new' }
    expect(await createExperiment(key, input)).toMatchObject({
      fieldErrors: [
        {
          path: ['featureFlagKey'],
          message: 'At least one evaluation context is required to create a new feature flag. Create the flag by itself first.',
        },
      ],
    })
    await update(admin, { projectId: project.id, defaultEvaluationContexts: ['web'] })
    expect(await createExperiment(key, input)).toMatchObject({
      featureFlag: { evaluationContexts: ['web'], ensureExperienceContinuity: true },
    })
    // A flag that is there already is used as it is.
    await update(admin, { projectId: project.id, requireTags: true })
    await seedFlag(db, project, { key: 'there' })
    expect(await createExperiment(key, { ...input, featureFlagKey: 'there' })).toMatchObject({ featureFlag: { evaluationContexts: [] } })
  })
})
