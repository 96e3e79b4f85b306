import { readFile } from 'node:fs/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Prisma } from '../../../../src/database/generated/client.ts'
import { seedColleague, seedPolicy } from '../../../support/approvals.ts'
import { getErrors } from '../../../support/lists.ts'
import { seedExperiment, seedFlag, seedKey, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, statements, time, countStatements } = await testServer()

let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  tenant = await seedTenant(db)
})

const day = (n: number) => new Date(Date.UTC(2026, 9, n))
const entry = (data: Partial<Prisma.ActivityUncheckedCreateInput> = {}) =>
  db.activity.create({
    data: {
      projectId: tenant.project.id,
      organizationId: tenant.organization.id,
      activity: 'updateFeatureFlag',
      resourceType: 'FEATURE_FLAG',
      before: {},
      after: {},
      createdAt: day(1),
      ...data,
    },
  })

const query = `query (
  $projectId: ID!, $userIds: [ID!], $activities: [String!], $resourceTypes: [ActivityResourceType!], $resourceId: ID, $since: DateTime,
  $until: DateTime, $first: Int, $after: String
) {
  activity(
    projectId: $projectId, userIds: $userIds, activities: $activities, resourceTypes: $resourceTypes, resourceId: $resourceId, since: $since,
    until: $until, first: $first, after: $after
  ) { totalCount nodes { id } pageInfo { endCursor hasNextPage } }
}`
const ask = (filters: object = {}, key = tenant.key) => run(key, query, { projectId: tenant.project.id, ...filters })
async function find(filters: object = {}, key = tenant.key) {
  const { data, errors } = await ask(filters, key)
  expect(errors).toBeUndefined()
  expect(data.activity.totalCount).toBe(data.activity.nodes.length)
  return data.activity.nodes.map(({ id }: { id: string }) => id)
}
const idsOf = (...entries: { id: number }[]) => entries.map(({ id }) => globalId('ActivityEntry', id))

