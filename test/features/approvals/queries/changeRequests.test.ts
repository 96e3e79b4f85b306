import { beforeEach, describe, expect, it } from 'vitest'
import type { Prisma } from '../../../../src/database/generated/client.ts'
import { seedColleague, seedPolicy } from '../../../support/approvals.ts'
import { getErrors } from '../../../support/lists.ts'
import { seedExperiment, seedFlag, seedKey, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, statements, clearStatements: forget, time } = await testServer()

let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  tenant = await seedTenant(db)
})

let serial = 0
const day = (n: number) => new Date(Date.UTC(2026, 9, n))

/** A request as a flag's change leaves it, unless said. */
function request(data: Partial<Prisma.ChangeRequestUncheckedCreateInput> = {}) {
  return db.changeRequest.create({
    data: {
      projectId: tenant.project.id,
      actionKey: 'FEATURE_FLAG_UPDATE',
      resourceType: 'FEATURE_FLAG',
      targetKey: `target-${++serial}`,
      operation: 'updateFeatureFlag',
      input: { secret: 'never shown' },
      description: 'A change',
      before: { active: true },
      after: { active: false },
      preconditions: {},
      policySnapshot: {
        policyId: 1,
        quorum: 1,
        users: [],
        roles: [],
        allowSelfApprove: false,
        conditions: {},
        bypassMembershipLevels: [],
        bypassRoles: [],
      },
      requestedById: tenant.user.id,
      expiresAt: day(30),
      createdAt: day(1),
      ...data,
    },
  })
}

const list = `query (
  $projectId: ID!, $states: [ChangeRequestState!], $actionKeys: [GatedAction!], $requesterId: ID, $resourceId: ID,
  $first: Int, $after: String, $last: Int, $before: String
) {
  changeRequests(
    projectId: $projectId, states: $states, actionKeys: $actionKeys, requesterId: $requesterId, resourceId: $resourceId,
    first: $first, after: $after, last: $last, before: $before
  ) { totalCount nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
}`
const ask = (args: Record<string, unknown> = {}, key = tenant.key) => run(key, list, { projectId: String(tenant.project.id), ...args })
async function page(args: Record<string, unknown> = {}) {
  const { data, errors } = await ask(args)
  expect(errors, JSON.stringify(args)).toBeUndefined()
  return data.changeRequests
}
const nodesOf = (requests: { id: number }[]) => requests.map(({ id }) => ({ id: globalId('ChangeRequest', id) }))
const listed = async (args: Record<string, unknown>) => (await page(args)).nodes

