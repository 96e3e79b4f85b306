import { beforeEach, describe, expect, it } from 'vitest'
import { expireChangeRequests, revalidateChangeRequests } from '../../../../src/features/approvals/data/jobs.ts'
import { createLogger } from '../../../../src/platform/logger.ts'
import { seedColleague, seedPolicy } from '../../../support/approvals.ts'
import { seedExperiment, seedFlag, seedKey } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, pubSub, run, time } = await testServer()
const log = createLogger({ logLevel: 'silent' })
const start = time.now
beforeEach(() => {
  time.now = start
})

const request = 'changeRequest { id state validationStatus }'
const approve = `mutation ($id: ID!) { result: approveChangeRequest(input: { id: $id, reason: "  fine  " }) {
  __typename ... on Error { code message }
  ... on InvalidStateError { state }
  ... on ChangeRequestStaleError { ${request} } ... on ChangeRequestExpiredError { ${request} } ... on AlreadyVotedError { ${request} }
  ... on ApproveChangeRequestSuccess { changeRequest { state applyError validationStatus approvalCount quorum approvals { reason createdBy { id } } }
    outcome { __typename ... on VoteRecorded { approvals quorum } ... on ChangeApplied { resourceId } ... on ApplyFailed { reason message } } }
} }`
const reject = `mutation ($id: ID!, $reason: String!) { result: rejectChangeRequest(input: { id: $id, reason: $reason }) {
  __typename ... on Error { code message } ... on ChangeRequest { state decidedBy { id } approvals { decision reason } }
} }`
const cancel = `mutation ($id: ID!, $reason: String) { result: cancelChangeRequest(input: { id: $id, reason: $reason }) {
  __typename ... on Error { code message } ... on ChangeRequest { state cancelReason approvals { id } }
} }`
const retry = `mutation ($id: ID!) { result: retryChangeRequest(input: { id: $id }) {
  __typename ... on Error { code message } ... on ApproveChangeRequestSuccess { changeRequest { state applyError } outcome { __typename } }
} }`
const disable = `mutation ($id: ID!) { result: updateFeatureFlag(input: { id: $id, active: false }) {
  __typename ... on Error { message } ... on ApprovalRequiredError { changeRequest { id } } ... on ChangeRequestPendingError { changeRequest { id } }
} }`

const ask = async (key: string, document: string, variables: object) => (await run(key, document, { ...variables })).data.result

/** A flag, a policy on switching it off, approvers, and the request that waits. */
async function waiting({ quorum = 1, approvers = 2, policy = {} }: { quorum?: number; approvers?: number; policy?: object } = {}) {
  const tenant = await seedTenant(db)
  const people = []
  while (people.length < approvers) people.push(await seedColleague(db, tenant))
  const flag = await seedFlag(db, tenant.project)
  await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', people, { quorum, ...policy })
  const flagId = globalId('FeatureFlag', flag.id)
  const refused = await ask(tenant.key, disable, { id: flagId })
  expect(refused.__typename).toBe('ApprovalRequiredError')
  const [first, second] = people
  if (first === undefined || second === undefined) throw new Error('two approvers at least')
  const isActive = async () => (await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).active
  return { ...tenant, flag, flagId, first, second, id: refused.changeRequest.id as string, isActive }
}
const row = (id: string) =>
  db.changeRequest.findUniqueOrThrow({ where: { id: Number(atob(id).split(':')[1]) }, include: { approvals: true } })

