import { beforeEach, describe, expect, it } from 'vitest'
import { expireChangeRequests, revalidateChangeRequests } from '../../../src/features/approvals/data/jobs.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { seedColleague, seedPolicy } from '../../support/approvals.ts'
import { seedFlag } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

// What a request says of itself is true when it is read, and no request is without a way out.

const { db, pubSub, run, time, statements, countStatements } = await testServer({ accessCacheSeconds: 0 })
const log = createLogger({ logLevel: 'silent' })
const start = time.now
beforeEach(() => {
  time.now = start
})

const shown = 'id state validationStatus validationMessage viewerCanCancel approvalCount missingApprovals undecidableReason'
const disable = `mutation ($id: ID!) { result: updateFeatureFlag(input: { id: $id, active: false }) {
  __typename ... on Error { code message }
  ... on ApprovalRequiredError { changeRequest { ${shown} } } ... on ChangeRequestPendingError { changeRequest { id } } } }`
const approve = `mutation ($id: ID!) { result: approveChangeRequest(input: { id: $id }) {
  __typename ... on Error { message } ... on ApproveChangeRequestSuccess { outcome { __typename } } } }`
const cancel = `mutation ($id: ID!) { result: cancelChangeRequest(input: { id: $id }) {
  __typename ... on Error { message } ... on InvalidStateError { current: state } ... on ChangeRequest { state cancelReason decidedBy { id } } } }`
const read = `query ($id: ID!) { result: node(id: $id) { ... on ChangeRequest { ${shown} } } }`
const list = (states: string) =>
  `query ($id: ID!) { result: changeRequests(projectId: $id, states: [${states}]) { totalCount nodes { state } } }`
const pending = `query ($id: ID!) { result: node(id: $id) { ... on FeatureFlag { pendingChangeRequests { totalCount } } } }`

async function ask(key: string, document: string, id: string) {
  const { data, errors } = await run(key, document, { id })
  expect(errors).toBeUndefined()
  return data.result
}
const leave = (organizationId: string, userId: number) =>
  db.organizationMembership.delete({ where: { organizationId_userId: { organizationId, userId } } })

/** A flag that is on, two approvers and an admin, and what a member who asks to switch it off gets. */
async function waiting({ quorum = 2, policy = {} }: { quorum?: number; policy?: object } = {}) {
  const tenant = await seedTenant(db)
  const [first, second, admin] = [await seedColleague(db, tenant), await seedColleague(db, tenant), await seedColleague(db, tenant, 8)]
  const flag = await seedFlag(db, tenant.project)
  const { id: policyId } = await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [first, second], { quorum, ...policy })
  const flagId = globalId('FeatureFlag', flag.id)
  const refused = await ask(tenant.key, disable, flagId)
  expect(refused.__typename).toBe('ApprovalRequiredError')
  return { ...tenant, first, second, admin, flag, flagId, policyId, id: refused.changeRequest.id as string }
}

