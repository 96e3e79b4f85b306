import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { linkedServer } from '../../support/linkedServer.ts'
import { controlAndTest, seedEvent } from '../../support/seed.ts'
import { globalId } from '../../support/testServer.ts'

const linked = await linkedServer({
  mode: 'MIRROR',
  fill: ({ person, rows }) => {
    for (const key of ['checkout', 'banner']) {
      const filters = { groups: [{ properties: [], rollout_percentage: 100 }], multivariate: { variants: [] } }
      person.createFlag({ key, filters: { groups: filters.groups } })
    }
    rows.action({ name: 'Paid', steps: [{ event: 'paid' }] })
  },
})
const { posthog, db, run, key, time, project, mutate } = linked
const projectId = globalId('Project', project.id)
const day = 86_400_000
let now = time.now

const micros = (at: Date) => at.getTime() * 1_000
const sent = (event: string, properties: object = {}, secondsAgo = 60, distinct_id = 'visitor') =>
  posthog.rows.event(event, { properties: { ...properties }, distinct_id, timestamp: micros(new Date(now.getTime() - secondsAgo * 1_000)) })
const queries = () => posthog.requests.where({ path: '/query/' })
const pass = (seconds: number) => {
  now = time.now = new Date(time.now.getTime() + seconds * 1_000)
}

beforeEach(() => {
  // Answers are kept for a minute.
  pass(61)
  posthog.requests.clear()
})
afterEach(() => posthog.faults.allOff())

const check = (args: string, fields = 'source asOf required events { event sampled withFeatureProperty featureFlagKeys lastSeenAt }') =>
  run(key, `{ requiresFlagImplementation(projectId: "${projectId}", ${args}) { ${fields} } }`)

