import { beforeEach, describe, expect, it } from 'vitest'
import type { Prisma } from '../../../../src/database/generated/client.ts'
import { seedEvent, seedKey, seedProject } from '../../../support/seed.ts'
import { seedAction, seedEvents } from '../../../support/seedTracking.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, time } = await testServer()

const fields = '{ required windowStart windowEnd events { event sampled withFeatureProperty featureFlagKeys lastSeenAt } }'
const question = `query ($project: ID!, $events: [String!], $actionIds: [ID!], $anyEvent: Boolean, $sampleSize: Int) {
  requiresFlagImplementation(projectId: $project, events: $events, actionIds: $actionIds, anyEvent: $anyEvent, sampleSize: $sampleSize) ${fields}
}`
const wired = { '$feature/new-nav': 'test' }
const plain = { url: '/' }

beforeEach(() => {
  time.now = new Date('2026-11-20T12:00:00Z')
})

const minutesAgo = (minutes: number) => new Date(time.now.getTime() - minutes * 60_000)

interface Entities {
  events?: string[]
  actionIds?: (string | number)[]
  anyEvent?: boolean | null
  sampleSize?: number | null
}

/** A project in this time zone, and its owner, who asks. */
async function seedTracker(timezone = 'UTC') {
  const tenant = await seedTenant(db, { timezone })
  const ask = (entities: Entities) => run(tenant.key, question, { project: tenant.project.id, ...entities })
  const check = async (entities: Entities) => {
    const { data, errors } = await ask(entities)
    expect(errors).toBeUndefined()
    return data.requiresFlagImplementation
  }
  const required = async (entities: Entities): Promise<boolean> => (await check(entities)).required
  const refusal = async (entities: Entities) => {
    const { data, errors } = await ask(entities)
    expect(data?.requiresFlagImplementation ?? null).toBeNull()
    expect(errors).toHaveLength(1)
    return { message: errors?.[0]?.message, code: errors?.[0]?.extensions.code, argument: errors?.[0]?.extensions.argument }
  }
  const sent = (event: string, properties: string | object = plain, timestamp: Date | string = minutesAgo(1)) =>
    seedEvent(db, tenant.project, event, timestamp, properties)
  const action = async (steps: Prisma.InputJsonValue, data: { deleted?: boolean } = {}) =>
    (await seedAction(db, tenant.project, steps, data)).id
  return { ...tenant, ask, check, required, refusal, sent, action }
}

