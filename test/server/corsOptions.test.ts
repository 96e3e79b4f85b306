import { expect, it } from 'vitest'
import { seedTenant, testServer } from '../support/testServer.ts'

const test = await testServer()
const { key } = await seedTenant(test.db)
const app = 'https://app.example.com'

/** The CORS headers of an answer to a page, and of the preflight before it. */
async function corsHeaders(corsOrigins: string[], origin: string) {
  const server = test.serverOn(test, { corsOrigins })
  const url = 'http://localhost/graphql'
  const preflight = await server.fetch(url, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
  })
  const answer = await server.fetch(url, {
    method: 'POST',
    headers: { origin, authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: '{"query":"{ __typename }"}',
  })
  expect(answer.status).toBe(200)
  for (const { headers } of [preflight, answer]) expect(headers.has('access-control-allow-credentials')).toBe(false)
  return [preflight, answer].map(({ headers }) => headers.get('access-control-allow-origin'))
}

it.each([
  ['every origin', ['*'], app, app],
  ['an origin of the setting', [app, 'http://localhost:3000'], 'http://localhost:3000', 'http://localhost:3000'],
  ['the only origin of the setting', [app], app, app],
  ['another origin', [app], 'https://elsewhere.example', null],
  ['an origin that only looks like it', [app], 'https://app.example.com.elsewhere.example', null],
  ['a page without an origin', [app, 'http://localhost:3000'], 'null', null],
  ['any origin where none may', [], app, null],
])('pages of %s: the answer says so, never with credentials', async (_what, origins, origin, expected) => {
  expect(await corsHeaders(origins, origin)).toEqual([expected, expected])
})
