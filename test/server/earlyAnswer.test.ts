import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { exchange, openSocket, readAnswer } from '../support/exchange.ts'
import { listen } from '../support/listen.ts'
import { type Answer, testServer } from '../support/testServer.ts'

const { server } = await testServer({ maxBodyBytes: 1_000 })
const url = await listen(server)
const { host } = new URL(url)

const head = (...headers: string[]) =>
  ['POST /graphql HTTP/1.1', `Host: ${host}`, 'Content-Type: application/json', ...headers, '', ''].join('\r\n')
const refused = { errors: [{ message: 'The body of the request must be at most 1000 bytes.', extensions: { code: 'BAD_USER_INPUT' } }] }

/** A client that reads once it has sent everything. */
function send(bytes: number, headers: Record<string, string | number>): Promise<{ status: number | undefined; answer: Answer }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } })
    sent.on('response', async (response) => resolve({ status: response.statusCode, answer: (await json(response)) as Answer }))
    sent.on('error', reject)
    sent.end(Buffer.alloc(bytes, ' '))
  })
}

it.each([
  ['that says how long it is', { 'content-length': 20_000_000 }],
  ['that comes in pieces', { 'transfer-encoding': 'chunked' }],
])('a body %s and is too long is answered with 413, however much of it is sent', async (_what, headers) => {
  expect(await send(20_000_000, headers)).toMatchObject({ status: 413, answer: refused })
})

it('the answer comes at once, and says that the connection is closed', async () => {
  const socket = await openSocket(url)
  socket.write(`${head('Content-Length: 2000', 'Expect: 100-continue')}${' '.repeat(100)}`)
  const [first] = await new Promise<Buffer[]>((resolve) => socket.on('data', (...parts) => /413/.test(String(parts)) && resolve(parts)))
  expect(String(first)).toContain('connection: close')
  socket.end(' '.repeat(1_900))
})

it('a client that sends without end is cut off', async () => {
  const socket = await openSocket(url)
  socket.on('error', () => {})
  socket.resume()
  socket.write(head('Transfer-Encoding: chunked'))
  const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000, ' '), Buffer.from('\r\n')])
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const push = () => {
    while (!socket.destroyed && socket.write(chunk));
  }
  socket.on('drain', push)
  push()
  await closed
  expect(socket.bytesWritten).toBeGreaterThan(30_000_000)
})

it.each([
  ['POST /nowhere', 404],
  ['PUT /graphql', 405],
  ['GET *', 400],
])('%s with a body is answered with %i before the body has come', async (start, status) => {
  const socket = await openSocket(url)
  socket.write(`${start} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 100000\r\n\r\n{`)
  const answer = readAnswer(socket)
  socket.write(' '.repeat(99_999))
  expect(await answer).toMatchObject({ status })
})

it('a request after one whose body was read comes on the same connection', async () => {
  const body = '{"query":"{__typename}"}'
  const one = (...more: string[]) => `${head(`Content-Length: ${body.length}`, ...more)}${body}`
  const { status, body: rest } = await exchange(url, one() + one('Connection: close'))
  expect(status).toBe(200)
  expect(rest).toContain('HTTP/1.1 200')
})
