import { describe, expect, it } from 'vitest'
import { seedColleague, seedPolicy } from '../../../support/approvals.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run } = await testServer()

const document = `mutation ($input: CopyFeatureFlagInput!) { result: copyFeatureFlag(input: $input) {
  __typename ... on Error { code message } ... on ValidationError { fieldErrors { path code message } }
  ... on CopyFeatureFlagSuccess { results {
    projectId project { databaseId } created featureFlag { databaseId key active version } copiedDependencies { key }
    refusal {
      __typename code message ... on ValidationError { fieldErrors { path code message } }
      ... on ApprovalRequiredError { actionKey changeRequest { id state } } ... on ChangeRequestPendingError { changeRequest { id } }
      ... on InUseError { usedBy { kind } }
    }
  } }
} }`
async function copy(key: string, input: object) {
  const { data, errors } = await run(key, document, { input })
  return { ...data?.result, errors }
}

/** A tenant with a flag to copy, and another project. */
async function scene(flag: object = {}, target: object = {}) {
  const tenant = await seedTenant(db)
  const row = await seedFlag(db, tenant.project, { key: 'checkout', ...flag })
  const other = await seedProject(db, tenant.organization, target)
  return {
    ...tenant,
    flag: row,
    other,
    id: globalId('FeatureFlag', row.id),
    copyOf: (key = 'checkout') => db.featureFlag.findFirstOrThrow({ where: { projectId: other.id, key, deleted: false } }),
    count: () => db.featureFlag.count({ where: { projectId: other.id } }),
  }
}
const property = (fields: object) => ({ groups: [{ properties: [fields], rollout_percentage: 100 }] })
const dependingOn = (key: number | string) => property({ key: String(key), type: 'flag', operator: 'flag_evaluates_to', value: true })
const refusals = (answer: { results: { refusal: { __typename: string; message: string } | null }[] }) =>
  answer.results.map(({ refusal }) => refusal && [refusal.__typename, refusal.message])

