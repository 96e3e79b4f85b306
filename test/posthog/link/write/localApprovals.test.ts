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
})
