import { beforeEach, describe, expect, it, vi } from 'vitest'
import { openClickHouseEvents } from '../../src/database/clickhouse/clickHouseEvents.ts'
import type { Statement } from '../../src/platform/activity.ts'
import { readConfig } from '../../src/platform/config.ts'
import { listen } from '../../test/support/listen.ts'
import { patience } from '../../test/support/patience.ts'
import { recordingLog } from '../../test/support/recordingLog.ts'
import { seedFlag, seedProject } from '../../test/support/seed.ts'
import { globalId, seedTenant } from '../../test/support/testServer.ts'
import { bothStores, send } from '../support/bothStores.ts'
import { startServer } from '../support/startServer.ts'

// What callers, operators and ClickHouse itself see when something is wrong.

const { log, lines } = recordingLog()
const both = await bothStores({}, log)
const { db, clickHouse, serverWith, serverOn, time } = both

/** Has rows of team 7 without end: a query of them never ends by itself. */
await clickHouse.run(`CREATE VIEW endless AS
  SELECT generateUUIDv4() AS uuid, 'e' AS event, '{}' AS properties, now64(6) AS timestamp, toInt64(7) AS team_id, 'a' AS distinct_id
  FROM numbers(1000000000000) WHERE number >= 0`)
/** Has more names than fit into any memory. */
await clickHouse.run(`CREATE VIEW countless AS
  SELECT generateUUIDv4() AS uuid, toString(sipHash64(number)) AS event, '{}' AS properties, now64(6) AS timestamp, toInt64(7) AS team_id, 'a' AS distinct_id
  FROM numbers(1000000000000)`)

let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  tenant = await seedTenant(db)
  lines.splice(0)
})

/** A field that needs events, among others that do not. */
const query = (project: { id: number }) => `{ project(id: ${project.id}) { name eventNames { name } } viewer { user { email } } }`
const ofTeam7 = () => ({ EVENTS_PROJECTS: `${tenant.project.id}=7` })

