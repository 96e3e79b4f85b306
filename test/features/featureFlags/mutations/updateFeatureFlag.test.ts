import { describe, expect, it } from 'vitest'
import { snapshotFlagsAndExperiments } from '../../../support/approvals.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, time } = await testServer()

/** Does a mutation: its member of the union, and the errors of the operation. */
async function ask(
  key: string,
  mutation: 'createFeatureFlag' | 'updateFeatureFlag',
  input: object,
  fields = `id databaseId key name active archived deleted version filters evaluationRuntime evaluationContexts tags
    ensureExperienceContinuity createdBy { id } lastModifiedBy { id } updatedAt`,
) {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  const state = mutation === 'updateFeatureFlag' ? '... on InvalidStateError { state }' : ''
  const { data, errors } = await run(
    key,
    `mutation ($input: ${type}!) { result: ${mutation}(input: $input) {
      __typename ... on FeatureFlag { ${fields} } ... on Error { code message } ${state} ... on ValidationError { fieldErrors { path code message } }
    } }`,
    { input },
  )
  return { ...data?.result, errors }
}

async function written() {
  const contexts = [await db.evaluationContext.count(), await db.featureFlagEvaluationContext.count()]
  return [await snapshotFlagsAndExperiments(db), await db.activity.count(), ...contexts]
}

/** What is refused as wrong, and that nothing came of it. */
async function faults(...asked: Parameters<typeof ask>) {
  const before = await written()
  const answer = await ask(...asked)
  expect(answer).toMatchObject({ __typename: 'ValidationError', code: 'VALIDATION_FAILED' })
  expect(await written()).toEqual(before)
  return answer.fieldErrors as { path: string[]; code: string; message: string }[]
}

async function scene(data: object = {}) {
  const tenant = await seedTenant(db)
  const flag = await seedFlag(db, tenant.project, { key: 'checkout', ...data })
  return { ...tenant, flag, id: globalId('FeatureFlag', flag.id) }
}

const rowOf = ({ id }: { id: number }) => db.featureFlag.findUniqueOrThrow({ where: { id } })
const taken = 'There is already a feature flag with this key.'
const charset = 'Only letters, numbers, hyphens (-) & underscores (_) are allowed.'
const everybody = [{ properties: [], rollout_percentage: 100 }]
const one = (key: string) => ({ variants: [{ key, rollout_percentage: 100 }] })

