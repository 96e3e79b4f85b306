import { beforeEach, describe, expect, it } from 'vitest'
import type { Prisma } from '../../../src/database/generated/client.ts'
import { seedColleague, seedPolicy } from '../../support/approvals.ts'
import { getErrors } from '../../support/lists.ts'
import { seedExperiment, seedFlag, seedKey, seedProject } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, statements, time, countStatements } = await testServer()

let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  tenant = await seedTenant(db)
})

const day = (n: number) => new Date(Date.UTC(2026, 9, n))
/** A row of the trail: of the tenant's project, unless said. */
const entry = (data: Partial<Prisma.ActivityUncheckedCreateInput> = {}) =>
  db.activity.create({
    data: {
      projectId: tenant.project.id,
      organizationId: tenant.organization.id,
      activity: 'updateFeatureFlag',
      before: {},
      after: {},
      createdAt: day(1),
      ...data,
    },
  })
const nodesOf = (entries: { id: number }[]) => entries.map(({ id }) => ({ id: globalId('ActivityEntry', id) }))
const trail = (type: string) => `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  node(id: $id) { ... on ${type} { activity(first: $first, after: $after, last: $last, before: $before) {
    totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } } }
}`
async function read(type: string, id: number, args: object = {}) {
  const { data, errors } = await run(tenant.key, trail(type), { id: globalId(type, id), ...args })
  expect(errors).toBeUndefined()
  return data.node.activity
}

describe('the trail of a thing', () => {
  it('is the newest first, and holds nothing of other things', async () => {
    const flag = await seedFlag(db, tenant.project)
    const [one, other] = [await seedExperiment(db, flag), await seedExperiment(db, flag)]
    const ofFlag = await entry({ featureFlagId: flag.id, createdAt: day(1) })
    const ofOne = await entry({ featureFlagId: flag.id, experimentId: one.id, createdAt: day(3) })
    const ofOther = await entry({ featureFlagId: flag.id, experimentId: other.id, createdAt: day(3) })
    await entry({ featureFlagId: (await seedFlag(db, tenant.project)).id })
    await entry()
    expect(await read('FeatureFlag', flag.id)).toMatchObject({ totalCount: 3, nodes: nodesOf([ofOther, ofOne, ofFlag]) })
    expect(await read('Experiment', one.id)).toMatchObject({ totalCount: 1, nodes: nodesOf([ofOne]) })
    expect(await read('Experiment', other.id)).toMatchObject({ totalCount: 1, nodes: nodesOf([ofOther]) })
  })

  it('is paged in both directions', async () => {
    const flag = await seedFlag(db, tenant.project)
    const all = []
    for (const n of [4, 3, 2, 1]) all.push(await entry({ featureFlagId: flag.id, createdAt: day(n) }))
    const first = await read('FeatureFlag', flag.id, { first: 3 })
    expect(first).toMatchObject({ totalCount: 4, nodes: nodesOf(all.slice(0, 3)), pageInfo: { hasNextPage: true, hasPreviousPage: false } })
    const rest = await read('FeatureFlag', flag.id, { first: 3, after: first.pageInfo.endCursor })
    expect(rest).toMatchObject({ nodes: nodesOf(all.slice(3)), pageInfo: { hasNextPage: false, hasPreviousPage: true } })
    const back = await read('FeatureFlag', flag.id, { last: 3, before: rest.pageInfo.startCursor })
    expect(back.nodes).toEqual(first.nodes)
    const wrong = await run(tenant.key, trail('FeatureFlag'), { id: globalId('FeatureFlag', flag.id), after: 'nonsense' })
    expect(getErrors(wrong)).toEqual([{ code: 'BAD_USER_INPUT', argument: 'after' }])
  })

  it('needs its scope, and tells nothing without it', async () => {
    const flag = await seedFlag(db, tenant.project)
    const { id } = await entry({ featureFlagId: flag.id })
    const key = await seedKey(db, tenant.user, { scopes: ['feature_flag:read', 'approvals:read'] })
    const forbidden = [{ extensions: { code: 'FORBIDDEN', requiredScope: 'activity_log:read' } }]
    const list = await run(key, trail('FeatureFlag'), { id: globalId('FeatureFlag', flag.id) })
    expect(list.data.node).toBeNull()
    expect(list.errors).toMatchObject(forbidden)
    const node = await run(key, 'query ($id: ID!) { node(id: $id) { id } }', { id: globalId('ActivityEntry', id) })
    expect(node.data.node).toBeNull()
    expect(node.errors).toMatchObject(forbidden)
  })

  it('takes as many statements for many things as for few', async () => {
    const key = await seedKey(db, tenant.user, { lastUsedAt: time.now })
    for (let n = 0; n < 8; n++) {
      const colleague = await seedColleague(db, tenant)
      const flag = await seedFlag(db, tenant.project)
      const experiment = await seedExperiment(db, flag)
      for (let m = 0; m < 3; m++) await entry({ featureFlagId: flag.id, experimentId: experiment.id, userId: colleague.user.id })
    }
    for (const list of ['eligibleFeatureFlags', 'experiments']) {
      const measure = (first: number) =>
        countStatements(async () => {
          const { errors } = await run(
            key,
            `{ ${list}(projectId: ${tenant.project.id}, first: ${first}) { nodes { activity(first: ${first}) {
              nodes { id activity user { email } keyMask detail before after createdAt }
            } } } }`,
          )
          expect(errors).toBeUndefined()
        })
      expect(await measure(8), statements.join('\n')).toBe(await measure(1))
    }
  })
})

