import { describe, expect, it } from 'vitest'
import { type Answer, seedTenant, testServer } from '../../support/testServer.ts'

const database = await testServer()
const { db, server, serverOn, run } = database
const { key, project } = await seedTenant(db)

async function post(body: BodyInit, headers: Record<string, string> = {}): Promise<{ status: number; answer: Answer }> {
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body,
  })
  return { status: response.status, answer: (await response.json()) as Answer }
}

it('rejects a body of ten megabytes', async () => {
  const { status, answer } = await post(JSON.stringify({ query: `{ viewer { scopes } } # ${'x'.repeat(10_000_000)}` }))
  expect(status).toBe(413)
  expect(answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
})

it('rejects a body of ten megabytes that does not say how long it is', async () => {
  const chunk = new TextEncoder().encode('x'.repeat(100_000))
  let sent = 0
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => (sent++ < 100 ? controller.enqueue(chunk) : controller.close()),
  })
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    duplex: 'half',
  } as RequestInit)
  expect(response.status).toBe(413)
  expect(((await response.json()) as Answer).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
})

it('rejects a body that is not UTF-8', async () => {
  const { status, answer } = await post(Buffer.from('7b227175657279223a227b20766965776572ff7d227d', 'hex'))
  expect(status).toBe(400)
  expect(answer.errors).toMatchObject([{ message: 'The body of the request must be valid UTF-8.', extensions: { code: 'BAD_USER_INPUT' } }])
})

it('reads a body in any language', async () => {
  const { status, answer } = await post(
    JSON.stringify({ query: `{ eligibleFeatureFlags(projectId: ${project.id}, search: "Größe 日本 🎉") { totalCount } }` }),
  )
  expect(status).toBe(200)
  expect(answer.data.eligibleFeatureFlags.totalCount).toBe(0)
})

it.each([
  ['no JSON', '{'],
  ['an empty batch', '[]'],
  ['a JSON number', '7'],
  ['no query', '{}'],
  ['a query that is no text', '{"query": 7}'],
  ['an empty query', '{"query": ""}'],
  ['variables that are no object', '{"query": "{ __typename }", "variables": "x"}'],
  ['an unknown operation', '{"query": "query A { __typename }", "operationName": "B"}'],
  ['no GraphQL', '{"query": "hello there"}'],
  ['an unknown field', '{"query": "{ nonsense }"}'],
])('rejects %s as the caller’s mistake', async (_case, body) => {
  const { status, answer } = await post(body)
  expect(status).toBeLessThan(500)
  expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
})

it('answers another type of content with 415', async () => {
  const response = await server.fetch('http://localhost/graphql', { method: 'POST', headers: { 'content-type': 'image/png' }, body: 'x' })
  expect(response.status).toBe(415)
})

it.each(['variables=x', 'extensions=%7B'])('rejects %s in an address and in a form', async (parameter) => {
  const query = encodeURIComponent('{ __typename }')
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'apollo-require-preflight': 'true' }
  for (const response of [
    await server.fetch(`http://localhost/graphql?query=${query}&${parameter}`),
    await server.fetch('http://localhost/graphql', { method: 'POST', headers, body: `query=${query}&${parameter}` }),
  ]) {
    expect(response.status).toBe(400)
    expect(((await response.json()) as Answer).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  }
})

it.each([
  ['a value', `{ node(id: ${'['.repeat(2_400)}${']'.repeat(2_400)}) { id } }`],
  ['fields', `${'{a'.repeat(20_000)}${'}'.repeat(20_000)}`],
  ['fields behind a text that hides them', `{ a(x: """\\"""""") ${'{a'.repeat(20_000)} }`],
])('rejects %s nested without measure', async (_case, query) => {
  const { data, errors } = await run(key, query)
  expect(data ?? null).toBeNull()
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['OPERATION_TOO_EXPENSIVE'])
})

it('does not take brackets in a text for nesting', async () => {
  const { errors } = await run(key, `{ eligibleFeatureFlags(projectId: ${project.id}, search: "${'('.repeat(300)}") { totalCount } }`)
  expect(errors).toBeUndefined()
})

it('executes no form', async () => {
  const body = new FormData()
  body.set('operations', JSON.stringify({ query: '{ __typename }' }))
  const headers = { 'apollo-require-preflight': 'true' }
  const response = await server.fetch('http://localhost/graphql', { method: 'POST', headers, body })
  expect(response.status).toBe(415)
})

