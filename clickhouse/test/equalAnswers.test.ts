import { beforeEach, describe, expect, it } from 'vitest'
import { seedExperiment, seedFlag } from '../../test/support/seed.ts'
import { seedAction } from '../../test/support/seedTracking.ts'
import { globalId, seedTenant } from '../../test/support/testServer.ts'
import { bothStores, type NewEvent } from '../support/bothStores.ts'

// The database and ClickHouse have the same events, and answer the same: values, order and ties.

const { db, time, clickHouse, addEvents, askBoth } = await bothStores()
const now = new Date('2026-10-27T12:00:00Z')

let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  time.now = now
  // Clocks go back on 25 October 2026: that day has 25 hours.
  tenant = await seedTenant(db, { timezone: 'Europe/Berlin' })
})

const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
/** Ids whose order as bytes is not that of their halves, by which ClickHouse orders UUIDs. */
const ids = ['00000000-0000-4000-9fff-000000000001', '11111111-0000-4000-8000-000000000002', 'f0000000-0000-4000-8888-000000000000']

/** Names and texts that end up in queries. */
const strangeTexts = [
  "it's",
  'back\\slash',
  '100%',
  'a_b',
  '"quoted"',
  '{names:String}',
  "x' OR 1=1 --",
  'tab\there',
  'line\nbreak',
  'ünï☃💥',
  '`; DROP TABLE events',
  '\\N',
  '',
]

