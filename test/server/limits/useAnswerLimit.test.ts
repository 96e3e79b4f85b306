import { getIntrospectionQuery } from 'graphql'
import { describe, expect, it } from 'vitest'
import { listen } from '../../support/listen.ts'
import { controlAndTest, seedExperiment, seedFlag } from '../../support/seed.ts'
import { subscribe } from '../../support/subscribe.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

const limits = { maxAnswerBytes: 200_000, maxErrors: 5 }
const test = await testServer(limits)
const { db } = test
const { key, project } = await seedTenant(db)
// About 30 KB of filters, which an answer may hold six times.
const values = Array.from({ length: 1_000 }, (_, index) => `a-value-of-a-property-${index}`)
const property = { key: 'plan', type: 'person', operator: 'exact', value: values }
const filters = { ...controlAndTest, groups: [{ properties: [property], rollout_percentage: 100 }] }
await seedFlag(db, project, { key: 'large', filters })
// JSON writes each of these characters as six.
const escaped = { ...controlAndTest, payloads: { control: '\u0001'.repeat(20_000) } }
await seedFlag(db, project, { key: 'escaped', filters: escaped, active: false })
const page = `eligibleFeatureFlags(projectId: ${project.id}, active: true) { nodes { key filters } }`
const pages = (count: number) => Array.from({ length: count }, (_, index) => `page${index}: ${page}`).join(' ')
const tooLarge = {
  message: 'The answer is larger than 200000 bytes. Select fewer fields, smaller pages, or fewer operations at once.',
  extensions: { code: 'ANSWER_TOO_LARGE', maxBytes: 200_000 },
}

async function send(server: typeof test.server, body: unknown, accept = 'application/json') {
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  })
  return response.text()
}

describe.each([
  ['the compiled executor', true],
  ["Yoga's executor", false],
])('on %s', (_executor, compiledExecutor) => {
  const server = test.serverOn(test, { compiledExecutor })

  it('an answer within the limit is complete', async () => {
    const answer = JSON.parse(await send(server, { query: `{ ${pages(5)} }` }))
    expect(answer.errors).toBeUndefined()
    expect(answer.data.page4.nodes[0].filters).toEqual(filters)
  })

  it('a JSON field under many aliases is refused as soon as the answer is too large', async () => {
    const answer = await send(server, { query: `{ ${pages(8)} }` })
    expect(JSON.parse(answer)).toMatchObject({ data: null, errors: [tooLarge] })
    expect(answer.length).toBeLessThan(1_000)
  })

  it('a text counts as many bytes as JSON needs for it', async () => {
    const flag = `featureFlag(projectId: ${project.id}, key: "escaped") { filters }`
    expect(JSON.parse(await send(server, { query: `{ ${flag} }` })).errors).toBeUndefined()
    const answer = await send(server, { query: `{ a: ${flag} b: ${flag} }` })
    expect(JSON.parse(answer)).toMatchObject({ data: null, errors: [tooLarge] })
  })

  it('the operations of a batch have one limit together', async () => {
    const answers: { data: unknown; errors?: unknown[] }[] = JSON.parse(await send(server, Array(4).fill({ query: `{ ${pages(3)} }` })))
    const refused = answers.filter(({ data }) => data === null)
    expect(refused.length).toBeGreaterThanOrEqual(2)
    expect(refused.length).toBeLessThan(4)
    for (const answer of refused) expect(answer).toMatchObject({ errors: [tooLarge] })
  })

  it('the text of the schema and introspection count too', async () => {
    const strict = test.serverOn(test, { compiledExecutor, maxAnswerBytes: 50_000 })
    for (const query of [getIntrospectionQuery(), '{ _service { sdl } }']) {
      expect(JSON.parse(await send(strict, { query }))).toMatchObject({
        data: null,
        errors: [{ extensions: { code: 'ANSWER_TOO_LARGE' } }],
      })
    }
  })

  it('an answer in parts ends with the part that is too large', async () => {
    const deferred = Array.from({ length: 8 }, (_, index) => `... @defer { page${index}: ${page} }`).join(' ')
    const answer = await send(server, { query: `{ __typename ${deferred} }` }, 'multipart/mixed')
    expect(answer.length).toBeLessThan(250_000)
    expect(answer).toContain('"ANSWER_TOO_LARGE"')
    expect(answer).toContain('"hasNext":false')
  })

  it('an answer lists few errors, and counts the others', async () => {
    const missing = Array.from({ length: 12 }, (_, index) => `project${index}: project(id: "999${index}") { id }`).join(' ')
    const answer = JSON.parse(await send(server, { query: `{ ${missing} }` }))
    expect(answer.errors).toHaveLength(5)
    expect(answer.extensions).toEqual({ omittedErrors: 7 })
    expect(answer.data.project11).toBeNull()
  })

  it('half a million wrong values have few errors', async () => {
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }'
    const answer = JSON.parse(await send(server, { query, variables: { ids: Array(120_000).fill({}) } }))
    expect(answer.data).toBeUndefined()
    expect(answer.errors).toHaveLength(5)
    expect(answer.errors[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } })
  })
})

it('each event of a subscription has the whole limit', async () => {
  const flag = await db.featureFlag.findFirstOrThrow({ where: { key: 'large' } })
  const experiment = await seedExperiment(db, flag)
  const url = await listen(test.serverOn(test))
  const fields = Array.from({ length: 4 }, (_, index) => `filters${index}: filters`).join(' ')
  const subscription = (more: string) =>
    `subscription { experimentUpdated(projectId: ${project.id}) { name featureFlag { ${fields} ${more} } } }`
  const within = await subscribe(url, key, subscription(''))
  const beyond = await subscribe(url, key, subscription('a: filters b: filters c: filters'))
  for (const name of ['First', 'Second', 'Third']) {
    await test.run(key, `mutation { updateExperiment(input: { id: ${experiment.id}, name: "${name}" }) { __typename } }`)
    expect(await within.next()).toMatchObject({ data: { experimentUpdated: { name, featureFlag: { filters3: filters } } } })
  }
  expect(await beyond.next()).toMatchObject({ data: null, errors: [tooLarge] })
  await within.end()
  await beyond.end()
})
