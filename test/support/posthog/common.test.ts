import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient, createClock } from './client.ts'
import { type PostHog, startPostHog } from './startPostHog.ts'

const clock = createClock()
let posthog: PostHog
let send: ReturnType<typeof createClient>

beforeAll(async () => {
  posthog = await startPostHog({ clock: clock.now, settings: { throttling: false } })
  send = createClient(posthog)
})
afterAll(() => posthog.close())

describe('keys', () => {
  it.each([
    ['no key', null, 401, 'not_authenticated', 'Authentication credentials were not provided.'],
    ['an unknown key', 'phx_x', 401, 'authentication_failed', 'Personal API key found in request Authorization header is invalid.'],
  ])('refuses %s', async (_name, token, status, code, detail) => {
    const reply = await createClient(posthog, token)('GET', 'feature_flags/')
    expect(reply).toMatchObject({ status, body: { type: 'authentication_error', code, detail, attr: null } })
    expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer resource_metadata=/)
  })

  it('refuses a revoked key', async () => {
    const key = posthog.addKey(posthog.owner)
    expect((await createClient(posthog, key.token)('GET', 'feature_flags/')).status).toBe(200)
    key.revoked = true
    expect((await createClient(posthog, key.token)('GET', 'feature_flags/')).status).toBe(401)
  })

  it.each([
    ['a missing scope', { scopes: ['experiment:write'] }, "API key missing required scope 'feature_flag:read'"],
    [
      'another project, before the scope',
      { scopes: [], scoped_teams: [7] },
      'API key does not have access to the requested project: ID 1.',
    ],
  ])('refuses a key with %s', async (_name, row, detail) => {
    const key = posthog.addKey(posthog.owner, row)
    const reply = await createClient(posthog, key.token)('GET', 'feature_flags/')
    expect(reply).toMatchObject({ status: 403, body: { type: 'authentication_error', code: 'permission_denied', detail, attr: null } })
  })

  it('takes a scope to write for one to read', async () => {
    const key = posthog.addKey(posthog.owner, { scopes: ['feature_flag:write'] })
    expect((await createClient(posthog, key.token)('GET', 'feature_flags/')).status).toBe(200)
  })

  it('refuses keys where no scope is declared', async () => {
    const reply = await send('GET', 'llm_prompts/0192f7c1-0000-7000-8000-000000000001/versions/')
    expect(reply).toMatchObject({ status: 403, body: { detail: 'This action does not support personal API key access' } })
  })

  it('takes a key in the body, and then in the query', async () => {
    const anonymous = createClient(posthog, null)
    expect((await anonymous('GET', `feature_flags/?personal_api_key=${posthog.key.token}`)).status).toBe(200)
    expect((await anonymous('POST', 'feature_flags/bulk_keys/', { ids: [], personal_api_key: posthog.key.token })).status).toBe(200)
  })
})

describe('answers', () => {
  it.each([
    ['GET', '/api/nothing/', 404],
    ['GET', 'nothing/', 404],
    ['GET', '/api/projects/99/feature_flags/', 404],
    ['GET', 'feature_flags/999/', 404],
    ['GET', 'experiments/999/', 404],
    ['GET', 'experiments/?order=nonsense', 400],
    ['GET', 'feature_flags/?order=nonsense', 500],
    ['GET', 'feature_flags', 200],
    ['GET', '/api/projects/@current/feature_flags/', 200],
    ['GET', '/api/organizations/@current/members/', 200],
    ['PUT', 'feature_flags/', 405],
    ['POST', 'feature_flags/', 400],
  ])('%s %s is %d', async (method, path, status) => {
    expect((await send(method, path, method === 'POST' ? '{' : undefined)).status).toBe(status)
  })

  it.each(['feature_flags/1/', 'experiments/1/', 'actions/1/', 'hog_functions/1/'])(
    'DELETE of %s is 405 with an empty body',
    async (path) => {
      expect(await send('DELETE', path)).toMatchObject({ status: 405, text: '' })
    },
  )

  it('names the owner of the key', async () => {
    expect((await send('GET', '/api/users/@me/')).body).toMatchObject({
      id: posthog.owner.id,
      email: posthog.owner.email,
      organization: { id: posthog.organization.id },
      team: { id: 1 },
    })
    expect((await send('GET', '/api/projects/1/')).body).toMatchObject({ id: 1, organization: posthog.organization.id, timezone: 'UTC' })
  })

  it('writes times with microseconds only when they are not zero', async () => {
    posthog.rows.flag({ key: 'whole', created_at: 1_800_000_000_000_000 })
    posthog.rows.flag({ key: 'parts', created_at: 1_800_000_000_120_000 })
    const [parts, whole] = (await send('GET', 'feature_flags/?order=-created_at')).body.results
    expect([whole?.created_at, parts?.created_at]).toEqual(['2027-01-15T08:00:00Z', '2027-01-15T08:00:00.120000Z'])
  })
})