describe('requiresFlagImplementation', () => {
  const fields = `required windowStart windowEnd source asOf events { event sampled withFeatureProperty featureFlagKeys lastSeenAt }`
  const ask = async (args: string) => {
    const { data, errors } = await askBoth(
      tenant.key,
      `{ requiresFlagImplementation(projectId: ${tenant.project.id}, ${args}) { ${fields} } }`,
    )
    expect(errors).toBeUndefined()
    return data.requiresFlagImplementation
  }

  it('samples the newest events of each name; of events of one time, those whose id is last', async () => {
    await addEvents(tenant.project, [
      ...ids.map((id, index) => ({ id, event: 'buy', timestamp: ago(5), properties: { [`$feature/flag-${index}`]: true } })),
      { event: 'buy', timestamp: ago(6), properties: { '$feature/older': 1 } },
      { event: 'view', timestamp: ago(7) },
    ])
    const { events } = await ask('events: ["view", "buy", "never"], sampleSize: 2')
    expect(events).toMatchObject([
      { event: 'view', sampled: 1, withFeatureProperty: 0 },
      { event: 'buy', sampled: 2, featureFlagKeys: ['flag-1', 'flag-2'], lastSeenAt: ago(5).toISOString() },
      { event: 'never', sampled: 0, lastSeenAt: null },
    ])
  })

  it('has a window that includes both of its ends', async () => {
    const start = '2026-10-19T22:00:00.000Z'
    await addEvents(tenant.project, [
      { event: 'a', timestamp: start },
      { event: 'b', timestamp: new Date(Date.parse(start) - 1) },
      { event: 'c', timestamp: now },
      { event: 'd', timestamp: new Date(now.getTime() + 1) },
    ])
    const { windowStart, events } = await ask('events: ["a", "b", "c", "d"]')
    expect(windowStart).toBe(start)
    expect(events.map(({ sampled }: { sampled: number }) => sampled)).toEqual([1, 0, 1, 0])
  })

  it.each([
    ['two flags', '{"$feature/b":1,"$feature/a":null}', ['a', 'b']],
    ['a flag without a name', '{"$feature/":1}', []],
    ['a nested one only', '{"x":{"$feature/a":1}}', null],
    ['an escaped name', String.raw`{"$feature\/caf\u00e9":1}`, ['café']],
    ['text that is no JSON', 'x $feature/a-b_c, $feature\\/d', ['a-b_c', 'd']],
    ['text that is no JSON, without a flag', '{"a":', null],
    ['a list', '["$feature/a"]', null],
    ['a number of more than 53 bits', '{"n":9007199254740993,"$feature/a":1}', ['a']],
    ['a number of more than 64 bits', '{"n":[123456789012345678901234567890, -98765432109876543210987],"$feature/a":1}', ['a']],
    ['half a surrogate pair', String.raw`{"text":"\ud83d","\\ud800":"\\\ud83d\ude00","$feature/a":1}`, ['a']],
    ['an emoji', '{"text":"💥","$feature/💥":1}', ['💥']],
    ['nothing', '', null],
  ])('reads properties with %s', async (_what, properties, flags) => {
    await addEvents(tenant.project, [{ event: 'buy', timestamp: ago(1), properties }])
    const { events } = await ask('events: ["buy"]')
    expect(events).toMatchObject([{ sampled: 1, withFeatureProperty: flags === null ? 0 : 1, featureFlagKeys: flags ?? [] }])
  })

  it('lists every name by code point, and those of actions', async () => {
    const names = ['b', 'Z', 'a', 'é', '💥', '']
    await addEvents(
      tenant.project,
      names.map((event) => ({ event, timestamp: ago(1) })),
    )
    const action = await seedAction(db, tenant.project, [{ event: 'b' }, { event: 'unseen' }])
    const { events } = await ask(`anyEvent: true, actionIds: [${action.id}]`)
    expect(events.map(({ event }: { event: string }) => event)).toEqual(['b', 'unseen', ...['', 'Z', 'a', 'é', '💥']])
  })

  it.each(strangeTexts)('takes a name as it is: %j', async (name) => {
    await addEvents(tenant.project, [
      { event: name, timestamp: ago(1), properties: { [`$feature/${name}`]: 1 } },
      { event: 'other', timestamp: ago(1) },
    ])
    const { data } = await askBoth(
      tenant.key,
      `query ($events: [String!]) { requiresFlagImplementation(projectId: ${tenant.project.id}, events: $events) { ${fields} } }`,
      { events: [name] },
    )
    expect(data.requiresFlagImplementation.events).toMatchObject([{ event: name, sampled: 1, featureFlagKeys: name === '' ? [] : [name] }])
  })

  it('takes as many names as there may be, of the greatest length', async () => {
    const events = Array.from({ length: 500 }, (_, index) => `${index}${'é'.repeat(390)}`)
    await addEvents(tenant.project, [{ event: events[7] ?? '', timestamp: ago(1) }])
    const { data } = await askBoth(
      tenant.key,
      `query ($events: [String!]) { requiresFlagImplementation(projectId: ${tenant.project.id}, events: $events) { ${fields} } }`,
      { events },
    )
    expect(data.requiresFlagImplementation.events[7].sampled).toBe(1)
  })
})