describe('createFeatureFlag', () => {
  it('makes a flag that answers true to everybody where nothing else is said', async () => {
    const { key, user, project } = await seedTenant(db)
    const answer = await ask(key, 'createFeatureFlag', { projectId: globalId('Project', project.id), key: 'new' })
    const author = { id: globalId('User', user.id) }
    expect(answer).toMatchObject({
      __typename: 'FeatureFlag',
      key: 'new',
      name: '',
      active: true,
      archived: false,
      deleted: false,
      version: 1,
      filters: { groups: everybody },
      evaluationRuntime: 'ALL',
      evaluationContexts: [],
      tags: [],
      ensureExperienceContinuity: false,
      createdBy: author,
      lastModifiedBy: author,
    })
    expect(await rowOf({ id: answer.databaseId })).toMatchObject({ projectId: project.id, createdById: user.id, createdAt: time.now })
    expect(await db.activity.findMany({ where: { featureFlagId: answer.databaseId } })).toMatchObject([{ activity: 'createFeatureFlag' }])
  })

  it('keeps what is given: payloads as JSON text, contexts in lower case, labels once', async () => {
    const { key, organization } = await seedTenant(db)
    const project = await seedProject(db, organization, { flagsPersistenceDefault: true })
    const answer = await ask(key, 'createFeatureFlag', {
      projectId: project.id,
      key: 'new',
      name: 'What for',
      active: false,
      filters: { ...controlAndTest, payloads: { control: { a: 1 }, test: '[2]' }, super_groups: [], holdout_groups: [] },
      evaluationRuntime: 'SERVER',
      evaluationContexts: [' Web ', 'app', 'WEB'],
      tags: ['b', 'a', 'b'],
    })
    expect(answer).toMatchObject({
      name: 'What for',
      active: false,
      evaluationRuntime: 'SERVER',
      evaluationContexts: ['app', 'web'],
      tags: ['b', 'a'],
      ensureExperienceContinuity: true,
    })
    expect((await rowOf({ id: answer.databaseId })).filters).toEqual({ ...controlAndTest, payloads: { control: '{"a":1}', test: '[2]' } })
  })

  it('rejects a key that a live flag of the project has; that of a deleted or of another project is free', async () => {
    const { key, project, organization } = await scene()
    expect(await faults(key, 'createFeatureFlag', { projectId: project.id, key: 'checkout' })).toEqual([
      { path: ['key'], code: 'unique', message: taken },
    ])
    await seedFlag(db, project, { key: 'gone', deleted: true })
    await seedFlag(db, await seedProject(db, organization), { key: 'elsewhere' })
    for (const free of ['gone', 'elsewhere', 'Checkout']) {
      expect(await ask(key, 'createFeatureFlag', { projectId: project.id, key: free })).toMatchObject({ __typename: 'FeatureFlag' })
    }
  })

  it('lets one of two at once have a key', async () => {
    const { key, project } = await seedTenant(db)
    const input = { projectId: project.id, key: 'both' }
    const answers = await Promise.all([1, 2, 3].map(() => ask(key, 'createFeatureFlag', input)))
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['FeatureFlag', 'ValidationError', 'ValidationError'])
    expect(await db.featureFlag.count({ where: { projectId: project.id } })).toBe(1)
  })

  it.each([['a b', 'invalid_key', charset]])('rejects the key %j', async (flagKey, code, message) => {
    const { key, project } = await seedTenant(db)
    expect(await faults(key, 'createFeatureFlag', { projectId: project.id, key: flagKey })).toEqual([{ path: ['key'], code, message }])
  })

  it.each([
    [7, '', 'Must be an object.'],
    [{ groups: everybody, payloads: { b: 1 } }, 'payloads.b', "Payload key 'b' is invalid: boolean flags only support the 'true' key."],
    [{ groups: [{ properties: [{ key: 'k', type: 'group' }] }] }, 'groups.0.properties.0.type', expect.any(String)],
  ])('rejects the filters %j', async (filters, path, message) => {
    const { key, project } = await seedTenant(db)
    const found = await faults(key, 'createFeatureFlag', { projectId: project.id, key: 'new', filters })
    expect(found.map((found) => [found.path.join('.'), found.message])).toEqual([[path === '' ? 'filters' : `filters.${path}`, message]])
  })

  it('stores operators and keys in their own names, and the group type on flag and sets', async () => {
    const { key, project } = await seedTenant(db)
    const groups = [{ properties: [{ key: 7, type: 'group', group_type_index: 1, operator: 'min', value: 3 }] }]
    const answer = await ask(key, 'createFeatureFlag', {
      projectId: project.id,
      key: 'new',
      filters: { groups, aggregation_group_type_index: 1 },
    })
    expect(answer.filters).toMatchObject({
      aggregation_group_type_index: 1,
      groups: [{ aggregation_group_type_index: 1, properties: [{ key: '7', operator: 'gte' }] }],
    })
  })

  it('takes a group type that is null for people, and only a missing one for that of the flag', async () => {
    const { key, project } = await seedTenant(db)
    const ofGroup = { key: 'size', type: 'group', group_type_index: 1, value: 3 }
    const ofPerson = { key: 'age', type: 'person', value: 3 }
    const create = (groups: object[], others: object = { aggregation_group_type_index: 1 }) => ({
      projectId: project.id,
      key: `new-${crypto.randomUUID()}`,
      filters: { groups, ...others },
    })
    const people = { properties: [ofPerson], aggregation_group_type_index: null }
    const mixed = await ask(key, 'createFeatureFlag', create([{ properties: [ofGroup] }, people]))
    expect(mixed.filters).toEqual({
      aggregation_group_type_index: null,
      groups: [{ properties: [ofGroup], aggregation_group_type_index: 1 }, people],
    })
    expect((await ask(key, 'createFeatureFlag', create([people]))).filters).toEqual({
      aggregation_group_type_index: null,
      groups: [people],
    })
    const wrong = await faults(key, 'createFeatureFlag', create([{ ...people, properties: [ofGroup] }, { properties: [ofPerson] }]))
    expect(wrong.map(({ path }) => path.join('.'))).toEqual(['filters.groups.0.properties.0.type', 'filters.groups.1.properties.0.type'])
  })

  it('refuses a group type of the flag that its stored sets would drop', async () => {
    const { key, project } = await seedTenant(db)
    const groups = [{ properties: [], aggregation_group_type_index: 0 }]
    const flag = await seedFlag(db, project, { filters: { groups, aggregation_group_type_index: 0 } })
    const id = globalId('FeatureFlag', flag.id)
    expect(await faults(key, 'updateFeatureFlag', { id, filters: { aggregation_group_type_index: 1 } })).toMatchObject([
      { path: ['filters', 'aggregation_group_type_index'] },
    ])
    const both = { aggregation_group_type_index: 1, groups: [{ properties: [] }] }
    expect((await ask(key, 'updateFeatureFlag', { id, filters: both })).filters).toMatchObject({ aggregation_group_type_index: 1 })
  })

  it('tells everything that is wrong at once, and where', async () => {
    const { key, organization } = await seedTenant(db)
    const project = await seedProject(db, organization, { requireEvaluationContexts: true })
    const found = await faults(key, 'createFeatureFlag', {
      projectId: project.id,
      key: 'not ok',
      name: 'x'.repeat(4_001),
      tags: ['ok', ' '],
      filters: { groups: [{ rollout_percentage: -1 }], payloads: { b: 1 } },
    })
    expect(found.map(({ path, code }) => [path.join('.'), code])).toEqual([
      ['key', 'invalid_key'],
      ['name', 'max_length'],
      ['tags.1', 'blank'],
      ['filters.groups.0.rollout_percentage', 'invalid_input'],
      ['filters.payloads.b', 'invalid_input'],
      ['evaluationContexts', 'required'],
    ])
  })

  it('needs feature_flag:write, and finds no project that is hidden', async () => {
    const { key, user, project } = await seedTenant(db)
    const stranger = await seedTenant(db)
    const before = await written()
    const reader = await seedKey(db, user, { scopes: ['experiment:write', 'feature_flag:read'] })
    const { errors } = await ask(reader, 'createFeatureFlag', { projectId: project.id, key: 'new' })
    expect(errors?.[0]).toMatchObject({
      message: "API key missing required scope 'feature_flag:write'",
      extensions: { code: 'FORBIDDEN', requiredScope: 'feature_flag:write' },
    })
    for (const projectId of [stranger.project.id, 999_999, 'x']) {
      expect(await ask(key, 'createFeatureFlag', { projectId, key: 'new' })).toMatchObject({ __typename: 'NotFoundError' })
    }
    const restricted = await seedKey(db, user, { scopedProjects: [stranger.project.id] })
    expect(await ask(restricted, 'createFeatureFlag', { projectId: project.id, key: 'new' })).toMatchObject({
      __typename: 'PermissionDeniedError',
      message: `API key does not have access to the requested project: ID ${project.id}.`,
    })
    expect(await written()).toEqual(before)
  })
})