describe('pages', () => {
  it('have 100 rows by default, and absolute links', async () => {
    for (let at = 0; at < 205; at++) posthog.rows.flag({ key: `page-${at}` })
    const first = (await send('GET', 'feature_flags/?search=page-')).body
    expect([first.count, first.results.length, first.previous]).toEqual([205, 100, null])
    expect(first.next).toBe(`${posthog.origin}/api/projects/1/feature_flags/?search=page-&limit=100&offset=100`)
    const last = (await send('GET', 'feature_flags/?search=page-&limit=500&offset=200')).body
    expect([last.results.length, last.next]).toEqual([5, null])
  })

  it('name the host that the server believes to have', async () => {
    posthog.settings.publicOrigin = 'http://internal:8000'
    expect((await send('GET', 'feature_flags/?limit=1')).body.next).toBe(
      'http://internal:8000/api/projects/1/feature_flags/?limit=1&offset=1',
    )
    posthog.settings.publicOrigin = null
  })

  it('have no link for actions', async () => {
    posthog.rows.action({ name: 'One' })
    posthog.rows.action({ name: 'Two' })
    expect(Object.keys((await send('GET', 'actions/')).body)).toEqual(['count', 'results'])
    expect((await send('GET', 'actions/?limit=1&ordering=name')).body).toMatchObject({ count: 2, results: [{ name: 'One' }] })
  })
})

describe('limits', () => {
  it('count each key by the minute and by the hour', async () => {
    const ticking = createClock()
    await using limited = await startPostHog({
      clock: ticking.now,
      limits: {
        default: [
          { requests: 2, seconds: 60 },
          { requests: 5, seconds: 3_600 },
        ],
      },
    })
    const ask = createClient(limited)
    const statuses = async (times: number) => {
      const replies = []
      for (let at = 0; at < times; at++) replies.push((await ask('GET', 'actions/')).status)
      return replies
    }
    expect(await statuses(3)).toEqual([200, 200, 429])
    ticking.pass(43)
    const refused = await ask('GET', 'actions/')
    expect(refused.body).toEqual({
      ...{ type: 'throttled_error', code: 'throttled', attr: null },
      detail: 'Request was throttled. Expected available in 17 seconds.',
    })
    expect(refused.headers.get('retry-after')).toBeNull()
    const other = createClient(limited, limited.addKey(limited.owner).token)
    expect((await other('GET', 'actions/')).status).toBe(200)
    ticking.pass(17)
    // The refused requests counted in the limit of the hour.
    expect(await statuses(2)).toEqual([200, 429])
    ticking.pass(3_600)
    expect(await statuses(1)).toEqual([200])
    expect(limited.requests.count({ token: limited.key.token, path: '/actions/', status: 429 })).toBe(3)
    expect(limited.requests.counts().get(limited.key.token)).toEqual(new Map([['GET /api/projects/:id/actions/', 7]]))
  })

  it('count listing flags as local evaluation', async () => {
    const before = posthog.project.local_evaluation_requests
    await send('GET', 'feature_flags/?limit=1')
    expect(posthog.project.local_evaluation_requests).toBe(before + 1)
  })
})