describe('usage', () => {
  const ask = async (flag: { id: number }, days = 4) => {
    const { data, errors } = await askBoth(
      tenant.key,
      `{ featureFlag(id: ${flag.id}) { usage(days: ${days}) { asOf source calls persons days { day answer calls persons } } } }`,
    )
    expect(errors).toBeUndefined()
    return data.featureFlag.usage
  }
  const call = (at: string, answer: unknown, distinctId = 'a', key = 'flag'): NewEvent => ({
    ...{ event: '$feature_flag_called', timestamp: at, distinctId },
    properties: { $feature_flag: key, ...(answer === undefined ? {} : { $feature_flag_response: answer }) },
  })

  it('is not known without a call of any flag', async () => {
    expect(await ask(await seedFlag(db, tenant.project))).toBeNull()
  })

  it('counts by days of the zone, also by one of 25 hours, and leaves out none', async () => {
    const flag = await seedFlag(db, tenant.project, { key: 'flag' })
    await addEvents(tenant.project, [
      call('2026-10-23T21:59:59.999Z', true),
      call('2026-10-23T22:00:00Z', true),
      call('2026-10-24T22:00:00Z', 'test'),
      call('2026-10-25T22:59:59.999Z', 'test', 'b'),
      call('2026-10-25T23:00:00Z', 'test', 'b'),
      call('2026-10-27T11:00:00Z', false, 'd'),
      call('2026-10-27T11:30:00Z', true, 'd', 'another'),
    ])
    expect(await ask(flag)).toMatchObject({
      ...{ asOf: '2026-10-27T11:30:00.000Z', calls: 5, persons: 3 },
      days: [
        { day: '2026-10-24', calls: 1 },
        { day: '2026-10-25', calls: 2, persons: 2 },
        { day: '2026-10-26', calls: 1 },
        { day: '2026-10-27' },
      ],
    })
  })

  it('has answers of one count by code point, and those without one last', async () => {
    const flag = await seedFlag(db, tenant.project, { key: 'flag' })
    const answers = ['b', 'a', 'Z', 'é', true, false, '', undefined, null, 9007199254740993n.toString(), 'x'.repeat(500), ...strangeTexts]
    await addEvents(
      tenant.project,
      answers.map((answer, index) => call('2026-10-27T10:00:00Z', answer, `p${index}`)),
    )
    const { days } = await ask(flag, 1)
    expect(days[0]).toMatchObject({ answer: '', calls: 2 })
    expect(days.slice(1, 4)).toMatchObject([{ answer: '' }, { answer: '"quoted"' }, { answer: '100%' }])
    expect(days.find(({ answer }: { answer: string }) => answer.startsWith('xxx')).answer).toHaveLength(400)
  })

  it('reads numbers exactly, and flags of strange names', async () => {
    const flag = await seedFlag(db, tenant.project, { key: 'flag' })
    await addEvents(tenant.project, [
      { ...call('2026-10-27T10:00:00Z', 1), properties: '{"$feature_flag":"flag","$feature_flag_response":9007199254740993}' },
      {
        ...call('2026-10-27T10:00:00Z', 1),
        properties: '{"$feature_flag":"flag","$feature_flag_response":"x","huge":123456789012345678901234567890}',
      },
      { ...call('2026-10-27T10:00:00Z', 1), properties: 'no JSON at all' },
      { ...call('2026-10-27T10:00:00Z', 1), properties: '{"$feature_flag":null}' },
      { ...call('2026-10-27T10:00:00Z', 1), properties: '[{"$feature_flag":"flag"}]' },
    ])
    expect((await ask(flag, 1)).days.map(({ answer }: { answer: string }) => answer)).toEqual(['9007199254740993', 'x'])
  })

  it('of many flags is one question, and each gets its own', async () => {
    const flags = []
    for (const key of ['f1', 'f2', 'f3']) flags.push(await seedFlag(db, tenant.project, { key }))
    await addEvents(tenant.project, [
      call('2026-10-27T10:00:00Z', true, 'a', 'f1'),
      call('2026-10-27T10:00:00Z', true, 'b', 'f3'),
      call('2026-10-26T10:00:00Z', true, 'b', 'f3'),
    ])
    clickHouse.received.splice(0)
    const { data } = await askBoth(
      tenant.key,
      `{ featureFlags(projectId: ${tenant.project.id}, first: 10) { nodes { key usage(days: 3) { calls persons } } } }`,
    )
    const calls = Object.fromEntries(
      data.featureFlags.nodes.map(({ key, usage }: { key: string; usage: { calls: number } }) => [key, usage.calls]),
    )
    expect(calls).toEqual({ f1: 1, f2: 0, f3: 2 })
    // One for the calls, one for the newest of all.
    expect(clickHouse.received).toHaveLength(2)
  })
})

