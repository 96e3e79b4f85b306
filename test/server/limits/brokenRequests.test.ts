import { describe, expect, it } from 'vitest'
import { listen } from '../../support/listen.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

// Requests that bring no operation are no free way to keep the server busy. Each counts once.

const tested = await testServer({ maxBodyBytes: 2_000, maxBatchSize: 3 })
const { key } = await seedTenant(tested.db)
const query = '{ __typename }'
const json = { 'content-type': 'application/json' }
const post = (body: RequestInit['body'], headers: Record<string, string> = json): RequestInit => ({
  method: 'POST',
  body: body ?? null,
  headers,
})

const broken: [what: string, request: RequestInit, status: number, parameters?: string][] = [
  ['a body that is no JSON', post('{'), 400],
  ['a body that is no operation', post('7'), 400],
  ['a body that is not UTF-8', post(new Uint8Array([0x22, 0xff, 0x22])), 400],
  ['no body', post(''), 400],
  ['a body that is too large', post('x'.repeat(2_001)), 413],
  ['a body that is too large once decompressed', post('x', { ...json, 'content-encoding': 'gzip' }), 400],
  ['a content encoding that does not exist', post('{}', { ...json, 'content-encoding': 'zip' }), 415],
  ['a content type that is not supported', post('<query/>', { 'content-type': 'application/xml' }), 415],
  ['an empty batch', post('[]'), 400],
  ['a batch that is too large', post(JSON.stringify(Array(4).fill({ query }))), 413],
  ['a parameter that does not exist', post(JSON.stringify({ query, more: 1 })), 400],
  ['another method', { ...post('{}'), method: 'PUT' }, 405],
  ['variables in the URL that are no JSON', { headers: { 'apollo-require-preflight': '1' } }, 400, '?query={__typename}&variables={'],
  ['a document that nobody registered', post(JSON.stringify({ documentId: 'f'.repeat(64) })), 200],
]

interface Outcome {
  status: number
  remaining: string | null
  code: unknown
}

async function send(url: string, { headers, ...request }: RequestInit, authorization: string | null): Promise<Outcome> {
  const response = await fetch(url, { ...request, headers: { ...headers, ...(authorization === null ? {} : { authorization }) } })
  const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] }
  return { status: response.status, remaining: response.headers.get('ratelimit-remaining'), code: errors?.[0]?.extensions.code }
}

const callers: [who: string, authorization: (n: number) => string | null][] = [
  ['without a key', () => null],
  ['with another wrong key each time', (n) => `Bearer phx_wrong${n}`],
  ['with a valid key', () => `Bearer ${key}`],
]

describe.each(callers)('a caller %s', (_who, authorization) => {
  const serve = () => listen(tested.serverOn(tested, { anonymousLimitPerMinute: 3, rateLimitPerMinute: 3 }))

  it.each(broken)('cannot send %s without end', async (_what, request, status, parameters = '') => {
    const url = await serve()
    const outcomes = []
    for (let n = 0; n < 5; n++) outcomes.push(await send(url + parameters, request, authorization(n)))
    expect(outcomes.map(({ status, remaining }) => [status, remaining])).toEqual([
      [status, '2'],
      [status, '1'],
      [status, '0'],
      [429, '0'],
      [429, '0'],
    ])
    expect(outcomes.at(-1)?.code).toBe('RATE_LIMITED')
    expect((await send(url, post(JSON.stringify({ query })), authorization(9))).status).toBe(429)
  })

  it('has each operation counted once, also in a batch in which some are broken', async () => {
    const url = await serve()
    const batch = [{ query }, { query: '{ nothing }' }, { documentId: 'f'.repeat(64) }]
    expect(await send(url, post(JSON.stringify([{ query }])), authorization(0))).toMatchObject({ status: 200, remaining: '2' })
    const response = await fetch(url, {
      ...post(JSON.stringify(batch.slice(1))),
      headers: { ...json, ...(authorization(1) === null ? {} : { authorization: authorization(1) as string }) },
    })
    expect(response.headers.get('ratelimit-remaining')).toBe('0')
    expect((await send(url, post(JSON.stringify({ query })), authorization(2))).status).toBe(429)
  })
})

it('a page of another site uses up the limit of its visitor too', async () => {
  const url = await listen(tested.serverOn(tested, { anonymousLimitPerMinute: 2 }))
  const form = post(`query=${query}`, { 'content-type': 'application/x-www-form-urlencoded' })
  const statuses = []
  for (let n = 0; n < 4; n++) statuses.push((await send(url, form, null)).status)
  expect(statuses).toEqual([403, 403, 429, 429])
})

it('what was carried out is answered, also if the rest of its batch exceeds the limit', async () => {
  const url = await listen(tested.serverOn(tested, { rateLimitPerMinute: 1 }))
  const batch = [{ query }, { documentId: 'f'.repeat(64) }]
  const response = await fetch(url, { ...post(JSON.stringify(batch)), headers: { ...json, authorization: `Bearer ${key}` } })
  expect(await response.json()).toMatchObject([{ data: { __typename: 'Query' } }, { errors: [{}] }])
})

it('health checks, preflights and pages are not counted', async () => {
  const url = await listen(tested.serverOn(tested, { anonymousLimitPerMinute: 1 }))
  for (let n = 0; n < 3; n++) {
    expect((await fetch(new URL('/health', url))).status).toBe(200)
    expect((await fetch(new URL('/ready', url))).status).toBe(200)
    expect((await fetch(url, { headers: { accept: 'text/html' } })).status).toBe(200)
    const preflight = { origin: 'https://example.com', 'access-control-request-method': 'POST' }
    expect((await fetch(url, { method: 'OPTIONS', headers: preflight })).status).toBe(204)
  }
  expect((await send(url, post(JSON.stringify({ query })), null)).status).toBe(200)
})
