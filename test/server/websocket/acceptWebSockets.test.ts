import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import type { Client } from 'graphql-ws'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Refusal, RequestActivity } from '../../../src/platform/activity.ts'
import { listen, openPort } from '../../support/listen.ts'
import { patience } from '../../support/patience.ts'
import { recordingLog } from '../../support/recordingLog.ts'
import { seedEvent, seedExperiment, seedFlag, seedKey } from '../../support/seed.ts'
import { askBySocket, socketClient } from '../../support/subscribeBySocket.ts'
import { noRateLimits, seedTenant, testServer } from '../../support/testServer.ts'

const requests: RequestActivity[] = []
const { log, lines } = recordingLog()
const settings = { subscriptionCheck: 1, maxSubscriptions: 3, maxBatchSize: 2, maxOperationCost: 1_000, maxBodyBytes: 5_000 }
const tested = await testServer(settings, log, { onRequest: (request) => requests.push(request) })
const { db, server, serverOn, run } = tested
const url = await listen(server, settings)
const tenant = await seedTenant(db)
const flag = await seedFlag(db, tenant.project, { active: false })
const experiment = await seedExperiment(db, flag)
await seedEvent(db, tenant.project, 'paid', '2026-11-19T12:00:00Z')

const clients: Client[] = []
const connect = (key: string | null = tenant.key, at = url, options: Parameters<typeof socketClient>[2] = {}) => {
  const client = socketClient(at, key, options)
  clients.push(client)
  return client
}
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose()
  await vi.waitFor(() => expect(server.openSubscriptions()).toBe(0), patience)
  requests.splice(0)
  lines.splice(0)
})

const follow = `subscription Follow { experimentUpdated(projectId: ${tenant.project.id}) { databaseId name } }`
const viewer = { query: '{ viewer { scopes } }' }
const isOpen = (count: number) => vi.waitFor(() => expect(server.openSubscriptions()).toBe(count), 10_000)
const rename = (name: string) =>
  run(tenant.key, 'mutation ($input: UpdateExperimentInput!) { updateExperiment(input: $input) { __typename } }', {
    input: { id: experiment.id, name },
  })
/** The errors of an operation that is refused. */
const refusal = (client: Client, payload: Parameters<typeof askBySocket>[1]) =>
  askBySocket(client, payload).then(
    (result) => Promise.reject(new Error(`It was answered: ${JSON.stringify(result)}`)),
    (errors: unknown) => errors,
  )
const withCode = (code: string) => [{ extensions: { code } }]

