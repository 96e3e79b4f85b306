import { describe, expect, it } from 'vitest'
import type { ChangeRequest } from '../../../../src/database/generated/client.ts'
import { seedColleague, seedPolicy, snapshotFlagsAndExperiments } from '../../../support/approvals.ts'
import { controlAndTest, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, time } = await testServer()

const launch = `mutation ($id: ID!) { launchExperiment(input: { id: $id }) {
  __typename
  ... on Experiment { status startDate featureFlag { active version lastModifiedBy { id } } }
  ... on Error { code message }
  ... on ApprovalRequiredError { actionKey resourceType resourceId requiredApprovers { quorum users { email } selfApprovalAllowed }
    changeRequest { id state description before after viewerIsRequester viewerCanCancel viewerCanApprove approvals { id } } }
  ... on ChangeRequestPendingError { requestedByViewer changeRequest { id } }
} }`

const approve = `mutation ($id: ID!) { approveChangeRequest(input: { id: $id, reason: "fine" }) {
  __typename
  ... on Error { code message }
  ... on ChangeRequestStaleError { changeRequest { validationStatus } }
  ... on ApproveChangeRequestSuccess { changeRequest { state approvalCount decidedBy { email } applyError appliedAt }
    outcome { __typename ... on VoteRecorded { approvals quorum } ... on ChangeApplied { resourceId resourceVersion appliedAt } ... on ApplyFailed { reason message } } }
} }`

async function draft() {
  const tenant = await seedTenant(db)
  const approver = await seedColleague(db, tenant)
  const flag = await db.featureFlag.create({
    data: { projectId: tenant.project.id, key: 'checkout', active: false, filters: controlAndTest },
  })
  const experiment = await db.experiment.create({ data: { projectId: tenant.project.id, featureFlagId: flag.id, name: 'Checkout' } })
  return { ...tenant, approver, flag, experiment, id: globalId('Experiment', experiment.id) }
}

describe('a launch under a policy', () => {
  it('becomes a request, and the last vote launches: flag and start date at once, in the name of the requester', async () => {
    const { id, key, approver, user, experiment, flag, ...tenant } = await draft()
    await seedPolicy(db, tenant, 'EXPERIMENT_LAUNCH', [approver])
    const before = await snapshotFlagsAndExperiments(db)
    const refused = (await run(key, launch, { id })).data.launchExperiment
    expect(refused).toMatchObject({
      __typename: 'ApprovalRequiredError',
      code: 'APPROVAL_REQUIRED',
      message: 'A change request has been created and is pending approval.',
      actionKey: 'EXPERIMENT_LAUNCH',
      resourceType: 'EXPERIMENT',
      resourceId: id,
      requiredApprovers: { quorum: 1, users: [{ email: approver.user.email }], selfApprovalAllowed: false },
      changeRequest: { state: 'PENDING', viewerIsRequester: true, viewerCanCancel: true, viewerCanApprove: false, approvals: [] },
    })
    expect(await snapshotFlagsAndExperiments(db)).toBe(before)
    expect((await run(key, launch, { id })).data.launchExperiment).toMatchObject({
      __typename: 'ChangeRequestPendingError',
      requestedByViewer: true,
      changeRequest: { id: refused.changeRequest.id },
    })
    expect((await run(key, approve, { id: refused.changeRequest.id })).data.approveChangeRequest.__typename).toBe(
      'SelfApprovalForbiddenError',
    )

    const applied = (await run(approver.key, approve, { id: refused.changeRequest.id })).data.approveChangeRequest
    expect(applied).toMatchObject({
      changeRequest: { state: 'APPLIED', approvalCount: 1, decidedBy: { email: approver.user.email }, applyError: null },
      outcome: { __typename: 'ChangeApplied', resourceId: id, resourceVersion: 2 },
    })
    const rows = await db.experiment.findUniqueOrThrow({ where: { id: experiment.id }, include: { featureFlag: true } })
    expect(rows.startDate).toEqual(time.now)
    expect(rows.featureFlag).toMatchObject({ active: true, version: flag.version + 1, lastModifiedById: user.id })
    expect((await run(approver.key, approve, { id: refused.changeRequest.id })).data.approveChangeRequest).toMatchObject({
      __typename: 'InvalidStateError',
      message: 'Only pending change requests can be approved',
    })
  })

  /** A request for a launch, whose row was changed. */
  async function waiting(change: (row: ChangeRequest) => Promise<unknown>) {
    const there = await draft()
    await seedPolicy(db, there, 'EXPERIMENT_LAUNCH', [there.approver])
    await run(there.key, launch, { id: there.id })
    const row = await db.changeRequest.findFirstOrThrow({ where: { projectId: there.project.id } })
    await change(row)
    return { ...there, vote: async () => (await run(there.approver.key, approve, { id: globalId('ChangeRequest', row.id) })).data }
  }
  const failure = (message: unknown) => ({ approveChangeRequest: { outcome: { __typename: 'ApplyFailed', message } } })

  it('of a mutation that there is no more is told so', async () => {
    const { vote } = await waiting(({ id }) => db.changeRequest.update({ where: { id }, data: { operation: 'gone' } }))
    expect(await vote()).toMatchObject(failure("Validation failed: The mutation 'gone' no longer exists."))
  })

  it('is held to the restrictions of the key that asked for it, as they are now', async () => {
    const { vote, experiment } = await waiting(async ({ requestedById, projectId }) => {
      const other = await seedProject(db, { id: (await db.project.findUniqueOrThrow({ where: { id: projectId } })).organizationId })
      await db.personalApiKey.updateMany({ where: { userId: requestedById ?? 0 }, data: { scopedProjects: [other.id] } })
    })
    expect((await vote()).approveChangeRequest).toMatchObject({ outcome: { __typename: 'ApplyFailed' } })
    expect(await db.experiment.findUniqueOrThrow({ where: { id: experiment.id } })).toMatchObject({ startDate: null })
  })

  it('is made for somebody who asked without a key, as of the demo', async () => {
    const { vote } = await waiting(({ id, preconditions }) =>
      db.changeRequest.update({ where: { id }, data: { preconditions: { ...(preconditions as object), keyId: null } } }),
    )
    expect(await vote()).toMatchObject({ approveChangeRequest: { outcome: { __typename: 'ChangeApplied' } } })
  })
})