describe('changeRequests', () => {
  it('are the newest first, the greater number first of two that are as old', async () => {
    const [a, b, c] = [await request({ createdAt: day(2) }), await request({ createdAt: day(3) }), await request({ createdAt: day(2) })]
    expect(await page()).toMatchObject({ totalCount: 3, nodes: nodesOf([b, c, a]) })
  })

  it('are paged in both directions', async () => {
    const all = []
    for (const n of [5, 4, 3, 2, 1]) all.push(await request({ createdAt: day(n) }))
    const first = await page({ first: 2 })
    expect(first).toMatchObject({ totalCount: 5, nodes: nodesOf(all.slice(0, 2)), pageInfo: { hasNextPage: true, hasPreviousPage: false } })
    const second = await page({ first: 2, after: first.pageInfo.endCursor })
    expect(second).toMatchObject({ nodes: nodesOf(all.slice(2, 4)), pageInfo: { hasNextPage: true, hasPreviousPage: true } })
    const back = await page({ last: 2, before: second.pageInfo.startCursor })
    expect(back.edges).toEqual(first.edges)
    expect(await page({ last: 2 })).toMatchObject({ nodes: nodesOf(all.slice(3)), pageInfo: { hasNextPage: false, hasPreviousPage: true } })
  })

  it('are filtered by state', async () => {
    const pending = await request({ createdAt: day(2) })
    const failed = await request({ state: 'FAILED', createdAt: day(1) })
    await request({ state: 'APPLIED', appliedAt: day(4) })
    expect(await listed({ states: ['PENDING'] })).toEqual(nodesOf([pending]))
    expect(await listed({ states: ['FAILED', 'PENDING', 'FAILED'] })).toEqual(nodesOf([pending, failed]))
    expect(await listed({ states: [] })).toEqual([])
    expect(await listed({ states: null })).toHaveLength(3)
  })

  it('are filtered by action, by requester, and by what they are about', async () => {
    const colleague = await seedColleague(db, tenant)
    const flag = await seedFlag(db, tenant.project)
    const experiment = await seedExperiment(db, flag)
    // The numbers of a flag and an experiment may be the same: the type decides.
    const about = { featureFlagId: flag.id, createdAt: day(3) }
    const ofFlag = await request({ ...about, resourceId: flag.id })
    const ofExperiment = await request({
      ...about,
      resourceType: 'EXPERIMENT',
      resourceId: experiment.id,
      actionKey: 'EXPERIMENT_LAUNCH',
      requestedById: colleague.user.id,
      createdAt: day(2),
    })
    const gone = await request({ requestedById: null, createdAt: day(1) })
    expect(await listed({ actionKeys: ['EXPERIMENT_LAUNCH'] })).toEqual(nodesOf([ofExperiment]))
    expect(await listed({ actionKeys: ['FEATURE_FLAG_UPDATE'] })).toEqual(nodesOf([ofFlag, gone]))
    expect(await listed({ requesterId: String(colleague.user.id) })).toEqual(nodesOf([ofExperiment]))
    expect(await listed({ requesterId: globalId('User', tenant.user.id) })).toEqual(nodesOf([ofFlag]))
    expect(await listed({ requesterId: '9007199254740991' })).toEqual([])
    expect(await listed({ resourceId: globalId('FeatureFlag', flag.id) })).toEqual(nodesOf([ofFlag]))
    expect(await listed({ resourceId: globalId('Experiment', experiment.id) })).toEqual(nodesOf([ofExperiment]))
    expect(await listed({ resourceId: globalId('Experiment', 9_007_199_254_740_991) })).toEqual([])
    expect(await listed({ states: ['PENDING'], actionKeys: ['EXPERIMENT_LAUNCH'], requesterId: String(tenant.user.id) })).toEqual([])
  })

  it.each([
    ['resourceId', '7'],
    ['resourceId', ''],
    ['resourceId', globalId('User', 1)],
    ['resourceId', globalId('Experiment', '01')],
    // Names that every object of JavaScript has.
    ['resourceId', globalId('constructor', 1)],
    ['resourceId', globalId('toString', 1)],
    ['requesterId', 'somebody'],
    ['requesterId', globalId('Experiment', 1)],
    ['states', Array.from({ length: 21 }, () => 'PENDING')],
    ['actionKeys', Array.from({ length: 21 }, () => 'EXPERIMENT_PAUSE')],
    ['first', 0],
    ['after', 'nonsense'],
  ])('reject %s %j by name', async (argument, value) => {
    expect(getErrors(await ask({ [argument]: value }))).toEqual([{ code: 'BAD_USER_INPUT', argument }])
  })

  it('of a project are the same there as at the root', async () => {
    await request({ state: 'EXPIRED' })
    await request()
    const { data, errors } = await run(
      tenant.key,
      `query ($id: ID!) {
        changeRequests(projectId: $id, states: [PENDING]) { totalCount nodes { id state } }
        project(id: $id) { changeRequests(states: [PENDING]) { totalCount nodes { id state } } }
      }`,
      { id: globalId('Project', tenant.project.id) },
    )
    expect(errors).toBeUndefined()
    expect(data.changeRequests).toMatchObject({ totalCount: 1, nodes: [{ state: 'PENDING' }] })
    expect(data.project.changeRequests).toEqual(data.changeRequests)
  })

  it('hold a request as it is read by its id, and none of another project', async () => {
    const other = await seedProject(db, tenant.organization)
    await request({ projectId: other.id })
    const { id } = await request({ state: 'APPLIED', appliedAt: day(4), decidedById: tenant.user.id, validationError: 'no' })
    const fields = `id project { id } actionKey resourceType resourceId description before after state validationStatus requestedBy { id }
      decidedBy { id } approvals { id } approvalCount quorum requiredApprovers { quorum } viewerCanApprove viewerCanCancel
      viewerIsRequester viewerDecision createdAt expiresAt appliedAt applyError`
    const { data, errors } = await run(
      tenant.key,
      `query ($id: ID!) {
        changeRequests(projectId: ${tenant.project.id}) { nodes { ${fields} } }
        node(id: $id) { ... on ChangeRequest { ${fields} } }
      }`,
      { id: globalId('ChangeRequest', id) },
    )
    expect(errors).toBeUndefined()
    expect(data.changeRequests.nodes).toEqual([data.node])
    expect(JSON.stringify(data)).not.toContain('never shown')
  })

  it('need their scope, the membership, and a key for the project', async () => {
    await request()
    const unscoped = await ask({}, await seedKey(db, tenant.user, { scopes: ['feature_flag:read', 'approvals_x:read'] }))
    expect(unscoped).toMatchObject({
      data: { changeRequests: null },
      errors: [{ extensions: { code: 'FORBIDDEN', requiredScope: 'approvals:read' } }],
    })
    const stranger = await seedTenant(db)
    expect(await ask({}, stranger.key)).toMatchObject({ data: { changeRequests: null }, errors: [{ extensions: { code: 'NOT_FOUND' } }] })
    const other = await seedProject(db, tenant.organization)
    const restricted = await seedKey(db, tenant.user, { scopedProjects: [other.id] })
    expect(await ask({}, restricted)).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
  })
})