describe('graphql-transport-ws', () => {
  it('sends each change, also after a query and a mutation on the same socket', async () => {
    const client = connect()
    const events = client.iterate({ query: follow })
    const first = events.next()
    await isOpen(1)
    expect(await askBySocket(client, viewer)).toEqual({ data: { viewer: { scopes: ['*'] } } })
    const mutation = `mutation ($name: String) { updateExperiment(input: { id: ${experiment.id}, name: $name }) { __typename } }`
    await askBySocket(client, { query: mutation, variables: { name: 'One' } })
    expect((await first).value).toEqual({ data: { experimentUpdated: { databaseId: experiment.id, name: 'One' } } })
    await rename('Two')
    expect((await events.next()).value).toMatchObject({ data: { experimentUpdated: { name: 'Two' } } })
    await events.return?.()
    await isOpen(0)
  })

  it.each<[string, Parameters<typeof socketClient>[2]]>([
    ['connectionParams', { connectionParams: { Authorization: `Bearer ${tenant.key}` } }],
    [
      'the header of the handshake',
      {
        webSocketImpl: class extends WebSocket {
          constructor(address: string, protocols: string[]) {
            super(address, protocols, { headers: { authorization: `Bearer ${tenant.key}` } })
          }
        },
      },
    ],
  ])('takes the key from %s', async (_where, options) => {
    expect(await askBySocket(connect(null, url, options), viewer)).toEqual({ data: { viewer: { scopes: ['*'] } } })
  })

  it('sends the parts of @defer', async () => {
    const query = `{ eligibleFeatureFlags(projectId: ${tenant.project.id}) { nodes { key } ... @defer { totalCount } } }`
    const results: unknown[] = []
    for await (const result of connect().iterate({ query })) results.push(result)
    expect(results[0]).toMatchObject({ data: { eligibleFeatureFlags: { nodes: [{ key: flag.key }] } }, hasNext: true })
    expect(results.at(-1)).toMatchObject({ hasNext: false })
  })

  it('answers a query with partial data as HTTP does', async () => {
    const query = '{ viewer { scopes } project(id: "999999") { name } }'
    expect(await askBySocket(connect(), { query })).toEqual(await run(tenant.key, query))
  })

  it('takes the hash of a document', async () => {
    const query = '{ viewer { scopes } }'
    const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') }
    expect(await askBySocket(connect(), { query, extensions: { persistedQuery } })).toMatchObject({ data: {} })
    expect(await askBySocket(connect(), { query: '', extensions: { persistedQuery } })).toMatchObject({ data: {} })
  })

  it('ends a subscription whose key is revoked', async () => {
    const key = await seedKey(db, tenant.user)
    const events = connect(key).iterate({ query: follow })
    const first = events.next()
    await isOpen(1)
    await db.personalApiKey.deleteMany({ where: { mask: `${key.slice(0, 4)}...${key.slice(-4)}` } })
    expect((await first).value).toMatchObject({ errors: withCode('UNAUTHENTICATED') })
    expect((await events.next()).done).toBe(true)
  })

  it('leaves no subscription open when the client goes, however it goes', async () => {
    const client = connect()
    client
      .iterate({ query: follow })
      .next()
      .catch(() => {})
    await isOpen(1)
    client.terminate()
    await isOpen(0)
  })

  it('leaves no subscription open when one id is completed and used again at once', async () => {
    const socket = await open()
    for (let round = 0; round < 3; round++) {
      socket.send(JSON.stringify({ id: 'a', type: 'subscribe', payload: { query: follow } }))
      socket.send(JSON.stringify({ id: 'a', type: 'complete' }))
    }
    socket.send(JSON.stringify({ id: 'a', type: 'subscribe', payload: { query: follow } }))
    await vi.waitFor(() => expect(server.openSubscriptions()).toBeGreaterThan(0), patience)
    socket.terminate()
    await isOpen(0)
  })

  it('logs a line for each operation', async () => {
    await askBySocket(connect(), { query: 'query Mine { viewer { scopes } }' })
    expect(requests).toMatchObject([
      { transport: 'websocket', path: '/graphql', status: 200, outcome: 'ok', operations: [{ name: 'Mine', kind: 'query' }] },
    ])
    expect(requests[0]?.key).toMatch(/^phx_\.\.\./)
    requests.splice(0)
    const events = connect().iterate({ query: follow })
    void events.next()
    await isOpen(1)
    expect(requests).toEqual([])
    await events.return?.()
    await vi.waitFor(
      () => expect(requests).toMatchObject([{ outcome: 'ok', operations: [{ name: 'Follow', kind: 'subscription' }] }]),
      patience,
    )
  })
})

describe('an operation over a socket has the limits of a request', () => {
  it.each([
    [
      'cost',
      '{ a: eligibleFeatureFlags(projectId: 1, first: 100) { nodes { experiments(first: 100) { nodes { name } } } } }',
      'OPERATION_TOO_EXPENSIVE',
    ],
    ['tokens', `{ ${'__typename '.repeat(3_000)} }`.slice(0, 4_000), 'BAD_USER_INPUT'],
    ['aliases', `{ ${Array.from({ length: 260 }, (_, n) => `a${n}: __typename`).join(' ')} }`, 'OPERATION_TOO_EXPENSIVE'],
    ['validation', '{ nothing }', 'BAD_USER_INPUT'],
    ['syntax', '{', 'BAD_USER_INPUT'],
    ['a subscription of two fields', `subscription { a: __typename ${follow.slice(20)}`, 'BAD_USER_INPUT'],
  ])('%s', async (_limit, query, code) => {
    expect(await refusal(connect(), { query })).toMatchObject(withCode(code))
  })

  it('and the same key checks', async () => {
    for (const key of [null, 'phx_unknown', 'a\nb']) {
      const told = await refusal(connect(key), { query: follow }).catch((error: unknown) => error)
      if (key === 'a\nb') expect(told).toMatchObject({ code: 4403 })
      else expect(told).toMatchObject(withCode('UNAUTHENTICATED'))
    }
    const narrow = await seedKey(db, tenant.user, { scopes: ['feature_flag:read'] })
    expect(await refusal(connect(narrow), { query: follow })).toMatchObject([
      { extensions: { code: 'FORBIDDEN', requiredScope: 'experiment:read' } },
    ])
    const stranger = await seedTenant(db)
    expect(await refusal(connect(stranger.key), { query: follow })).toMatchObject(withCode('NOT_FOUND'))
    const { errors } = await askBySocket(connect(null), viewer)
    expect(errors).toMatchObject(withCode('UNAUTHENTICATED'))
  })

  it('and counts for the same rate limits', async () => {
    const limited = await listen(serverOn(tested, { ...noRateLimits, rateLimitPerMinute: 2, anonymousLimitPerMinute: 2 }), settings)
    const key = await seedKey(db, tenant.user)
    for (const client of [connect(key, limited), connect(null, limited)]) {
      for (let n = 0; n < 2; n++) await askBySocket(client, { query: '{ __typename }' })
      expect(await refusal(client, { query: '{ __typename }' })).toMatchObject([
        { extensions: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) } },
      ])
    }
  })

  it('and counts for them also where it is refused because too many are under way', async () => {
    const points = 20
    const limited = await listen(serverOn(tested, { ...settings, ...noRateLimits, rateLimitPerMinute: points }), settings)
    const key = await seedKey(db, tenant.user)
    const socket = await open({ at: limited, key })
    const codes: unknown[] = []
    socket.on('message', (data) => codes.push(JSON.parse(String(data)).payload[0].extensions.code))
    for (let id = 0; id < 100; id++) socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query: follow } }))
    const counts = () => Object.fromEntries([...Map.groupBy(codes, String)].map(([code, same]) => [code, same.length]))
    // Refused operations take points too, and may take all of them before those that could run.
    const atLeast = points - settings.maxSubscriptions
    await vi.waitFor(() => {
      expect(counts()).toEqual({ OPERATION_TOO_EXPENSIVE: expect.any(Number), RATE_LIMITED: 100 - points })
      expect(counts().OPERATION_TOO_EXPENSIVE).toBeGreaterThanOrEqual(atLeast)
    }, patience)
    expect(await refusal(connect(key, limited), viewer)).toMatchObject(withCode('RATE_LIMITED'))
    await vi.waitFor(() => expect(requests.filter(({ outcome }) => outcome === 'refused')).toHaveLength(codes.length + 1), patience)
    socket.terminate()
  })

  it('and the time limit', async () => {
    const slow = serverOn({ ...tested, db: hanging(db) }, { requestTimeoutMs: 100, accessCacheSeconds: 0 })
    expect(await refusal(connect(tenant.key, await listen(slow, settings)), viewer)).toMatchObject(withCode('TIMEOUT'))
  })

  it('and shows nothing of what is meant for HTTP', async () => {
    const text = JSON.stringify(await refusal(connect(), { query: '{ nothing }' }))
    expect(text).not.toContain('"http"')
  })

  it('and a key can have only so many subscriptions', async () => {
    const client = connect()
    for (let n = 0; n < 3; n++)
      client
        .iterate({ query: follow })
        .next()
        .catch(() => {})
    await isOpen(3)
    expect(await refusal(client, { query: follow })).toMatchObject(withCode('OPERATION_TOO_EXPENSIVE'))
  })
})

