import { createHash } from 'node:crypto'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { testServer } from '../../support/testServer.ts'

const { server } = await testServer({ maxBodyBytes: 1_000 })
const body = (bytes: number) => JSON.stringify({ query: '{ __typename }' }).padEnd(bytes)

const form = { 'content-type': 'application/x-www-form-urlencoded', 'apollo-require-preflight': 'true' }

async function post(init: RequestInit, search = '') {
  const response = await server.fetch(`http://localhost/graphql${search}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    ...init,
  })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] },
  }
}

/** A body whose length nobody says beforehand. */
const inPieces = (text: string) => ({
  body: new ReadableStream({
    start: (controller) => {
      for (let at = 0; at < text.length; at += 100) controller.enqueue(new TextEncoder().encode(text.slice(at, at + 100)))
      controller.close()
    },
  }),
  duplex: 'half',
})

it.each([
  ['whole', (text: string) => ({ body: text, headers: { 'content-type': 'application/json', 'content-length': String(text.length) } })],
  ['in pieces', inPieces],
])('a body that comes %s is read up to its bound, and rejected beyond it', async (_name, as) => {
  expect(await post(as(body(1_000)))).toMatchObject({ status: 200, body: { data: { __typename: 'Query' } } })
  expect(await post(as(body(1_001)))).toMatchObject({ status: 413, body: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] } })
})

it.each(['application/json', 'application/json; charset=utf-8', 'application/graphql+json'])('%s is read', async (type) => {
  expect(await post({ headers: { 'content-type': type }, body: body(100) })).toMatchObject({
    status: 200,
    body: { data: { __typename: 'Query' } },
  })
})

const encoded = (encoding: string, bytes: Uint8Array<ArrayBuffer>) =>
  post({ headers: { 'content-type': 'application/json', 'content-encoding': encoding }, body: bytes })
const encoders = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const

it.each(encoders)('a body in %s is read up to its bound, and refused beyond it', async (encoding, encode) => {
  expect(await encoded(encoding, encode(body(1_000)))).toMatchObject({ status: 200, body: { data: { __typename: 'Query' } } })
  expect(await encoded(encoding, encode(body(1_001)))).toMatchObject({
    status: 413,
    body: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] },
  })
})

it.each(encoders)('a body in %s that would be huge is not inflated', async (encoding, encode) => {
  const bomb = encode(Buffer.alloc(800_000))
  expect(bomb.length).toBeLessThan(1_000)
  const { arrayBuffers } = process.memoryUsage()
  expect(await encoded(encoding, bomb)).toMatchObject({ status: 413 })
  expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(400_000)
})

it.each(encoders)('a body that is not in %s as it says is refused', async (encoding, encode) => {
  for (const wrong of [Buffer.from(body(100)), encode(body(1_000)).subarray(0, 20)]) {
    expect(await encoded(encoding, wrong)).toMatchObject({
      status: 400,
      body: { errors: [{ message: expect.stringContaining(encoding) }] },
    })
  }
})

it.each(['identity', '', 'GZIP', 'x-gzip', 'X-GZip', 'identity, gzip'])('the encoding %s is known', async (encoding) => {
  const bytes = ['identity', ''].includes(encoding) ? Buffer.from(body(100)) : gzipSync(body(100))
  expect(await encoded(encoding, bytes)).toMatchObject({ status: 200 })
})

it('a body in several encodings is read in the reverse order, and each layer has the bound', async () => {
  const layers = (bytes: number) => gzipSync(brotliCompressSync(deflateSync(body(bytes))))
  expect(await encoded('deflate, br, x-gzip', layers(1_000))).toMatchObject({ status: 200, body: { data: { __typename: 'Query' } } })
  expect(await encoded('gzip, br, deflate', layers(1_000))).toMatchObject({ status: 400 })
  expect(await encoded('deflate, br, gzip', layers(1_001))).toMatchObject({ status: 413 })
  // The inner layer is larger than the limit, and would get small again.
  const inner = gzipSync(Buffer.concat([gzipSync(body(100)), Buffer.alloc(2_000)]))
  expect(await encoded('gzip, gzip', inner)).toMatchObject({ status: 413 })
})

it.each(['zstd', 'compress', 'gzip, zstd', 'gzip, gzip, gzip, gzip'])(
  'the encoding "%s" is refused, and the answer says which are not',
  async (encoding) => {
    const { status, headers, body: answer } = await encoded(encoding, gzipSync(body(100)))
    expect(status).toBe(415)
    expect(headers.get('accept-encoding')).toBe('gzip, deflate, br')
    expect(answer.errors).toMatchObject([{ message: expect.stringContaining('gzip, deflate, br'), extensions: { code: 'BAD_USER_INPUT' } }])
  },
)

const namedQuery = 'query A { __typename }'
const sha256Hash = createHash('sha256').update(namedQuery).digest('hex')
const extensions = { persistedQuery: { version: 1, sha256Hash } }
it.each<[string, string, RequestInit]>([
  ['by POST', '', { body: JSON.stringify({ query: namedQuery, operationName: '' }) }],
  ['by GET', `?${new URLSearchParams({ query: namedQuery, operationName: '' })}`, { method: 'GET' }],
  ['of a form', '', { headers: form, body: new URLSearchParams({ query: namedQuery, operationName: '' }).toString() }],
  ['with a hash that is registered', '', { body: JSON.stringify({ query: namedQuery, operationName: '', extensions }) }],
  ['with a hash', '', { body: JSON.stringify({ operationName: '', extensions }) }],
  ['with a hash by GET', `?${new URLSearchParams({ operationName: '', extensions: JSON.stringify(extensions) })}`, { method: 'GET' }],
  ['with an id by GET', `?${new URLSearchParams({ operationName: '', documentId: sha256Hash })}`, { method: 'GET' }],
])('an empty name of an operation counts as none: %s', async (_how, search, init) => {
  expect(await post(init, search)).toMatchObject({ status: 200, body: { data: { __typename: 'Query' } } })
})

it('an empty name counts as none in a batch', async () => {
  const operation = { query: namedQuery, operationName: '' }
  const answer = { data: { __typename: 'Query' } }
  expect(await post({ body: JSON.stringify([operation, operation]) })).toMatchObject({ status: 200, body: [answer, answer] })
})

it.each([5, true, ['A'], {}, JSON.rawJSON('12345678901234567890')])(
  'a name that is no text is refused by its name: %j',
  async (operationName) => {
    const { status, body: answer } = await post({ body: JSON.stringify({ query: namedQuery, operationName }) })
    expect(status).toBe(400)
    expect(answer.errors).toMatchObject([
      { message: "The parameter 'operationName' must be text.", extensions: { code: 'BAD_USER_INPUT' } },
    ])
  },
)
