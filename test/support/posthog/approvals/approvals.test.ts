import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createClient, createClock } from '../client.ts'
import { type PostHog, startPostHog } from '../startPostHog.ts'
import type { Flag, User } from '../state/rows.ts'

const clock = createClock()
let posthog: PostHog
let send: ReturnType<typeof createClient>
let approvers: [User, User]
let asFirst: typeof send
let asSecond: typeof send
let made = 0

beforeAll(async () => {
  posthog = await startPostHog({ clock: clock.now, settings: { throttling: false } })
  send = createClient(posthog)
  approvers = [posthog.addUser(), posthog.addUser()]
  const [first, second] = approvers.map((user) => createClient(posthog, posthog.addKey(user).token))
  asFirst = first ?? send
  asSecond = second ?? send
})
afterAll(() => posthog.close())
beforeEach(() => {
  for (const row of posthog.state.policies.values()) posthog.state.policies.remove(row)
})

const policy = (action_key: string, quorum = 1, row = {}) => {
  const users = approvers.map(({ id }) => id)
  return posthog.person.createPolicy({ action_key, approver_config: { quorum, users }, ...row })
}
const flag = (active = false): Flag => posthog.person.createFlag({ key: `guarded-${++made}`, active })
const enable = (of: Flag) => send('POST', `feature_flags/${of.id}/enable/`)
const request = async (of: Flag) => String((await enable(of)).body.change_request_id)
const changeRequest = async (id: string) => (await send('GET', `change_requests/${id}/`)).body

describe('the gate', () => {
  it('answers 409 with a change request, and writes nothing', async () => {
    policy('feature_flag.enable', 2)
    const guarded = flag()
    const before = { ...guarded }
    const { status, body } = await enable(guarded)
    const message = 'A change request has been created and is pending approval.'
    expect([status, guarded]).toEqual([409, before])
    expect(body).toEqual({
      ...{ code: 'approval_required', status: 'approval_required', detail: message, message, resource_type: 'feature_flag' },
      resource_id: String(guarded.id),
      change_request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      change_request: expect.objectContaining({ state: 'pending', is_requester: false, can_cancel: false }),
      required_approvers: { quorum: 2, users: approvers.map(({ id }) => id), roles: [] },
    })
    const again = await enable(guarded)
    expect([again.status, again.body]).toEqual([
      409,
      expect.objectContaining({ code: 'change_request_pending', change_request_id: body.change_request_id, required_approvers: {} }),
    ])
    expect(await changeRequest(String(body.change_request_id))).toMatchObject({ is_requester: true, can_cancel: true, can_approve: false })
  })

  const start = () => posthog.person.createExperiment({ name: 'Guarded', feature_flag_key: `experiment-${++made}` }).id
  const running = () => posthog.person.act(start(), 'launch').id
  it.each([
    ['a flag that is born active', 'feature_flag.enable', () => ['POST', 'feature_flags/', { key: `born-${++made}` }] as const],
    ['PATCH', 'feature_flag.disable', () => ['PATCH', `feature_flags/${flag(true).id}/`, { active: false }] as const],
    ['archive', 'feature_flag.disable', () => ['POST', `feature_flags/${flag(true).id}/archive/`] as const],
    ['launch', 'feature_flag.enable', () => ['POST', `experiments/${start()}/launch/`] as const],
    ['pause', 'feature_flag.disable', () => ['POST', `experiments/${running()}/pause/`] as const],
    ['ship', 'feature_flag.update', () => ['POST', `experiments/${running()}/ship_variant/`, { variant_key: 'test' }] as const],
    [
      'a holdout',
      'experiment_holdout.update',
      () => ['PATCH', `experiment_holdouts/${posthog.person.createHoldout('H', 5).id}/`, { filters: [{ rollout_percentage: 9 }] }] as const,
    ],
  ])('guards %s', async (_name, key, prepare) => {
    const [method, path, body] = prepare()
    policy(key)
    expect((await send(method, path, body)).body.code).toBe('approval_required')
  })

  it('answers in another form for deleting a holdout', async () => {
    policy('experiment_holdout.delete')
    const { id } = posthog.person.createHoldout('Endpoint', 5)
    const first = (await send('DELETE', `experiment_holdouts/${id}/`)).body
    expect(first).not.toHaveProperty('detail')
    const second = (await send('DELETE', `experiment_holdouts/${id}/`)).body
    expect(second).toMatchObject({
      error: 'A pending approval request already exists for this action',
      existing_change_request: { id: first.change_request_id },
    })
  })

  it('refuses a change that several policies guard', async () => {
    const policies = [policy('feature_flag.enable'), policy('feature_flag.update')]
    const body = { active: true, filters: { groups: [{ properties: [], rollout_percentage: 7 }] } }
    const reply = await send('PATCH', `feature_flags/${flag().id}/`, body)
    expect(reply).toMatchObject({
      status: 400,
      body: { code: 'policy_conflict', error: 'This change requires approval under multiple policies' },
    })
    expect(reply.body.conflicting_policies).toMatchObject(policies.map(({ id }) => ({ id })))
    const organizations = policy('feature_flag.enable', 1, { team_id: null })
    expect((await enable(flag())).body).toMatchObject({
      error: 'This change matches multiple approval policies',
      conflicting_policies: [{ id: policies[0]?.id }, { id: organizations.id }],
    })
  })

  it.each([
    [{ type: 'before_after', field: 'rollout_percentage', operator: '>=', value: 75 }, 74, 200],
    [{ type: 'before_after', field: 'rollout_percentage', operator: '>=', value: 75 }, 75, 409],
    [{ type: 'change_amount', field: 'rollout_percentage', operator: '>', value: 20 }, 30, 200],
    [{ type: 'change_amount', field: 'rollout_percentage', operator: '>', value: 20 }, 31, 409],
    [{ type: 'any_change', field: 'rollout_percentage' }, 11, 409],
    [{ type: 'unknown' }, 11, 409],
  ])('%j from 10 to %d is %d', async (conditions, rollout_percentage, status) => {
    const of = posthog.person.createFlag({ key: `condition-${++made}`, filters: { groups: [{ properties: [], rollout_percentage: 10 }] } })
    policy('feature_flag.update', 1, { conditions })
    const filters = { groups: [{ properties: [], rollout_percentage }] }
    expect((await send('PATCH', `feature_flags/${of.id}/`, { filters })).status).toBe(status)
  })

  it('lets listed membership levels by, and everybody without the paid feature', async () => {
    policy('feature_flag.enable', 1, { bypass_org_membership_levels: [15] })
    expect((await enable(flag())).status).toBe(200)
    expect((await asFirst('POST', `feature_flags/${flag().id}/enable/`)).status).toBe(409)
    posthog.organization.approvals = false
    expect((await asFirst('POST', `feature_flags/${flag().id}/enable/`)).status).toBe(200)
    expect((await send('GET', 'change_requests/')).status).toBe(402)
    posthog.organization.approvals = true
  })
})