describe('the trail of a project', () => {
  it('is the newest first, and holds nothing of other projects or of the whole organization', async () => {
    const [old, recent] = [await entry({ createdAt: day(1) }), await entry({ createdAt: day(2) })]
    const other = await seedProject(db, tenant.organization)
    await entry({ projectId: other.id })
    await entry({ projectId: null })
    expect(await find()).toEqual(idsOf(recent, old))
    const { data } = await run(tenant.key, `{ project(id: ${tenant.project.id}) { activity(first: 1) { nodes { id } } } }`)
    expect(data.project.activity.nodes).toEqual([{ id: globalId('ActivityEntry', recent.id) }])
    const first = await ask({ first: 1 })
    const { endCursor, hasNextPage } = first.data.activity.pageInfo
    expect(hasNextPage).toBe(true)
    expect((await ask({ first: 1, after: endCursor })).data.activity.nodes).toEqual([{ id: globalId('ActivityEntry', old.id) }])
  })

  it('is filtered by person, activity, type and time, and by all of them at once', async () => {
    const colleague = await seedColleague(db, tenant)
    const mine = await entry({ userId: tenant.user.id, activity: 'createFeatureFlag', createdAt: day(2) })
    const theirs = await entry({ userId: colleague.user.id, resourceType: 'EXPERIMENT', activity: 'launchExperiment', createdAt: day(3) })
    const job = await entry({ resourceType: 'CHANGE_REQUEST', activity: 'expireChangeRequest', createdAt: day(4) })
    expect(await find({ userIds: [tenant.user.id] })).toEqual(idsOf(mine))
    expect(await find({ userIds: [globalId('User', colleague.user.id), String(tenant.user.id)] })).toEqual(idsOf(theirs, mine))
    expect(await find({ userIds: ['99999999999'] })).toEqual([])
    expect(await find({ activities: ['launchExperiment', 'noSuchThing'] })).toEqual(idsOf(theirs))
    expect(await find({ resourceTypes: ['FEATURE_FLAG', 'CHANGE_REQUEST'] })).toEqual(idsOf(job, mine))
    expect(await find({ since: day(3).toISOString() })).toEqual(idsOf(job, theirs))
    expect(await find({ until: day(3).toISOString() })).toEqual(idsOf(mine))
    const all = { userIds: [colleague.user.id], activities: ['launchExperiment'], resourceTypes: ['EXPERIMENT'] }
    expect(await find({ ...all, since: day(3).toISOString(), until: day(4).toISOString() })).toEqual(idsOf(theirs))
    expect(await find({ ...all, since: day(4).toISOString() })).toEqual([])
    for (const none of [{ userIds: [] }, { activities: [] }, { resourceTypes: [] }]) expect(await find(none)).toEqual([])
  })

  it('is that of one thing with its id: also what changed the thing along with another', async () => {
    const flag = await seedFlag(db, tenant.project)
    const experiment = await seedExperiment(db, flag)
    const both = await entry({ featureFlagId: flag.id, experimentId: experiment.id, resourceType: 'EXPERIMENT', createdAt: day(3) })
    const ofFlag = await entry({ featureFlagId: flag.id, createdAt: day(2) })
    const holdout = await entry({ holdoutId: 7, resourceType: 'HOLDOUT' })
    const metric = await entry({ savedMetricId: 7, resourceType: 'SAVED_METRIC' })
    const policy = await entry({ policyId: 7, resourceType: 'APPROVAL_POLICY' })
    const settings = await entry({ resourceType: 'PROJECT_SETTINGS' })
    expect(await find({ resourceId: globalId('FeatureFlag', flag.id) })).toEqual(idsOf(both, ofFlag))
    expect(await find({ resourceId: globalId('Experiment', experiment.id) })).toEqual(idsOf(both))
    expect(await find({ resourceId: globalId('Holdout', 7) })).toEqual(idsOf(holdout))
    expect(await find({ resourceId: globalId('SavedMetric', 7) })).toEqual(idsOf(metric))
    expect(await find({ resourceId: globalId('ApprovalPolicy', 7) })).toEqual(idsOf(policy))
    expect(await find({ resourceId: globalId('Project', tenant.project.id) })).toEqual(idsOf(settings))
    expect(await find({ resourceId: globalId('FeatureFlag', 9_999_999_999) })).toEqual([])
  })

  it.each([
    [{ userIds: ['nobody'] }, 'userIds'],
    [{ userIds: Array(101).fill('1') }, 'userIds'],
    [{ activities: Array(101).fill('a') }, 'activities'],
    [{ activities: ['a'.repeat(61)] }, 'activities'],
    [{ activities: ['\0'] }, 'activities'],
    [{ resourceTypes: Array(21).fill('EXPERIMENT') }, 'resourceTypes'],
    [{ resourceId: '1' }, 'resourceId'],
    [{ resourceId: globalId('User', 1) }, 'resourceId'],
    [{ resourceId: globalId('Holdout', 'x') }, 'resourceId'],
    [{ resourceId: globalId('constructor', 1) }, 'resourceId'],
  ])('names a wrong argument: %#', async (filters, argument) => {
    expect(getErrors(await ask(filters))).toEqual([{ code: 'BAD_USER_INPUT', argument }])
  })

  it('needs its scope, and is not there for others', async () => {
    await entry()
    const key = await seedKey(db, tenant.user, { scopes: ['feature_flag:read', 'project:write'] })
    expect((await ask({}, key)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'activity_log:read' } }])
    const stranger = await seedTenant(db)
    expect(getErrors(await ask({}, stranger.key))).toMatchObject([{ code: 'NOT_FOUND' }])
    const elsewhere = await seedKey(db, tenant.user, { scopedProjects: [stranger.project.id] })
    expect(getErrors(await ask({}, elsewhere))).toMatchObject([{ code: 'FORBIDDEN' }])
  })
})

const about = 'activity resourceType resourceName resource { __typename id } project { id }'
const list = async (key = tenant.key) => {
  const { data, errors } = await run(key, `{ activity(projectId: ${tenant.project.id}) { nodes { ${about} } } }`)
  return { nodes: data?.activity?.nodes, errors }
}