describe('eventNames', () => {
  const ask = async (args = '') => {
    const { data, errors } = await askBoth(
      tenant.key,
      `{ project(id: ${tenant.project.id}) { eventNames${args} { name lastSeenAt properties(first: 100) } } }`,
    )
    expect(errors).toBeUndefined()
    return data.project.eventNames as { name: string; lastSeenAt: string; properties: string[] }[]
  }

  it('of a project without events are none', async () => {
    expect(await ask()).toEqual([])
  })

  it('are by code point, with the newest event and the properties of the newest hundred', async () => {
    await addEvents(tenant.project, [
      ...Array.from({ length: 101 }, (_, index) => ({ event: 'busy', timestamp: ago(index), properties: { [`p${index}`]: 1 } })),
      { event: 'Zebra', timestamp: ago(1), properties: { b: 1, a: { nested: 1 }, ['n'.repeat(401)]: 1, ['n'.repeat(400)]: 1 } },
      { event: 'apple', timestamp: ago(2), properties: 'no JSON' },
      { event: 'apple', timestamp: ago(3), properties: '{"huge":123456789012345678901234567890,"b":1}' },
    ])
    const names = await ask()
    expect(names.map(({ name }) => name)).toEqual(['Zebra', 'apple', 'busy'])
    expect(names.map(({ properties }) => properties.length)).toEqual([3, 2, 100])
    expect(names[2]?.properties).not.toContain('p100')
  })

  it.each(strangeTexts.filter((text) => text !== ''))('are found by a text as it is: %j', async (text) => {
    await addEvents(tenant.project, [
      { event: `a ${text} z`, timestamp: ago(1) },
      { event: 'plain', timestamp: ago(1) },
    ])
    expect((await ask(`(search: ${JSON.stringify(text)})`)).map(({ name }) => name)).toEqual([`a ${text} z`])
  })

  it('are found whatever their case, the first ones', async () => {
    await addEvents(
      tenant.project,
      ['Sign up', 'SIGN OUT', 'sign in', 'other'].map((event) => ({ event, timestamp: ago(1) })),
    )
    expect((await ask('(search: "sIGn", first: 2)')).map(({ name }) => name)).toEqual(['SIGN OUT', 'Sign up'])
  })
})