describe('votes', () => {
  it('apply the change at the quorum, in the name of the requester', async () => {
    policy('feature_flag.enable', 2)
    const guarded = flag()
    const id = await request(guarded)
    expect((await asFirst('POST', `change_requests/${id}/approve/`)).body).toMatchObject({
      ...{
        status: 'approved',
        message: 'Approval recorded. 1/2 approvals received.',
        change_request: { state: 'pending', user_decision: 'approved' },
      },
    })
    expect((await asFirst('POST', `change_requests/${id}/approve/`)).body).toEqual({
      error: 'You have already voted on this change request.',
    })
    const last = await asSecond('POST', `change_requests/${id}/approve/`)
    expect(last).toMatchObject({ status: 200, body: { status: 'applied', result: { resource_id: guarded.id, resource_version: 2 } } })
    expect(guarded).toMatchObject({ active: true, version: 2, last_modified_by: posthog.owner.id })
    expect(await changeRequest(id)).toMatchObject({ state: 'applied', applied_by: { id: posthog.owner.id } })
    expect((await asFirst('POST', `change_requests/${id}/approve/`)).body.detail).toBe('Only pending change requests can be approved')
  })

  it('can fail to apply, with 200', async () => {
    policy('feature_flag.enable')
    const guarded = flag()
    const id = await request(guarded)
    posthog.failNextApply('no luck')
    const reply = await asFirst('POST', `change_requests/${id}/approve/`)
    expect(reply).toMatchObject({
      status: 200,
      body: {
        status: 'failed',
        message: 'Quorum reached but application failed: no luck',
        change_request: { state: 'failed', apply_error: 'no luck' },
      },
    })
    expect(guarded.active).toBe(false)
  })

  it('are refused on a stale request, which can be cancelled', async () => {
    policy('feature_flag.enable')
    const guarded = flag()
    const id = await request(guarded)
    posthog.person.updateFlag(guarded.id, { name: 'changed' })
    expect((await asFirst('POST', `change_requests/${id}/approve/`)).status).toBe(400)
    expect(await changeRequest(id)).toMatchObject({ validation_status: 'stale', state: 'pending', approvals: [] })
    expect((await asFirst('POST', `change_requests/${id}/cancel/`)).status).toBe(403)
    expect((await send('POST', `change_requests/${id}/cancel/`)).body).toMatchObject({
      status: 'canceled',
      change_request: { state: 'rejected' },
    })
  })

  it('of the requester and of strangers do not count', async () => {
    policy('feature_flag.enable')
    const id = await request(flag())
    expect((await send('POST', `change_requests/${id}/approve/`)).body.detail).toBe('You cannot approve your own change request')
    const stranger = createClient(posthog, posthog.addKey(posthog.addUser()).token)
    expect((await stranger('POST', `change_requests/${id}/approve/`)).body.detail).toBe(
      'You are not in the approver set for this change request',
    )
    expect((await asFirst('POST', `change_requests/${id}/reject/`)).body).toEqual({ error: 'A reason is required for rejection.' })
    expect((await asFirst('POST', `change_requests/${id}/reject/`, { reason: 'no' })).body).toMatchObject({ status: 'rejected' })
  })

  it('of roles are read when they are cast', async () => {
    const role = posthog.addRole('Reviewers')
    posthog.person.createPolicy({ action_key: 'feature_flag.enable', approver_config: { roles: [role.id] } })
    const id = await request(flag())
    expect((await asFirst('POST', `change_requests/${id}/approve/`)).status).toBe(403)
    role.members.push({ id: 'x', user: approvers[0].id, joined_at: 0, updated_at: 0 })
    expect((await asFirst('POST', `change_requests/${id}/approve/`)).body.status).toBe('applied')
  })

  it('come too late after the request expired', async () => {
    policy('feature_flag.enable')
    const id = await request(flag())
    clock.pass(14 * 86_400)
    posthog.expireChangeRequests()
    expect((await changeRequest(id)).state).toBe('expired')
    expect((await send('GET', 'change_requests/?state=pending,approved')).body.results.map((row) => row.id)).not.toContain(id)
  })
})