describe('ClickHouse that is away', () => {
  it('fails the fields that need events, and no others', async () => {
    const { server } = await serverWith({ EVENTS_URL: 'clickhouse://somebody:secret-word@127.0.0.1:1/db' })
    const { data, errors } = await send(server, tenant.key, query(tenant.project))
    expect(data).toEqual({ project: { name: tenant.project.name, eventNames: null }, viewer: { user: { email: tenant.user.email } } })
    expect(errors).toMatchObject([{ path: ['project', 'eventNames'], extensions: { code: 'SERVICE_UNAVAILABLE', retryAfter: 1 } }])
    expect(errors?.[0]?.message).not.toMatch(/127|ClickHouse|secret/)
    expect(JSON.stringify(lines)).not.toContain('secret-word')
    expect((await server.fetch('http://localhost/ready')).status).toBe(200)
  })

  it('is logged once, with the reason', async () => {
    const { server } = await serverWith({ EVENTS_URL: 'http://127.0.0.1:1' })
    for (let n = 0; n < 3; n++) await send(server, tenant.key, query(tenant.project))
    expect(lines.filter(({ fault }) => fault === 'unavailable')).toMatchObject([
      { err: { message: expect.stringContaining('ECONNREFUSED') } },
    ])
  })

  it.each([
    ['hangs up', (end: () => void) => end()],
    ['answers what is no ClickHouse', null],
  ])('is also one that %s', async (_what, onRequest) => {
    const url = await startServer((request, response) => {
      if (onRequest === null) response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
      else onRequest(() => request.socket.destroy())
    })
    const { server } = await serverWith({ EVENTS_URL: url })
    const { errors } = await send(server, tenant.key, query(tenant.project))
    expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }])
  })

  it('is also one that is silent: it is waited for only a little longer than a query may run', async () => {
    let isLeft = false
    const url = await startServer((request) => void request.socket.on('close', () => (isLeft = true)))
    const { server } = await serverWith({ EVENTS_URL: url, EVENTS_TIMEOUT_MS: '1000' })
    const { errors } = await send(server, tenant.key, query(tenant.project))
    expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }])
    await vi.waitFor(() => expect(isLeft).toBe(true), patience)
  })

  it('fails a page whose every field needs events with 503', async () => {
    const { server } = await serverWith({ EVENTS_URL: 'http://127.0.0.1:1' })
    const response = await server.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.key}` },
      body: JSON.stringify({ query: `{ requiresFlagImplementation(projectId: ${tenant.project.id}, events: ["a"]) { required } }` }),
    })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
  })
})

describe('a query', () => {
  it('is ended when its time is up', async () => {
    const { server } = await serverWith({ EVENTS_TABLE: 'endless', EVENTS_TIMEOUT_MS: '1000', ...ofTeam7() })
    const { data, errors } = await send(server, tenant.key, query(tenant.project))
    expect(data.project.name).toBe(tenant.project.name)
    expect(errors).toMatchObject([{ path: ['project', 'eventNames'], extensions: { code: 'TIMEOUT', timeout: 'STATEMENT' } }])
    expect(clickHouse.failures.at(-1)).toContain('Code: 159')
    await vi.waitFor(() => expect(clickHouse.running()).toBe(0), patience)
  })

  it('is ended when its caller hangs up', async () => {
    const { database } = await serverWith({ EVENTS_TABLE: 'endless', EVENTS_TIMEOUT_MS: '600000', ...ofTeam7() })
    const url = await listen(serverOn(database))
    const hangUp = new AbortController()
    const asked = fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.key}` },
      body: JSON.stringify({ query: query(tenant.project) }),
      signal: hangUp.signal,
    }).catch((error: unknown) => error)
    await vi.waitFor(() => expect(clickHouse.running()).toBe(1), patience)
    hangUp.abort()
    await asked
    await vi.waitFor(() => expect(clickHouse.running()).toBe(0), patience)
    expect(clickHouse.failures.at(-1)).toContain('QUERY_WAS_CANCELLED')
  })

  it('is ended with the time of its request', async () => {
    const { database } = await serverWith({ EVENTS_TABLE: 'endless', EVENTS_TIMEOUT_MS: '600000', ...ofTeam7() })
    const { errors } = await send(serverOn(database, { requestTimeoutMs: 1_500 }), tenant.key, query(tenant.project))
    expect(errors).toMatchObject([{ extensions: { code: 'TIMEOUT', timeout: 'REQUEST' } }])
    expect(clickHouse.received.at(-1)?.get('max_execution_time')).toBe('2')
    await vi.waitFor(() => expect(clickHouse.running()).toBe(0), patience)
  })

  it('that takes too much memory is too expensive', async () => {
    const settings = { EVENTS_TABLE: 'countless', EVENTS_MAX_MEMORY_BYTES: '10000000', EVENTS_TIMEOUT_MS: '60000', ...ofTeam7() }
    const { server } = await serverWith(settings)
    const { errors } = await send(server, tenant.key, query(tenant.project))
    expect(errors).toMatchObject([{ path: ['project', 'eventNames'], extensions: { code: 'OPERATION_TOO_EXPENSIVE' } }])
    expect(clickHouse.failures.at(-1)).toContain('Code: 241')
  })

  it('only reads, within the limits of the settings', async () => {
    const { server } = await serverWith({ EVENTS_TIMEOUT_MS: '7000', EVENTS_MAX_MEMORY_BYTES: '123456789' })
    await send(server, tenant.key, query(tenant.project))
    expect(Object.fromEntries(clickHouse.received.at(-1) ?? [])).toMatchObject({
      ...{ readonly: '2', max_execution_time: '7', max_memory_usage: '123456789', max_result_rows: '100000' },
      ...{ cancel_http_readonly_queries_on_client_close: '1', output_format_json_quote_64bit_integers: '1' },
    })
  })
})