describe('events of a linked project', () => {
  it('are sampled in PostHog by one query, with the names as values, and the answer says so', async () => {
    for (let index = 0; index < 25; index++)
      sent('bought', index < 3 ? { '$feature/checkout': 'test', '$feature/banner': true } : {}, 60 + index)
    sent('bought', { '$feature/old': true }, 8 * 86_400)
    sent("o'clock')", { price: 1 }, 30)
    const { data, errors } = await check(`events: ["bought", "o'clock')", "never"]`)
    expect(errors).toBeUndefined()
    expect(data.requiresFlagImplementation).toEqual({
      source: 'posthog',
      asOf: now.toISOString(),
      required: false,
      events: [
        {
          ...{ event: 'bought', sampled: 20, withFeatureProperty: 3, featureFlagKeys: ['banner', 'checkout'] },
          lastSeenAt: new Date(now.getTime() - 60_000).toISOString(),
        },
        {
          event: "o'clock')",
          sampled: 1,
          withFeatureProperty: 0,
          featureFlagKeys: [],
          lastSeenAt: new Date(now.getTime() - 30_000).toISOString(),
        },
        { event: 'never', sampled: 0, withFeatureProperty: 0, featureFlagKeys: [], lastSeenAt: null },
      ],
    })
    const [query] = queries()
    expect(queries()).toHaveLength(1)
    const { query: asked, refresh } = JSON.parse(query?.body ?? '')
    expect(asked.query).not.toContain('clock')
    expect(asked.values.names).toContain("o'clock')")
    expect(refresh).toBe('force_blocking')
  })

  it('stand for actions and any event', async () => {
    sent('paid', { '$feature/checkout': 'control' }, 40)
    const actionId = globalId('Action', (await db.action.findFirstOrThrow({ where: { projectId: project.id } })).id)
    const { data } = await check(`actionIds: ["${actionId}"], anyEvent: true`, 'events { event }')
    expect(data.requiresFlagImplementation.events.map(({ event }: { event: string }) => event)).toEqual(['paid', 'bought', "o'clock')"])
    expect(queries()).toHaveLength(2)
  })

  it('are asked for once a minute, however many ask at once', async () => {
    const ask = () => check('events: ["bought", "paid"]', 'asOf events { sampled }')
    await Promise.all([ask(), ask(), check('events: ["paid", "bought"]', 'asOf')])
    pass(59)
    sent('paid')
    const kept = await ask()
    expect(queries()).toHaveLength(1)
    expect(kept.data.requiresFlagImplementation).toMatchObject({ asOf: new Date(now.getTime() - 59_000).toISOString() })
    pass(2)
    const fresh = await ask()
    expect(queries()).toHaveLength(2)
    expect(fresh.data.requiresFlagImplementation.asOf).toBe(now.toISOString())
    expect(fresh.data.requiresFlagImplementation.events[1].sampled).toBe(kept.data.requiresFlagImplementation.events[1].sampled + 1)
  })

  it('tell the usage of the flags of a page by one query, in days of the project', async () => {
    await db.project.update({ where: { id: project.id }, data: { timezone: 'Asia/Tokyo' } })
    const call = (flag: string, answer: unknown, at: string, person: string) =>
      posthog.rows.event('$feature_flag_called', {
        ...{ properties: { $feature_flag: flag, $feature_flag_response: answer }, distinct_id: person },
        timestamp: micros(new Date(at)),
      })
    call('checkout', true, '2026-11-18T14:59:00Z', 'a')
    call('checkout', true, '2026-11-18T15:00:00Z', 'a')
    call('checkout', true, '2026-11-19T16:00:00Z', 'a')
    call('checkout', false, '2026-11-19T16:00:00Z', 'b')
    call('other', true, '2026-11-19T16:00:00Z', 'c')
    const { data, errors } = await run(
      key,
      `{ featureFlags(projectId: "${projectId}", keys: ["checkout", "banner"]) { nodes { key usage(days: 2) { source asOf calls persons days { day answer calls persons } } } } }`,
    )
    expect(errors).toBeUndefined()
    const usage = Object.fromEntries(data.featureFlags.nodes.map((node: { key: string; usage: object }) => [node.key, node.usage]))
    const empty = (of: string) => ({ day: of, answer: '', calls: 0, persons: 0 })
    expect(usage).toEqual({
      checkout: {
        ...{ source: 'posthog', asOf: now.toISOString(), calls: 3, persons: 2 },
        days: [
          { day: '2026-11-19', answer: 'true', calls: 1, persons: 1 },
          { day: '2026-11-20', answer: 'true', calls: 1, persons: 1 },
          { day: '2026-11-20', answer: 'false', calls: 1, persons: 1 },
        ],
      },
      banner: { source: 'posthog', asOf: now.toISOString(), calls: 0, persons: 0, days: [empty('2026-11-19'), empty('2026-11-20')] },
    })
    expect(queries()).toHaveLength(1)
    await db.project.update({ where: { id: project.id }, data: { timezone: 'UTC' } })
  })

  it('have names and properties', async () => {
    sent('Signed up', { plan: 'pro', '$feature/banner': true }, 20)
    const { data, errors } = await run(
      key,
      `{ project(id: "${projectId}") { eventNames(search: "SIGN") { name lastSeenAt properties } all: eventNames { name properties(search: "pri") } } }`,
    )
    expect(errors).toBeUndefined()
    expect(data.project.eventNames).toEqual([
      { name: 'Signed up', lastSeenAt: new Date(now.getTime() - 20_000).toISOString(), properties: ['$feature/banner', 'plan'] },
    ])
    expect(data.project.all.find(({ name }: { name: string }) => name.startsWith("o'clock")).properties).toEqual(['price'])
    // For each list, its names and the properties of all of them. If both lists are answered at once, their properties are asked together.
    expect([3, 4]).toContain(queries().length)
  })

  it('tell the people of a preview', async () => {
    sent('$pageview', { $set: { plan: 'pro' } }, 10, 'pro')
    sent('$pageview', { $set: { plan: 'free' } }, 9, 'free')
    const flag = await linked.flagId(1)
    const { data, errors } = await run(
      key,
      `{ featureFlag(id: "${flag}") { preview(change: { active: false }, sample: { recent: 2 }) { impact { sampleKind sampled turnedOff } } } }`,
    )
    expect(errors).toBeUndefined()
    expect(data.featureFlag.preview.impact).toEqual({ sampleKind: 'RECENT', sampled: 2, turnedOff: 2 })
  })

  it('say what drafts should look at, and let names pass that PostHog checks itself', async () => {
    const draft = posthog.person.createFlag({ key: 'draft', active: false, filters: { ...controlAndTest, payloads: {} } })
    const metric = {
      kind: 'ExperimentMetric',
      metric_type: 'mean',
      uuid: crypto.randomUUID(),
      source: { kind: 'EventsNode', event: 'bought' },
    }
    posthog.person.createExperiment({ name: 'Draft', feature_flag_key: draft.key, metrics: [metric] })
    await linked.follow()
    sent('bought', { '$feature/draft': 'test' }, 10)
    const ask = async () => {
      const { data } = await run(key, `{ experiments(projectId: "${projectId}") { nodes { launchChecks { kind passed } } } }`)
      const checks = data.experiments.nodes[0].launchChecks as { kind: string; passed: boolean }[]
      return Object.fromEntries(checks.map(({ kind, passed }) => [kind, passed]))
    }
    expect(await ask()).toMatchObject({ METRIC_EVENTS_UNSEEN: true, FLAG_NOT_IMPLEMENTED: true, EXPOSURE_EVENT_UNSEEN: true })
    expect(queries()).toHaveLength(1)
  })

  it.each([
    [
      'a scope that the key lacks',
      {
        kind: 'answer',
        status: 403,
        body: {
          type: 'authentication_error',
          code: 'permission_denied',
          detail: "API key missing required scope 'query:read'",
          attr: null,
        },
      },
      /query:read/,
    ],
    [
      'a used-up allowance',
      { kind: 'answer', status: 402, body: { type: 'server_error', code: 'api_queries_quota_exceeded', detail: 'No.', attr: null } },
      /plan/,
    ],
    ['too many requests', { kind: 'throttled', seconds: 1_200 }, /no more requests/],
    ['a fault', { kind: 'serverError' }, /fault \(500\)/],
    ['a lost connection', { kind: 'dropped' }, /cannot be reached/],
    ['a query that is not finished', { kind: 'answer', status: 202, body: { query_status: { complete: false } } }, /fault \(202\)/],
    ['another form', { kind: 'answer', status: 200, body: { results: 'none' } }, /does not know/],
  ] as const)('fail alone after %s, with a code', async (_name, fault, message) => {
    posthog.faults.on({ ...fault, on: '/query/', times: 1 } as never)
    const { data, errors } = await run(
      key,
      `{ project(id: "${projectId}") { name eventNames { name } } featureFlag(id: "${await linked.flagId(1)}") { key usage(days: 3) { calls } } }`,
    )
    expect(data.project.name).toBe(project.name)
    expect(data.featureFlag.key).toBe('checkout')
    const [error] = errors ?? []
    expect(error).toMatchObject({ message: expect.stringMatching(message), extensions: { code: 'UPSTREAM_UNAVAILABLE' } })
    expect(error?.message).not.toContain(posthog.key.token)
    // The limits of queries are others than those of all else: following goes on.
    posthog.requests.clear()
    posthog.faults.allOff()
    await linked.follow()
    expect(posthog.requests.count({ path: '/feature_flags/', status: 200 })).toBeGreaterThan(0)
    pass(3_600)
  })

  it('are limited to what PostHog answers', async () => {
    const { errors } = await check('events: ["a", "b", "c"], sampleSize: 1000', 'required')
    expect(errors).toBeUndefined()
    const names = Array.from({ length: 60 }, (_, index) => `"n${index}"`).join()
    const refused = await check(`events: [${names}], sampleSize: 1000`, 'required')
    expect(refused.errors?.[0]).toMatchObject({
      extensions: { code: 'OPERATION_TOO_EXPENSIVE' },
      message: expect.stringContaining('50000'),
    })
  })
})