describe('requiresFlagImplementation of event names', () => {
  it('warns when there is nothing to look at', async () => {
    const { check } = await seedTracker()
    const nothing = { required: true, windowStart: '2026-11-13T00:00:00.000Z', windowEnd: '2026-11-20T12:00:00.000Z', events: [] }
    expect(await check({})).toEqual(nothing)
    expect(await check({ events: [], actionIds: [], anyEvent: false })).toEqual(nothing)
    expect(await check({ anyEvent: null, sampleSize: null })).toEqual(nothing)
    expect(await check({ anyEvent: true })).toEqual(nothing)
  })

  it('warns when no event of the name was sent', async () => {
    const { check, sent } = await seedTracker()
    await sent('other', wired)
    expect(await check({ events: ['signed up'] })).toMatchObject({
      required: true,
      events: [{ event: 'signed up', sampled: 0, withFeatureProperty: 0, featureFlagKeys: [], lastSeenAt: null }],
    })
  })

  it('warns when the events carry no property of a flag, and shows what it looked at', async () => {
    const { check, sent } = await seedTracker()
    await sent('signed up', plain, minutesAgo(3))
    await sent('signed up', plain, minutesAgo(1))
    expect(await check({ events: ['signed up'] })).toMatchObject({
      required: true,
      events: [{ event: 'signed up', sampled: 2, withFeatureProperty: 0, featureFlagKeys: [], lastSeenAt: minutesAgo(1).toISOString() }],
    })
  })

  it('does not warn when one event carries one', async () => {
    const { check, sent } = await seedTracker()
    await sent('signed up', { '$feature/b': false, '$feature/a': null }, minutesAgo(3))
    await sent('signed up', { '$feature/a': 'test' }, minutesAgo(2))
    await sent('signed up', plain)
    expect(await check({ events: ['signed up'] })).toMatchObject({
      required: false,
      events: [
        { event: 'signed up', sampled: 3, withFeatureProperty: 2, featureFlagKeys: ['a', 'b'], lastSeenAt: minutesAgo(1).toISOString() },
      ],
    })
  })

  it('does not warn when one name of several carries one, and gives the evidence in the order of the question', async () => {
    const { check, sent } = await seedTracker()
    await sent('b', wired)
    await sent('a')
    const { required, events } = await check({ events: ['c', 'b', 'a'] })
    expect(required).toBe(false)
    expect(
      events.map((row: { event: string; sampled: number; withFeatureProperty: number }) => [
        row.event,
        row.sampled,
        row.withFeatureProperty,
      ]),
    ).toEqual([
      ['c', 0, 0],
      ['b', 1, 1],
      ['a', 1, 0],
    ])
  })

  it('looks at a name once, however often it is given', async () => {
    const { check, sent, action } = await seedTracker()
    await sent('signed up', wired)
    const id = await action([{ event: 'signed up' }, { event: 'signed up' }])
    const { events } = await check({ events: ['signed up', 'signed up'], actionIds: [id, id, String(id)], anyEvent: true })
    expect(events).toEqual([expect.objectContaining({ event: 'signed up', sampled: 1, withFeatureProperty: 1 })])
  })

  it.each([
    '$pageview',
    'Größe geändert',
    '購入',
    '🛒 bought',
    "O'Brien",
    'say "hi"',
    '100%',
    'a_b',
    'back\\slash',
    '; DROP TABLE events --',
    ' padded ',
    '{a,b}',
    '',
    'x'.repeat(400),
  ])('takes the name %j literally', async (name) => {
    const { check, required, sent } = await seedTracker()
    await sent(name, wired)
    await sent('100x')
    await sent('aXb')
    expect(await check({ events: [name] })).toMatchObject({ required: false, events: [{ event: name, sampled: 1 }] })
    expect(await required({ events: [`${[...name].slice(1).join('')}!`] })).toBe(true)
  })

  it('minds the case of a name', async () => {
    const { required, sent } = await seedTracker()
    await sent('Signed Up', wired)
    expect(await required({ events: ['signed up'] })).toBe(true)
    expect(await required({ events: ['Signed Up'] })).toBe(false)
  })

  it('looks at more than a hundred names: the reference stops there', async () => {
    const { project, check, required } = await seedTracker()
    const names = Array.from({ length: 150 }, (_, index) => `event ${String(index).padStart(3, '0')}`)
    await seedEvents(
      db,
      project,
      names.map((event, index) => ({ event, timestamp: minutesAgo(1), properties: index === 149 ? wired : plain })),
    )
    const { required: warned, events } = await check({ events: names })
    expect(warned).toBe(false)
    expect(events).toHaveLength(150)
    expect(events[149]).toMatchObject({ event: 'event 149', sampled: 1, withFeatureProperty: 1 })
    expect(await required({ events: names.slice(0, 149) })).toBe(true)
    expect((await check({ anyEvent: true })).events).toHaveLength(150)
    expect(await required({ anyEvent: true })).toBe(false)
  })

  it('takes 500 names, and rejects 501', async () => {
    const { required, refusal } = await seedTracker()
    const names = Array.from({ length: 501 }, (_, index) => `event ${index}`)
    expect(await required({ events: names.slice(1) })).toBe(true)
    expect(await refusal({ events: names })).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'events' })
  })

  it.each([
    ['a NUL', 'a\0b'],
    ['half a character', 'a\ud800b'],
    ['more than 400 characters', 'x'.repeat(401)],
  ])('rejects a name with %s', async (_situation, name) => {
    const { refusal } = await seedTracker()
    expect(await refusal({ events: ['fine', name] })).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'events' })
  })
})