describe('updateFeatureFlag', () => {
  it('sets what is given: the next version, by whom and when', async () => {
    const { key, user, id, flag } = await scene({ name: 'old', tags: ['kept'] })
    expect(await ask(key, 'updateFeatureFlag', { id, name: 'new', active: null, evaluationContexts: ['B', 'a'] })).toMatchObject({
      __typename: 'FeatureFlag',
      name: 'new',
      active: true,
      version: 2,
      tags: ['kept'],
      evaluationContexts: ['a', 'b'],
      lastModifiedBy: { id: globalId('User', user.id) },
      updatedAt: time.now.toISOString(),
    })
    expect(await rowOf(flag)).toMatchObject({ version: 2, lastModifiedById: user.id, updatedAt: time.now, filters: flag.filters })
    expect(await ask(key, 'updateFeatureFlag', { id: flag.id, evaluationContexts: [] })).toMatchObject({ evaluationContexts: [] })
  })

  it('writes nothing where nothing differs', async () => {
    const { key, id, flag } = await scene()
    expect(await ask(key, 'updateFeatureFlag', { id, active: true, filters: controlAndTest })).toMatchObject({ version: 1 })
    expect(await rowOf(flag)).toEqual(flag)
  })

  it('replaces the top-level keys of filters that are given, and keeps the others', async () => {
    const filters = { ...controlAndTest, payloads: { test: '1' }, holdout: { id: 1, exclusion_percentage: 5 } }
    const { key, id, flag } = await scene({ filters })
    await ask(key, 'updateFeatureFlag', { id, filters: { groups: [], payloads: { control: true } } })
    expect((await rowOf(flag)).filters).toEqual({ ...filters, groups: [], payloads: { control: 'true' } })
  })

  it('judges what is given together with what is stored', async () => {
    const groups = [{ properties: [], rollout_percentage: 100, variant: 'test' }]
    const { key, id } = await scene({ filters: { ...controlAndTest, groups, payloads: { test: '1' } } })
    expect(
      (await faults(key, 'updateFeatureFlag', { id, filters: { multivariate: one('control') } })).map(({ message }) => message),
    ).toEqual(["Payload key 'test' does not match any variant key.", "Variant override 'test' does not match any variant key."])
  })

  it.each([
    [
      {},
      { archived: true },
      ['archived'],
      'Cannot archive an enabled feature flag. Disable it first, or send active: false in the same request.',
    ],
    [
      { active: false },
      { archived: true, active: true },
      ['archived'],
      'Cannot archive an enabled feature flag. Disable it first, or send active: false in the same request.',
    ],
    [{ active: false, archived: true }, { active: true }, ['active'], 'Cannot enable an archived feature flag. Unarchive it first.'],
    [{ bucketingIdentifier: 'device_id' }, { ensureExperienceContinuity: true }, ['ensureExperienceContinuity'], expect.any(String)],
    [{}, { key: 'a b' }, ['key'], charset],
    [{}, { key: 'other' }, ['key'], taken],
  ])('on a flag %j rejects %j', async (data, given, path, message) => {
    const { key, id, project } = await scene(data)
    await seedFlag(db, project, { key: 'other' })
    expect(await faults(key, 'updateFeatureFlag', { id, ...given })).toMatchObject([{ path, message }])
  })

  it('archives with active: false, and enables again with archived: false', async () => {
    const { key, id } = await scene()
    expect(await ask(key, 'updateFeatureFlag', { id, archived: true, active: false })).toMatchObject({
      active: false,
      archived: true,
      version: 2,
    })
    expect(await ask(key, 'updateFeatureFlag', { id, archived: false, active: true })).toMatchObject({
      active: true,
      archived: false,
      version: 3,
    })
  })

  it('removes no variant of a running experiment, whatever else is wrong with it', async () => {
    const { key, id, flag } = await scene()
    const running = await seedExperiment(db, flag, { name: 'Runs', startDate: new Date('2026-11-01') })
    await seedExperiment(db, flag, { name: 'Draft' })
    const message =
      `Cannot remove variant(s) 'test' from a feature flag that is linked to running experiment(s): "Runs" (ID: ${running.id}). ` +
      'Please stop the experiment(s) before removing variants.'
    const path = ['filters', 'multivariate', 'variants']
    expect(await faults(key, 'updateFeatureFlag', { id, filters: { multivariate: one('control') } })).toMatchObject([{ path, message }])
    expect(await faults(key, 'updateFeatureFlag', { id, filters: { multivariate: null } })).toMatchObject([
      { path, message: expect.stringContaining("variant(s) 'control', 'test' from") },
    ])
    await db.experiment.update({ where: { id: running.id }, data: { endDate: new Date('2026-11-02') } })
    expect(await ask(key, 'updateFeatureFlag', { id, filters: { multivariate: one('control') } })).toMatchObject({ version: 2 })
  })

  it('is not deleted while a draft, running or paused experiment uses it, and the refusal names them', async () => {
    const { key, id, flag } = await scene({ active: false })
    const startDate = new Date('2026-11-01')
    const endDate = new Date('2026-11-02')
    const draft = await seedExperiment(db, flag, { name: 'Draft' })
    const paused = await seedExperiment(db, flag, { name: 'Paused', startDate })
    const withoutStart = await seedExperiment(db, flag, { name: 'Draft with an end', endDate, archived: true })
    await seedExperiment(db, flag, { name: 'Ended', startDate, endDate })
    await seedExperiment(db, flag, { name: 'Deleted', deleted: true })
    const named = [draft, paused, withoutStart].map(({ id, name }) => `"${name}" (ID: ${id})`).join(', ')
    expect(await faults(key, 'updateFeatureFlag', { id, deleted: true })).toMatchObject([
      {
        path: ['deleted'],
        message:
          `Cannot delete a feature flag that is linked to draft or running experiment(s): ${named}. ` +
          'Please end or delete the experiment(s) before deleting the flag.',
      },
    ])
    expect(await rowOf(flag)).toMatchObject({ deleted: false, key: flag.key })
    await db.experiment.updateMany({ where: { featureFlagId: flag.id }, data: { startDate, endDate } })
    expect(await ask(key, 'updateFeatureFlag', { id, deleted: true })).toMatchObject({ deleted: true })
  })

  it('frees its key when it is deleted, and takes it back when it is restored', async () => {
    const { key, project, id, flag } = await scene({ active: false })
    expect(await ask(key, 'updateFeatureFlag', { id, deleted: true })).toMatchObject({
      deleted: true,
      version: 2,
      key: `checkout:deleted:${flag.id}`,
    })
    expect(await rowOf(flag)).toMatchObject({ deleted: true, key: `checkout:deleted:${flag.id}` })
    const next = await ask(key, 'createFeatureFlag', { projectId: project.id, key: 'checkout' })
    expect(await faults(key, 'updateFeatureFlag', { id, deleted: false })).toMatchObject([{ code: 'unique', message: taken }])
    expect(await ask(key, 'updateFeatureFlag', { id, deleted: false, key: 'another' })).toMatchObject({ deleted: false, key: 'another' })
    await ask(key, 'updateFeatureFlag', { id: next.id, deleted: true })
    expect(await ask(key, 'updateFeatureFlag', { id: next.id, deleted: false })).toMatchObject({
      deleted: false,
      key: 'checkout',
      version: 3,
    })
  })

  it('takes back a key as long as keys can be', async () => {
    const long = 'x'.repeat(400)
    const { key, id } = await scene({ key: long })
    const gone = await ask(key, 'updateFeatureFlag', { id, deleted: true })
    expect(gone.deleted).toBe(true)
    expect((await ask(key, 'updateFeatureFlag', { id, deleted: false })).key).toBe(long)
  })

  it('rejects a key with a NUL in it, like any other that is none', async () => {
    const { key, id } = await scene()
    expect(await faults(key, 'updateFeatureFlag', { id, key: 'a\u0000b' })).toMatchObject([{ path: ['key'], code: 'invalid_key' }])
  })

  it('is not switched off or deleted while other flags that are on ask for it', async () => {
    const { key, id, project, flag } = await scene()
    const asks = { key: String(flag.id), type: 'flag', operator: 'flag_evaluates_to', value: true }
    const dependent = await seedFlag(db, project, { key: 'dependent', filters: { groups: [{ properties: [asks] }] } })
    const before = await written()
    for (const given of [{ active: false }, { deleted: true }, { active: false, archived: true }]) {
      expect(await ask(key, 'updateFeatureFlag', { id, ...given })).toMatchObject({
        __typename: 'InvalidStateError',
        message: 'Cannot disable this feature flag because other active flags depend on it: dependent.',
      })
    }
    expect(await written()).toEqual(before)
    await db.featureFlag.update({ where: { id: dependent.id }, data: { active: false } })
    expect(await ask(key, 'updateFeatureFlag', { id, active: false })).toMatchObject({ active: false, version: 2 })
  })

  it('takes no change of a version that is not the newest', async () => {
    const { key, user, id, flag } = await scene()
    expect(await ask(key, 'updateFeatureFlag', { id, version: 1, name: 'first' })).toMatchObject({ version: 2 })
    const before = await written()
    expect(await ask(key, 'updateFeatureFlag', { id, version: 1, name: 'second' })).toMatchObject({
      __typename: 'InvalidStateError',
      message: `The feature flag was updated by ${user.email} since you started editing it. Please refresh and try again.`,
      state: 'version 2',
    })
    expect(await written()).toEqual(before)
    expect(await ask(key, 'updateFeatureFlag', { id, version: 2, name: 'second' })).toMatchObject({ version: 3 })
    expect((await rowOf(flag)).name).toBe('second')
  })

  it('needs feature_flag:write, and does not find what is not there or hidden', async () => {
    const { key, user, id, flag } = await scene()
    const stranger = await scene()
    const before = await written()
    const reader = await seedKey(db, user, { scopes: ['experiment:write', 'feature_flag:read'] })
    const { errors } = await ask(reader, 'updateFeatureFlag', { id, active: false })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'feature_flag:write' })
    for (const unseen of [stranger.id, stranger.flag.id, 999_999, '99999999999', 'x', globalId('Experiment', flag.id)]) {
      expect(await ask(key, 'updateFeatureFlag', { id: unseen, active: false })).toMatchObject({
        __typename: 'NotFoundError',
        code: 'NOT_FOUND',
      })
    }
    expect(await written()).toEqual(before)
  })
})