describe('a request that cannot reach its quorum any more', () => {
  const reason = 'The quorum of 2 cannot be reached: 0 approvals count, and 1 more person can vote.'

  it('says so when an approver who voted has left; an admin cancels it, and the flag is free again', async () => {
    const { id, key, first, second, admin, organization, flagId, user } = await waiting()
    await ask(first.key, approve, id)
    expect(await ask(key, read, id)).toMatchObject({ validationStatus: 'VALID', viewerCanCancel: false })
    expect(await ask(admin.key, read, id)).toMatchObject({ viewerCanCancel: false })
    expect(await ask(admin.key, cancel, id)).toMatchObject({ __typename: 'CancelForbiddenError' })
    await leave(organization.id, first.user.id)

    expect(await ask(key, read, id)).toMatchObject({
      state: 'PENDING',
      validationStatus: 'INVALID',
      validationMessage: reason,
      viewerCanCancel: true,
    })
    expect(await ask(second.key, read, id)).toMatchObject({
      viewerCanCancel: false,
      approvalCount: 1,
      missingApprovals: 2,
      undecidableReason: reason,
    })
    expect(await ask(second.key, cancel, id)).toMatchObject({ __typename: 'CancelForbiddenError' })
    expect(await ask(admin.key, read, id)).toMatchObject({ validationMessage: reason, viewerCanCancel: true })
    expect(await ask(key, disable, flagId)).toMatchObject({ __typename: 'ChangeRequestPendingError', changeRequest: { id } })
    expect(await ask(admin.key, cancel, id)).toEqual({
      __typename: 'ChangeRequest',
      state: 'CANCELED',
      cancelReason: 'Canceled by an admin',
      decidedBy: { id: globalId('User', admin.user.id) },
    })
    expect(await db.activity.findFirstOrThrow({ where: { activity: 'cancelChangeRequest' }, orderBy: { id: 'desc' } })).toMatchObject({
      userId: admin.user.id,
      detail: 'Canceled by an admin',
    })
    // The flag is free. The next request could never be approved either, so it is not made.
    expect(await ask(key, disable, flagId)).toMatchObject({
      __typename: 'PermissionDeniedError',
      message: `The policy for FEATURE_FLAG_DISABLE can never approve this change. ${reason} Ask an admin to change it.`,
    })
    expect(await db.changeRequest.count({ where: { requestedById: user.id, state: 'PENDING' } })).toBe(0)
  })

  it('can be cancelled by its requester despite approvals', async () => {
    const { id, key, first, organization } = await waiting()
    await ask(first.key, approve, id)
    expect(await ask(key, cancel, id)).toMatchObject({ __typename: 'CancelForbiddenError' })
    await leave(organization.id, first.user.id)
    expect(await ask(key, cancel, id)).toMatchObject({ state: 'CANCELED', cancelReason: 'Canceled by requester' })
  })

  it('is not made from the start: two approvers, one of them the requester', async () => {
    const { first, second, flagId, id, key, policyId } = await waiting()
    await ask(key, cancel, id)
    const refused = await ask(first.key, disable, flagId)
    expect(refused).toMatchObject({ __typename: 'PermissionDeniedError', code: 'PERMISSION_DENIED' })
    expect(refused.message).toContain('The quorum of 2 cannot be reached: 0 approvals count, and 1 more person can vote.')
    expect(await db.changeRequest.count({ where: { requestedById: first.user.id } })).toBe(0)
    // With their own vote, they can.
    await db.approvalPolicy.update({ where: { id: policyId }, data: { allowSelfApprove: true } })
    const made = await ask(first.key, disable, flagId)
    expect(made).toMatchObject({ __typename: 'ApprovalRequiredError', changeRequest: { validationStatus: 'VALID' } })
    await ask(first.key, approve, made.changeRequest.id)
    expect(await ask(second.key, approve, made.changeRequest.id)).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
  })

  it('says so while a role is empty, and goes on when somebody gets it', async () => {
    const tenant = await seedTenant(db)
    const [holder, admin] = [await seedColleague(db, tenant), await seedColleague(db, tenant, 15)]
    const role = await db.role.create({ data: { organizationId: tenant.organization.id, name: 'Release' } })
    const hold = () => db.roleMembership.create({ data: { roleId: role.id, userId: holder.user.id } })
    await hold()
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [], { approverRoleIds: [role.id] })
    const flag = await seedFlag(db, tenant.project)
    const { changeRequest } = await ask(tenant.key, disable, globalId('FeatureFlag', flag.id))
    expect(changeRequest).toMatchObject({ validationStatus: 'VALID' })
    await db.roleMembership.deleteMany({ where: { roleId: role.id } })
    expect(await ask(admin.key, read, changeRequest.id)).toMatchObject({
      validationStatus: 'INVALID',
      validationMessage: 'The quorum of 1 cannot be reached: 0 approvals count, and 0 more people can vote.',
      viewerCanCancel: true,
    })
    await revalidateChangeRequests({ db, pubSub, transactionSlots: null }, time.now, log)
    await hold()
    expect(await ask(admin.key, read, changeRequest.id)).toMatchObject({ validationStatus: 'VALID', viewerCanCancel: false })
    expect(await ask(holder.key, approve, changeRequest.id)).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
  })

  it('whose requester is gone can be cancelled by an admin, and one whose policy was deleted too', async () => {
    const gone = await waiting()
    await db.user.delete({ where: { id: gone.user.id } })
    expect(await ask(gone.admin.key, read, gone.id)).toMatchObject({
      validationStatus: 'INVALID',
      validationMessage: "The requester's account is gone.",
      viewerCanCancel: true,
    })
    expect(await ask(gone.admin.key, cancel, gone.id)).toMatchObject({ state: 'CANCELED' })

    const { id, admin, first, policyId } = await waiting({ quorum: 1 })
    await db.approvalPolicy.delete({ where: { id: policyId } })
    expect(await ask(admin.key, read, id)).toMatchObject({ validationStatus: 'VALID', viewerCanCancel: true })
    expect(await ask(first.key, cancel, id)).toMatchObject({ __typename: 'CancelForbiddenError' })
    expect(await ask(admin.key, cancel, id)).toMatchObject({ state: 'CANCELED' })
  })

  it('is cancelled once by two admins at once', async () => {
    const { id, admin, first, organization, ...tenant } = await waiting()
    const other = await seedColleague(db, { organization, ...tenant }, 8)
    await leave(organization.id, first.user.id)
    const answers = await Promise.all([admin, other].map(({ key }) => ask(key, cancel, id)))
    expect(answers.map(({ __typename }) => __typename).sort()).toEqual(['ChangeRequest', 'InvalidStateError'])
  })
})