/** A socket without the client's manners. It is acknowledged unless `init` is false. */
async function open({ protocol = 'graphql-transport-ws', init = true, at = url, key = tenant.key } = {}) {
  const socket = new WebSocket(at.replace(/^http/, 'ws'), protocol)
  socket.on('error', () => {})
  await once(socket, 'open')
  if (init) {
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } }))
    await once(socket, 'message')
  }
  return socket
}
const closing = async (socket: WebSocket) => Number((await once(socket, 'close'))[0])

describe('a hostile client', () => {
  it('that never begins is cut off', async () => {
    const impatient = await listen(server, { ...settings, receiveTimeoutSeconds: 1 })
    expect(await closing(await open({ init: false, at: impatient }))).toBe(4408)
  })

  it('that does nothing is cut off', async () => {
    expect(await closing(await open({ at: await listen(server, { ...settings, keepAliveSeconds: 1 }) }))).toBe(1001)
  })

  it.each<[string, string | Buffer, number]>([
    ['a giant message', `"${'x'.repeat(5_000)}"`, 1009],
    ['no JSON', 'hello', 4400],
    ['an unknown type', '{"type":"connect"}', 4400],
    ['a type of the server', '{"id":"1","type":"next","payload":{}}', 4400],
    ['an operation without a text', '{"id":"1","type":"subscribe","payload":{}}', 4400],
    ['bytes', Buffer.from('{"type":"ping"}'), 4400],
    ['a second beginning', '{"type":"connection_init"}', 4429],
    ['deep nesting', `{"type":"ping","payload":${'['.repeat(2_400)}${']'.repeat(2_400)}}`, 4400],
  ])('that sends %s is cut off, and the log stays silent', async (_what, message, code) => {
    const socket = await open()
    socket.send(message)
    expect(await closing(socket)).toBe(code)
    expect(lines).toEqual([])
    expect(await askBySocket(connect(), viewer)).toMatchObject({ data: {} })
  })

  it('that asks before it begins is cut off', async () => {
    const socket = await open({ init: false })
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: viewer }))
    expect(await closing(socket)).toBe(4401)
  })

  it('that uses an id twice is cut off, and its subscriptions end', async () => {
    const socket = await open()
    const message = JSON.stringify({ id: '1', type: 'subscribe', payload: { query: follow } })
    socket.send(message)
    await isOpen(1)
    socket.send(message)
    expect(await closing(socket)).toBe(4409)
    await isOpen(0)
  })

  it('that floods a socket with operations gets errors for those beyond the bound', async () => {
    const socket = await open()
    const answers: { id: string; type: string; payload?: { extensions: { code: string } }[] }[] = []
    socket.on('message', (data) => answers.push(JSON.parse(String(data))))
    for (let id = 0; id < 200; id++) socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query: follow } }))
    await vi.waitFor(() => expect(answers.length).toBeGreaterThanOrEqual(197), patience)
    expect(answers.every(({ type, payload }) => type === 'error' && payload?.[0]?.extensions.code === 'OPERATION_TOO_EXPENSIVE')).toBe(true)
    expect(server.openSubscriptions()).toBeLessThanOrEqual(3)
    socket.terminate()
  })

  it('that sends deep variables gets an error', async () => {
    const socket = await open()
    const payload = `{"query":"{ __typename }","variables":{"a":${'['.repeat(2_400)}${']'.repeat(2_400)}}}`
    socket.send(`{"id":"1","type":"subscribe","payload":${payload}}`)
    const [answer] = await once(socket, 'message')
    expect(JSON.parse(String(answer))).toMatchObject({ id: '1', type: 'next', payload: { data: { __typename: 'Query' } } })
    socket.terminate()
  })
})