describe('the properties of an event', () => {
  it.each<[string, string | object, boolean]>([
    ['a flag with a value', { '$feature/a': 'control' }, true],
    ['a flag without a value', { '$feature/a': null }, true],
    ['a bare prefix', { '$feature/': true }, true],
    ['an escaped dollar', '{"\\u0024feature/a": true}', true],
    ['an escaped slash', '{"$feature\\/a": true}', true],
    ['text that is not valid JSON', '{"$feature/a": tr', true],
    ['text that is not valid JSON, with an escaped slash', '{"a": {"$feature\\/a": ', true],
    ['broken text with a flag among the values', '{"url": "$feature/a"', true],
    ['a flag below the top level', { properties: { '$feature/a': true } }, false],
    ['a value that reads like a flag', { url: '$feature/a' }, false],
    ['a name that only looks alike', { $feature_a: true, $feature: 'a', $active_feature_flags: ['a'], 'x$feature/a': true }, false],
    ['a list', '["$feature/a"]', false],
    ['a string', '"$feature/a"', false],
    ['a number', '12', false],
    ['null', 'null', false],
    ['nothing', '', false],
    ['broken text without a flag', '{"$feature": ', false],
    ['broken text with an escaped dollar', '{"\\u0024feature/a": tr', false],
  ])('%s: counts = %3$s', async (_situation, properties, counts) => {
    const { check, sent } = await seedTracker()
    await sent('signed up', properties)
    expect(await check({ events: ['signed up'] })).toMatchObject({
      required: !counts,
      events: [{ sampled: 1, withFeatureProperty: counts ? 1 : 0 }],
    })
  })

  it('names each flag once, by code point, and none for a bare prefix', async () => {
    const { check, sent } = await seedTracker()
    await sent('signed up', { '$feature/b': 1, '$feature/Z': 1, '$feature/': 1 })
    await sent('signed up', { '$feature/b': 1, '$feature/ä': 1, '$feature/a-1': 1 })
    await sent('signed up', '{"$feature/broken": ')
    expect((await check({ events: ['signed up'] })).events[0].featureFlagKeys).toEqual(['Z', 'a-1', 'b', 'broken', 'ä'])
  })
})

describe('the window', () => {
  // Zone, now, and the midnight seven days ago.
  it.each([
    ['UTC', 'UTC', '2026-11-20T12:00:00.000Z', '2026-11-13T00:00:00.000Z'],
    ['UTC, at midnight', 'UTC', '2026-11-20T00:00:00.000Z', '2026-11-13T00:00:00.000Z'],
    ['an unknown zone', 'Mars/Phobos', '2026-11-20T23:59:59.999Z', '2026-11-13T00:00:00.000Z'],
    ['Los Angeles in the evening', 'America/Los_Angeles', '2026-11-21T04:30:00.000Z', '2026-11-13T08:00:00.000Z'],
    ['Kiritimati', 'Pacific/Kiritimati', '2026-11-20T10:00:00.000Z', '2026-11-13T10:00:00.000Z'],
    ['Kolkata', 'Asia/Kolkata', '2026-11-20T18:29:59.999Z', '2026-11-12T18:30:00.000Z'],
    ['Berlin, when the clocks went back in between', 'Europe/Berlin', '2026-10-28T12:00:00.000Z', '2026-10-20T22:00:00.000Z'],
    ['Berlin, seven days after the long day', 'Europe/Berlin', '2026-11-01T12:00:00.000Z', '2026-10-24T22:00:00.000Z'],
    ['Berlin, when the clocks went forward in between', 'Europe/Berlin', '2026-04-01T12:00:00.000Z', '2026-03-24T23:00:00.000Z'],
    ['Cairo, seven days after midnight was skipped', 'Africa/Cairo', '2026-05-01T12:00:00.000Z', '2026-04-23T22:00:00.000Z'],
    ['Havana, seven days after midnight came twice', 'America/Havana', '2026-11-08T12:00:00.000Z', '2026-11-01T04:00:00.000Z'],
  ])('begins at the midnight seven days ago and ends now, both included: %s', async (_place, zone, now, start) => {
    const { project, check } = await seedTracker(zone)
    time.now = new Date(now)
    const shifted = (instant: string, by: number) => new Date(Date.parse(instant) + by)
    await seedEvents(db, project, [
      { event: 'too early', timestamp: shifted(start, -1), properties: wired },
      { event: 'first', timestamp: shifted(start, 0), properties: wired },
      { event: 'last', timestamp: shifted(now, 0), properties: wired },
      { event: 'in the future', timestamp: shifted(now, 1), properties: wired },
    ])
    const { windowStart, windowEnd, events } = await check({ events: ['too early', 'first', 'last', 'in the future'] })
    expect([windowStart, windowEnd]).toEqual([start, now])
    expect(events.map(({ sampled }: { sampled: number }) => sampled)).toEqual([0, 1, 1, 0])
    expect(events.map(({ lastSeenAt }: { lastSeenAt: string | null }) => lastSeenAt)).toEqual([null, start, now, null])
    const { events: every } = await check({ anyEvent: true })
    expect(every.map(({ event }: { event: string }) => event)).toEqual(['first', 'last'])
  })
})