describe('copyFeatureFlag', () => {
  it('copies what a flag is, to several projects, and leaves an entry in each', async () => {
    const { key, id, flag, project, organization, user, other, copyOf } = await scene({
      name: 'What for',
      filters: {
        ...controlAndTest,
        payloads: { test: '1' },
        holdout: { id: 7, exclusion_percentage: 5 },
        early_exit: true,
        unknown: 'key',
      },
      tags: ['a'],
      evaluationRuntime: 'server',
      bucketingIdentifier: 'device_id',
      isRemoteConfiguration: true,
    })
    const context = await db.evaluationContext.create({ data: { projectId: project.id, name: 'web' } })
    await db.featureFlagEvaluationContext.create({ data: { featureFlagId: flag.id, evaluationContextId: context.id } })
    await seedExperiment(db, flag)
    const third = await seedProject(db, organization)
    const answer = await copy(key, { id, targetProjectIds: [globalId('Project', other.id), third.id] })
    expect(answer).toMatchObject({
      __typename: 'CopyFeatureFlagSuccess',
      results: [
        { projectId: globalId('Project', other.id), project: { databaseId: other.id } },
        { projectId: String(third.id), project: { databaseId: third.id } },
      ].map((each) => ({ ...each, created: true, featureFlag: { key: 'checkout', version: 1 }, copiedDependencies: [], refusal: null })),
    })
    const copied = await copyOf()
    expect(copied).toMatchObject({
      name: 'What for',
      active: true,
      tags: ['a'],
      evaluationRuntime: 'server',
      bucketingIdentifier: 'device_id',
      isRemoteConfiguration: true,
      createdById: user.id,
      filters: { ...controlAndTest, payloads: { test: '1' }, holdout: null, early_exit: true, unknown: 'key' },
    })
    const contexts = await db.featureFlagEvaluationContext.findMany({
      where: { featureFlagId: copied.id },
      include: { evaluationContext: true },
    })
    expect(contexts).toMatchObject([{ evaluationContext: { name: 'web', projectId: other.id } }])
    expect(await db.activity.findMany({ where: { featureFlagId: copied.id } })).toMatchObject([
      { activity: 'copyFeatureFlag', projectId: other.id, userId: user.id },
    ])
  })

  it('starts off where that is asked, and never copies encrypted payloads', async () => {
    const { key, id, other, copyOf } = await scene({
      filters: { groups: [{ properties: [] }], payloads: { true: 'ciphertext' } },
      isRemoteConfiguration: true,
      hasEncryptedPayloads: true,
    })
    expect(await copy(key, { id, targetProjectIds: [other.id], switchedOff: true })).toMatchObject({
      results: [{ featureFlag: { active: false } }],
    })
    expect(await copyOf()).toMatchObject({ active: false, hasEncryptedPayloads: false })
    expect(JSON.stringify((await copyOf()).filters)).not.toContain('ciphertext')
  })

  it('finds cohorts and group types by name', async () => {
    const { key, id, flag, project, other, copyOf } = await scene()
    const cohort = await db.cohort.create({ data: { projectId: project.id, name: 'Friends' } })
    const cohortFilters = property({ key: 'id', type: 'cohort', value: cohort.id, operator: 'in' })
    await db.featureFlag.update({ where: { id: flag.id }, data: { filters: cohortFilters } })
    expect(refusals(await copy(key, { id, targetProjectIds: [other.id] }))).toEqual([
      ['ValidationError', 'The target project has no cohort named "Friends".'],
    ])
    await db.cohort.create({ data: { projectId: other.id, name: 'Friends', deleted: true } })
    const theirs = await db.cohort.create({ data: { projectId: other.id, name: 'Friends' } })
    expect(await copy(key, { id, targetProjectIds: [other.id] })).toMatchObject({ results: [{ created: true }] })
    expect((await copyOf()).filters).toMatchObject(property({ key: 'id', type: 'cohort', value: theirs.id, operator: 'in' }))
    await db.cohort.create({ data: { projectId: other.id, name: 'Friends' } })
    expect(refusals(await copy(key, { id, targetProjectIds: [other.id], onExisting: 'REPLACE' }))).toEqual([
      ['ValidationError', 'The target project has several cohorts named "Friends".'],
    ])

    await db.groupType.create({ data: { projectId: project.id, index: 0, name: 'company' } })
    const groupProperty = { key: 'size', type: 'group', operator: 'gt', value: 3, group_type_index: 0 }
    await db.featureFlag.update({
      where: { id: flag.id },
      data: { filters: { ...property(groupProperty), aggregation_group_type_index: 0 } },
    })
    const replace = { id, targetProjectIds: [other.id], onExisting: 'REPLACE' }
    expect(refusals(await copy(key, replace))).toEqual([['ValidationError', 'The target project has no group type named "company".']])
    await db.groupType.createMany({
      data: [
        { projectId: other.id, index: 0, name: 'team' },
        { projectId: other.id, index: 3, name: 'company' },
      ],
    })
    expect(await copy(key, replace)).toMatchObject({ results: [{ created: false, featureFlag: { version: 2 } }] })
    expect((await copyOf()).filters).toMatchObject({
      groups: [{ properties: [{ ...groupProperty, group_type_index: 3 }], aggregation_group_type_index: 3 }],
      aggregation_group_type_index: 3,
    })
  })

  it('takes along what the flag depends on, or refuses', async () => {
    const { key, id, flag, project, other, copyOf } = await scene()
    const deepest = await seedFlag(db, project, { key: 'deepest' })
    const middle = await seedFlag(db, project, { key: 'middle', filters: dependingOn(deepest.id), active: false })
    await db.featureFlag.update({ where: { id: flag.id }, data: { filters: dependingOn('middle') } })
    const answer = await copy(key, { id, targetProjectIds: [other.id] })
    expect(refusals(answer)).toEqual([
      ['ValidationError', expect.stringContaining('The flag depends on "middle", which the target project does not have.')],
    ])

    expect(await copy(key, { id, targetProjectIds: [other.id], dependencies: 'COPY' })).toMatchObject({
      results: [{ created: true, copiedDependencies: [{ key: 'middle' }, { key: 'deepest' }] }],
    })
    const [copied, middleCopy, deepestCopy] = [await copyOf(), await copyOf('middle'), await copyOf('deepest')]
    expect(copied.filters).toMatchObject(dependingOn(middleCopy.id))
    expect(middleCopy).toMatchObject({ active: false, filters: dependingOn(deepestCopy.id) })
    for (const { id } of [copied, middleCopy, deepestCopy]) {
      expect(await db.activity.findMany({ where: { featureFlagId: id } })).toMatchObject([
        { activity: 'copyFeatureFlag', projectId: other.id },
      ])
    }

    // What is there is used as it is.
    await db.featureFlag.update({ where: { id: middle.id }, data: { name: 'Changed' } })
    expect(await copy(key, { id, targetProjectIds: [other.id], onExisting: 'REPLACE' })).toMatchObject({
      results: [{ created: false, copiedDependencies: [], featureFlag: { version: 1 } }],
    })
    expect(await copyOf('middle')).toMatchObject({ name: '' })
  })

  it('does not ask for what only a flag depends on that the target project has already', async () => {
    const { key, id, flag, project, other, count } = await scene()
    const deepest = await seedFlag(db, project, { key: 'deepest' })
    await seedFlag(db, project, { key: 'middle', filters: dependingOn(deepest.id) })
    await db.featureFlag.update({ where: { id: flag.id }, data: { filters: dependingOn('middle') } })
    await seedFlag(db, other, { key: 'middle' })
    expect(await copy(key, { id, targetProjectIds: [other.id] })).toMatchObject({ results: [{ created: true, copiedDependencies: [] }] })
    expect(await count()).toBe(2)
  })

  it('refuses circles, in either project, and flags that are lost', async () => {
    const { key, id, flag, project, other, count } = await scene()
    const second = await seedFlag(db, project, { key: 'second' })
    await db.featureFlag.update({ where: { id: flag.id }, data: { filters: dependingOn(second.id) } })
    await seedFlag(db, other, { key: 'second', filters: dependingOn('checkout') })
    expect(refusals(await copy(key, { id, targetProjectIds: [other.id] }))).toEqual([
      ['ValidationError', 'In the target project, the flag would depend on itself.'],
    ])
    await db.featureFlag.update({ where: { id: second.id }, data: { filters: dependingOn(flag.id) } })
    expect(refusals(await copy(key, { id, targetProjectIds: [other.id] }))).toEqual([
      ['InvalidStateError', 'The flag depends on itself, by way of other flags.'],
    ])
    await db.featureFlag.update({ where: { id: flag.id }, data: { filters: dependingOn('lost') } })
    expect(refusals(await copy(key, { id, targetProjectIds: [other.id] }))).toEqual([
      ['ValidationError', 'The flag depends on "lost", which its project does not have.'],
    ])
    expect(await count()).toBe(1)
  })

  it('replaces a flag of the same key only when asked, and keeps its holdout and experiments safe', async () => {
    const { key, id, other, copyOf } = await scene({ filters: { ...controlAndTest, groups: [{ properties: [], rollout_percentage: 5 }] } })
    const holdout = { id: 3, exclusion_percentage: 10 }
    const variants = ['control', 'mine'].map((key) => ({ key, rollout_percentage: 50 }))
    const theirs = await seedFlag(db, other, { key: 'checkout', filters: { groups: [{}], multivariate: { variants }, holdout } })
    expect(refusals(await copy(key, { id, targetProjectIds: [other.id] }))).toEqual([
      ['ValidationError', 'There is already a feature flag with this key.'],
    ])
    const replace = { id, targetProjectIds: [other.id], onExisting: 'REPLACE' }
    const experiment = await seedExperiment(db, theirs, { startDate: new Date('2026-11-01') })
    expect(refusals(await copy(key, replace))).toEqual([['ValidationError', expect.stringContaining(`Cannot remove variant(s) 'mine'`)]])
    await db.experiment.update({ where: { id: experiment.id }, data: { endDate: new Date('2026-11-02') } })

    const dependent = await seedFlag(db, other, { filters: dependingOn('checkout') })
    expect(await copy(key, { ...replace, switchedOff: true })).toMatchObject({
      results: [{ refusal: { __typename: 'InUseError', usedBy: [{ kind: 'DEPENDENT_FLAG' }] } }],
    })
    await db.featureFlag.delete({ where: { id: dependent.id } })
    expect(await copy(key, replace)).toMatchObject({ results: [{ created: false, featureFlag: { databaseId: theirs.id, version: 2 } }] })
    expect((await copyOf()).filters).toMatchObject({ ...controlAndTest, groups: [{ rollout_percentage: 5 }], holdout })

    await db.featureFlag.update({ where: { id: theirs.id }, data: { archived: true, active: false } })
    expect(refusals(await copy(key, replace))).toEqual([
      ['InvalidStateError', 'The flag in the target project is archived. Unarchive it first.'],
    ])
  })

  it('refuses by itself in each project, and the others get the flag', async () => {
    const { key, id, project, organization, other } = await scene({}, { requireEvaluationContexts: true })
    const stranger = await seedTenant(db)
    const third = await seedProject(db, organization)
    const answer = await copy(key, { id, targetProjectIds: [other.id, stranger.project.id, 'nonsense', project.id, third.id] })
    expect(refusals(answer)).toEqual([
      ['ValidationError', 'At least one evaluation context is required to create a new feature flag.'],
      ['NotFoundError', 'Target project not found.'],
      ['NotFoundError', 'Target project not found.'],
      ['ValidationError', 'Must be another project than that of the flag.'],
      null,
    ])
    expect(answer.results.map(({ project }: { project: unknown }) => project !== null)).toEqual([true, false, false, true, true])
    expect(await db.featureFlag.count({ where: { projectId: stranger.project.id } })).toBe(0)
  })

  it('refuses the whole call when it makes no sense', async () => {
    const { key, user, id, other, flag } = await scene()
    const paths = async (targetProjectIds: unknown[]) =>
      (await copy(key, { id, targetProjectIds })).fieldErrors.map(({ path }: { path: string[] }) => path)
    expect(await paths([])).toEqual([['targetProjectIds']])
    expect(await paths(Array.from({ length: 51 }, (_, index) => index + 1))).toEqual([['targetProjectIds']])
    expect(await paths([other.id, globalId('Project', other.id)])).toEqual([['targetProjectIds', '1']])
    const stranger = await seedTenant(db)
    expect(await copy(stranger.key, { id, targetProjectIds: [stranger.project.id] })).toMatchObject({ __typename: 'NotFoundError' })
    const reader = await seedKey(db, user, { scopes: ['feature_flag:read'] })
    expect((await copy(reader, { id, targetProjectIds: [other.id] })).errors[0].extensions).toMatchObject({
      requiredScope: 'feature_flag:write',
    })
    await db.featureFlag.update({ where: { id: flag.id }, data: { deleted: true } })
    expect(refusals(await copy(key, { id, targetProjectIds: [other.id] }))).toEqual([
      ['InvalidStateError', 'A deleted flag cannot be copied. Restore it first.'],
    ])
  })

  it('makes one flag when two copy at the same moment', async () => {
    const { key, id, other, count } = await scene()
    const answers = await Promise.all([1, 2, 3].map(() => copy(key, { id, targetProjectIds: [other.id] })))
    expect(answers.filter(({ results }) => results[0].created)).toHaveLength(1)
    expect(answers.flatMap(refusals).filter((refusal) => refusal !== null)).toEqual(
      [1, 2].map(() => ['ValidationError', 'There is already a feature flag with this key.']),
    )
    expect(await count()).toBe(1)
  })
})