describe('approving', () => {
  it('takes a quorum, one vote a person', async () => {
    const { id, first, second, isActive } = await waiting({ quorum: 2 })
    expect(await ask(first.key, approve, { id })).toMatchObject({
      changeRequest: { state: 'PENDING', approvalCount: 1, quorum: 2, approvals: [{ reason: 'fine' }] },
      outcome: { __typename: 'VoteRecorded', approvals: 1, quorum: 2 },
    })
    expect(await ask(first.key, approve, { id })).toMatchObject({
      __typename: 'AlreadyVotedError',
      message: 'You have already voted on this change request.',
    })
    expect(await isActive()).toBe(true)
    expect(await ask(second.key, approve, { id })).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
    expect(await isActive()).toBe(false)
  })

  it('is rejected to the requester and to those who are no approvers, and to strangers the request does not exist', async () => {
    const { id, key, ...tenant } = await waiting()
    expect(await ask(key, approve, { id })).toMatchObject({
      __typename: 'SelfApprovalForbiddenError',
      message: 'You cannot approve your own change request',
    })
    const colleague = await seedColleague(db, tenant, 15)
    expect(await ask(colleague.key, approve, { id })).toMatchObject({
      __typename: 'NotAnApproverError',
      message: 'You are not in the approver set for this change request',
    })
    const stranger = await seedTenant(db)
    for (const given of [id, globalId('ChangeRequest', 999_999), 'nonsense', '-1']) {
      expect(await ask(stranger.key, approve, { id: given })).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND' })
    }
    expect((await row(id)).approvals).toEqual([])
  })

  it('lets the requester vote where the policy says so and names them', async () => {
    const { id, key, user } = await waiting({ policy: { allowSelfApprove: true } })
    expect((await ask(key, approve, { id })).__typename).toBe('NotAnApproverError')
    await db.changeRequest.update({
      where: { id: (await row(id)).id },
      data: { policySnapshot: { ...((await row(id)).policySnapshot as object), users: [user.id] } },
    })
    expect(await ask(key, approve, { id })).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
  })

  it('counts holders of a role as they are now', async () => {
    const tenant = await seedTenant(db)
    const holder = await seedColleague(db, tenant)
    const role = await db.role.create({ data: { organizationId: tenant.organization.id, name: 'Release' } })
    const flag = await seedFlag(db, tenant.project)
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [], { approverRoleIds: [role.id] })
    const { changeRequest } = await ask(tenant.key, disable, { id: globalId('FeatureFlag', flag.id) })
    expect((await ask(holder.key, approve, { id: changeRequest.id })).__typename).toBe('NotAnApproverError')
    await db.roleMembership.create({ data: { roleId: role.id, userId: holder.user.id } })
    expect(await ask(holder.key, approve, { id: changeRequest.id })).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
  })

  it('does not count who lost the right to vote', async () => {
    const { id, first, second, organization, isActive } = await waiting({ quorum: 2 })
    await ask(first.key, approve, { id })
    await db.organizationMembership.delete({ where: { organizationId_userId: { organizationId: organization.id, userId: first.user.id } } })
    expect(await ask(second.key, approve, { id })).toMatchObject({ outcome: { __typename: 'VoteRecorded', approvals: 1 } })
    expect(await isActive()).toBe(true)
  })

  it('is rejected once the flag changed where the request touches it; the request is stale then, and heals', async () => {
    const { id, key, first, flag } = await waiting()
    await db.featureFlag.update({ where: { id: flag.id }, data: { name: 'renamed', version: { increment: 1 } } })
    await db.experiment.create({ data: { projectId: flag.projectId, featureFlagId: flag.id, name: 'takes the flag' } })
    expect(await ask(first.key, approve, { id })).toMatchObject({
      __typename: 'ChangeRequestStaleError',
      changeRequest: { validationStatus: 'STALE' },
    })
    expect((await row(id)).approvals).toEqual([])
    await db.experiment.updateMany({ where: { featureFlagId: flag.id }, data: { deleted: true } })
    // A rename alone leaves it fresh.
    expect(await revalidateChangeRequests({ db, pubSub, transactionSlots: null }, time.now, log)).toMatchObject({ healed: 1, errors: 0 })
    expect((await row(id)).validationStatus).toBe('VALID')
    expect(await ask(first.key, approve, { id })).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
    expect((await ask(key, cancel, { id })).__typename).toBe('InvalidStateError')
  })

  it('is rejected when the time has passed, whatever the job did, and leaves the request expired', async () => {
    const { id, first, isActive } = await waiting({ policy: { expiresAfterSeconds: 60 } })
    time.now = new Date(start.getTime() + 60_000)
    expect(await ask(first.key, approve, { id })).toMatchObject({
      __typename: 'ChangeRequestExpiredError',
      changeRequest: { state: 'EXPIRED' },
    })
    expect(await row(id)).toMatchObject({ state: 'EXPIRED', approvals: [] })
    expect(await isActive()).toBe(true)
  })

  it('keeps the vote of a change that cannot be made, says why, and can be tried again by an approver', async () => {
    const { id, key, user, organization, first, second, isActive } = await waiting()
    await db.organizationMembership.delete({ where: { organizationId_userId: { organizationId: organization.id, userId: user.id } } })
    expect(await ask(first.key, approve, { id })).toMatchObject({
      changeRequest: { state: 'FAILED', validationStatus: 'INVALID', approvalCount: 1 },
      outcome: { __typename: 'ApplyFailed', reason: 'REQUESTER_LOST_ACCESS' },
    })
    expect(await isActive()).toBe(true)
    expect(await ask(second.key, retry, { id })).toMatchObject({
      changeRequest: { state: 'FAILED' },
      outcome: { __typename: 'ApplyFailed' },
    })
    await db.organizationMembership.create({ data: { organizationId: organization.id, userId: user.id } })
    expect((await ask(key, retry, { id })).__typename).toBe('NotAnApproverError')
    expect(await ask(second.key, retry, { id })).toMatchObject({
      changeRequest: { state: 'APPLIED', applyError: null },
      outcome: { __typename: 'ChangeApplied' },
    })
    expect(await isActive()).toBe(false)
    expect((await ask(second.key, retry, { id })).__typename).toBe('InvalidStateError')
  })

  it.each([['deactivated', { isActive: false }, 'REQUESTER_GONE']])('fails when the requester is %s', async (_word, data, reason) => {
    const { id, user, first, isActive } = await waiting()
    await db.user.update({ where: { id: user.id }, data })
    expect(await ask(first.key, approve, { id })).toMatchObject({ outcome: { __typename: 'ApplyFailed', reason } })
    expect(await isActive()).toBe(true)
  })

  it('fails when the operation is no valid one any more, and undoes all of it', async () => {
    const tenant = await seedTenant(db)
    const approver = await seedColleague(db, tenant)
    const flag = await seedFlag(db, tenant.project, { active: false })
    const experiment = await seedExperiment(db, flag)
    await seedPolicy(db, tenant, 'EXPERIMENT_LAUNCH', [approver])
    const launch = `mutation ($id: ID!) { result: launchExperiment(input: { id: $id }) { __typename ... on ApprovalRequiredError { changeRequest { id } } } }`
    const { changeRequest } = await ask(tenant.key, launch, { id: globalId('Experiment', experiment.id) })
    await db.experiment.update({ where: { id: experiment.id }, data: { startDate: start } })
    expect(await ask(approver.key, approve, { id: changeRequest.id })).toMatchObject({
      outcome: {
        __typename: 'ApplyFailed',
        reason: 'PAYLOAD_INVALID',
        message: 'Validation failed: Experiment has already been launched.',
      },
    })
    expect((await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).active).toBe(false)
  })
})