describe('the sample', () => {
  it('is of the newest 20 events of each name when no size is given', async () => {
    const { project, check, required } = await seedTracker()
    const newer = Array.from({ length: 20 }, (_, index) => ({ event: 'a', timestamp: minutesAgo(index + 1) }))
    await seedEvents(db, project, [...newer, { event: 'a', timestamp: minutesAgo(30), properties: wired }])
    expect(await check({ events: ['a'] })).toMatchObject({
      required: true,
      events: [{ sampled: 20, lastSeenAt: minutesAgo(1).toISOString() }],
    })
    expect(await required({ events: ['a'], sampleSize: null })).toBe(true)
    expect(await check({ events: ['a'], sampleSize: 21 })).toMatchObject({
      required: false,
      events: [{ sampled: 21, withFeatureProperty: 1 }],
    })
  })

  it('is taken for each name by itself', async () => {
    const { project, check } = await seedTracker()
    await seedEvents(db, project, [
      { event: 'a', timestamp: minutesAgo(1) },
      { event: 'a', timestamp: minutesAgo(2), properties: wired },
      { event: 'b', timestamp: minutesAgo(4), properties: wired },
      { event: 'b', timestamp: minutesAgo(5) },
    ])
    const { events } = await check({ events: ['a', 'b'], sampleSize: 1 })
    expect(events).toMatchObject([
      { event: 'a', sampled: 1, withFeatureProperty: 0 },
      { event: 'b', sampled: 1, withFeatureProperty: 1 },
    ])
  })

  it('is the same however often it is taken, also among events of one instant: the greater id comes first', async () => {
    const { project, check } = await seedTracker()
    const timestamp = minutesAgo(1)
    await seedEvents(db, project, [
      { event: 'a', timestamp, id: '00000000-0000-4000-8000-000000000001', properties: wired },
      { event: 'a', timestamp, id: 'ffffffff-ffff-4fff-bfff-ffffffffffff' },
      { event: 'b', timestamp, id: '00000000-0000-4000-8000-000000000002' },
      { event: 'b', timestamp, id: 'ffffffff-ffff-4fff-bfff-fffffffffffe', properties: wired },
    ])
    for (let asked = 0; asked < 3; asked++) {
      const { events } = await check({ events: ['a', 'b'], sampleSize: 1 })
      expect(events.map(({ withFeatureProperty }: { withFeatureProperty: number }) => withFeatureProperty)).toEqual([0, 1])
    }
  })

  it('may be of 1 to 1,000 events', async () => {
    const { project, check } = await seedTracker()
    await seedEvents(
      db,
      project,
      Array.from({ length: 1001 }, (_, index) => ({ event: 'a', timestamp: new Date(time.now.getTime() - index) })),
    )
    expect((await check({ events: ['a'], sampleSize: 1 })).events[0].sampled).toBe(1)
    expect((await check({ events: ['a'], sampleSize: 1000 })).events[0].sampled).toBe(1000)
  })

  it.each([0, -1, 1001, 2_147_483_647])('may not be of %i', async (sampleSize) => {
    const { refusal } = await seedTracker()
    expect(await refusal({ events: ['a'], sampleSize })).toEqual({
      message: "Argument 'sampleSize' must be between 1 and 1000.",
      code: 'BAD_USER_INPUT',
      argument: 'sampleSize',
    })
  })

  it.each([1.5, 3_000_000_000, '20'])('must be a whole number, and %j is none', async (sampleSize) => {
    const { refusal } = await seedTracker()
    expect(await refusal({ events: ['a'], sampleSize: sampleSize as number })).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'sampleSize',
    })
  })

  it('may differ between two checks of one request', async () => {
    const { key, project } = await seedTracker()
    await seedEvents(db, project, [
      { event: 'a', timestamp: minutesAgo(1) },
      { event: 'a', timestamp: minutesAgo(2), properties: wired },
    ])
    const { data } = await run(
      key,
      `query ($id: ID!) {
        one: requiresFlagImplementation(projectId: $id, events: ["a"], sampleSize: 1) { required }
        two: requiresFlagImplementation(projectId: $id, events: ["a"], sampleSize: 2) { required }
      }`,
      { id: project.id },
    )
    expect(data).toEqual({ one: { required: true }, two: { required: false } })
  })
})