/** The status of an answer to a handshake, and its body. 101 without one if it is accepted. */
function handshake(headers: Record<string, string>, { at = url, path = '/graphql' } = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, at), {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-protocol': 'graphql-transport-ws',
        ...headers,
      },
    })
    asked.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode ?? 0, body: '' })
    })
    asked.on('response', async (response) => resolve({ status: response.statusCode ?? 0, body: String(await response.toArray()) }))
    asked.on('error', reject).end()
  })
}

describe('a handshake', () => {
  it.each<[string, Record<string, string>, string, number, RegExp]>([
    ['of another subprotocol', { 'sec-websocket-protocol': 'graphql-ws' }, '/graphql', 400, /graphql-transport-ws/],
    ['without a subprotocol', { 'sec-websocket-protocol': '' }, '/graphql', 400, /graphql-transport-ws/],
    ['elsewhere', {}, '/', 404, /GraphQL answers at \/graphql/],
    ['with a wrong host', { host: 'a/b' }, '/graphql', 400, /Host header/],
    ['of another version', { 'sec-websocket-version': '7' }, '/graphql', 400, /version/i],
  ])('%s is refused, the answer says why, and the log has it', async (_what, headers, path, status, reason) => {
    const refusals: Refusal[] = []
    const at = await listen(server, settings, { onRefusal: (refusal) => refusals.push(refusal) })
    const answer = await handshake(headers, { at, path })
    expect(answer.status).toBe(status)
    expect(answer.body).toMatch(reason)
    expect(refusals).toEqual([{ reason: headers.host === undefined ? 'invalid_handshake' : 'invalid_head', status }])
  })

  it('of pages obeys CORS_ORIGINS', async () => {
    const app = 'https://app.example.com'
    const status = async (corsOrigins: string[], headers: Record<string, string>) =>
      (await handshake(headers, { at: await listen(server, { ...settings, corsOrigins }) })).status
    expect(await status(['*'], { origin: 'https://anywhere.example' })).toBe(101)
    expect(await status([app], { origin: app })).toBe(101)
    expect(await status([app], { origin: 'https://elsewhere.example' })).toBe(403)
    expect(await status([app], { origin: 'null' })).toBe(403)
    expect(await status([], { origin: app })).toBe(403)
    expect(await status([], {})).toBe(101)
    expect(await status([], { origin: 'http://graph.example.com', host: 'graph.example.com' })).toBe(101)
  })

  it('for something else is answered over HTTP/1.1', async () => {
    const answer = await handshake({ upgrade: 'h2c' }, { path: '/health' })
    expect(answer.status).toBe(200)
  })
})

it('the end of the server completes subscriptions and closes sockets', async () => {
  const stopping = serverOn(tested)
  const { url: at, http } = await openPort(stopping, settings)
  const client = connect(tenant.key, at)
  const closed = new Promise((resolve) => client.on('closed', resolve))
  const events = client.iterate({ query: follow })
  const first = events.next()
  await vi.waitFor(() => expect(stopping.openSubscriptions()).toBe(1), patience)
  const silent = await open({ at })
  await Promise.all([stopping.stopListening(), http.endWebSockets()])
  expect((await first).done).toBe(true)
  expect(await closed).toMatchObject({ code: 1001 })
  expect(silent.readyState).toBe(WebSocket.CLOSED)
  expect((await handshake({}, { at })).status).toBe(503)
})

/** A database whose first look at a key never ends. */
function hanging(real: typeof db): typeof db {
  return new Proxy(real, { get: (target, name) => (name === 'queryRows' ? () => new Promise(() => {}) : Reflect.get(target, name)) })
}
