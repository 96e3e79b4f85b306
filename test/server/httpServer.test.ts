import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it, vi } from 'vitest'
import type { Refusal } from '../../src/platform/activity.ts'
import { exchange, openSocket, readAnswer } from '../support/exchange.ts'
import { listen, openPort } from '../support/listen.ts'
import { patience } from '../support/patience.ts'
import { seedTenant, testServer } from '../support/testServer.ts'

const { db, server } = await testServer()
const hurried = await listen(server, { receiveTimeoutSeconds: 1, keepAliveSeconds: 1 })

const timedOut = { errors: [{ message: expect.stringContaining('took too long'), extensions: { code: 'BAD_USER_INPUT' } }] }

it.each([
  ['sends nothing', ''],
  ['does not end its headers', 'POST /graphql HTTP/1.1\r\nHost: localhost\r\n'],
  ['does not send the body', 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{'],
])('a client that %s is told so, and loses the connection', async (_what, bytes) => {
  const answer = await exchange(hurried, bytes)
  expect(answer.status).toBe(408)
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.json()).toEqual(timedOut)
})

it('a client that sends its body for longer than a request may take is told so: the fault is not of the service', async () => {
  const { server } = await testServer({ requestTimeoutMs: 100 })
  const head = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{'
  const answer = await exchange(await listen(server), head)
  expect(answer.status).toBe(408)
  expect(answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
})

it('a client that expects what the service does not know is told so', async () => {
  const answer = await exchange(hurried, 'GET /health HTTP/1.1\r\nHost: localhost\r\nExpect: the-best\r\n\r\n')
  expect(answer.status).toBe(417)
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
})

it('a connection without another request is closed', async () => {
  const { status, headers } = await exchange(hurried, 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n')
  expect(status).toBe(200)
  expect(headers.get('keep-alive')).toBe('timeout=1')
})

it('no more connections are open than the setting allows, and one that ends makes room', async () => {
  const url = await listen(server, { maxConnections: 2, maxConnectionsPerAddress: 2 })
  const [first, second] = [await openSocket(url), await openSocket(url)]
  const third = connect(Number(new URL(url).port), '127.0.0.1')
  third.on('error', () => {})
  await once(third, 'close')
  expect(third.bytesRead).toBe(0)

  second.write('GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  expect((await readAnswer(second)).status).toBe(200)
  const fourth = await exchange(url, 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  expect(fourth.status).toBe(200)
  first.destroy()
})

it('connections that wait idle give way when all are taken', async () => {
  const url = await listen(server, { maxConnections: 2, maxConnectionsPerAddress: 2 })
  const idle = [await openSocket(url), await openSocket(url)]
  for (const socket of idle) {
    socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'data')
  }
  const closed = Promise.all(idle.map((socket) => once(socket, 'close')))
  const third = connect(Number(new URL(url).port), '127.0.0.1')
  third.on('error', () => {})
  await Promise.all([once(third, 'close'), closed])
  const { status } = await exchange(url, 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  expect(status).toBe(200)
})

describe('the connections of one address', () => {
  const get = 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

  it('have a limit, which the caller is told, and the service goes on for others', async () => {
    const refusals: Refusal[] = []
    const { url, http } = await openPort(server, { maxConnectionsPerAddress: 2 }, { onRefusal: (refusal) => refusals.push(refusal) })
    const [first, second] = [await openSocket(url), await openSocket(url)]
    const third = await exchange(url, '')
    expect(third.status).toBe(429)
    expect(third.headers.get('x-content-type-options')).toBe('nosniff')
    expect(third.json()).toEqual({
      errors: [{ message: expect.stringContaining('has 2 connections open'), extensions: { code: 'BAD_USER_INPUT' } }],
    })
    expect(refusals).toEqual([{ reason: 'too_many_connections_of_address', status: 429 }])

    // Another address of loopback.
    const { port } = http.address() as AddressInfo
    const other = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' })
    other.write(get)
    expect((await readAnswer(other)).status).toBe(200)

    // One that ends makes room.
    const ended = once(second, 'close')
    second.end()
    await ended
    await vi.waitFor(async () => expect((await exchange(url, get)).status).toBe(200), patience)
    first.destroy()
  })

  it('have no limit if it is a trusted proxy', async () => {
    const url = await listen(server, { maxConnectionsPerAddress: 1, trustedProxies: ['127.0.0.0/8'] })
    const first = await openSocket(url)
    expect((await exchange(url, get)).status).toBe(200)
    first.destroy()
  })

  it('are half of all, if nobody says otherwise', async () => {
    const url = await listen(server, { maxConnections: 3 })
    const open = [await openSocket(url), await openSocket(url)]
    expect((await exchange(url, get)).status).toBe(429)
    for (const socket of open) socket.destroy()
  })
})

it('a subscription ends with its client, also if the client owes the rest of a body', async () => {
  const { key, project } = await seedTenant(db)
  const query = encodeURIComponent(`subscription { experimentUpdated(projectId: ${project.id}) { name } }`)
  const socket = await openSocket(await listen(server))
  socket.write(
    `GET /graphql?query=${query} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nAccept: text/event-stream\r\nContent-Length: 10\r\n\r\n`,
  )
  const [start] = (await once(socket, 'data')) as [Buffer]
  expect(String(start)).toContain('HTTP/1.1 200')
  expect(server.openSubscriptions()).toBe(1)
  socket.destroy()
  await vi.waitFor(() => expect(server.openSubscriptions()).toBe(0), patience)
})

it('a client that breaks the rules in the middle of an answer gets nothing into it', async () => {
  const { key, project } = await seedTenant(db)
  const operation = JSON.stringify({ query: `subscription { experimentUpdated(projectId: ${project.id}) { name } }` })
  const socket = await openSocket(await listen(server))
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nAccept: text/event-stream\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${operation.length}\r\n\r\n${operation}`,
  )
  const [start] = (await once(socket, 'data')) as [Buffer]
  expect(String(start)).toContain('HTTP/1.1 200')
  socket.write('nonsense\r\n\r\n')
  expect(await text(socket)).not.toContain('HTTP/1.1')
})
