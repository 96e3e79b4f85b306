import { describe, expect, it } from 'vitest'
import { exchange } from '../support/exchange.ts'
import { listen } from '../support/listen.ts'
import { testServer } from '../support/testServer.ts'

const { server } = await testServer()
const url = await listen(server)
const { host } = new URL(url)

/** Sends a request without a body. */
const ask = (requestLine: string, ...headers: string[]) =>
  exchange(url, [requestLine, ...headers, 'Connection: close', '', ''].join('\r\n'))
const query = '?query=%7B__typename%7D'

/** What an answer to a wrong request holds, and what it never holds. */
function expectExplained({ status, headers, body, json }: Awaited<ReturnType<typeof ask>>, expected: number) {
  expect(status).toBe(expected)
  expect(headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json/)
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(json().errors).toMatchObject([{ message: expect.any(String), extensions: { code: 'BAD_USER_INPUT' } }])
  expect(body).not.toMatch(/node_modules|\.ts:|\.js:|\n? {4}at /)
}

describe('the target of a request', () => {
  it.each([`http://${host}/graphql${query}`, `HTTP://elsewhere.example:80/graphql${query}`])('may be a URL: %s', async (target) => {
    const answer = await ask(`GET ${target} HTTP/1.1`, `Host: ${host}`)
    expect(answer.status).toBe(200)
    expect(answer.json()).toEqual({ data: { __typename: 'Query' } })
  })

  it.each([`http://${host}`, `http://${host}?x`])('may be a URL without a path: %s', async (target) => {
    expect((await ask(`GET ${target} HTTP/1.1`, `Host: ${host}`)).status).toBe((await ask('GET / HTTP/1.1', `Host: ${host}`)).status)
  })

  it.each(['GET *', 'OPTIONS *', 'GET ftp://localhost/graphql', 'GET http://[/graphql', 'GET localhost:80', 'GET graphql'])(
    '%s is refused',
    async (start) => {
      expectExplained(await ask(`${start} HTTP/1.1`, `Host: ${host}`), 400)
    },
  )

  it.each(['//', '//graphql', '/\\graphql', '/%', '/graphql//', '/?a=%ff'])('%s is a path as any other', async (path) => {
    expect((await ask(`GET ${path} HTTP/1.1`, `Host: ${host}`)).status).toBeLessThan(500)
  })
})

describe('the host of a request', () => {
  it.each([
    ['two', ['Host: localhost', 'Host: elsewhere.example']],
    ['the same one twice', ['Host: localhost', 'host: localhost']],
    ['none', []],
    ['an empty one', ['Host:']],
    ['one that is no host', ['Host: ][']],
    ['one with a path', ['Host: localhost/health?']],
    ['one with a user', ['Host: somebody@localhost']],
    ['one with a port that is none', ['Host: localhost:99999']],
  ])('%s is refused', async (_what, headers) => {
    expectExplained(await ask(`GET /graphql${query} HTTP/1.1`, ...headers), 400)
  })

  it.each(['localhost', 'LOCALHOST:4000', '127.0.0.1:1', '[::1]:4000', 'xn--bcher-kva.example'])('%s is one', async (name) => {
    expect((await ask(`GET /graphql${query} HTTP/1.1`, `Host: ${name}`)).status).toBe(200)
  })

  it('is not needed in HTTP/1.0', async () => {
    expect((await ask(`GET /graphql${query} HTTP/1.0`)).status).toBe(200)
  })
})

describe('accept', () => {
  it('is read up to a bound, and refused in a few words beyond it', async () => {
    const many = Array.from({ length: 2_000 }, (_, n) => `a/${n}`).join()
    const answer = await ask(`GET /graphql${query} HTTP/1.1`, `Host: ${host}`, `Accept: ${many}`)
    expectExplained(answer, 400)
    expect(JSON.stringify([...answer.headers]).length).toBeLessThan(1_000)
  })

  it('that fits no answer is told which ones there are', async () => {
    const answer = await ask(`GET /graphql${query} HTTP/1.1`, `Host: ${host}`, 'Accept: image/png, image/gif')
    expectExplained(answer, 406)
    expect(answer.json().errors?.[0]?.message).toContain('application/json')
    expect(answer.headers.get('accept')).toBeNull()
  })
})

describe('what is no HTTP', () => {
  it.each([
    ['no request', 'hello there\r\n\r\n', 400],
    ['a header of 20 KB', `GET /graphql HTTP/1.1\r\nHost: ${host}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400],
  ])('%s is refused in JSON', async (_what, bytes, status) => {
    expectExplained(await exchange(url, bytes), status)
  })
})

it.each([
  ['GET /nowhere', 404],
  ['POST /', 404],
  ['PUT /graphql', 405],
  ['DELETE /graphql', 405],
  ['TRACE /graphql', 405],
])('%s is answered in JSON with %i', async (start, status) => {
  const answer = await ask(`${start} HTTP/1.1`, `Host: ${host}`)
  expectExplained(answer, status)
  expect(answer.json().errors?.[0]?.message).toMatch(/GET|\/graphql/)
  if (status === 405) expect(answer.headers.get('allow')).toBe('GET, POST')
})

it.each([`/graphql${query}`, '/health', '/ready', '/nowhere'])('no cache keeps %s', async (path) => {
  expect((await ask(`GET ${path} HTTP/1.1`, `Host: ${host}`)).headers.get('cache-control')).toContain('no-store')
})

it.each(['/graphql', '/health', '/ready', '/nowhere', '/'])('no browser guesses the type of %s', async (path) => {
  expect((await ask(`GET ${path}${query} HTTP/1.1`, `Host: ${host}`)).headers.get('x-content-type-options')).toBe('nosniff')
})

it.each(['gzip, chunked', 'chunked, chunked', 'x, chunked'])('a body in the transfer coding %s is refused', async (coding) => {
  const head = [
    'POST /graphql HTTP/1.1',
    `Host: ${host}`,
    'Content-Type: application/json',
    `Transfer-Encoding: ${coding}`,
    'Connection: close',
  ]
  expectExplained(await exchange(url, [...head, '', '24', '{"query":"{ __typename }"}'.padEnd(36), '0', '', ''].join('\r\n')), 400)
})

it.each(['chunked', 'Chunked'])('a body in chunks is read: %s', async (coding) => {
  const head = [
    'POST /graphql HTTP/1.1',
    `Host: ${host}`,
    'Content-Type: application/json',
    `Transfer-Encoding: ${coding}`,
    'Connection: close',
  ]
  const answer = await exchange(url, [...head, '', '24', '{"query":"{ __typename }"}'.padEnd(36), '0', '', ''].join('\r\n'))
  expect(answer.json()).toEqual({ data: { __typename: 'Query' } })
})

describe.each(['/health', '/ready'])('%s', (path) => {
  it.each(['GET', 'HEAD'])('answers %s', async (method) => {
    expect((await ask(`${method} ${path} HTTP/1.1`, `Host: ${host}`)).status).toBe(200)
  })

  it.each(['POST', 'PUT', 'DELETE', 'TRACE', 'PATCH'])('refuses %s', async (method) => {
    const answer = await ask(`${method} ${path} HTTP/1.1`, `Host: ${host}`)
    expectExplained(answer, 405)
    expect(answer.headers.get('allow')).toBe('GET, HEAD')
  })

  it('is not taken for the end of another URL', async () => {
    const answer = await ask(`GET /graphql${query}&x=${path} HTTP/1.1`, `Host: ${host}`)
    expect(answer.json()).toEqual({ data: { __typename: 'Query' } })
  })
})