describe('a row of the trail', () => {
  const whole = 'id activity user { id } keyMask detail before after createdAt'
  const node = (id: number, key = tenant.key) =>
    run(key, `query ($id: ID!) { node(id: $id) { ... on ActivityEntry { ${whole} } } }`, { id: globalId('ActivityEntry', id) })

  it('says what was done, by whom and with which key; what a job did is by nobody', async () => {
    const flag = await seedFlag(db, tenant.project)
    const done = await entry({
      featureFlagId: flag.id,
      userId: tenant.user.id,
      keyMask: 'phx_...abcd',
      detail: 'role Release',
      before: { active: true },
      after: { active: false },
      createdAt: day(2),
    })
    const job = await entry({ featureFlagId: flag.id, activity: 'expireChangeRequest' })
    const { data } = await run(
      tenant.key,
      `query ($id: ID!) { node(id: $id) { ... on FeatureFlag { activity { nodes { ${whole} } } } } }`,
      {
        id: globalId('FeatureFlag', flag.id),
      },
    )
    expect(data.node.activity.nodes).toEqual([
      {
        id: globalId('ActivityEntry', done.id),
        activity: 'updateFeatureFlag',
        user: { id: globalId('User', tenant.user.id) },
        keyMask: 'phx_...abcd',
        detail: 'role Release',
        before: { active: true },
        after: { active: false },
        createdAt: day(2).toISOString(),
      },
      expect.objectContaining({ activity: 'expireChangeRequest', user: null, keyMask: null, detail: '', before: {}, after: {} }),
    ])
    expect((await node(done.id)).data.node).toEqual(data.node.activity.nodes[0])
    expect((await node(job.id)).data.node).toEqual(data.node.activity.nodes[1])
  })

  it('is there for those who see its project, or its organization', async () => {
    const other = await seedProject(db, tenant.organization)
    const ofProject = await entry()
    const ofOther = await entry({ projectId: other.id })
    const ofOrganization = await entry({ projectId: null, activity: 'createApprovalPolicy' })
    const restricted = await seedKey(db, tenant.user, { scopedProjects: [tenant.project.id] })
    const stranger = await seedTenant(db)
    const sees = async (key: string) => {
      const answers = await Promise.all([ofProject, ofOther, ofOrganization].map(({ id }) => node(id, key)))
      return answers.map(({ data }) => data.node !== null)
    }
    expect(await sees(tenant.key)).toEqual([true, true, true])
    expect(await sees(restricted)).toEqual([true, false, false])
    expect(await sees(stranger.key)).toEqual([false, false, false])
  })
})

it('tells the story of a change that needed consent', async () => {
  const approver = await seedColleague(db, tenant)
  const flag = await seedFlag(db, tenant.project)
  await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [approver])
  const id = globalId('FeatureFlag', flag.id)
  const asked = await run(
    tenant.key,
    `mutation ($id: ID!) { updateFeatureFlag(input: { id: $id, active: false }) { ... on ApprovalRequiredError {
      changeRequest { id }
    } } }`,
    { id },
  )
  const { changeRequest } = asked.data.updateFeatureFlag
  await run(approver.key, 'mutation ($id: ID!) { approveChangeRequest(input: { id: $id }) { __typename } }', changeRequest)
  const { data, errors } = await run(
    tenant.key,
    `query ($flag: ID!, $request: ID!) {
      flag: node(id: $flag) { ... on FeatureFlag { active activity { nodes { id activity user { id } keyMask } } } }
      request: node(id: $request) { ... on ChangeRequest { state activity { nodes { id activity user { id } keyMask } } } }
    }`,
    { flag: id, request: changeRequest.id },
  )
  expect(errors).toBeUndefined()
  expect(data.flag.active).toBe(false)
  expect(data.request.state).toBe('APPLIED')
  expect(data.request.activity.nodes).toEqual(data.flag.activity.nodes)
  const by = (who: { user: { id: number } }) => ({ user: { id: globalId('User', who.user.id) } })
  const steps = data.request.activity.nodes.toReversed()
  expect(steps.map(({ activity }: { activity: string }) => activity).sort()).toEqual([
    'approveChangeRequest',
    'requestChange',
    'updateFeatureFlag',
  ])
  expect(steps[0]).toMatchObject({ activity: 'requestChange', ...by(tenant), keyMask: expect.stringMatching(/^phx_/) })
  expect(steps.find(({ activity }: { activity: string }) => activity === 'approveChangeRequest')).toMatchObject(by(approver))
  // The change itself is the requester's, and no key of theirs was there.
  expect(steps.find(({ activity }: { activity: string }) => activity === 'updateFeatureFlag')).toMatchObject({
    ...by(tenant),
    keyMask: null,
  })
})
