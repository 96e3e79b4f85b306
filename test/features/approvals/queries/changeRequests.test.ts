import { beforeEach, describe, expect, it } from 'vitest'
import type { Prisma } from '../../../../src/database/generated/client.ts'
import { revalidateChangeRequests } from '../../../../src/features/approvals/data/jobs.ts'
import { createLogger } from '../../../../src/platform/logger.ts'
import { seedColleague, seedPolicy } from '../../../support/approvals.ts'
import { getErrors } from '../../../support/lists.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, pubSub, run, statements, time, countStatements } = await testServer()
const log = createLogger({ logLevel: 'silent' })

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
      // An open request has expired from here on.
      expiresAt: new Date('2026-12-30'),
      createdAt: day(1),
      ...data,
    },
  })
}

const list = `query (
  $projectId: ID!, $states: [ChangeRequestState!], $actionKeys: [GatedAction!], $requesterId: ID, $resourceId: ID, $search: String,
  $resourceType: ActivityResourceType, $waitingForViewer: Boolean, $createdSince: DateTime, $createdBefore: DateTime,
  $orderBy: ChangeRequestOrder, $first: Int, $after: String, $last: Int, $before: String
) {
  changeRequests(
    projectId: $projectId, states: $states, actionKeys: $actionKeys, requesterId: $requesterId, resourceId: $resourceId,
    search: $search, resourceType: $resourceType, waitingForViewer: $waitingForViewer, createdSince: $createdSince,
    createdBefore: $createdBefore, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before
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

  it('are found by text, type, time and who is to vote, and by all at once', async () => {
    const { policySnapshot } = (await request()) as { policySnapshot: object }
    const voters = { policySnapshot: { ...policySnapshot, users: [tenant.user.id], allowSelfApprove: true } }
    await db.changeRequest.deleteMany({ where: { projectId: tenant.project.id } })
    const named = await request({ resourceName: 'Checkout_Button', createdAt: day(2) })
    const described = await request({ description: 'Update the checkout button', createdAt: day(3), resourceType: 'EXPERIMENT' })
    const waiting = await request({ ...voters, createdAt: day(4) })
    const closed = await request({ ...voters, state: 'REJECTED', createdAt: day(5) })
    expect(await listed({ search: 'CHECKOUT' })).toEqual(nodesOf([described, named]))
    expect(await listed({ search: 't_b' })).toEqual(nodesOf([named]))
    expect(await listed({ search: '' })).toHaveLength(4)
    expect(await page({ search: 'checkout', first: 1 })).toMatchObject({ totalCount: 2, nodes: nodesOf([described]) })
    expect(await listed({ resourceType: 'EXPERIMENT' })).toEqual(nodesOf([described]))
    expect(await listed({ resourceType: 'HOLDOUT' })).toEqual([])
    expect(await listed({ waitingForViewer: true })).toEqual(nodesOf([waiting]))
    expect(await listed({ waitingForViewer: false })).toEqual(nodesOf([closed, described, named]))
    expect(await listed({ createdSince: day(3), createdBefore: day(5) })).toEqual(nodesOf([waiting, described]))
    const all = { search: 'checkout', resourceType: 'EXPERIMENT', waitingForViewer: false, createdSince: day(3), createdBefore: day(4) }
    expect(await listed(all)).toEqual(nodesOf([described]))
    expect(await listed({ ...all, waitingForViewer: true })).toEqual([])
    expect(getErrors(await ask({ search: 'a'.repeat(401) }))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'search' }])
  })

  it('are ordered by time of request or deadline, with the cursors of that order', async () => {
    const [a, b, c] = [
      await request({ createdAt: day(1), expiresAt: new Date('2026-12-03') }),
      await request({ createdAt: day(2), expiresAt: new Date('2026-12-01') }),
      await request({ createdAt: day(3), expiresAt: new Date('2026-12-02') }),
    ]
    expect(await listed({ orderBy: { field: 'CREATED_AT', direction: 'ASC' } })).toEqual(nodesOf([a, b, c]))
    const orderBy = { field: 'EXPIRES_AT', direction: 'ASC' }
    expect(await listed({ orderBy })).toEqual(nodesOf([b, c, a]))
    expect(await listed({ orderBy, search: 'change' })).toEqual(nodesOf([b, c, a]))
    const first = await page({ orderBy, first: 1 })
    expect(await listed({ orderBy, first: 2, after: first.pageInfo.endCursor })).toEqual(nodesOf([c, a]))
    expect(getErrors(await ask({ after: first.pageInfo.endCursor }))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'after' }])
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

  it('of a flag and of an experiment are also those of the holdout that they are in', async () => {
    const holdout = await db.holdout.create({ data: { projectId: tenant.project.id, name: 'Q4', importedId: 4711 } })
    const carried = (id: number) => ({ filters: { ...controlAndTest, holdout: { id, exclusion_percentage: 10 } } })
    const carrying = await seedFlag(db, tenant.project, carried(holdout.id))
    const imported = await seedFlag(db, tenant.project, carried(4711))
    const bare = await seedFlag(db, tenant.project)
    const other = await seedFlag(db, tenant.project)
    const [inside, twin] = [
      await seedExperiment(db, bare, { holdoutId: holdout.id }),
      await seedExperiment(db, bare, { holdoutId: holdout.id }),
    ]
    const outside = await seedExperiment(db, other)
    const about = { resourceType: 'EXPERIMENT_HOLDOUT', resourceId: holdout.id }
    const open = await request({ ...about, createdAt: day(3) })
    await request({ ...about, state: 'REJECTED' })
    await request({ ...about, resourceId: holdout.id + 1 })
    const read = async (type: string, { id }: { id: number }) => {
      const { data, errors } = await run(tenant.key, pendingOf(type), { id: globalId(type, id) })
      expect(errors).toBeUndefined()
      return data.node.pendingChangeRequests
    }
    const found = { totalCount: 1, nodes: nodesOf([open]) }
    for (const flag of [carrying, imported, bare]) expect(await read('FeatureFlag', flag)).toEqual(found)
    for (const experiment of [inside, twin]) expect(await read('Experiment', experiment)).toEqual(found)
    const ofHoldout = await page({ resourceId: globalId('Holdout', holdout.id), states: ['PENDING'] })
    expect(ofHoldout).toMatchObject(found)
    expect((await read('FeatureFlag', other)).totalCount).toBe(0)
    expect((await read('Experiment', outside)).totalCount).toBe(0)
  })

  it('are among the requests about the flag or the experiment, page by page', async () => {
    const holdout = await db.holdout.create({ data: { projectId: tenant.project.id, name: 'Q4' } })
    const carrying = await seedFlag(db, tenant.project, {
      filters: { ...controlAndTest, holdout: { id: holdout.id, exclusion_percentage: 10 } },
    })
    const inside = await seedExperiment(db, await seedFlag(db, tenant.project), { holdoutId: holdout.id })
    const ofHoldout = { resourceType: 'EXPERIMENT_HOLDOUT', resourceId: holdout.id }
    const ofFlag = { featureFlagId: carrying.id, resourceId: carrying.id }
    const ofExperiment = { featureFlagId: inside.featureFlagId, resourceType: 'EXPERIMENT', resourceId: inside.id }
    const decided = await request({ ...ofHoldout, state: 'REJECTED', createdAt: day(1) })
    const aboutFlag = await request({ ...ofFlag, createdAt: day(2) })
    const aboutExperiment = await request({ ...ofExperiment, createdAt: day(3) })
    const open = await request({ ...ofHoldout, createdAt: day(4) })
    await request({ ...ofHoldout, resourceId: holdout.id + 1 })
    await request({ featureFlagId: carrying.id })
    for (const [resourceId, own] of [
      [globalId('FeatureFlag', carrying.id), aboutFlag],
      [globalId('Experiment', inside.id), aboutExperiment],
    ] as const) {
      const all = [open, own, decided]
      expect(await page({ resourceId })).toMatchObject({ totalCount: 3, nodes: nodesOf(all) })
      const first = await page({ resourceId, first: 2 })
      expect(first).toMatchObject({ totalCount: 3, nodes: nodesOf(all.slice(0, 2)), pageInfo: { hasNextPage: true } })
      const { endCursor } = first.pageInfo
      expect(await page({ resourceId, first: 2, after: endCursor })).toMatchObject({ nodes: nodesOf(all.slice(2)), totalCount: 3 })
      expect(await listed({ resourceId, last: 2 })).toEqual(nodesOf(all.slice(1)))
      expect(await listed({ resourceId, states: ['PENDING'] })).toEqual(nodesOf(all.slice(0, 2)))
      expect(await page({ resourceId, search: 'change' })).toMatchObject({ totalCount: 3, nodes: nodesOf(all) })
      expect(await listed({ resourceId, resourceType: 'HOLDOUT' })).toEqual(nodesOf([open, decided]))
    }
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
  const measure = (query: string) =>
    countStatements(async () => {
      const { errors } = await run(key, query)
      expect(errors).toBeUndefined()
    })
  const project = `projectId: ${tenant.project.id}`
  const atRoot = (first: number) => measure(`{ changeRequests(${project}, first: ${first}) { nodes { ${fields} } } }`)
  expect(await atRoot(8), statements.join('\n')).toBe(await atRoot(2))
  for (const relation of ['experiments', 'eligibleFeatureFlags']) {
    const nested = (first: number) =>
      measure(`{ ${relation}(${project}, first: ${first}) { nodes { pendingChangeRequests(first: 3) { nodes { id approvalCount } } } } }`)
    expect(await nested(8), statements.join('\n')).toBe(await nested(2))
  }
})

describe('a request whose stored values are damaged', () => {
  const flagRow = { type: 'FEATURE_FLAG', id: 1, values: {} }
  const snapshot = {
    policyId: 1,
    quorum: 1,
    users: [],
    roles: [],
    allowSelfApprove: false,
    conditions: {},
    bypassMembershipLevels: [],
    bypassRoles: [],
  }
  const fields = `id validationStatus validationMessage staleReasons { path } undecidableReason missingApprovals quorum
    requiredApprovers { quorum } viewerCanApprove viewerCanCancel`

  it.each<[string, Partial<Prisma.ChangeRequestUncheckedCreateInput>]>([
    ['preconditions of another kind', { preconditions: 'none' }],
    ['rows without values', { preconditions: { rows: [{ type: 'FEATURE_FLAG', id: 1 }] } }],
    ['a row with a number that is too long', { preconditions: { rows: [{ ...flagRow, id: 9_999_999_999 }] } }],
    ['a row with a text for a number', { preconditions: { rows: [{ ...flagRow, id: 'one' }] } }],
    ['a prompt with a number', { preconditions: { rows: [{ ...flagRow, type: 'PROMPT' }] } }],
    ['a key that is no UUID', { preconditions: { keyId: 'key' } }],
    ['an input of another kind', { input: ['updateFeatureFlag'] }],
    ['no policy', { policySnapshot: {} }],
    ['a policy with a number that is too long', { policySnapshot: { ...snapshot, policyId: 9_999_999_999 } }],
    ['a role that is no UUID', { policySnapshot: { ...snapshot, roles: ['admins'] } }],
    ['an approver that is no number', { policySnapshot: { ...snapshot, users: [9_999_999_999] } }],
  ])('is INVALID by itself: %s', async (_what, damage) => {
    await seedColleague(db, tenant)
    const policySnapshot = { ...snapshot, users: [tenant.user.id], allowSelfApprove: true }
    const sound = await request({ policySnapshot, createdAt: day(1) })
    const damaged = await request({ ...damage, createdAt: day(2) })
    const { data, errors } = await run(tenant.key, `{ changeRequests(projectId: ${tenant.project.id}) { nodes { ${fields} } } }`)
    expect(errors).toBeUndefined()
    expect(data.changeRequests.nodes).toMatchObject([
      {
        id: globalId('ChangeRequest', damaged.id),
        validationStatus: 'INVALID',
        validationMessage: 'What is stored of this request is damaged. Request the change again.',
        viewerCanApprove: false,
        viewerCanCancel: true,
      },
      { id: globalId('ChangeRequest', sound.id), validationStatus: 'VALID', validationMessage: null, quorum: 1, viewerCanApprove: true },
    ])
  })

  it('keeps the status of its last check if only the details of that are damaged', async () => {
    const damaged = { validationStatus: 'STALE', validationError: 'Changed.', validationDetail: ['?'] } as const
    await request({ state: 'REJECTED', ...damaged })
    const { data, errors } = await run(tenant.key, `{ changeRequests(projectId: ${tenant.project.id}) { nodes { ${fields} } } }`)
    expect(errors).toBeUndefined()
    expect(data.changeRequests.nodes).toMatchObject([{ validationStatus: 'STALE', validationMessage: 'Changed.', staleReasons: [] }])
  })

  it('is stored as INVALID by the job, and approving it fails', async () => {
    const damaged = await request({
      preconditions: 'none',
      policySnapshot: { ...snapshot, users: [tenant.user.id], allowSelfApprove: true },
    })
    expect(await revalidateChangeRequests({ db, pubSub, transactionSlots: null }, time.now, log)).toMatchObject({ errors: 0 })
    expect(await db.changeRequest.findUnique({ where: { id: damaged.id } })).toMatchObject({
      validationStatus: 'INVALID',
      state: 'PENDING',
    })
    const approve = `mutation { approveChangeRequest(input: { id: ${damaged.id} }) {
      ... on ApproveChangeRequestSuccess { outcome { ... on ApplyFailed { reason message } } } } }`
    expect((await run(tenant.key, approve)).data).toMatchObject({
      approveChangeRequest: { outcome: { reason: 'INTERNAL', message: expect.stringContaining('is damaged') } },
    })
    expect(await db.changeRequest.findUnique({ where: { id: damaged.id } })).toMatchObject({ state: 'FAILED' })
  })
})
