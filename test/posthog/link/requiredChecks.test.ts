import { beforeEach, expect, it } from 'vitest'
import { linkedServer } from '../../support/linkedServer.ts'
import { controlAndTest } from '../../support/seed.ts'
import { seedTenant } from '../../support/testServer.ts'

// The checks of `launchExperiment`, in a project whose events are in PostHog.

const metric = {
  ...{ kind: 'ExperimentMetric', metric_type: 'mean', uuid: '018f4e2a-0000-7000-8000-000000000001' },
  source: { kind: 'EventsNode', event: 'bought' },
}
const linked = await linkedServer({
  fill: ({ person }) => {
    person.createFlag({ key: 'draft', active: false, filters: { ...controlAndTest, payloads: {} } })
    person.createExperiment({ name: 'Draft', description: 'x', feature_flag_key: 'draft', metrics: [metric] })
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
const startedAt = () => posthog.person.experiment(1).start_date

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