const pendingOf = (type: string) => `query ($id: ID!) {
  node(id: $id) { ... on ${type} { pendingChangeRequests { totalCount nodes { id } } } }
}`

describe('pendingChangeRequests', () => {
  it('of a flag are its open ones, whatever they were asked of', async () => {
    const flag = await seedFlag(db, tenant.project)
    const experiment = await seedExperiment(db, flag)
    const about = { featureFlagId: flag.id }
    const pending = await request({ ...about, resourceId: flag.id, createdAt: day(3) })
    const approved = await request({
      ...about,
      state: 'APPROVED',
      resourceType: 'EXPERIMENT',
      resourceId: experiment.id,
      createdAt: day(2),
    })
    for (const state of ['REJECTED', 'CANCELED', 'EXPIRED', 'FAILED'] as const) await request({ ...about, state })
    await request({ ...about, state: 'APPLIED', appliedAt: day(4) })
    await request({ featureFlagId: (await seedFlag(db, tenant.project)).id })
    await request()
    const { data, errors } = await run(tenant.key, pendingOf('FeatureFlag'), { id: globalId('FeatureFlag', flag.id) })
    expect(errors).toBeUndefined()
    expect(data.node.pendingChangeRequests).toEqual({ totalCount: 2, nodes: nodesOf([pending, approved]) })
  })

  it('of an experiment are those that were asked of it and of its flag, not of another one on the flag', async () => {
    const flag = await seedFlag(db, tenant.project)
    const [one, other] = [await seedExperiment(db, flag), await seedExperiment(db, flag)]
    const about = { featureFlagId: flag.id, resourceType: 'EXPERIMENT' }
    const ofOne = await request({ ...about, resourceId: one.id, createdAt: day(3) })
    const ofOther = await request({ ...about, resourceId: other.id, createdAt: day(2) })
    const ofFlag = await request({ featureFlagId: flag.id, resourceId: flag.id, createdAt: day(1) })
    await request({ ...about, resourceId: one.id, state: 'REJECTED' })
    const read = async ({ id }: { id: number }) =>
      (await run(tenant.key, pendingOf('Experiment'), { id: globalId('Experiment', id) })).data.node.pendingChangeRequests.nodes
    expect(await read(one)).toEqual(nodesOf([ofOne, ofFlag]))
    expect(await read(other)).toEqual(nodesOf([ofOther, ofFlag]))
  })

  it('show the request that a guarded change left, and no more once it is taken back', async () => {
    const approver = await seedColleague(db, tenant)
    const flag = await seedFlag(db, tenant.project)
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [approver])
    const id = globalId('FeatureFlag', flag.id)
    const refused = await run(
      tenant.key,
      `mutation ($id: ID!) { updateFeatureFlag(input: { id: $id, active: false }) { ... on ApprovalRequiredError {
        changeRequest { id }
      } } }`,
      { id },
    )
    const { changeRequest } = refused.data.updateFeatureFlag
    const pending = async () => (await run(tenant.key, pendingOf('FeatureFlag'), { id })).data.node.pendingChangeRequests
    expect(await pending()).toEqual({ totalCount: 1, nodes: [changeRequest] })
    await run(tenant.key, 'mutation ($id: ID!) { cancelChangeRequest(input: { id: $id }) { __typename } }', changeRequest)
    expect(await pending()).toEqual({ totalCount: 0, nodes: [] })
  })

  it('need their scope: without it the thing they stand in is null, and nothing of them is shown', async () => {
    const flag = await seedFlag(db, tenant.project)
    await request({ featureFlagId: flag.id })
    const key = await seedKey(db, tenant.user, { scopes: ['feature_flag:read'] })
    const { data, errors } = await run(key, pendingOf('FeatureFlag'), { id: globalId('FeatureFlag', flag.id) })
    expect(data.node).toBeNull()
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'approvals:read' } }])
  })
})