describe('what an entry is about', () => {
  it('is written with each change: a flag, an experiment, a policy, a request', async () => {
    const approver = await seedColleague(db, tenant, 8)
    const projectId = globalId('Project', tenant.project.id)
    const flag = await run(
      tenant.key,
      'mutation ($in: CreateFeatureFlagInput!) { it: createFeatureFlag(input: $in) { ... on FeatureFlag { id } } }',
      {
        in: { projectId, key: 'banner' },
      },
    )
    const { id } = flag.data.it
    const renamed = 'mutation ($in: UpdateFeatureFlagInput!) { it: updateFeatureFlag(input: $in) { __typename } }'
    await run(tenant.key, renamed, { in: { id, key: 'new-banner' } })
    const experiment = await run(
      tenant.key,
      'mutation ($in: CreateExperimentInput!) { it: createExperiment(input: $in) { ... on Experiment { id } } }',
      { in: { projectId, name: 'Blue or green', featureFlagKey: 'button' } },
    )
    const policy = await run(
      approver.key,
      'mutation ($in: CreateApprovalPolicyInput!) { it: createApprovalPolicy(input: $in) { ... on ApprovalPolicy { id } } }',
      { in: { projectId, actionKey: 'FEATURE_FLAG_DISABLE', quorum: 1, approverUserIds: [globalId('User', approver.user.id)] } },
    )
    const asked = await run(
      tenant.key,
      'mutation ($in: UpdateFeatureFlagInput!) { it: updateFeatureFlag(input: $in) { ... on ApprovalRequiredError { changeRequest { id } } } }',
      { in: { id, active: false } },
    )
    const request = asked.data.it.changeRequest
    await run(approver.key, 'mutation ($id: ID!) { approveChangeRequest(input: { id: $id }) { __typename } }', request)
    await run(approver.key, 'mutation ($id: ID!) { deleteApprovalPolicy(input: { id: $id }) { __typename } }', policy.data.it)

    const { nodes, errors } = await list()
    expect(errors).toBeUndefined()
    const entries = nodes
      .toReversed()
      .map(({ activity, resourceType, resourceName, resource }: Record<string, { id: string }>) => [
        activity,
        resourceType,
        resourceName,
        resource?.id ?? null,
      ])
    expect(entries).toEqual([
      ['createFeatureFlag', 'FEATURE_FLAG', 'banner', id],
      ['updateFeatureFlag', 'FEATURE_FLAG', 'banner', id],
      ['createExperiment', 'EXPERIMENT', 'Blue or green', experiment.data.it.id],
      ['createApprovalPolicy', 'APPROVAL_POLICY', 'FEATURE_FLAG_DISABLE', null],
      ['requestChange', 'CHANGE_REQUEST', 'new-banner', request.id],
      ...[
        ['updateFeatureFlag', 'FEATURE_FLAG', 'new-banner', id],
        ['approveChangeRequest', 'CHANGE_REQUEST', 'new-banner', request.id],
      ],
      ['deleteApprovalPolicy', 'APPROVAL_POLICY', 'FEATURE_FLAG_DISABLE', null],
    ])
    expect(nodes.every(({ project }: { project: object }) => JSON.stringify(project) === JSON.stringify({ id: projectId }))).toBe(true)
    expect(await db.changeRequest.findFirst({ where: { projectId: tenant.project.id } })).toMatchObject({ resourceName: 'new-banner' })
  })

  it('is a bypass of a policy, for the flag that changed', async () => {
    const admin = await seedColleague(db, tenant, 8)
    const flag = await seedFlag(db, tenant.project, { key: 'fast' })
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [tenant], { bypassMembershipLevels: [8] })
    await run(admin.key, 'mutation ($id: ID!) { updateFeatureFlag(input: { id: $id, active: false }) { __typename } }', {
      id: globalId('FeatureFlag', flag.id),
    })
    const rows = await db.activity.findMany({ where: { featureFlagId: flag.id }, orderBy: { id: 'asc' } })
    expect(rows).toMatchObject([
      { activity: 'updateFeatureFlag', resourceType: 'FEATURE_FLAG', resourceName: 'fast', policyId: null },
      { activity: 'bypassPolicy', resourceType: 'FEATURE_FLAG', resourceName: 'fast', policyId: expect.any(Number) },
    ])
  })

  it('is null where it is gone, not told, or of a type that is not read', async () => {
    await entry({ resourceType: null })
    await entry({ resourceType: 'APPROVAL_POLICY', policyId: 999_999, resourceName: 'FEATURE_FLAG_ENABLE' })
    await entry({ resourceType: 'EXPERIMENT', experimentId: null })
    const { nodes, errors } = await list()
    expect(errors).toBeUndefined()
    expect(nodes.map(({ resource }: { resource: unknown }) => resource)).toEqual([null, null, null])
    const settings = await entry({ resourceType: 'PROJECT_SETTINGS', createdAt: day(9) })
    expect((await list()).nodes[0]).toMatchObject({ resource: { __typename: 'Project', id: globalId('Project', settings.projectId ?? 0) } })
  })

  it('needs the scope of the thing, and only that field fails without it', async () => {
    const flag = await seedFlag(db, tenant.project)
    await entry({ featureFlagId: flag.id, resourceName: flag.key })
    const key = await seedKey(db, tenant.user, { scopes: ['activity_log:read'] })
    const { nodes, errors } = await list(key)
    expect(nodes).toMatchObject([{ resourceName: flag.key, resource: null }])
    expect(errors).toMatchObject([{ path: ['activity', 'nodes', 0, 'resource'], extensions: { code: 'FORBIDDEN' } }])
  })

  it('takes as many statements for 50 entries as for one', async () => {
    const key = await seedKey(db, tenant.user, { lastUsedAt: time.now })
    for (let n = 0; n < 50; n++) {
      const flag = await seedFlag(db, tenant.project)
      const experiment = n % 2 === 0 ? await seedExperiment(db, flag) : null
      await entry({
        featureFlagId: flag.id,
        experimentId: experiment?.id ?? null,
        resourceType: experiment ? 'EXPERIMENT' : 'FEATURE_FLAG',
      })
    }
    const measure = (first: number) =>
      countStatements(async () => {
        const { errors } = await run(
          key,
          `{ activity(projectId: ${tenant.project.id}, first: ${first}) { nodes { ${about} user { id } } } }`,
        )
        expect(errors).toBeUndefined()
      })
    expect(await measure(50), statements.join('\n')).toBe(await measure(2))
  })
})