describe('under a policy of the target project', () => {
  const approve = `mutation ($id: ID!) { approveChangeRequest(input: { id: $id }) {
    __typename ... on Error { message } ... on ApproveChangeRequestSuccess { outcome { __typename ... on ApplyFailed { message } } } } }`

  it.each([
    ['a new flag that is on', 'FEATURE_FLAG_ENABLE', {}, false],
    ['a new flag with percentages', 'FEATURE_FLAG_UPDATE', { switchedOff: true }, false],
    ['a flag that is replaced', 'FEATURE_FLAG_UPDATE', { onExisting: 'REPLACE' }, true],
    ['a flag that is switched off by it', 'FEATURE_FLAG_DISABLE', { onExisting: 'REPLACE', switchedOff: true }, true],
  ] as const)('%s waits for consent there, and nowhere else', async (_name, action, options, exists) => {
    const { organization, key, id, other, copyOf } = await scene({ filters: { ...controlAndTest, groups: [{ rollout_percentage: 5 }] } })
    const third = await seedProject(db, organization)
    if (exists) await seedFlag(db, other, { key: 'checkout', filters: controlAndTest })
    const before = await db.featureFlag.findMany({ where: { projectId: other.id } })
    const approver = await seedColleague(db, { organization })
    await seedPolicy(db, { organization, project: other }, action, [approver])
    const input = { id, targetProjectIds: [other.id, third.id], ...options }
    const answer = await copy(key, input)
    expect(answer.results).toMatchObject([
      { refusal: { __typename: 'ApprovalRequiredError', actionKey: action, changeRequest: { state: 'PENDING' } }, featureFlag: null },
      { refusal: null, created: true },
    ])
    expect(await db.featureFlag.findMany({ where: { projectId: other.id } })).toEqual(before)
    expect((await copy(key, { ...input, targetProjectIds: [other.id] })).results).toMatchObject([
      { refusal: { __typename: 'ChangeRequestPendingError', changeRequest: { id: answer.results[0].refusal.changeRequest.id } } },
    ])
    const { data } = await run(approver.key, approve, { id: answer.results[0].refusal.changeRequest.id })
    expect(data.approveChangeRequest).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
    expect(await copyOf()).toMatchObject({
      active: !('switchedOff' in options),
      filters: { groups: [{ rollout_percentage: 5 }] },
    })
  })

  it('a dependency that is copied along is guarded as well, and the request shows it', async () => {
    const { organization, key, id, flag, project, other, copyOf, count } = await scene({
      active: false,
      filters: { groups: [{ properties: [] }] },
    })
    await seedFlag(db, project, { key: 'needed', filters: { groups: [{ properties: [], rollout_percentage: 30 }] }, active: false })
    await db.featureFlag.update({
      where: { id: flag.id },
      data: { filters: { groups: [{ properties: [{ key: 'needed', type: 'flag', operator: 'flag_evaluates_to', value: true }] }] } },
    })
    const approver = await seedColleague(db, { organization })
    await seedPolicy(db, { organization, project: other }, 'FEATURE_FLAG_UPDATE', [approver])
    const answer = await copy(key, { id, targetProjectIds: [other.id], dependencies: 'COPY' })
    expect(refusals(answer)).toEqual([['ApprovalRequiredError', expect.any(String)]])
    expect(await count()).toBe(0)
    const request = await db.changeRequest.findFirstOrThrow({ where: { projectId: other.id } })
    expect(request.after).toMatchObject({ key: 'checkout', copiedDependencies: [{ key: 'needed' }] })
    await run(approver.key, approve, { id: globalId('ChangeRequest', request.id) })
    expect((await copyOf()).filters).toMatchObject({ groups: [{ properties: [{ key: String((await copyOf('needed')).id) }] }] })
  })

  it('shows the request to a key that may only write flags', async () => {
    const { organization, user, id, other } = await scene()
    await seedPolicy(db, { organization, project: other }, 'FEATURE_FLAG_ENABLE', [await seedColleague(db, { organization })])
    const writer = await seedKey(db, user, { scopes: ['feature_flag:write'] })
    expect(await copy(writer, { id, targetProjectIds: [other.id] })).toMatchObject({
      results: [{ refusal: { __typename: 'ApprovalRequiredError', changeRequest: { state: 'PENDING' } } }],
      errors: undefined,
    })
  })

  it('a request is stale once the copied flag has changed', async () => {
    const { organization, key, id, flag, other, count } = await scene()
    const approver = await seedColleague(db, { organization })
    await seedPolicy(db, { organization, project: other }, 'FEATURE_FLAG_ENABLE', [approver])
    await copy(key, { id, targetProjectIds: [other.id] })
    await db.featureFlag.update({ where: { id: flag.id }, data: { filters: { groups: [{ properties: [], rollout_percentage: 1 }] } } })
    const request = await db.changeRequest.findFirstOrThrow({ where: { projectId: other.id } })
    const { data } = await run(approver.key, approve, { id: globalId('ChangeRequest', request.id) })
    expect(data.approveChangeRequest.__typename).toBe('ChangeRequestStaleError')
    expect(await count()).toBe(0)
  })

  it('a request says that it is stale once the copied flag has other contexts', async () => {
    const { organization, key, id, flag, project, other } = await scene()
    const approver = await seedColleague(db, { organization })
    await seedPolicy(db, { organization, project: other }, 'FEATURE_FLAG_ENABLE', [approver])
    await copy(key, { id, targetProjectIds: [other.id] })
    const { id: evaluationContextId } = await db.evaluationContext.create({ data: { projectId: project.id, name: 'late' } })
    await db.featureFlagEvaluationContext.create({ data: { featureFlagId: flag.id, evaluationContextId } })
    const request = await db.changeRequest.findFirstOrThrow({ where: { projectId: other.id } })
    const read = 'query ($id: ID!) { node(id: $id) { ... on ChangeRequest { validationStatus staleReasons { path } } } }'
    const { data } = await run(approver.key, read, { id: globalId('ChangeRequest', request.id) })
    expect(data.node).toEqual({ validationStatus: 'STALE', staleReasons: [{ path: ['featureFlag', 'evaluationContexts'] }] })
  })
})