describe('requiresFlagImplementation of actions', () => {
  it('looks at the events of all their steps, after the events that were asked for', async () => {
    const { check, sent, action } = await seedTracker()
    await sent('c', wired)
    const first = await action([{ event: 'b' }, { event: 'c' }])
    const second = await action([{ event: 'd' }])
    const { required, events } = await check({ events: ['z'], actionIds: [second, first] })
    expect(required).toBe(false)
    expect(events.map(({ event }: { event: string }) => event)).toEqual(['z', 'd', 'b', 'c'])
  })

  it('takes an action by its number and by its global id', async () => {
    const { required, sent, action } = await seedTracker()
    await sent('a', wired)
    const id = await action([{ event: 'a' }])
    expect(await required({ actionIds: [id] })).toBe(false)
    expect(await required({ actionIds: [String(id)] })).toBe(false)
    expect(await required({ actionIds: [globalId('Action', id)] })).toBe(false)
  })

  it('does not mind what else a step asks of an event', async () => {
    const { required, sent, action } = await seedTracker()
    await sent('a', { ...wired, $browser: 'Firefox' })
    const properties = [{ key: '$browser', type: 'event', value: 'Safari', operator: 'exact' }]
    const id = await action([{ event: 'a', url: 'https://elsewhere.example', url_matching: 'exact', selector: 'button', properties }])
    expect(await required({ actionIds: [id] })).toBe(false)
  })

  it.each<[string, Prisma.InputJsonValue]>([
    ['null', [{ event: null }]],
    ['missing', [{ url: '/pricing' }]],
    ['empty', [{ event: '' }]],
    ['missing in the second step', [{ event: 'b' }, {}]],
  ])('looks at every event name where the name in a step is %s', async (_situation, steps) => {
    const { check, required, sent, action } = await seedTracker()
    await sent('a', wired)
    await sent('c')
    const { required: warned, events } = await check({ actionIds: [await action(steps)] })
    expect(warned).toBe(false)
    expect(events.map(({ event }: { event: string }) => event).filter((event: string) => event !== 'b')).toEqual(['a', 'c'])
    expect(await required({ actionIds: [await action([{ event: 'c' }])] })).toBe(true)
  })

  it.each<[string, Prisma.InputJsonValue]>([
    ['no steps', []],
    ['text for a step', ['a']],
    ['numbers and booleans for steps', [7, true]],
    ['lists for steps', [[], ['a'], [{ event: 'a' }]]],
    ['an event that is no name', [{ event: 7 }, { event: ['a'] }, { event: { name: 'a' } }, { event: false }]],
  ])('looks at nothing for an action with %s', async (_situation, steps) => {
    const { check, sent, action } = await seedTracker()
    await sent('a', wired)
    expect(await check({ actionIds: [await action(steps)] })).toMatchObject({ required: true, events: [] })
  })

  it('looks at nothing for a step that is null', async () => {
    const { check, sent, action } = await seedTracker()
    await sent('a', wired)
    const id = await action([])
    await db.$executeRaw`UPDATE actions SET steps = '[null, {"event": "b"}]' WHERE id = ${id}`
    expect((await check({ actionIds: [id] })).events.map(({ event }: { event: string }) => event)).toEqual(['b'])
  })

  it('knows no action that is deleted, of another project, or not there', async () => {
    const { organization, refusal, action } = await seedTracker()
    const deleted = await action([{ event: 'a' }], { deleted: true })
    const neighbour = await seedAction(db, await seedProject(db, organization), [{ event: 'a' }])
    for (const id of [deleted, neighbour.id, 2_147_483_647, 2_147_483_648, '9007199254740993', '9999999999999999']) {
      expect(await refusal({ actionIds: [id] })).toEqual({
        message: `Action ID ${id} does not exist!`,
        code: 'BAD_USER_INPUT',
        argument: 'actionIds',
      })
    }
    expect(await refusal({ actionIds: [globalId('Action', neighbour.id)] })).toMatchObject({
      message: `Action ID ${neighbour.id} does not exist!`,
    })
  })

  it.each([
    'abc',
    '',
    '0',
    '-1',
    '1.0',
    '1e3',
    ' 1',
    '01',
    '99999999999999999999',
    '1; DROP TABLE actions',
    globalId('Experiment', 1),
    globalId('Action', 0),
  ])('knows no action %j', async (id) => {
    const { refusal } = await seedTracker()
    expect(await refusal({ actionIds: [id] })).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'actionIds' })
  })

  it('names the text that is no action', async () => {
    const { refusal } = await seedTracker()
    expect(await refusal({ actionIds: ['abc'] })).toMatchObject({ message: 'Action ID abc does not exist!' })
  })

  it('rejects the whole question for one action that is not there', async () => {
    const { refusal, action, sent } = await seedTracker()
    await sent('a', wired)
    expect(await refusal({ events: ['a'], actionIds: [await action([{ event: 'a' }]), 2_000_000_000], anyEvent: true })).toMatchObject({
      message: 'Action ID 2000000000 does not exist!',
    })
  })

  it('takes 100 actions, and rejects 101', async () => {
    const { required, refusal, action } = await seedTracker()
    const id = await action([{ event: 'a' }])
    expect(await required({ actionIds: Array.from({ length: 100 }, () => id) })).toBe(true)
    expect(await refusal({ actionIds: Array.from({ length: 101 }, () => id) })).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'actionIds',
    })
  })
})