it('older entries and requests learn what they are about', async () => {
  const flag = await seedFlag(db, tenant.project)
  const experiment = await seedExperiment(db, flag, { name: 'Old' })
  const request = (data: object) =>
    db.changeRequest.create({
      data: {
        ...{ projectId: tenant.project.id, actionKey: 'FEATURE_FLAG_UPDATE', resourceType: 'FEATURE_FLAG', targetKey: '', operation: 'it' },
        ...{
          input: {},
          description: '',
          before: {},
          after: {},
          preconditions: {},
          policySnapshot: {},
          expiresAt: day(30),
          state: 'CANCELED',
        },
        ...data,
      },
    })
  const requests = [
    await request({ featureFlagId: flag.id, resourceId: flag.id }),
    await request({ targetKey: 'create:my-key' }),
    await request({ resourceType: 'EXPERIMENT', resourceId: experiment.id }),
    await request({ resourceType: 'EXPERIMENT', after: { name: 'To be' } }),
    await request({}),
  ]
  const old = { resourceType: null }
  const entries = [
    await entry({ ...old, featureFlagId: flag.id }),
    await entry({ ...old, featureFlagId: flag.id, experimentId: experiment.id, activity: 'launchExperiment' }),
    await entry({ ...old, featureFlagId: flag.id, changeRequestId: requests[0]?.id ?? 0, activity: 'requestChange' }),
    await entry({ ...old, featureFlagId: flag.id, changeRequestId: requests[0]?.id ?? 0 }),
    await entry({ ...old, policyId: 5, projectId: null, activity: 'deleteApprovalPolicy' }),
    await entry({ ...old, policyId: 5, featureFlagId: flag.id, activity: 'bypassPolicy' }),
    await entry({ ...old, policyId: 5, changeRequestId: requests[3]?.id ?? 0, activity: 'bypassPolicy' }),
  ]
  const migration = await readFile('prisma/migrations/20261129080000_activity_resources/migration.sql', 'utf8')
  for (const [statement] of migration.matchAll(/^UPDATE .*?;$/gms)) await db.$executeRawUnsafe(statement)
  const types = await db.activity.findMany({ where: { id: { in: entries.map(({ id }) => id) } }, orderBy: { id: 'asc' } })
  expect(types.map(({ resourceType }) => resourceType)).toEqual([
    ...['FEATURE_FLAG', 'EXPERIMENT', 'CHANGE_REQUEST', 'FEATURE_FLAG', 'APPROVAL_POLICY', 'FEATURE_FLAG', 'EXPERIMENT'],
  ])
  const names = await db.changeRequest.findMany({ where: { id: { in: requests.map(({ id }) => id) } }, orderBy: { id: 'asc' } })
  expect(names.map(({ resourceName }) => resourceName)).toEqual([flag.key, 'my-key', 'Old', 'To be', ''])
})
