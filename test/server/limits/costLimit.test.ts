import { describe, expect, it } from 'vitest'
import { seedFlag } from '../../support/seed.ts'
import { type Answer, seedTenant, testServer } from '../../support/testServer.ts'

describe('the limits of a key', async () => {
  const tested = await testServer({ maxOperationCost: 3_000, maxAliases: 1_000, maxRootFields: 1_000, maxOperationTokens: 10_000 })
  const { db, time } = tested
  const { key, project } = await seedTenant(db)
  await seedFlag(db, project, { key: 'one' })
  await seedFlag(db, project, { key: 'two' })

  const post = async (
    settings: object,
    body: unknown,
    headers: Record<string, string> = {},
    server = tested.serverOn(tested, settings),
  ) => {
    const response = await server.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
      body: JSON.stringify(body),
    })
    return { response, answer: (await response.json()) as Answer & { extensions?: Record<string, unknown> } }
  }
  const aliased = (count: number, field: string) => Array.from({ length: count }, (_, n) => `a${n}: ${field}`).join(' ')
  const stats = { query: `{ ${aliased(300, `stats(projectId: ${project.id}) { activeExperiments }`)} }` }
  const limited = [{ extensions: { code: 'RATE_LIMITED', retryAfter: 60 } }]

  it('hold for what operations cost, not only for how many there are', async () => {
    const server = tested.serverOn(tested, { costLimitPerMinute: 4_000 })
    const [first, second, third] = [await post({}, stats, {}, server), await post({}, stats, {}, server), await post({}, stats, {}, server)]
    expect([first, second, third].map(({ response }) => response.status)).toEqual([200, 200, 429])
    expect(first.answer.data.a299).toEqual({ activeExperiments: 0 })
    expect(first.response.headers.get('ratelimit-limit')).toBe('4000')
    expect(first.response.headers.get('ratelimit-remaining')).toBe('2500')
    expect(third.answer.errors).toMatchObject(limited)
    expect(third.response.headers.get('retry-after')).toBe('60')
    expect(third.response.headers.get('ratelimit-remaining')).toBe('0')

    time.now = new Date(time.now.getTime() + 60_000)
    expect((await post({}, stats, {}, server)).response.status).toBe(200)
  })

  it('hold for each mutation of an operation', async () => {
    const mutation = (count: number) => ({
      query: `mutation { ${aliased(count, 'pauseExperiment(input: { id: 1 }) { __typename }')} }`,
    })
    const settings = { mutationLimitPerMinute: 240 }
    const refused = await post(settings, mutation(250))
    expect(refused.response.status).toBe(429)
    expect(refused.answer).toMatchObject({ errors: limited })
    expect(await db.activity.count()).toBe(0)
    const { answer } = await post(settings, mutation(240))
    expect(answer.data.a239).toEqual({ __typename: 'NotFoundError' })
  })

  it('hold for each operation of a batch, and refuse only those that exceed them', async () => {
    const { response, answer } = await post({ costLimitPerMinute: 4_000 }, [stats, stats, stats, { query: '{ __typename }' }])
    const codes = (answer as unknown as Answer[]).map(({ errors }) => errors?.[0]?.extensions.code)
    expect(codes).toEqual([undefined, undefined, 'RATE_LIMITED', 'RATE_LIMITED'])
    expect(response.headers.get('ratelimit-remaining')).toBe('0')
  })

  it('are not used up by an operation that is too expensive to run', async () => {
    const server = tested.serverOn(tested, { costLimitPerMinute: 4_000 })
    const dear = { query: `{ ${aliased(40, `eligibleFeatureFlags(projectId: ${project.id}, first: 100) { nodes { key } }`)} }` }
    expect((await post({}, dear, {}, server)).answer.errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_EXPENSIVE' } }])
    expect((await post({}, stats, {}, server)).response.headers.get('ratelimit-remaining')).toBe('2500')
  })

  it('are in headers: of the limit that is nearest to its end', async () => {
    const server = tested.serverOn(tested, { rateLimitPerMinute: 3, rateLimitPerHour: 100, costLimitPerMinute: 10_000 })
    const ask = () => post({}, { query: '{ __typename }' }, {}, server)
    const remaining = [await ask(), await ask(), await ask()].map(({ response: { headers } }) =>
      ['limit', 'remaining', 'reset'].map((name) => headers.get(`ratelimit-${name}`)).join(),
    )
    expect(remaining).toEqual(['3,2,60', '3,1,60', '3,0,60'])
  })

  it('leave no headers where all are off', async () => {
    const { response } = await post({}, { query: '{ __typename }' })
    expect([...response.headers.keys()].filter((name) => name.startsWith('ratelimit'))).toEqual([])
  })

  describe('the cost in an answer', () => {
    const page = {
      query: `query ($first: Int) { eligibleFeatureFlags(projectId: ${project.id}, first: $first) {
        nodes { key experiments { nodes { name } } } pageInfo { hasNextPage } totalCount } }`,
      variables: { first: 20 },
    }
    // The page, its position and its count, and twenty flags with twenty experiments each.
    const requested = 1 + 1 + 10 + 20 * (1 + 1 + 20)
    // Two flags without experiments.
    const actual = 1 + 1 + 10 + 2 * (1 + 1)
    const wanted = { 'x-graphql-cost': '1' }

    it('is what the schema says, beside what the answer really holds', async () => {
      const { answer } = await post({ costLimitPerMinute: 1_000 }, page, wanted)
      expect(answer.data.eligibleFeatureFlags.totalCount).toBe(2)
      const resetAt = new Date(time.now.getTime() + 60_000).toISOString()
      expect(requested).toBe(452)
      expect(actual).toBe(16)
      expect(answer.extensions).toEqual({ cost: { requested, actual, limit: 1_000, remaining: 1_000 - requested, resetAt } })
    })

    it('is there without a limit, and for an operation that was too expensive', async () => {
      const off = { limit: null, remaining: null, resetAt: null }
      expect((await post({}, page, wanted)).answer.extensions).toEqual({ cost: { requested, actual, ...off } })
      const { answer } = await post({ maxOperationCost: 400 }, page, wanted)
      expect(answer.errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_EXPENSIVE' } }])
      expect(answer.extensions).toEqual({ cost: { requested, actual: 0, ...off } })
    })

    it('is not there unless asked for', async () => {
      expect((await post({}, page)).answer.extensions).toBeUndefined()
      expect((await post({}, page, { 'x-graphql-cost': '0' })).answer.extensions).toBeUndefined()
    })

    it('counts objects of an abstract type, fragments and merged fields once', async () => {
      const { answer } = await post(
        {},
        {
          query: `{ viewer { user { email } ...v ...v } }
            fragment v on Viewer { user { firstName } projects(first: 5) { nodes { ...p } edges { node { id } } } }
            fragment p on Node { id ... on Project { name } ... on Experiment { createdBy { email } } }`,
        },
        wanted,
      )
      // The viewer, the person, the page, a project, and an edge with a project.
      expect(answer.extensions).toMatchObject({ cost: { actual: 1 + 1 + 1 + 1 + 2 } })
    })
  })
})
