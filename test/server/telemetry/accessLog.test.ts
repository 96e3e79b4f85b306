import { once } from 'node:events'
import { connect } from 'node:net'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAccessLog } from '../../../src/server/telemetry/accessLog.ts'
import { exchange, openSocket, readAnswer } from '../../support/exchange.ts'
import { listen } from '../../support/listen.ts'
import { patience } from '../../support/patience.ts'
import { seedExperiment, seedFlag } from '../../support/seed.ts'
import { subscribe } from '../../support/subscribe.ts'
import { askBySocket, socketClient } from '../../support/subscribeBySocket.ts'
import { seedTenant, type TestServer, testServer } from '../../support/testServer.ts'

const lines: string[] = []
let onLine = () => {}
const output = new Writable({
  write: (chunk, _encoding, done) => {
    lines.push(String(chunk))
    onLine()
    done()
  },
})
const log = pino({ base: null, timestamp: false }, output)
const observer = createAccessLog(log, () => new Date())

let tested: TestServer
let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeAll(async () => {
  tested = await testServer({ maxOperationCost: 1_000 }, pino({ level: 'silent' }), observer)
  tenant = await seedTenant(tested.db)
})
beforeEach(() => void lines.splice(0))

async function send(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return tested.server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.key}`, ...headers },
    body: JSON.stringify(body),
  })
}

/** The lines since the last call, parsed. */
const read = () => lines.splice(0).map((line) => JSON.parse(line) as Record<string, unknown>)

const projects = 'query Projects($first: Int = 1) { viewer { projects(first: $first) { nodes { name } } } }'
const mask = (key: string) => `${key.slice(0, 4)}...${key.slice(-4)}`

it('logs one line for a request, with what it did and what that cost', async () => {
  const response = await send({ query: projects, variables: { first: 2 } }, { 'x-request-id': 'from-proxy' })
  const size = Buffer.byteLength(await response.text())
  expect(read()).toEqual([
    {
      level: 30,
      requestId: 'from-proxy',
      key: mask(tenant.key),
      method: 'POST',
      path: '/graphql',
      status: 200,
      outcome: 'ok',
      operation: 'Projects',
      kind: 'query',
      document: expect.stringMatching(/^[\da-f]{12}$/),
      cost: expect.any(Number),
      durationMs: expect.any(Number),
      databaseMs: expect.any(Number),
      statements: expect.any(Number),
      bytes: size,
      msg: 'Request.',
    },
  ])
})

it('counts the statements that reach the database', async () => {
  await send({ query: projects })
  read()
  tested.clearStatements()
  await send({ query: projects })
  expect(read()).toMatchObject([{ statements: tested.statements.length, databaseMs: expect.any(Number) }])
  expect(tested.statements.length).toBeGreaterThan(0)
})

it('counts a statement that requests share for each of them', async () => {
  await send({ query: projects })
  read()
  tested.clearStatements()
  await Promise.all([send({ query: projects }), send({ query: projects }), send({ query: projects })])
  const sent = tested.statements.length
  const counted = read().map(({ statements }) => statements as number)
  expect(counted).toHaveLength(3)
  for (const count of counted) expect(count).toBe(sent)
})

it('names the same document by the same hash, and another one by another', async () => {
  await send({ query: projects })
  await send({ query: projects, variables: { first: 3 } })
  await send({ query: `${projects} ` })
  const [first, second, third] = read().map(({ document }) => document)
  expect(second).toBe(first)
  expect(third).not.toBe(first)
})

it('writes neither token, nor values of variables, nor the text of an operation', async () => {
  const search = 'a-very-secret-search'
  const { project } = tenant
  const query = 'query Flags($id: Int!, $search: String) { eligibleFeatureFlags(projectId: $id, search: $search) { totalCount } }'
  await send({ query, variables: { id: project.id, search } })
  await send({ query: `{ eligibleFeatureFlags(projectId: ${project.id}, search: "${search}") { totalCount } }` })
  await send({ query: '{ viewer { scopes } }' }, { authorization: 'Bearer phx_not-a-key-but-a-secret' })
  const text = lines.join('')
  expect(read()).toHaveLength(3)
  for (const secret of [tenant.key, search, 'not-a-key-but-a-secret', 'totalCount']) expect(text).not.toContain(secret)
})

it.each([
  ['a key that is wrong', { query: '{ viewer { scopes } }' }, { authorization: 'Bearer phx_wrong' }, 'UNAUTHENTICATED'],
  ['a field that does not exist', { query: '{ nothing }' }, {}, 'BAD_USER_INPUT'],
  ['an operation that cannot be parsed', { query: '{ viewer {' }, {}, 'BAD_USER_INPUT'],
  ['a body that is no operation', [], {}, 'BAD_USER_INPUT'],
  [
    'an operation that is too expensive',
    { query: '{ viewer { projects(first: 100) { nodes { experiments(first: 100) { nodes { name } } } } } }' },
    {},
    'OPERATION_TOO_EXPENSIVE',
  ],
])('calls %s refused', async (_what, body, headers, code) => {
  await send(body, headers)
  expect(read()).toMatchObject([{ outcome: 'refused', codes: [code] }])
})

it('calls an answer with data and errors partial', async () => {
  await send({ query: '{ viewer { scopes } project(id: 999999) { name } }' })
  expect(read()).toMatchObject([{ outcome: 'partial', codes: ['NOT_FOUND'] }])
})

it('calls an answer with an error of ours an error', async () => {
  const { db } = tested
  const failing = tested.serverOn({
    db: new Proxy(db, {
      get: (client, name) => (name === 'queryRows' ? () => Promise.reject(new Error('down')) : Reflect.get(client, name)),
    }),
    pubSub: tested.pubSub,
    transactionSlots: null,
  })
  await failing.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.key}` },
    body: JSON.stringify({ query: '{ viewer { scopes } }' }),
  })
  expect(read()).toMatchObject([{ outcome: 'error', codes: ['INTERNAL_SERVER_ERROR'], status: 500 }])
})

