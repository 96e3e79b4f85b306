import { describe, expect, it } from 'vitest'
import { seedEvent, seedFlag, seedKey } from '../../support/seed.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

const tested = await testServer()
const { db, server } = tested
const { project, user, key } = await seedTenant(db)
for (const name of ['one', 'two', 'three']) await seedFlag(db, project, { key: name })
await seedEvent(db, project, 'paid', '2026-11-19T12:00:00Z', { '$feature/one': 'test' })

// biome-ignore lint/suspicious/noExplicitAny: the shape is the operation's own
type Part = any

/** The parts of an answer, in the order in which they came. */
async function parts(query: string, { accept = 'multipart/mixed', as = key } = {}): Promise<Part[]> {
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { accept, 'content-type': 'application/json', authorization: `Bearer ${as}` },
    body: JSON.stringify({ query }),
  })
  expect(response.headers.get('content-type')).toContain(accept)
  const text = await response.text()
  return accept === 'text/event-stream'
    ? [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json = '']) => JSON.parse(json))
    : text
        .split('\r\n---')
        .flatMap((part) => /\r\n\r\n(\{[\s\S]*)$/.exec(part)?.[1] ?? [])
        .map((json) => JSON.parse(json))
}

const counted = `{
  eligibleFeatureFlags(projectId: ${project.id}, first: 2) { nodes { key } ... @defer(label: "count") { totalCount } }
}`

describe('@defer', () => {
  it.each(['multipart/mixed', 'text/event-stream'])('sends the page before its count, as %s', async (accept) => {
    const [first, ...later] = await parts(counted, { accept })
    expect(first).toEqual({ data: { eligibleFeatureFlags: { nodes: [{ key: 'three' }, { key: 'two' }] } }, hasNext: true })
    expect(later.flatMap(({ incremental = [] }) => incremental)).toMatchObject([
      { data: { totalCount: 3 }, path: ['eligibleFeatureFlags'], label: 'count' },
    ])
    expect(later.at(-1)).toMatchObject({ hasNext: false })
  })

  it('sends what else was asked before the look at the events', async () => {
    const [first, ...later] = await parts(`{
      viewer { scopes }
      ... @defer { requiresFlagImplementation(projectId: ${project.id}, events: ["paid"]) { required events { event sampled } } }
    }`)
    expect(first).toEqual({ data: { viewer: { scopes: ['*'] } }, hasNext: true })
    expect(later.flatMap(({ incremental = [] }) => incremental)).toMatchObject([
      { data: { requiresFlagImplementation: { required: false, events: [{ event: 'paid', sampled: 1 }] } } },
    ])
  })

  it('gives errors in a later part their codes, and hides what went wrong inside', async () => {
    const reader = await seedKey(db, user, { scopes: ['experiment:read'] })
    const [, later] = await parts(`{ viewer { scopes } ... @defer { eligibleFeatureFlags(projectId: ${project.id}) { nodes { key } } } }`, {
      as: reader,
    })
    expect(later.incremental).toMatchObject([
      {
        data: { eligibleFeatureFlags: null },
        errors: [{ path: ['eligibleFeatureFlags'], extensions: { code: 'FORBIDDEN', requiredScope: 'feature_flag:read' } }],
      },
    ])

    await db.$executeRaw`ALTER TABLE events RENAME TO secret_events`
    const [, failed] = await parts(
      `{ viewer { scopes } ... @defer { requiresFlagImplementation(projectId: ${project.id}, events: ["paid"]) { required } } }`,
    )
    await db.$executeRaw`ALTER TABLE secret_events RENAME TO events`
    expect(failed.incremental[0].errors).toEqual([
      {
        message: 'Something went wrong on our side. Tell us the request id.',
        path: ['requiresFlagImplementation'],
        locations: expect.anything(),
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.stringMatching(/./) },
      },
    ])
  })

  it.each([
    [
      'a query',
      counted,
      'An operation with `@defer` returns its result in parts: send the header `accept: multipart/mixed` or `accept: text/event-stream`.',
    ],
    [
      'a subscription',
      `subscription { experimentUpdated(projectId: ${project.id}) { name } }`,
      'A subscription returns its result in parts: send the header `accept: text/event-stream` or `accept: multipart/mixed;subscriptionSpec=1.0`.',
    ],
  ])('is not possible for a caller who takes whole answers only, who is told what would be right: %s', async (_name, query, message) => {
    const response = await server.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query }),
    })
    expect(response.status).toBe(406)
    expect(await response.json()).toMatchObject({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] })
  })
})

describe('@stream', () => {
  const scopes = (initialCount: string, variables = '') => `query ${variables} { viewer { scopes @stream(initialCount: ${initialCount}) } }`

  it('sends the first items, and then the others', async () => {
    const [first] = await parts(scopes('0'))
    expect(first).toEqual({ data: { viewer: { scopes: [] } }, hasNext: true })
  })

  it.each([
    ['-5', ''],
    ['null', ''],
    ['$count', '($count: Int = -1)'],
    ['$count', '($count: Int = null)'],
  ])('is refused with an initialCount of %s %s', async (count, variables) => {
    const { errors } = await tested.run(key, scopes(count, variables))
    expect(errors).toMatchObject([
      {
        message: '`initialCount` of `@stream` must be 0 or more: the number of items in the first part of the answer.',
        extensions: { code: 'BAD_USER_INPUT', argument: 'initialCount' },
      },
    ])
  })
})
