import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient, createClock } from '../client.ts'
import { type PostHog, startPostHog } from '../startPostHog.ts'

const clock = createClock()
let posthog: PostHog
let send: ReturnType<typeof createClient>

beforeAll(async () => {
  posthog = await startPostHog({ clock: clock.now, settings: { throttling: false } })
  send = createClient(posthog)
  for (const [at, event] of ['view', 'view', 'buy', "o'clock"].entries()) {
    posthog.rows.event(event, { timestamp: (1_700_000_000 + at) * 1_000_000, properties: { '$feature/a': at, price: at * 10 } })
  }
  posthog.person.deleteFlag(posthog.person.createFlag({ key: 'gone' }).id)
  posthog.person.createFlag({ key: 'here' })
})
afterAll(() => posthog.close())

const query = (text: string, values = {}) => send('POST', 'query/', { query: { kind: 'HogQLQuery', query: text, values } })

describe('the query endpoint', () => {
  it.each([
    [
      'select event, count() from events group by event order by count() desc, event',
      [
        ['view', 2],
        ['buy', 1],
        ["o'clock", 1],
      ],
    ],
    ["select event from events where event in ('buy', 'o''clock') order by timestamp desc", [["o'clock"], ['buy']]],
    ['select timestamp from events order by timestamp limit 1', [['2023-11-14T22:13:20Z']]],
    ["select count() from events where timestamp >= toDateTime('2023-11-14 22:13:22')", [[2]]],
    ['select properties.price as price from events where properties.price > 5 and not event = {buy} order by price', [[10], [30]]],
    ['select min(timestamp), max(event) from events', [['2023-11-14T22:13:20Z', 'view']]],
    ["select count() from events where JSONHas(properties, '$feature/a') and event ilike 'VI%'", [[2]]],
    [
      'select key, deleted from system.feature_flags order by id',
      [
        ['gone', true],
        ['here', false],
      ],
    ],
    ['select count() from system.experiments', [[0]]],
    [
      'select event, properties.price as price from events order by timestamp desc limit 1 by event limit 2',
      [
        ["o'clock", 30],
        ['buy', 20],
      ],
    ],
    [
      "select event, arrayFilter(name -> startsWith(name, '$feature/'), JSONExtractKeys(properties)) as flags from events where event = {buy}",
      [['buy', ['$feature/a']]],
    ],
    ['select event as name, uniqExact(distinct_id) from events group by name order by name limit 1', [['buy', 1]]],
    [
      "select event, count() from events where event = 'buy' group by event limit 1 union all select '', count() from events limit 1",
      [
        ['buy', 1],
        ['', 4],
      ],
    ],
    [
      "select toDate(toTimeZone(timestamp, 'Asia/Tokyo')), argMax(event, timestamp) from events group by toDate(toTimeZone(timestamp, 'Asia/Tokyo'))",
      [['2023-11-15', "o'clock"]],
    ],
    ["select event from events where positionCaseInsensitive(event, 'CLO') > 0", [["o'clock"]]],
  ])('%s', async (text, results) => {
    expect(await query(text, { buy: 'buy' })).toMatchObject({ status: 200, body: { results } })
  })

  it('pages by time and id, and says whether there is more', async () => {
    const page = (time: string, uuid: string) =>
      query('select timestamp, uuid from events where (timestamp, uuid) > ({time}, {uuid}) order by timestamp, uuid limit 3', {
        time,
        uuid,
      })
    const first = (await page('1970-01-01', '')).body as unknown as { results: [string, string][]; hasMore: boolean }
    expect([first.results.length, first.hasMore]).toEqual([3, true])
    const second = (await page(...(first.results[2] as [string, string]))).body
    expect([second.results.length, second.hasMore]).toEqual([1, false])
  })

  it.each([
    'select',
    'select x from events',
    'select event from persons',
    'select event from events join persons',
    'drop table events',
    'select event from events where event = {absent}',
  ])('refuses %s', async (text) => {
    expect(await query(text)).toMatchObject({ status: 400, body: { type: 'validation_error' } })
  })

  it('lets a test answer what the evaluator does not know', async () => {
    const stop = posthog.answer(({ body }, path) => {
      const text = (body.query as { query?: string } | undefined)?.query
      return path.endsWith('/query/') && text?.includes('join') ? { status: 202, body: { query_status: { complete: false } } } : undefined
    })
    expect((await query('select 1 from events join persons')).status).toBe(202)
    stop()
    expect((await query('select 1 from events join persons')).status).toBe(400)
  })

  it('has a limit of its own', async () => {
    await using limited = await startPostHog({ clock: clock.now, limits: { query: [{ requests: 1, seconds: 3_600 }] } })
    const ask = createClient(limited)
    const body = { query: { kind: 'HogQLQuery', query: 'select event from events' } }
    expect([(await ask('POST', 'query/', body)).status, (await ask('POST', 'query/', body)).status]).toEqual([200, 429])
  })
})
