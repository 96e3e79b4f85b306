import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createClient, createClock } from './client.ts'
import type { Fault } from './server/faults.ts'
import { type PostHog, startPostHog } from './startPostHog.ts'

const clock = createClock()
let posthog: PostHog
let send: ReturnType<typeof createClient>

beforeAll(async () => {
  posthog = await startPostHog({ clock: clock.now, settings: { throttling: false } })
  send = createClient(posthog)
  posthog.fill({ flags: 20, experiments: 4 })
})
afterEach(() => posthog.faults.allOff())
afterAll(() => posthog.close())

const ids = (rows: readonly unknown[]) => rows.map((row) => (row as { id: number }).id)

describe('a fault', () => {
  it.each<[Fault, number, object, string | null]>([
    [{ kind: 'throttled' }, 429, { code: 'throttled', detail: 'Too many concurrent queries.' }, null],
    [{ kind: 'throttled', seconds: 17 }, 429, { detail: 'Request was throttled. Expected available in 17 seconds.' }, null],
    [{ kind: 'throttled', seconds: 17, retryAfter: 3 }, 429, { code: 'throttled' }, '3'],
    [{ kind: 'unavailable' }, 503, { type: 'server_error', code: 'database_unavailable' }, '1'],
    [{ kind: 'serverError' }, 500, { type: 'server_error', code: 'error', detail: 'A server error occurred.' }, null],
    [{ kind: 'answer', status: 404, body: { detail: 'x' } }, 404, { detail: 'x' }, null],
  ])('%j answers %d before the work', async (fault, status, body, retryAfter) => {
    posthog.faults.on({ ...fault, on: '/feature_flags/', method: 'POST', times: 1 })
    const flag = { key: `before-${status}-${fault.kind}` }
    expect((await send('GET', 'feature_flags/')).status).toBe(200)
    const reply = await send('POST', 'feature_flags/', flag)
    expect(reply).toMatchObject({ status, body })
    expect(reply.headers.get('retry-after')).toBe(retryAfter)
    expect(posthog.state.flags.find(({ key }) => key === flag.key)).toBeUndefined()
  })

  it.each(['serverErrorAfterWrite', 'droppedAfterWrite'] as const)('%s comes after the work', async (kind) => {
    posthog.faults.on({ kind, times: 1 })
    const reply = await send('POST', 'feature_flags/', { key: kind }).catch(() => undefined)
    expect(reply?.status).toBe(kind === 'droppedAfterWrite' ? undefined : 500)
    expect(posthog.state.flags.find(({ key }) => key === kind)).toBeDefined()
  })

  it('drops the connection before the work', async () => {
    posthog.faults.on({ kind: 'dropped', times: 1 })
    await expect(send('POST', 'feature_flags/', { key: 'dropped' })).rejects.toThrow()
    expect(posthog.state.flags.find(({ key }) => key === 'dropped')).toBeUndefined()
  })

  it('holds a request until the test lets it go', async () => {
    const fault = posthog.faults.on({ kind: 'held', method: 'POST' })
    const reply = send('POST', 'feature_flags/', { key: 'held' })
    await fault.reached()
    expect(posthog.state.flags.find(({ key }) => key === 'held')).toBeUndefined()
    fault.open()
    expect((await reply).status).toBe(201)
  })

  it('cuts answers, with and without the connection', async () => {
    posthog.faults.on({ kind: 'cut', bytes: 40, times: 1 })
    await expect(send('GET', 'feature_flags/')).rejects.toThrow()
    posthog.faults.on({ kind: 'cut', bytes: 40, clean: true, times: 1 })
    await expect(send('GET', 'feature_flags/')).rejects.toThrow(SyntaxError)
  })

  it('answers HTML', async () => {
    posthog.faults.on({ kind: 'html', status: 200, times: 1 })
    const reply = await send('GET', 'feature_flags/')
    expect([reply.status, reply.headers.get('content-type'), reply.text.slice(0, 9)]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<!doctype',
    ])
  })

  it('changes links', async () => {
    const wrong = posthog.faults.on({ kind: 'wrongNext', origin: 'http://internal:8000' })
    expect((await send('GET', 'feature_flags/?limit=1')).body.next).toBe(
      'http://internal:8000/api/projects/1/feature_flags/?limit=1&offset=1',
    )
    wrong.off()
    posthog.faults.on({ kind: 'lyingNext', next: 'null' })
    expect((await send('GET', 'feature_flags/?limit=1')).body.next).toBeNull()
  })

  it('changes the schema of rows and of objects, and combines', async () => {
    posthog.faults.on({ kind: 'fields', add: { brand_new: [1] }, on: /feature_flags\/\?limit/ })
    posthog.faults.on({ kind: 'fields', remove: ['tags'], nulls: ['filters'] })
    const [row] = (await send('GET', 'feature_flags/?limit=1')).body.results
    expect(row).toMatchObject({ brand_new: [1], filters: null })
    expect(row).not.toHaveProperty('tags')
    const detail = (await send('GET', `feature_flags/${row?.id}/`)).body
    expect(detail).toMatchObject({ filters: null })
    expect(detail).not.toHaveProperty('brand_new')
  })

  it.each(['feature_flags/', 'experiments/'])('lets rows of %s jump to the front, or be inserted, between pages', async (path) => {
    const page = async (offset: number) => ids((await send('GET', `${path}?order=-updated_at&limit=2&offset=${offset}`)).body.results)
    clock.pass(60)
    const inserted = posthog.faults.on({ kind: 'insertedRows', count: 1, on: path, times: 1 })
    const before = path === 'experiments/' ? await page(0) : ids((await send('GET', `${path}?order=-created_at&limit=2`)).body.results)
    inserted.off()
    const again =
      path === 'experiments/' ? await page(1) : ids((await send('GET', `${path}?order=-created_at&limit=2&offset=1`)).body.results)
    expect(again).toEqual(before)
    clock.pass(60)
    const jumping = posthog.faults.on({ kind: 'jumpingRows', count: 1, on: path, times: 1 })
    const nonNull = posthog.state.flags.where((flag) => flag.updated_at === null).length
    const start = path === 'experiments/' ? 0 : nonNull
    const first = await page(start)
    jumping.off()
    expect(await page(start + 1)).toEqual(first)
  })

  it('meets only a key, and lets something happen meanwhile', async () => {
    const other = posthog.addKey(posthog.owner)
    const seen: string[] = []
    const fault = posthog.faults.on({
      kind: 'meanwhile',
      key: other.token,
      before: () => seen.push('before'),
      after: () => seen.push('after'),
    })
    await send('GET', 'actions/')
    await createClient(posthog, other.token)('GET', 'actions/')
    expect([seen, fault.hits]).toEqual([['before', 'after'], 1])
  })
})

describe('clocks', () => {
  it('apart', async () => {
    posthog.settings.dateHeaderOffset = 3_600_000
    const date = (await send('GET', 'actions/')).headers.get('date')
    posthog.settings.dateHeaderOffset = 0
    expect(new Date(date ?? '').getTime() - clock.now().getTime()).toBe(3_600_000)
  })
})

describe('many rows', () => {
  it('are the same for the same seed, and reached by pages', async () => {
    const start = async () => {
      const one = await startPostHog({ clock: clock.now, settings: { throttling: false } })
      one.fill({ flags: 5_000, experiments: 200, seed: 7 })
      return one
    }
    await using one = await start()
    await using two = await start()
    expect(one.state.flags.values()).toEqual(two.state.flags.values())
    expect(one.state.experiments.values()).toEqual(two.state.experiments.values())
    const ask = createClient(one)
    const seen = new Set<number>()
    for (let offset = 0, more = true; more; offset += 1_000) {
      const { body } = await ask('GET', `feature_flags/?order=-updated_at&limit=1000&offset=${offset}`)
      for (const id of ids(body.results)) seen.add(id)
      more = body.next !== null
    }
    expect(seen.size).toBe(one.state.flags.where(({ archived }) => !archived).length)
  })
})