describe('other readers of events', () => {
  it('previews tell recent people, each by the newest of their events', async () => {
    const filters = {
      groups: [{ properties: [{ key: 'plan', type: 'person', operator: 'exact', value: 'pro' }], rollout_percentage: 100 }],
    }
    const flag = await seedFlag(db, tenant.project, { filters })
    const view = (distinctId: string, minutes: number, properties: object | string, id?: string): NewEvent => ({
      ...{ event: '$pageview', timestamp: ago(minutes), distinctId, properties, ...(id === undefined ? {} : { id }) },
    })
    const pro = { $set: { plan: 'pro' } }
    await addEvents(tenant.project, [
      view('ada', 9, pro),
      view('bob', 8, { $set: { plan: 'free' }, $set_once: { plan: 'pro' } }),
      view('cy', 7, 'no JSON'),
      // Of two events of one time, the one whose id is last tells.
      view('dan', 6, {}, ids[0]),
      view('dan', 6, pro, ids[2]),
      view('eve', 5, { ...pro, text: 'x'.repeat(20_000) }),
      { event: '$feature_flag_called', timestamp: ago(4), distinctId: 'flo', properties: pro },
      { event: 'other', timestamp: ago(1), distinctId: 'gus', properties: pro },
    ])
    const query = `query ($id: ID!, $change: FeatureFlagChangeInput!, $sample: ImpactSampleInput) { node(id: $id) { ... on FeatureFlag {
      preview(change: $change, sample: $sample) { impact { sampleKind sampled unchanged turnedOn turnedOff } } } } }`
    const id = globalId('FeatureFlag', flag.id)
    const { data } = await askBoth(tenant.key, query, { id, change: { active: false }, sample: { recent: 100 } })
    expect(data.node.preview.impact).toEqual({ sampleKind: 'RECENT', sampled: 6, unchanged: 3, turnedOn: 0, turnedOff: 3 })
    await askBoth(tenant.key, query, { id, change: { active: false }, sample: { recent: 2 } })
  })

  it('launch checks look at the events of metrics, actions and exposures', async () => {
    const action = await seedAction(db, tenant.project, [{ event: 'pay' }])
    const flag = await seedFlag(db, tenant.project, { key: 'checkout' })
    const metric = (source: object) => ({ kind: 'ExperimentMetric', metric_type: 'mean', uuid: crypto.randomUUID(), source })
    const experiment = await seedExperiment(db, flag, {
      metrics: [metric({ kind: 'EventsNode', event: 'buy' }), metric({ kind: 'ActionsNode', id: action.id })],
    })
    await addEvents(tenant.project, [
      { event: 'buy', timestamp: ago(1), properties: { '$feature/checkout': 'test' } },
      { event: '$feature_flag_called', timestamp: ago(2), properties: { $feature_flag: 'checkout' } },
    ])
    const query = 'query ($id: ID!) { node(id: $id) { ... on Experiment { launchChecks { kind severity passed message fix path } } } }'
    const { data, errors } = await askBoth(tenant.key, query, { id: globalId('Experiment', experiment.id) })
    expect(errors).toBeUndefined()
    expect(data.node.launchChecks.length).toBeGreaterThan(5)
  })

  it('freeze blockers count who was exposed, by variants, filters and activations', async () => {
    const flag = await seedFlag(db, tenant.project, { key: 'checkout' })
    const startDate = ago(1_000)
    const plan = { key: 'plan', type: 'event', value: ['pro'], operator: 'exact' }
    const exposureCriteria = { exposure_config: { kind: 'ExperimentEventExposureConfig', event: 'seen', properties: [plan] } }
    const plain = await seedExperiment(db, flag, { startDate })
    const filtered = await seedExperiment(db, flag, { startDate, exposureCriteria })
    await addEvents(tenant.project, [
      {
        event: '$feature_flag_called',
        timestamp: ago(5),
        distinctId: 'a',
        properties: { $feature_flag: 'checkout', $feature_flag_response: 'test' },
      },
      { event: 'seen', timestamp: ago(5), distinctId: 'b', properties: { '$feature/checkout': 'test', plan: 'free' } },
    ])
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Experiment { freezeBlockers { kind message } } } }'
    const variables = { ids: [plain, filtered].map(({ id }) => globalId('Experiment', id)) }
    const { data } = await askBoth(tenant.key, query, variables)
    expect(data.nodes).toMatchObject([{ freezeBlockers: [] }, { freezeBlockers: [{ kind: 'NO_EVENTS' }] }])
    await addEvents(tenant.project, [
      { event: 'seen', timestamp: ago(4), distinctId: 'b', properties: { '$feature/checkout': 'test', plan: 'pro' } },
    ])
    expect((await askBoth(tenant.key, query, variables)).data.nodes).toMatchObject([{ freezeBlockers: [] }, { freezeBlockers: [] }])
  })
})

it("never shows another project's events", async () => {
  const other = await seedTenant(db)
  await addEvents(other.project, [
    { event: 'secret', timestamp: ago(1) },
    { event: '$feature_flag_called', timestamp: ago(1), properties: { $feature_flag: 'flag', $feature_flag_response: true } },
  ])
  const flag = await seedFlag(db, tenant.project, { key: 'flag' })
  const { data } = await askBoth(
    tenant.key,
    `{ project(id: ${tenant.project.id}) { eventNames { name } } featureFlag(id: ${flag.id}) { usage { calls } }
      requiresFlagImplementation(projectId: ${tenant.project.id}, events: ["secret"], anyEvent: true) { events { event sampled } } }`,
  )
  expect(data).toEqual({
    project: { eventNames: [] },
    featureFlag: { usage: null },
    requiresFlagImplementation: { events: [{ event: 'secret', sampled: 0 }] },
  })
})
