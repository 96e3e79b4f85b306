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
  return { status: response.status, body: (await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] } }
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
  expect(await post(as(body(1_000)))).toEqual({ status: 200, body: { data: { __typename: 'Query' } } })
  expect(await post(as(body(1_001)))).toMatchObject({ status: 413, body: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] } })
})

it.each(['application/json', 'application/json; charset=utf-8', 'application/graphql+json'])('%s is read', async (type) => {
  expect(await post({ headers: { 'content-type': type }, body: body(100) })).toEqual({
    status: 200,
    body: { data: { __typename: 'Query' } },
  })
})