it('logs one line for a batch, with its operations', async () => {
  await send([{ query: 'query One { viewer { scopes } }' }, { query: 'query Two { nothing }' }])
  const [line, ...more] = read()
  expect(more).toEqual([])
  expect(line).toMatchObject({
    outcome: 'refused',
    batch: [
      { operation: 'One', kind: 'query', cost: 1, outcome: 'ok' },
      { operation: 'Two', kind: 'query', outcome: 'refused', codes: ['BAD_USER_INPUT'] },
    ],
  })
  expect(line).not.toHaveProperty('operation')
})

it('takes the id of the request over from a trace, where no proxy gave one', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const response = await send({ query: projects }, { traceparent: `00-${traceId}-b7ad6b7169203331-01` })
  expect(response.headers.get('x-request-id')).toBe(traceId)
  await send({ query: projects }, { traceparent: `00-${traceId}-b7ad6b7169203331-01`, 'x-request-id': 'mine' })
  await send({ query: projects }, { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, 'x-request-id': 'mine' })
  const [first, second, third] = read()
  expect(first).toMatchObject({ requestId: traceId, traceId })
  expect(second).toMatchObject({ requestId: 'mine', traceId })
  expect(third).not.toHaveProperty('traceId')
})

it('logs requests for other paths, and health checks only if they fail', async () => {
  for (const path of ['/health', '/ready', '/nothing-here']) await tested.server.fetch(`http://localhost${path}`)
  expect(read()).toMatchObject([{ method: 'GET', path: '/nothing-here', status: 404, outcome: 'refused' }])
})

it('logs a subscription at its end, with the statements of its events', async () => {
  const { db, server } = tested
  const experiment = await seedExperiment(db, await seedFlag(db, tenant.project))
  const url = await listen(server)
  const query = 'subscription Watch($id: ID!) { experimentUpdated(projectId: $id) { name } }'
  const subscription = await subscribe(url, tenant.key, query, { id: tenant.project.id })
  await tested.run(tenant.key, `mutation Rename { updateExperiment(input: { id: ${experiment.id}, name: "New" }) { __typename } }`)
  expect(await subscription.next()).toMatchObject({ data: { experimentUpdated: { name: 'New' } } })
  expect(server.openSubscriptions()).toBe(1)
  expect(read()).toMatchObject([{ operation: 'Rename', kind: 'mutation', outcome: 'ok' }])
  const ended = new Promise<void>((resolve) => {
    onLine = resolve
  })
  await subscription.end()
  await ended
  onLine = () => {}
  expect(read()).toMatchObject([{ operation: 'Watch', kind: 'subscription', outcome: 'ok', status: 200 }])
  expect(server.openSubscriptions()).toBe(0)
})

it('logs an answer in parts at its end', async () => {
  const response = await send(
    { query: 'query Late { viewer { scopes ... @defer { projects(first: 1) { nodes { name } } } } }' },
    { accept: 'multipart/mixed' },
  )
  expect(read()).toEqual([])
  const bytes = Buffer.byteLength(await response.text())
  expect(read()).toMatchObject([{ operation: 'Late', outcome: 'ok', status: 200, bytes }])
})

