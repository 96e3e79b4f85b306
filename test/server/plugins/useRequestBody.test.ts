import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { testServer } from '../../support/testServer.ts'

const { server } = await testServer({ maxBodyBytes: 1_000 })
const body = (bytes: number) => JSON.stringify({ query: '{ __typename }' }).padEnd(bytes)

async function post(init: RequestInit) {
  const response = await server.fetch('http://localhost/graphql', {
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

it.each(['identity', 'GZIP'])('the encoding %s is known', async (encoding) => {
  const bytes = encoding === 'identity' ? Buffer.from(body(100)) : gzipSync(body(100))
  expect(await encoded(encoding, bytes)).toMatchObject({ status: 200 })
})

it.each(['zstd', 'compress', 'gzip, gzip'])('the encoding "%s" is refused, and the answer says which are not', async (encoding) => {
  const { status, headers, body: answer } = await encoded(encoding, gzipSync(body(100)))
  expect(status).toBe(415)
  expect(headers.get('accept-encoding')).toBe('gzip, deflate, br')
  expect(answer.errors).toMatchObject([{ message: expect.stringContaining('gzip, deflate, br'), extensions: { code: 'BAD_USER_INPUT' } }])
})

it('an empty name of the operation is none', async () => {
  const operation = { query: 'query A { __typename }', operationName: '' }
  expect(await post({ body: JSON.stringify(operation) })).toMatchObject({ status: 200, body: { data: { __typename: 'Query' } } })
  expect(await post({ body: JSON.stringify([operation, operation]) })).toMatchObject({
    status: 200,
    body: [{}, {}].map(() => ({ data: {} })),
  })
})