describe('requiresFlagImplementation of any event', () => {
  it('looks at every name that was sent in the window, after those that were asked for', async () => {
    const { check, sent, action } = await seedTracker()
    await sent('d', wired)
    await sent('b')
    await sent('c')
    await sent('old', wired, '2026-10-01T00:00:00Z')
    const { required, events } = await check({ events: ['c', 'never'], actionIds: [await action([{ event: 'd' }])], anyEvent: true })
    expect(required).toBe(false)
    expect(events.map(({ event, sampled }: { event: string; sampled: number }) => [event, sampled])).toEqual([
      ['c', 1],
      ['never', 0],
      ['d', 1],
      ['b', 1],
    ])
  })

  it('warns when none of them carries a flag', async () => {
    const { required, sent } = await seedTracker()
    await sent('a')
    await sent('b')
    expect(await required({ anyEvent: true })).toBe(true)
    await sent('c', wired)
    expect(await required({ anyEvent: true })).toBe(false)
    expect(await required({ anyEvent: false })).toBe(true)
  })
})

describe('the ways to ask', () => {
  it('never looks at the events of another project', async () => {
    const mine = await seedTracker()
    const neighbour = await seedProject(db, mine.organization)
    await seedEvent(db, neighbour, 'a', minutesAgo(1), wired)
    await mine.sent('a')
    const id = await mine.action([{}])
    expect(await mine.check({ events: ['a'] })).toMatchObject({
      required: true,
      events: [{ event: 'a', sampled: 1, withFeatureProperty: 0 }],
    })
    expect(await mine.check({ anyEvent: true })).toMatchObject({ required: true, events: [{ event: 'a', sampled: 1 }] })
    expect(await mine.required({ actionIds: [id] })).toBe(true)
  })

  it('gives the same on Project, and each project its own evidence and window in one request', async () => {
    const { organization, user, project, sent } = await seedTracker('America/Los_Angeles')
    const other = await seedProject(db, organization, { timezone: 'Pacific/Kiritimati' })
    await sent('a', wired)
    await seedEvent(db, other, 'a', minutesAgo(2))
    const { data, errors } = await run(
      await seedKey(db, user),
      `query ($id: ID!, $one: ID!, $other: ID!) {
        requiresFlagImplementation(projectId: $id, events: ["a"]) ${fields}
        one: project(id: $one) { requiresFlagImplementation(events: ["a"]) ${fields} }
        other: project(id: $other) { requiresFlagImplementation(events: ["a"], anyEvent: true) ${fields} }
      }`,
      { id: project.id, one: globalId('Project', project.id), other: other.id },
    )
    expect(errors).toBeUndefined()
    expect(data.one.requiresFlagImplementation).toEqual(data.requiresFlagImplementation)
    expect(data.requiresFlagImplementation).toMatchObject({ required: false, windowStart: '2026-11-13T08:00:00.000Z' })
    expect(data.other.requiresFlagImplementation).toMatchObject({
      required: true,
      windowStart: '2026-11-13T10:00:00.000Z',
      events: [{ sampled: 1, withFeatureProperty: 0, lastSeenAt: minutesAgo(2).toISOString() }],
    })
  })

  it('rejects a key without the scope', async () => {
    const { user, project } = await seedTracker()
    const key = await seedKey(db, user, { scopes: ['feature_flag:read'] })
    const { data, errors } = await run(key, question, { project: project.id, actionIds: ['abc'] })
    expect(data).toEqual({ requiresFlagImplementation: null })
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      expect.objectContaining({ code: 'FORBIDDEN', requiredScope: 'experiment:read' }),
    ])
  })

  it('knows no project of somebody else', async () => {
    const { key } = await seedTracker()
    const { project } = await seedTracker()
    const { data, errors } = await run(key, question, { project: project.id })
    expect(data).toEqual({ requiresFlagImplementation: null })
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND'])
  })
})

it('looks at a million events in one request, and at no more', async () => {
  const { key, project } = await seedTenant(db)
  const names = Array.from({ length: 500 }, (_, index) => `event ${index}`)
  const check = 'requiresFlagImplementation(projectId: $project, events: $names, sampleSize: 1000) { required }'
  const { data, errors } = await run(key, `query ($project: ID!, $names: [String!]) { a: ${check} b: ${check} c: ${check} }`, {
    project: project.id,
    names,
  })
  expect(Object.values(data).filter((answer) => answer === null)).toHaveLength(1)
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['OPERATION_TOO_EXPENSIVE'])
})