it('take as many statements for many rows as for few', async () => {
  const key = await seedKey(db, tenant.user, { lastUsedAt: time.now })
  const role = await db.role.create({ data: { organizationId: tenant.organization.id, name: 'Release' } })
  for (let n = 0; n < 8; n++) {
    const colleague = await seedColleague(db, tenant)
    const flag = await seedFlag(db, tenant.project)
    const experiment = await seedExperiment(db, flag)
    const { policySnapshot, ...row } = await request({
      featureFlagId: flag.id,
      resourceType: 'EXPERIMENT',
      resourceId: experiment.id,
      requestedById: colleague.user.id,
    })
    await db.changeRequest.update({
      where: { id: row.id },
      data: { policySnapshot: { ...(policySnapshot as object), users: [colleague.user.id], roles: [role.id] } },
    })
    await db.approval.create({
      data: { changeRequestId: row.id, createdById: colleague.user.id, decision: 'APPROVED', reason: '' },
    })
  }
  const fields = `id project { name } requestedBy { email } approvalCount viewerCanApprove viewerCanCancel viewerDecision
    approvals { createdBy { email } } requiredApprovers { users { email } roles { name } } activity(first: 2) { nodes { id } }`
  const measure = async (query: string) => {
    forget()
    const { errors } = await run(key, query)
    expect(errors).toBeUndefined()
    return statements.length
  }
  const project = `projectId: ${tenant.project.id}`
  const atRoot = (first: number) => measure(`{ changeRequests(${project}, first: ${first}) { nodes { ${fields} } } }`)
  // Whose key it is may be kept from then on.
  await atRoot(1)
  expect(await atRoot(8), statements.join('\n')).toBe(await atRoot(2))
  for (const of of ['experiments', 'eligibleFeatureFlags']) {
    const nested = (first: number) =>
      measure(`{ ${of}(${project}, first: ${first}) { nodes { pendingChangeRequests(first: 3) { nodes { id approvalCount } } } } }`)
    expect(await nested(8), statements.join('\n')).toBe(await nested(2))
  }
})
