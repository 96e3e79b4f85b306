import { afterEach, describe, expect, it } from 'vitest'
import { linkedServer } from '../../../support/linkedServer.ts'
import { controlAndTest } from '../../../support/seed.ts'
import { globalId } from '../../../support/testServer.ts'

const linked = await linkedServer({
  localApprovals: true,
  fill: ({ person }) => {
    for (const key of ['one', 'two', 'three']) person.createFlag({ key, active: false })
    person.createFlag({ key: 'of-draft', filters: { ...controlAndTest, payloads: {} }, active: false })
    person.createExperiment({ name: 'draft', feature_flag_key: 'of-draft' })
    // A policy of PostHog does not count twice: its own gate applies it.
    person.createPolicy({ action_key: 'feature_flag.delete', approver_config: { quorum: 1 }, enabled: false })
  },
})
const { posthog, mutate, db, differences, memberKey } = linked
const projectId = String(linked.project.id)
const outcome = '... on ApproveChangeRequestSuccess { changeRequest { state applyError } outcome { __typename } }'
const policy = { projectId, quorum: 1, approverUserIds: [globalId('User', linked.admin.id)] }
afterEach(() => posthog.faults.allOff())

describe('policies of this service in a linked project', () => {
  it('are stored here, and hold changes back until the quorum sends the whole operation', async () => {
    for (const actionKey of ['FEATURE_FLAG_ENABLE', 'EXPERIMENT_LAUNCH']) {
      expect(await mutate('createApprovalPolicy', { ...policy, actionKey })).toMatchObject({ __typename: 'ApprovalPolicy' })
    }
    expect(posthog.state.policies.where(({ enabled }) => enabled)).toEqual([])
    posthog.requests.clear()
    const required = await mutate('launchExperiment', { id: await linked.experimentId(1) }, { as: memberKey })
    expect(required).toMatchObject({ __typename: 'ApprovalRequiredError' })
    expect(posthog.requests.all).toEqual([])
    const approved = await mutate('approveChangeRequest', { id: required.changeRequest.id }, { fields: outcome })
    expect(approved).toMatchObject({ changeRequest: { state: 'APPLIED' }, outcome: { __typename: 'ChangeApplied' } })
    expect(posthog.person.experiment(1).start_date).not.toBeNull()
    expect(posthog.person.flag(4).active).toBe(true)
    expect(await differences()).toEqual({})
    const entry = await db.activity.findFirst({ where: { activity: 'launchExperiment' } })
    expect(entry).toMatchObject({ userId: linked.member.id, changeRequestId: expect.any(Number) })
  })

  it('end in FAILED with the reason if PostHog refuses, and can be tried again', async () => {
    const required = await mutate('updateFeatureFlag', { id: await linked.flagId(1), active: true }, { as: memberKey })
    const body = { type: 'validation_error', code: 'invalid_input', detail: 'Not today.', attr: null }
    posthog.faults.on({ kind: 'answer', status: 400, body, method: 'PATCH', times: 1 })
    const failed = await mutate('approveChangeRequest', { id: required.changeRequest.id }, { fields: outcome })
    expect(failed).toMatchObject({
      changeRequest: { state: 'FAILED', applyError: expect.stringContaining('Not today.') },
      outcome: { __typename: 'ApplyFailed' },
    })
    expect(posthog.person.flag(1).active).toBe(false)
    const retried = await mutate('retryChangeRequest', { id: required.changeRequest.id }, { fields: outcome })
    expect(retried).toMatchObject({ changeRequest: { state: 'APPLIED' } })
    expect(posthog.person.flag(1).active).toBe(true)
    expect(await differences()).toEqual({})
  })

  it('apply nothing that the approvers did not see', async () => {
    const required = await mutate('updateFeatureFlag', { id: await linked.flagId(2), active: true, name: 'Mine' }, { as: memberKey })
    posthog.person.updateFlag(2, { name: 'Theirs' })
    const failed = await mutate('approveChangeRequest', { id: required.changeRequest.id }, { fields: outcome })
    expect(failed).toMatchObject({ changeRequest: { state: 'FAILED' } })
    expect(posthog.person.flag(2)).toMatchObject({ name: 'Theirs', active: false })
    expect(await differences()).toEqual({})
  })

  it('that the actor bypasses leave an entry, and the change is made in PostHog', async () => {
    const bypassed = { ...policy, actionKey: 'FEATURE_FLAG_DISABLE', bypassMembershipLevels: ['ADMIN', 'OWNER'] }
    const { id } = await mutate('createApprovalPolicy', bypassed)
    expect(await mutate('updateFeatureFlag', { id: await linked.flagId(1), active: false })).toMatchObject({ __typename: 'FeatureFlag' })
    expect(posthog.person.flag(1).active).toBe(false)
    const entries = await db.activity.findMany({
      where: { activity: { in: ['updateFeatureFlag', 'bypassPolicy'] } },
      orderBy: { id: 'asc' },
    })
    expect(entries.slice(-2)).toMatchObject([
      { activity: 'updateFeatureFlag', changeRequestId: null },
      { activity: 'bypassPolicy', changeRequestId: null, policyId: Number(atob(id).split(':')[1]) },
    ])
    expect(await differences()).toEqual({})
  })
})

it('a change that has to be planned again once the project is no longer linked is refused', async () => {
  posthog.person.updateFlag(3, { name: 'Theirs' })
  const held = posthog.faults.on({ kind: 'held', method: 'GET', on: 'feature_flags/3/' })
  const asked = mutate('updateFeatureFlag', { id: await linked.flagId(3), tags: ['mine'] })
  await held.reached()
  await db.projectLink.deleteMany()
  held.open()
  expect(await asked).toMatchObject({
    __typename: 'InvalidStateError',
    state: 'UNLINKED',
    message: 'The link of the project has changed. Look again.',
  })
  expect((await db.featureFlag.findFirstOrThrow({ where: { key: 'three' } })).tags).toEqual([])
  expect(posthog.person.flag(3).tags).toEqual([])
})