describe('policies', () => {
  it('are kept by admins, one for each action', async () => {
    const body = { action_key: 'feature_flag.disable', approver_config: { quorum: 1, users: [2] }, expires_after: '1 02:03:04' }
    expect((await asFirst('POST', 'approval_policies/', body)).status).toBe(403)
    const { status, body: row } = await send('POST', 'approval_policies/', body)
    expect([status, row.expires_after, row.enabled]).toEqual([201, '1 02:03:04', true])
    expect((await send('POST', 'approval_policies/', body)).body.detail).toMatch(/^A policy for this action already exists/)
    expect((await send('PATCH', `approval_policies/${row.id}/`, { approver_config: { quorum: 0 } })).body.detail).toBe(
      'Quorum must be at least 1',
    )
    expect((await send('POST', 'approval_policies/', { ...body, action_key: 'experiment.launch' })).body.detail).toBe(
      "This approval action isn't available yet.",
    )
    expect((await send('PATCH', `approval_policies/${row.id}/`, { expires_after: '14 00:00:00' })).body.expires_after).toBe('14 00:00:00')
    policy('feature_flag.enable', 1, { team_id: null })
    expect((await send('GET', 'approval_policies/')).body.results.map(({ id }) => id)).toEqual([row.id])
    expect((await send('DELETE', `approval_policies/${row.id}/`)).status).toBe(204)
    expect((await send('DELETE', `approval_policies/${row.id}/`)).status).toBe(404)
  })

  it('of experiments govern their flags, where the organization has them', async () => {
    posthog.settings.experimentPolicies = true
    policy('experiment.launch')
    const { id } = posthog.person.createExperiment({ name: 'Owned', feature_flag_key: `owned-${++made}` })
    expect((await send('POST', `experiments/${id}/launch/`)).body.change_request).toMatchObject({
      action_key: 'experiment.launch',
      resource_type: 'feature_flag',
    })
    expect((await enable(flag())).status).toBe(200)
    posthog.settings.experimentPolicies = false
  })
})