describe('a request that was late from the start', () => {
  it('is stale when the caller had read an older version', async () => {
    const tenant = await seedTenant(db)
    const approver = await seedColleague(db, tenant)
    const flag = await seedFlag(db, tenant.project, { version: 5 })
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [approver])
    const document = `mutation ($id: ID!, $version: Int) { result: updateFeatureFlag(input: { id: $id, active: false, version: $version }) {
      __typename ... on ApprovalRequiredError { changeRequest { id } } } }`
    const { changeRequest } = await ask(tenant.key, document, { id: globalId('FeatureFlag', flag.id), version: 4 })
    expect(await ask(approver.key, approve, { id: changeRequest.id })).toMatchObject({
      __typename: 'ChangeRequestStaleError',
      changeRequest: { validationStatus: 'STALE' },
    })
    expect((await db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })).active).toBe(true)
  })
})

describe('rejecting', () => {
  it('needs a reason that says something', async () => {
    const { id, first } = await waiting()
    for (const reason of ['', '   ']) {
      expect(await ask(first.key, reject, { id, reason })).toMatchObject({
        __typename: 'ReasonRequiredError',
        message: 'A reason is required for rejection.',
      })
    }
    expect((await row(id)).state).toBe('PENDING')
  })

  it('ends the request at once, whatever the quorum, and leaves the flag and the earlier votes', async () => {
    const { id, first, second, key, flagId, isActive } = await waiting({ quorum: 2 })
    await ask(first.key, approve, { id })
    expect(await ask(key, reject, { id, reason: 'no' })).toMatchObject({ __typename: 'SelfApprovalForbiddenError' })
    expect(await ask(second.key, reject, { id, reason: ' no ' })).toEqual({
      __typename: 'ChangeRequest',
      state: 'REJECTED',
      decidedBy: { id: globalId('User', second.user.id) },
      approvals: [
        { decision: 'APPROVED', reason: 'fine' },
        { decision: 'REJECTED', reason: 'no' },
      ],
    })
    expect(await isActive()).toBe(true)
    expect(await ask(second.key, reject, { id, reason: 'no' })).toMatchObject({ message: 'Only pending change requests can be rejected' })
    // It no longer stands in the way of another.
    expect((await ask(key, disable, { id: flagId })).__typename).toBe('ApprovalRequiredError')
  })
})