describe('the place of events', () => {
  it('is PostHog by default, can be changed, and goes back with the link', async () => {
    const place = () => run(key, `{ project(id: "${projectId}") { link { events } } }`)
    expect((await place()).data.project.link).toEqual({ events: 'POSTHOG' })
    await seedEvent(db, project, 'stored', new Date(now.getTime() - day), {})
    await mutate('updateProjectLink', { projectId, events: 'STORED' })
    expect((await place()).data.project.link).toEqual({ events: 'STORED' })
    const { data } = await check('events: ["stored"]', 'source events { sampled }')
    expect(data.requiresFlagImplementation).toEqual({ source: 'events', events: [{ sampled: 1 }] })
    expect(queries()).toEqual([])
    await mutate('updateProjectLink', { projectId, events: 'POSTHOG' })
    await mutate('unlinkProject', { projectId })
    expect(await db.project.findUnique({ where: { id: project.id } })).toMatchObject({ eventSource: 'stored' })
    // A project with events of its own reads those.
    await linked.link(project, posthog.project)
    expect((await place()).data.project.link).toEqual({ events: 'STORED' })
    await mutate('unlinkProject', { projectId })
  })

  it('is not PostHog if the key may not ask there', async () => {
    await db.event.deleteMany({ where: { projectId: project.id } })
    const fault = posthog.faults.on({
      ...{ kind: 'answer', status: 403, on: '/query/' },
      body: { type: 'authentication_error', code: 'permission_denied', detail: "API key missing required scope 'query:read'", attr: null },
    })
    const input = { projectId, host: posthog.origin, upstreamProjectId: posthog.project.id, key: posthog.key.token }
    expect(await mutate('linkProject', { ...input, events: 'POSTHOG' })).toMatchObject({
      __typename: 'ValidationError',
      fieldErrors: [{ path: ['key'], message: expect.stringContaining('query:read') }],
    })
    const asked = await mutate('linkProject', input, {
      fields: '... on LinkProjectSuccess { project { link { events } } check { permissions { kind canRead missingReadScope } } }',
    })
    expect(asked.project.link).toEqual({ events: 'STORED' })
    expect(asked.check.permissions).toContainEqual({ kind: 'events', canRead: false, missingReadScope: 'query:read' })
    // The stored key is asked too.
    expect(await mutate('updateProjectLink', { projectId, events: 'POSTHOG' })).toMatchObject({
      __typename: 'ValidationError',
      fieldErrors: [{ path: ['events'], message: expect.stringContaining('query:read') }],
    })
    expect(await db.project.findUnique({ where: { id: project.id } })).toMatchObject({ eventSource: 'stored' })
    fault.off()
    expect(await mutate('updateProjectLink', { projectId, events: 'POSTHOG' })).toMatchObject({ __typename: 'Project' })
  })
})
