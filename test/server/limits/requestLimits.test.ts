import { beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/platform/config.ts'
import { type Answer, seedTenant, type TestServer, testServer } from '../../support/testServer.ts'

async function ask({ server }: TestServer, key: string | null): Promise<{ response: Response; answer: Answer }> {
  const response = await server.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ query: '{ viewer { scopes } }' }),
  })
  return { response, answer: (await response.json()) as Answer }
}

it("a key may ask as often as PostHog's may, unless the settings say otherwise", () => {
  expect(readConfig({})).toMatchObject({ rateLimitPerMinute: 480, rateLimitPerHour: 4800 })
})

describe('three requests a minute', () => {
  let tested: TestServer
  beforeAll(async () => {
    tested = await testServer({ rateLimitPerMinute: 3, rateLimitPerHour: 1000 })
  })

  it('reject the fourth, and say when to come back', async () => {
    const { key } = await seedTenant(tested.db)
    for (let count = 0; count < 3; count++) expect((await ask(tested, key)).response.status).toBe(200)

    const { response, answer } = await ask(tested, key)
    expect(response.status).toBe(429)
    const retryAfter = Number(response.headers.get('retry-after'))
    expect(retryAfter).toBeGreaterThanOrEqual(1)
    expect(retryAfter).toBeLessThanOrEqual(60)
    expect(answer).toEqual({
      errors: [
        {
          message: `Request was throttled. Expected available in ${retryAfter} seconds.`,
          extensions: { code: 'RATE_LIMITED', retryAfter },
        },
      ],
    })
    expect(response.headers.get('x-request-id')).not.toBeNull()
  })

  it('are counted for each key, also of one person', async () => {
    const one = await seedTenant(tested.db)
    const other = await seedTenant(tested.db)
    for (let count = 0; count < 4; count++) await ask(tested, one.key)
    expect((await ask(tested, one.key)).response.status).toBe(429)
    expect((await ask(tested, other.key)).response.status).toBe(200)
  })

  it('hold for requests that come all at once', async () => {
    const { key } = await seedTenant(tested.db)
    const asked = await Promise.all(Array.from({ length: 10 }, () => ask(tested, key)))
    const statuses = asked.map(({ response }) => response.status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(3)
    expect(statuses.filter((status) => status === 429)).toHaveLength(7)
  })

  it('do not count who has no valid key', async () => {
    for (let count = 0; count < 5; count++) {
      for (const key of [null, 'phx_nothing']) {
        const { response, answer } = await ask(tested, key)
        expect(response.status).not.toBe(429)
        expect(answer.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
      }
    }
  })
})

it('an hour has a limit of its own, and its own time to wait', async () => {
  const tested = await testServer({ rateLimitPerMinute: 100, rateLimitPerHour: 2 })
  const { key } = await seedTenant(tested.db)
  for (let count = 0; count < 2; count++) expect((await ask(tested, key)).response.status).toBe(200)
  const { response } = await ask(tested, key)
  expect(response.status).toBe(429)
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(60)
})

it('0 switches a limit off, each by itself', async () => {
  const tested = await testServer({ rateLimitPerMinute: 0, rateLimitPerHour: 2 })
  const { key } = await seedTenant(tested.db)
  const statuses = [await ask(tested, key), await ask(tested, key), await ask(tested, key)].map(({ response }) => response.status)
  expect(statuses).toEqual([200, 200, 429])

  const free = await testServer({ rateLimitPerMinute: 0, rateLimitPerHour: 0 })
  const tenant = await seedTenant(free.db)
  for (let count = 0; count < 10; count++) expect((await ask(free, tenant.key)).response.status).toBe(200)
})