describe('wrong settings', () => {
  it.each([
    [{ EVENTS_TABLE: 'missing' }, 'EVENTS_TABLE'],
    [{ EVENTS_COLUMNS: 'event=missing' }, 'EVENTS_COLUMNS'],
    [{ EVENTS_TABLE: 'missing.events' }, 'EVENTS_TABLE'],
  ])('%j: callers are not told, operators are', async (settings, name) => {
    const { server } = await serverWith(settings)
    const { errors } = await send(server, tenant.key, query(tenant.project))
    expect(errors).toMatchObject([{ path: ['project', 'eventNames'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }])
    expect(JSON.stringify(errors)).not.toContain('missing')
    expect(lines.filter(({ level }) => level === 50)).toMatchObject([{ err: { message: expect.stringContaining(name) } }])
  })

  it('name other columns and types, and then all is read', async () => {
    await clickHouse.run(`CREATE TABLE own_events (
      id String, name LowCardinality(String), sent_at DateTime64(3), project UInt32, person LowCardinality(String), body String
    ) ENGINE = MergeTree ORDER BY (project, sent_at)`)
    const rows = [
      {
        id: crypto.randomUUID(),
        name: 'buy',
        sent_at: '2026-11-20 10:00:00.123',
        project: tenant.project.id,
        person: 'a',
        body: '{"$feature/x":1}',
      },
      {
        id: crypto.randomUUID(),
        name: '$feature_flag_called',
        sent_at: '2026-11-20 11:00:00.000',
        project: tenant.project.id,
        person: 'a',
        body: '{"$feature_flag":"x","$feature_flag_response":"test","$set":{"a":1}}',
      },
    ]
    await clickHouse.insert('own_events', rows)
    const flag = await seedFlag(db, tenant.project, { key: 'x' })
    const { server } = await serverWith({
      EVENTS_TABLE: 'default.own_events',
      EVENTS_COLUMNS: 'uuid=id, event=name, timestamp=sent_at, team_id=project, distinct_id=person, properties=body',
    })
    const { data, errors } = await send(
      server,
      tenant.key,
      `{ project(id: ${tenant.project.id}) { eventNames { name lastSeenAt properties } }
        featureFlag(id: ${flag.id}) { usage(days: 1) { calls persons days { answer } }
          preview(change: { active: false }, sample: { recent: 5 }) { impact { sampled } } }
        requiresFlagImplementation(projectId: ${tenant.project.id}, events: ["buy"]) { events { featureFlagKeys } } }`,
    )
    expect(errors).toBeUndefined()
    expect(data).toMatchObject({
      project: {
        eventNames: [
          { name: '$feature_flag_called', properties: ['$feature_flag', '$feature_flag_response', '$set'] },
          { name: 'buy', lastSeenAt: '2026-11-20T10:00:00.123Z' },
        ],
      },
      featureFlag: { usage: { calls: 1, persons: 1, days: [{ answer: 'test' }] }, preview: { impact: { sampled: 1 } } },
      requiresFlagImplementation: { events: [{ featureFlagKeys: ['x'] }] },
    })
  })
})

describe('projects', () => {
  it('have the rows of the team that the settings name; others stay in the database', async () => {
    const other = await seedProject(db, tenant.organization)
    await clickHouse.insert('events', [
      {
        team_id: 9_007_199_254_740_991,
        uuid: crypto.randomUUID(),
        event: 'far',
        timestamp: '2026-11-20 10:00:00',
        distinct_id: 'a',
        properties: '{}',
      },
    ])
    await db.event.create({
      data: { projectId: other.id, id: crypto.randomUUID(), event: 'near', timestamp: time.now, distinctId: 'a', properties: '{}' },
    })
    const { server } = await serverWith({ EVENTS_PROJECTS: `${tenant.project.id} = 9007199254740991` })
    const { data } = await send(
      server,
      tenant.key,
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Project { eventNames { name } requiresFlagImplementation(events: ["x"]) { source } } } }`,
      { ids: [tenant.project, other].map(({ id }) => globalId('Project', id)) },
    )
    expect(data.nodes).toEqual([
      { eventNames: [{ name: 'far' }], requiresFlagImplementation: { source: 'clickhouse' } },
      { eventNames: [{ name: 'near' }], requiresFlagImplementation: { source: 'events' } },
    ])
  })
})

it('asks nothing before the first question, and closes', async () => {
  const asked = clickHouse.received.length
  const { eventsUrl, ...settings } = readConfig({ EVENTS_URL: clickHouse.url })
  if (eventsUrl === null) throw new Error('EVENTS_URL is not read.')
  const events = await openClickHouseEvents(eventsUrl, settings)
  await events.close()
  expect(clickHouse.received).toHaveLength(asked)
})

it('is told to the observer, query by query, also those that fail', async () => {
  const { eventsUrl, ...settings } = readConfig({ EVENTS_URL: clickHouse.url })
  if (eventsUrl === null) throw new Error('EVENTS_URL is not read.')
  const told: Statement[] = []
  const observer = { onStatement: (statement: Statement) => void told.push(statement) }
  const events = await openClickHouseEvents(eventsUrl, settings, observer)
  await events.storeOf(1)?.findNames('secret', 5)
  expect(told).toMatchObject([{ system: 'clickhouse', failed: false }])
  expect(told[0]?.sql).toContain('SELECT')
  expect(told[0]?.sql).not.toContain('secret')
  await events.close()
  const elsewhere = await openClickHouseEvents('http://127.0.0.1:1', settings, observer)
  await expect(elsewhere.storeOf(1)?.names()).rejects.toThrow()
  expect(told.slice(1)).toMatchObject([{ system: 'clickhouse', failed: true }])
  await elsewhere.close()
})