it.each([
  ['first', 'first: 0'],
  ['first', 'first: 101'],
  ['last', 'last: -1'],
  ['last', 'first: 1, last: 1'],
  ['first', 'first: "many"'],
  ['first', 'first: 99999999999'],
  ['offset', 'offset: -1'],
  ['after', 'after: "nonsense"'],
  ['search', `search: "${'x'.repeat(401)}"`],
  ['search', 'search: "a\\u0000b"'],
  ['createdByIds', 'createdByIds: ["x"]'],
  ['orderBy', 'orderBy: {field: COLOUR, direction: ASC}'],
  ['evaluationRuntime', 'evaluationRuntime: "server"'],
])('names the argument %s in %s', async (argument, args) => {
  const { errors } = await run(key, `{ eligibleFeatureFlags(projectId: ${project.id}, ${args}) { totalCount nodes { id } } }`)
  expect(errors?.map(({ extensions }) => extensions)).toMatchObject([{ code: 'BAD_USER_INPUT', argument }])
  expect(errors?.[0]?.message).not.toBe('')
})

it.each([
  ['projectId', '"x"'],
  ['projectId', '"-1"'],
  ['projectId', '"1.5"'],
  ['projectId', '""'],
  ['projectId', '"RmVhdHVyZUZsYWc6MQ=="'],
  ['projectId', '1e400'],
])('names a malformed %s %s', async (argument, id) => {
  const { errors } = await run(key, `{ stats(projectId: ${id}) { activeExperiments } }`)
  expect(errors?.map(({ extensions }) => extensions)).toMatchObject([{ code: 'BAD_USER_INPUT', argument }])
})

it('names the variable that has the wrong type', async () => {
  const { errors } = await run(
    key,
    'query ($projectId: ID!, $first: Int) { eligibleFeatureFlags(projectId: $projectId, first: $first) { totalCount } }',
    {
      projectId: project.id,
      first: 'many',
    },
  )
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'first' } }])
})

it('names the variable that is no Unicode', async () => {
  const query = 'query ($projectId: ID!, $term: String) { eligibleFeatureFlags(projectId: $projectId, search: $term) { totalCount } }'
  const { errors } = await run(key, query, { projectId: project.id, term: '\uD800' })
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'search' } }])
})

it('says not found for a project that cannot be', async () => {
  const { errors } = await run(key, '{ stats(projectId: "99999999999") { activeExperiments } }')
  expect(errors).toMatchObject([{ message: 'Project not found.', path: ['stats'], extensions: { code: 'NOT_FOUND' } }])
})

it('rejects operations that are too deep, too dear or too long, before anything is read', async () => {
  const deep = `${'experiments { nodes { featureFlag { '.repeat(6)} key ${'} } }'.repeat(6)}`
  for (const query of [
    `{ eligibleFeatureFlags(projectId: ${project.id}) { nodes { ${deep} } } }`,
    `{ experiments(projectId: ${project.id}, first: 100) { nodes { featureFlag { experiments(first: 100) { nodes { featureFlag { experiments(first: 100) { totalCount } } } } } } } }`,
    `{ ${'viewer { scopes } '.repeat(2_000)} }`,
    `{ ${Array.from({ length: 50 }, (_, i) => `a${i}: requiresFlagImplementation(projectId: ${project.id}, anyEvent: true, sampleSize: 1000) { required }`).join(' ')} }`,
  ]) {
    const { data, errors } = await run(key, query)
    expect(errors?.every(({ extensions }) => extensions.code === 'OPERATION_TOO_EXPENSIVE')).toBe(true)
    expect(Object.values(data ?? {}).every((value) => value === null)).toBe(true)
  }
})

it('answers /health without a key', async () => {
  expect((await server.fetch('http://localhost/health')).status).toBe(200)
})

it('answers /ready when the database answers', async () => {
  expect((await server.fetch('http://localhost/ready')).status).toBe(200)
})

describe.each([true, false])('with introspection=%s', (introspection) => {
  const tried = serverOn(database, { introspection })
  const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`unknown${n}`, 1]))

  it.each([
    ['an input of unknown fields', 'mutation ($v: CreateFeatureFlagInput!) { createFeatureFlag(input: $v) { __typename } }', wide],
    ['an object as id', 'query ($v: ID!) { node(id: $v) { id } }', wide],
    ['a deferred one', 'query ($v: ID!) { ... @defer { node(id: $v) { id } } }', wide],
    ['a long text as number', `query ($v: Int) { experiments(projectId: ${project.id}, first: $v) { totalCount } }`, 'x'.repeat(500_000)],
  ])('errors do not repeat %s', async (_what, query, v) => {
    const response = await tried.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, accept: 'application/json, multipart/mixed' },
      body: JSON.stringify({ query, variables: { v } }),
    })
    const text = await response.text()
    expect(text.length).toBeLessThan(3_000)
    expect(text).toContain('got invalid value')
    expect(response.status).toBe(400)
  })

  it('several small errors are listed', async () => {
    const query = 'mutation ($v: CreateFeatureFlagInput!) { createFeatureFlag(input: $v) { __typename } }'
    const response = await tried.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query, variables: { v: { projectid: 1, kee: 'x' } } }),
    })
    const { errors } = (await response.json()) as Answer
    expect(errors?.length).toBeGreaterThan(2)
    expect(JSON.stringify(errors).includes('Did you mean')).toBe(introspection)
  })
})
