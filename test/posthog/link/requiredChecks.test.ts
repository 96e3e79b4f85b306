import { beforeEach, describe, expect, it } from 'vitest'
import { linkedServer } from '../../support/linkedServer.ts'
import { controlAndTest } from '../../support/seed.ts'
import { globalId, seedTenant } from '../../support/testServer.ts'

// The checks of `launchExperiment`, in a project whose events are in PostHog.

const metric = {
  ...{ kind: 'ExperimentMetric', metric_type: 'mean', uuid: '018f4e2a-0000-7000-8000-000000000001' },
  source: { kind: 'EventsNode', event: 'bought' },
}
const linked = await linkedServer({
  localApprovals: true,
  fill: ({ person }) => {
    for (const key of ['draft', 'guarded']) {
      person.createFlag({ key, active: false, filters: { ...controlAndTest, payloads: {} } })
      person.createExperiment({ name: key, description: 'x', feature_flag_key: key, metrics: [metric] })
    }
  },
})
const { posthog, mutate, db, project, time } = linked
const id = await linked.experimentId(1)
const launch = (as?: string) =>
  mutate(
    'launchExperiment',
    { id, requireChecks: true },
    { fields: '... on LaunchBlockedError { checks { kind } }', ...(as === undefined ? {} : { as }) },
  )
const sent = (event: string, properties: object) =>
  posthog.rows.event(event, { properties: { ...properties }, distinct_id: 'visitor', timestamp: (time.now.getTime() - 60_000) * 1_000 })
const startedAt = (number = 1) => posthog.person.experiment(number).start_date

beforeEach(() => {
  // Answers are kept for a minute.
  time.now = new Date(time.now.getTime() + 61_000)
  posthog.faults.allOff()
  posthog.requests.clear()
})

it('the events of a linked project are in PostHog by default', async () => {
  expect(await db.project.findUnique({ where: { id: project.id } })).toMatchObject({ eventSource: 'posthog' })
})

it('events that were never sent to PostHog are in the way', async () => {
  expect(await launch()).toMatchObject({
    __typename: 'LaunchBlockedError',
    checks: [{ kind: 'METRIC_EVENTS_UNSEEN' }, { kind: 'FLAG_NOT_IMPLEMENTED' }, { kind: 'EXPOSURE_EVENT_UNSEEN' }],
  })
  expect(startedAt()).toBeNull()
  expect(posthog.requests.count({ path: '/query/' })).toBe(1)
})

it('a query that fails launches nothing, and says so', async () => {
  posthog.faults.on({ kind: 'serverError', on: '/query/' })
  expect((await launch()).errors).toMatchObject([
    { extensions: { code: 'UPSTREAM_UNAVAILABLE' }, message: expect.stringContaining('Nothing was written.') },
  ])
  expect(startedAt()).toBeNull()
})

it('PostHog is not asked in the name of somebody who may not see the experiment', async () => {
  const stranger = await seedTenant(db)
  expect(await launch(stranger.key)).toMatchObject({ __typename: 'NotFoundError' })
  expect(posthog.requests.count({ path: '/query/' })).toBe(0)
})

it('events that PostHog has let the launch pass', async () => {
  sent('bought', { '$feature/draft': 'test' })
  sent('$feature_flag_called', { $feature_flag: 'draft', $feature_flag_response: 'test' })
  expect(await launch()).toMatchObject({ __typename: 'Experiment', errors: undefined })
  expect(startedAt()).not.toBeNull()
})

describe('a launch that waits for approval', () => {
  const outcome = {
    fields: '... on ApproveChangeRequestSuccess { changeRequest { state } outcome { __typename ... on ApplyFailed { reason message } } }',
  }
  const forgetEvents = () => {
    for (const event of posthog.state.events.values()) posthog.state.events.remove(event)
  }
  const sendEvents = () => {
    sent('bought', { '$feature/guarded': 'test' })
    sent('$feature_flag_called', { $feature_flag: 'guarded', $feature_flag_response: 'test' })
  }
  let request: { id: string }

  it('is asked for only if the checks pass', async () => {
    const policy = { projectId: String(project.id), quorum: 1, approverUserIds: [globalId('User', linked.admin.id)] }
    expect(await mutate('createApprovalPolicy', { ...policy, actionKey: 'EXPERIMENT_LAUNCH' })).toMatchObject({
      __typename: 'ApprovalPolicy',
    })
    forgetEvents()
    const input = { id: await linked.experimentId(2), requireChecks: true }
    expect(await mutate('launchExperiment', input, { as: linked.memberKey })).toMatchObject({ __typename: 'LaunchBlockedError' })
    expect(await db.changeRequest.count()).toBe(0)
    sendEvents()
    time.now = new Date(time.now.getTime() + 61_000)
    const required = await mutate('launchExperiment', input, { as: linked.memberKey })
    expect(required).toMatchObject({ __typename: 'ApprovalRequiredError' })
    request = required.changeRequest
  })

  it('is not made if a check fails by the time of the approval, which says so', async () => {
    forgetEvents()
    expect(await mutate('approveChangeRequest', { id: request.id }, outcome)).toMatchObject({
      changeRequest: { state: 'FAILED' },
      outcome: { __typename: 'ApplyFailed', reason: 'PAYLOAD_INVALID', message: expect.stringMatching(/^Validation failed: .*bought/) },
    })
    expect(startedAt(2)).toBeNull()
    expect(posthog.requests.all.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/query/'))).toEqual([])
  })

  it('is not made if PostHog does not tell', async () => {
    posthog.faults.on({ kind: 'serverError', on: '/query/' })
    expect(await mutate('retryChangeRequest', { id: request.id }, outcome)).toMatchObject({
      outcome: { __typename: 'ApplyFailed', reason: 'INTERNAL', message: expect.stringContaining('Nothing was changed.') },
    })
    expect(startedAt(2)).toBeNull()
  })

  it('is made once they pass again', async () => {
    sendEvents()
    expect(await mutate('retryChangeRequest', { id: request.id }, outcome)).toMatchObject({
      changeRequest: { state: 'APPLIED' },
      outcome: { __typename: 'ChangeApplied' },
    })
    expect(startedAt(2)).not.toBeNull()
  })
})