it('counts what was sent of a subscription, and of an error in its place', async () => {
  const subscription = `subscription { experimentUpdated(projectId: ${tenant.project.id}) { name } }`
  const stream = await send({ query: subscription }, { accept: 'text/event-stream' })
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader()
  const first = await reader.read()
  await reader.cancel()
  const [line] = await vi.waitUntil(() => lines.length > 0 && read(), patience)
  expect(line).toMatchObject({ kind: 'subscription', status: 200 })
  expect(line?.bytes).toBeGreaterThanOrEqual(first.value?.byteLength ?? 1)

  const refused = await send({ query: 'subscription { nothing }' }, { accept: 'text/event-stream' })
  const bytes = Buffer.byteLength(await refused.text())
  expect(read()).toMatchObject([{ outcome: 'refused', bytes }])
})

it('marks operations over WebSockets', async () => {
  const client = socketClient(await listen(tested.server), tenant.key)
  await askBySocket(client, { query: projects })
  expect(read()).toMatchObject([{ transport: 'websocket', path: '/graphql', status: 200, operation: 'Projects' }])
  await client.dispose()
  await (await send({ query: projects })).text()
  expect(read()[0]).not.toHaveProperty('transport')
})

describe('what is refused before it is read', async () => {
  const host = 'Host: localhost\r\n'
  const post = `POST /graphql HTTP/1.1\r\n${host}Content-Type: application/json\r\n`
  const chunked = 'Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n'
  const counted = 'Content-Length: 10\r\n\r\n{'
  const refused = 'Refused before the request was read.'

  it.each([
    ['a host that is none', 'GET /graphql HTTP/1.1\r\nHost: a b\r\n\r\n', 'invalid_head', 400],
    ['a target that is none', `GET * HTTP/1.1\r\n${host}\r\n`, 'invalid_head', 400],
    ['no HTTP', 'hello\r\n\r\n', 'invalid_http', 400],
    ['long headers', `GET / HTTP/1.1\r\n${host}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 'headers_too_long', 431],
    ['headers that do not end', `GET / HTTP/1.1\r\n${host}`, 'too_slow', 408],
    ['an expectation', `GET / HTTP/1.1\r\n${host}Expect: the-best\r\nConnection: close\r\n\r\n`, 'unknown_expectation', 417],
    ['a proxy request', `CONNECT localhost:80 HTTP/1.1\r\n${host}\r\n`, 'connect', 405],
  ])('has a line: %s', async (_what, bytes, reason, status) => {
    const fresh = createAccessLog(log, () => tested.time.now)
    const url = await listen(tested.server, { receiveTimeoutSeconds: 1, keepAliveSeconds: 1 }, fresh)
    const answer = await exchange(url, bytes)
    expect(answer.status).toBe(status)
    expect(read()).toEqual([{ level: 30, reason, status, outcome: 'refused', unreported: 0, msg: refused }])
  })

  it('is one line for a flood', async () => {
    const url = await listen(
      tested.server,
      { maxConnections: 1, maxConnectionsPerAddress: 1 },
      createAccessLog(log, () => tested.time.now),
    )
    const only = await openSocket(url)
    for (let n = 0; n < 50; n++) {
      const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
      await once(socket, 'close')
    }
    expect(read()).toEqual([{ level: 30, reason: 'too_many_connections', outcome: 'refused', unreported: 0, msg: refused }])
    only.destroy()
  })

  it.each([
    ['leaves', chunked, null, 499],
    ['leaves', counted, null, 499],
    ['is too slow', chunked, '', 408],
    ['is too slow', counted, '', 408],
    ['breaks the rules of HTTP', chunked, 'no size\r\n', 400],
    ['sends long extensions', chunked, `1;x=${'x'.repeat(20_000)}\r\n`, 413],
  ])('or whose caller %s in the middle of the body has one line, with the status that was sent', async (_what, start, rest, status) => {
    const url = await listen(
      tested.server,
      { receiveTimeoutSeconds: 1 },
      createAccessLog(log, () => tested.time.now),
    )
    const socket = await openSocket(url)
    socket.write(post + start)
    if (rest === null) socket.resetAndDestroy()
    else {
      socket.write(rest)
      expect((await readAnswer(socket)).status).toBe(status)
    }
    expect(await vi.waitUntil(() => lines.length > 0 && read(), patience)).toMatchObject([
      { status, outcome: 'refused', codes: ['BAD_USER_INPUT'] },
    ])
  })
})

it('is off where the log level hides it', () => {
  expect(createAccessLog(pino({ level: 'warn' }, output), () => new Date())).toBeUndefined()
})