describe('what is read', () => {
  it('is stale as soon as somebody who may bypass the policy has changed the value, and healed as soon as it is back', async () => {
    const { id, key, admin, flagId } = await waiting({ quorum: 1, policy: { bypassMembershipLevels: [8] } })
    await db.approvalPolicy.updateMany({ data: { actionKey: 'FEATURE_FLAG_DISABLE' } })
    const rename = 'mutation ($id: ID!) { result: updateFeatureFlag(input: { id: $id, archived: true, active: false }) { __typename } }'
    expect(await ask(admin.key, rename, flagId)).toEqual({ __typename: 'FeatureFlag' })
    expect(await db.changeRequest.findFirstOrThrow({ orderBy: { id: 'desc' } })).toMatchObject({ validationStatus: 'VALID' })
    expect(await ask(key, read, id)).toMatchObject({
      validationStatus: 'STALE',
      validationMessage: 'Changed since this request was created: featureFlag.archived.',
      viewerCanCancel: true,
    })
    await revalidateChangeRequests({ db, pubSub, transactionSlots: null }, time.now, log)
    const back = 'mutation ($id: ID!) { result: updateFeatureFlag(input: { id: $id, archived: false }) { __typename } }'
    expect(await ask(admin.key, back, flagId)).toEqual({ __typename: 'FeatureFlag' })
    expect(await ask(key, read, id)).toMatchObject({ validationStatus: 'VALID', validationMessage: null })
  })

  it('has expired at the deadline everywhere, also before the job has run', async () => {
    const { id, key, flagId, project } = await waiting({ policy: { expiresAfterSeconds: 60 } })
    const counts = async () => ({
      state: (await ask(key, read, id)).state,
      pending: (await ask(key, list('PENDING'), String(project.id))).totalCount,
      open: (await ask(key, list('PENDING, APPROVED, REJECTED'), String(project.id))).totalCount,
      expired: (await ask(key, list('EXPIRED'), String(project.id))).nodes,
      ofFlag: (await ask(key, pending, flagId)).pendingChangeRequests.totalCount,
    })
    time.now = new Date(start.getTime() + 59_999)
    expect(await counts()).toEqual({ state: 'PENDING', pending: 1, open: 1, expired: [], ofFlag: 1 })
    time.now = new Date(start.getTime() + 60_000)
    const late = { state: 'EXPIRED', pending: 0, open: 0, expired: [{ state: 'EXPIRED' }], ofFlag: 0 }
    expect(await counts()).toEqual(late)
    expect((await ask(key, list('PENDING, EXPIRED'), String(project.id))).nodes).toEqual([{ state: 'EXPIRED' }])
    expect(await ask(key, read, id)).toMatchObject({ viewerCanCancel: false })
    expect(await ask(key, cancel, id)).toMatchObject({ __typename: 'InvalidStateError', current: 'EXPIRED' })
    expect(await db.changeRequest.findFirstOrThrow({ orderBy: { id: 'desc' } })).toMatchObject({ state: 'EXPIRED' })
    expect(await expireChangeRequests({ db, pubSub, transactionSlots: null }, time.now, log)).toEqual({ expired: 0, errors: 0 })
    expect(await counts()).toEqual(late)
  })

  it('takes as many statements for many requests as for few', async () => {
    const tenant = await seedTenant(db)
    const [approver, other] = [await seedColleague(db, tenant), await seedColleague(db, tenant)]
    const role = await db.role.create({ data: { organizationId: tenant.organization.id, name: 'Release' } })
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [approver, other], { quorum: 2, approverRoleIds: [role.id] })
    await seedPolicy(db, tenant, 'FEATURE_FLAG_ENABLE', [approver])
    for (let n = 0; n < 8; n++) {
      const flag = await seedFlag(db, tenant.project)
      const input = { id: globalId('FeatureFlag', flag.id), active: false, evaluationContexts: [`context-${n}`] }
      await run(tenant.key, 'mutation ($input: UpdateFeatureFlagInput!) { updateFeatureFlag(input: $input) { __typename } }', { input })
      await ask(
        tenant.key,
        `mutation ($id: ID!) { result: createFeatureFlag(input: { projectId: $id, key: "new-${n}" }) { __typename } }`,
        String(tenant.project.id),
      )
      if (n % 2 === 1) await db.featureFlag.update({ where: { id: flag.id }, data: { archived: true, active: false } })
    }
    const fields = `${shown} staleReasons { path label before after } approvals { id }`
    const measure = (first: number) =>
      countStatements(async () => {
        const query = `query ($id: ID!) { result: changeRequests(projectId: $id, first: ${first}) { nodes { ${fields} } } }`
        const { nodes } = await ask(tenant.key, query, String(tenant.project.id))
        expect(nodes).toHaveLength(first)
      })
    expect(await measure(16), statements.join('\n')).toBe(await measure(2))
  })
})