describe('cancelling', () => {
  it('is for the requester, before anybody approved', async () => {
    const { id, key, first } = await waiting({ quorum: 2 })
    expect(await ask(first.key, cancel, { id })).toMatchObject({
      __typename: 'CancelForbiddenError',
      message: 'You cannot cancel this change request',
    })
    await ask(first.key, approve, { id })
    expect((await ask(key, cancel, { id })).__typename).toBe('CancelForbiddenError')
  })

  it('ends in CANCELED, with a reason and without a vote', async () => {
    const { id, key } = await waiting()
    expect(await ask(key, cancel, { id })).toEqual({
      __typename: 'ChangeRequest',
      state: 'CANCELED',
      cancelReason: 'Canceled by requester',
      approvals: [],
    })
    expect(await ask(key, cancel, { id })).toMatchObject({ __typename: 'InvalidStateError' })
  })

  it('is possible for a stale request that somebody approved, also for a requester who approved it', async () => {
    const { id, key, first, flag } = await waiting({ quorum: 2 })
    await ask(first.key, approve, { id })
    await seedExperiment(db, flag)
    await revalidateChangeRequests({ db, pubSub, transactionSlots: null }, time.now, log)
    expect(await ask(key, cancel, { id })).toMatchObject({ state: 'CANCELED', approvals: [{}] })
  })
})

describe('with time', () => {
  it('open requests expire, others stay, and an expired one is in nobody’s way', async () => {
    const { id, key, flagId } = await waiting({ policy: { expiresAfterSeconds: 3600 } })
    expect(await expireChangeRequests({ db, pubSub, transactionSlots: null }, new Date(start.getTime() + 3_599_000), log)).toMatchObject({
      errors: 0,
    })
    expect((await row(id)).state).toBe('PENDING')
    await expireChangeRequests({ db, pubSub, transactionSlots: null }, new Date(start.getTime() + 3_600_000), log)
    expect((await row(id)).state).toBe('EXPIRED')
    expect((await ask(key, disable, { id: flagId })).__typename).toBe('ApprovalRequiredError')
  })

  it('an overdue request that no job has seen is in nobody’s way either', async () => {
    const { id, key, flagId } = await waiting({ policy: { expiresAfterSeconds: 60 } })
    time.now = new Date(start.getTime() + 61_000)
    const again = await ask(key, disable, { id: flagId })
    expect(again.__typename).toBe('ApprovalRequiredError')
    expect(again.changeRequest.id).not.toBe(id)
    expect((await row(id)).state).toBe('EXPIRED')
  })

  it('revalidation marks and heals requesters, writes only what is new, and tells what it did', async () => {
    const { id, user } = await waiting()
    await db.user.update({ where: { id: user.id }, data: { isActive: false } })
    expect(await revalidateChangeRequests({ db, pubSub, transactionSlots: null }, time.now, log)).toMatchObject({ stale: 1, errors: 0 })
    const marked = await row(id)
    expect(marked).toMatchObject({ validationStatus: 'INVALID', state: 'PENDING' })
    expect(await revalidateChangeRequests({ db, pubSub, transactionSlots: null }, new Date(start.getTime() + 1000), log)).toMatchObject({
      stale: 0,
      healed: 0,
    })
    expect((await row(id)).updatedAt).toEqual(marked.updatedAt)
    await db.user.update({ where: { id: user.id }, data: { isActive: true } })
    expect(await revalidateChangeRequests({ db, pubSub, transactionSlots: null }, time.now, log)).toMatchObject({ healed: 1 })
  })
})

describe('a key without approvals:read', () => {
  it('reads the request in the error that brought it, and nowhere else', async () => {
    const tenant = await seedTenant(db)
    const approver = await seedColleague(db, tenant)
    const flag = await seedFlag(db, tenant.project)
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [approver])
    const key = await seedKey(db, tenant.user, { scopes: ['feature_flag:write'] })
    const document = `mutation ($id: ID!) { result: updateFeatureFlag(input: { id: $id, active: false }) {
      __typename ... on ApprovalRequiredError { changeRequest { id state requestedBy { email } approvals { reason } viewerIsRequester } } } }`
    const { data, errors } = await run(key, document, { id: globalId('FeatureFlag', flag.id) })
    expect(errors).toBeUndefined()
    expect(data.result.changeRequest).toMatchObject({
      state: 'PENDING',
      requestedBy: { email: tenant.user.email },
      approvals: [],
      viewerIsRequester: true,
    })
    const read = await run(key, `{ node(id: "${data.result.changeRequest.id}") { id } }`)
    expect(read.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'approvals:read' })
    const vote = await run(key, approve, { id: data.result.changeRequest.id })
    expect(vote.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'approvals:write' })
  })
})
