import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Prisma } from '../../../../src/database/generated/client.ts'
import { seedExperiment, seedFlag, seedKey, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, time, statements, clearStatements: forget } = await testServer()

interface Stats {
  launchedLast30d: number
  launchedPrevious30d: number
  percentChange: number
  activeExperiments: number
  completedLast30d: number
}

const nothing: Stats = { launchedLast30d: 0, launchedPrevious30d: 0, percentChange: 0, activeExperiments: 0, completedLast30d: 0 }
const fields = '{ launchedLast30d launchedPrevious30d percentChange activeExperiments completedLast30d }'
const day = 24 * 60 * 60 * 1000

beforeEach(() => {
  time.now = new Date('2026-11-20T12:00:00Z')
})

const daysAgo = (days: number) => new Date(time.now.getTime() - days * day)

/** A project in this time zone, with a flag to hang experiments on, and its owner's key. */
async function seedZone(timezone = 'UTC') {
  const tenant = await seedTenant(db, { timezone })
  const flag = await seedFlag(db, tenant.project)
  const has = (data: Partial<Prisma.ExperimentUncheckedCreateInput>) => seedExperiment(db, flag, data)
  const stats = async (): Promise<Stats> => {
    const { data, errors } = await run(tenant.key, `query ($id: ID!) { stats(projectId: $id) ${fields} }`, { id: tenant.project.id })
    expect(errors).toBeUndefined()
    return data.stats
  }
  return { ...tenant, flag, has, stats }
}

describe('stats, in the cases that the reference is tested by', () => {
  it('is all zeroes for an empty project', async () => {
    const { stats } = await seedZone()
    expect(await stats()).toEqual(nothing)
  })

  it('counts one that runs and one that ended', async () => {
    const { has, stats } = await seedZone()
    await has({ startDate: daysAgo(5) })
    await has({ startDate: daysAgo(10), endDate: daysAgo(3) })
    expect(await stats()).toEqual({
      launchedLast30d: 2,
      launchedPrevious30d: 0,
      percentChange: 100,
      activeExperiments: 1,
      completedLast30d: 1,
    })
  })

  it('is negative when fewer were launched than before', async () => {
    const { has, stats } = await seedZone()
    for (let made = 0; made < 3; made++) await has({ startDate: daysAgo(45), endDate: daysAgo(35) })
    await has({ startDate: daysAgo(5) })
    expect(await stats()).toEqual({
      launchedLast30d: 1,
      launchedPrevious30d: 3,
      percentChange: -66.7,
      activeExperiments: 1,
      completedLast30d: 0,
    })
  })
})

describe('what counts', () => {
  it('leaves out drafts, deleted and archived experiments', async () => {
    const { has, stats } = await seedZone()
    await has({})
    await has({ startDate: daysAgo(5), deleted: true })
    await has({ startDate: daysAgo(5), archived: true })
    await has({ startDate: daysAgo(45), endDate: daysAgo(5), deleted: true })
    await has({ startDate: daysAgo(45), endDate: daysAgo(5), archived: true })
    await has({ startDate: daysAgo(45), endDate: daysAgo(5), archived: true, deleted: true })
    expect(await stats()).toEqual(nothing)
  })

  it('counts a paused experiment as active, and one whose flag is archived or deleted', async () => {
    const { project, stats } = await seedZone()
    for (const state of [{ active: false }, { active: false, archived: true }, { deleted: true }]) {
      await seedExperiment(db, await seedFlag(db, project, state), { startDate: daysAgo(1) })
    }
    expect(await stats()).toMatchObject({ activeExperiments: 3, launchedLast30d: 3 })
  })

  it('counts one that starts later today as launched, one that starts tomorrow as active only', async () => {
    const { has, stats } = await seedZone()
    await has({ startDate: new Date('2026-11-20T23:59:59.999Z') })
    await has({ startDate: new Date('2026-11-21T00:00:00.000Z') })
    await has({ startDate: new Date('2027-06-01T00:00:00.000Z') })
    expect(await stats()).toMatchObject({ launchedLast30d: 1, launchedPrevious30d: 0, activeExperiments: 3 })
  })

  it('counts the end of an experiment that never started as completed, and not as active', async () => {
    const { has, stats } = await seedZone()
    await has({ endDate: daysAgo(2) })
    expect(await stats()).toEqual({ ...nothing, completedLast30d: 1 })
  })

  it('counts one that is planned to end later today as completed, and one that ends tomorrow as neither completed nor active', async () => {
    const { has, stats } = await seedZone()
    await has({ startDate: daysAgo(90), endDate: new Date('2026-11-20T23:59:59.999Z') })
    await has({ startDate: daysAgo(90), endDate: new Date('2026-11-21T00:00:00.000Z') })
    expect(await stats()).toEqual({ ...nothing, completedLast30d: 1 })
  })

  it('counts one experiment in every window it belongs to', async () => {
    const { has, stats } = await seedZone()
    await has({ startDate: daysAgo(40), endDate: daysAgo(1) })
    expect(await stats()).toMatchObject({ launchedLast30d: 0, launchedPrevious30d: 1, percentChange: -100, completedLast30d: 1 })
  })

  it('does not count what other projects of the same people do', async () => {
    const { organization, stats } = await seedZone()
    const neighbour = await seedFlag(db, await seedProject(db, organization))
    const stranger = await seedZone()
    await seedExperiment(db, neighbour, { startDate: daysAgo(5) })
    await seedExperiment(db, neighbour, { startDate: daysAgo(45), endDate: daysAgo(5) })
    await stranger.has({ startDate: daysAgo(5) })
    expect(await stats()).toEqual(nothing)
    expect(await stranger.stats()).toMatchObject({ launchedLast30d: 1, activeExperiments: 1 })
  })

  it('counts an experiment of old rows, whose JSON columns are null', async () => {
    const { flag, stats } = await seedZone()
    const { id } = await seedExperiment(db, flag, { startDate: daysAgo(5) })
    await db.$executeRaw`UPDATE experiments SET metrics = NULL, metrics_secondary = NULL, parameters = NULL WHERE id = ${id}`
    expect(await stats()).toMatchObject({ launchedLast30d: 1 })
  })
})

describe('the bounds of the windows', () => {
  // Zone, now, and the three bounds: the midnights 60 and 30 days ago, and tomorrow's.
  const places: [string, string, string, string, string, string][] = [
    ['UTC', 'UTC', '2026-11-20T12:00:00Z', '2026-09-21T00:00:00Z', '2026-10-21T00:00:00Z', '2026-11-21T00:00:00Z'],
    [
      'UTC at the stroke of midnight',
      'UTC',
      '2026-11-20T00:00:00Z',
      '2026-09-21T00:00:00Z',
      '2026-10-21T00:00:00Z',
      '2026-11-21T00:00:00Z',
    ],
    ['an unknown zone', 'Mars/Phobos', '2026-11-20T23:59:59.999Z', '2026-09-21T00:00:00Z', '2026-10-21T00:00:00Z', '2026-11-21T00:00:00Z'],
    // 20:30 on the 20th; summer time ended on the 1st.
    [
      'Los Angeles in the evening',
      'America/Los_Angeles',
      '2026-11-21T04:30:00Z',
      '2026-09-21T07:00:00Z',
      '2026-10-21T07:00:00Z',
      '2026-11-21T08:00:00Z',
    ],
    ['Kiritimati', 'Pacific/Kiritimati', '2026-11-20T10:00:00Z', '2026-09-21T10:00:00Z', '2026-10-21T10:00:00Z', '2026-11-21T10:00:00Z'],
    ['Kolkata', 'Asia/Kolkata', '2026-11-20T18:29:59.999Z', '2026-09-20T18:30:00Z', '2026-10-20T18:30:00Z', '2026-11-20T18:30:00Z'],
    // 30 days before the 24th of November lies the long Sunday.
    ['Berlin, October', 'Europe/Berlin', '2026-11-24T12:00:00Z', '2026-09-24T22:00:00Z', '2026-10-24T22:00:00Z', '2026-11-24T23:00:00Z'],
    [
      'Berlin, on the long day',
      'Europe/Berlin',
      '2026-10-25T22:30:00Z',
      '2026-08-25T22:00:00Z',
      '2026-09-24T22:00:00Z',
      '2026-10-25T23:00:00Z',
    ],
    ['Berlin, March', 'Europe/Berlin', '2026-04-28T12:00:00Z', '2026-02-26T23:00:00Z', '2026-03-28T23:00:00Z', '2026-04-28T22:00:00Z'],
    [
      'Berlin, on the short day',
      'Europe/Berlin',
      '2026-03-29T12:00:00Z',
      '2026-01-27T23:00:00Z',
      '2026-02-26T23:00:00Z',
      '2026-03-29T22:00:00Z',
    ],
    // The 24th of April begins at one o'clock in Cairo.
    ['Cairo, tomorrow', 'Africa/Cairo', '2026-04-23T12:00:00Z', '2026-02-21T22:00:00Z', '2026-03-23T22:00:00Z', '2026-04-23T22:00:00Z'],
    [
      'Cairo, 30 days later',
      'Africa/Cairo',
      '2026-05-24T12:00:00Z',
      '2026-03-24T22:00:00Z',
      '2026-04-23T22:00:00Z',
      '2026-05-24T21:00:00Z',
    ],
    // The 1st of November begins twice in Havana.
    ['Havana', 'America/Havana', '2026-12-01T12:00:00Z', '2026-10-02T04:00:00Z', '2026-11-01T04:00:00Z', '2026-12-02T05:00:00Z'],
    [
      'Havana, between its two midnights',
      'America/Havana',
      '2026-11-01T04:30:00Z',
      '2026-09-02T04:00:00Z',
      '2026-10-02T04:00:00Z',
      '2026-11-02T05:00:00Z',
    ],
    ['a leap year', 'UTC', '2028-03-30T12:00:00Z', '2028-01-30T00:00:00Z', '2028-02-29T00:00:00Z', '2028-03-31T00:00:00Z'],
    ['a common year', 'UTC', '2027-03-30T12:00:00Z', '2027-01-29T00:00:00Z', '2027-02-28T00:00:00Z', '2027-03-31T00:00:00Z'],
  ]

  it.each(places)('counts to the millisecond in %s', async (_place, zone, now, sixty, thirty, tomorrow) => {
    const { flag, stats } = await seedZone(zone)
    time.now = new Date(now)
    // A millisecond before each bound, at it, and after it; so many at each that what one bound wins makes up for no other's loss.
    const [atSixty, atThirty, atTomorrow] = [1, 3, 10]
    const instants = [
      { bound: sixty, times: atSixty },
      { bound: thirty, times: atThirty },
      { bound: tomorrow, times: atTomorrow },
    ].flatMap(({ bound, times }) => [-1, 0, 1].flatMap((shift) => Array.from({ length: times }, () => new Date(Date.parse(bound) + shift))))
    const common = { projectId: flag.projectId, featureFlagId: flag.id }
    await db.experiment.createMany({
      data: instants.flatMap((instant) => [
        { ...common, name: 'starts there', startDate: instant },
        { ...common, name: 'ends there', startDate: new Date('2020-01-01T00:00:00Z'), endDate: instant },
      ]),
    })
    expect(await stats()).toEqual({
      // At the bound 30 days ago and after it, and before tomorrow.
      launchedLast30d: 2 * atThirty + atTomorrow,
      launchedPrevious30d: 2 * atSixty + atThirty,
      percentChange: 220,
      activeExperiments: 3 * (atSixty + atThirty + atTomorrow),
      completedLast30d: 2 * atThirty + atTomorrow,
    })
  })

  it.each([
    ['America/Los_Angeles', '2026-11-21T04:30:00Z'],
    ['Pacific/Niue', '2026-11-21T10:59:00Z'],
    ['Pacific/Kiritimati', '2026-11-20T10:05:00Z'],
    ['Asia/Kolkata', '2026-11-20T18:35:00Z'],
    ['Pacific/Chatham', '2026-11-20T10:20:00Z'],
    ['America/Havana', '2026-11-01T05:05:00Z'],
  ])('counts an experiment that was launched minutes ago, in %s', async (zone, now) => {
    const { has, stats } = await seedZone(zone)
    time.now = new Date(now)
    await has({ startDate: new Date(time.now.getTime() - 3 * 60_000) })
    await has({ startDate: time.now })
    expect(await stats()).toMatchObject({ launchedLast30d: 2, launchedPrevious30d: 0, percentChange: 100 })
  })

  it('moves with the clock: what was launched last moves into the window before, and out of it', async () => {
    const { has, stats } = await seedZone('Europe/Berlin')
    await has({ startDate: new Date('2026-10-25T00:30:00Z') })
    const counted = async (now: string) => {
      time.now = new Date(now)
      const { launchedLast30d, launchedPrevious30d } = await stats()
      return [launchedLast30d, launchedPrevious30d]
    }
    expect(await counted('2026-10-24T21:59:59.999Z')).toEqual([0, 0])
    expect(await counted('2026-10-24T22:00:00.000Z')).toEqual([1, 0])
    expect(await counted('2026-11-24T22:59:59.999Z')).toEqual([1, 0])
    expect(await counted('2026-11-24T23:00:00.000Z')).toEqual([0, 1])
    expect(await counted('2026-12-24T22:59:59.999Z')).toEqual([0, 1])
    expect(await counted('2026-12-24T23:00:00.000Z')).toEqual([0, 0])
  })

  it('agrees with dates on a calendar, whatever the zone, the moment and the experiments', async () => {
    const { project, flag, stats } = await seedZone()
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/Los_Angeles',
      'Asia/Kolkata',
      'Pacific/Kiritimati',
      'America/Havana',
      'Africa/Cairo',
    )
    const now = fc.date({ min: new Date('2024-01-01T00:00:00Z'), max: new Date('2028-12-31T00:00:00Z'), noInvalidDate: true })
    // Hours away from now, so that many lie close to a bound.
    const away = fc.option(fc.integer({ min: -65 * 24, max: 3 * 24 }))
    const experiment = fc.record({ start: away, end: away, archived: fc.nat({ max: 9 }), deleted: fc.nat({ max: 9 }) })
    await fc.assert(
      fc.asyncProperty(zone, now, fc.array(experiment, { minLength: 10, maxLength: 40 }), async (timezone, moment, drawn) => {
        time.now = moment
        const instant = (hours: number | null) => (hours === null ? null : new Date(moment.getTime() + hours * 3_600_000))
        const rows = drawn.map(({ start, end, archived, deleted }, index) => ({
          projectId: project.id,
          featureFlagId: flag.id,
          name: String(index),
          startDate: instant(start),
          endDate: instant(end),
          archived: archived === 0,
          deleted: deleted === 0,
        }))
        await db.experiment.deleteMany({ where: { projectId: project.id } })
        await db.experiment.createMany({ data: rows })
        await db.project.update({ where: { id: project.id }, data: { timezone } })

        const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' })
        const age = (date: Date | null) =>
          date === null ? null : (Date.parse(calendar.format(moment)) - Date.parse(calendar.format(date))) / day
        const within = (date: Date | null, from: number, to: number) => {
          const days = age(date)
          return days !== null && days <= from && days >= to
        }
        const counted = rows.filter(({ archived, deleted }) => !archived && !deleted)
        const { percentChange, ...counters } = await stats()
        expect(counters).toEqual({
          launchedLast30d: counted.filter(({ startDate }) => within(startDate, 30, 0)).length,
          launchedPrevious30d: counted.filter(({ startDate }) => within(startDate, 60, 31)).length,
          activeExperiments: counted.filter(({ startDate, endDate }) => startDate !== null && endDate === null).length,
          completedLast30d: counted.filter(({ endDate }) => within(endDate, 30, 0)).length,
        })
        expect(Number.isFinite(percentChange)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})

describe('percentChange, as it is answered', () => {
  it.each([
    [17, 16, 6.2],
    [19, 16, 18.8],
    [15, 16, -6.2],
    [13, 16, -18.8],
    [2, 4, -50],
    [0, 2, -100],
    [4, 2, 100],
    [3, 0, 100],
  ])('is, for %i launched after %i, %d', async (last, previous, expected) => {
    const { flag, stats } = await seedZone()
    const launched = (startDate: Date) => ({ projectId: flag.projectId, featureFlagId: flag.id, name: 'one', startDate })
    await db.experiment.createMany({
      data: [
        ...Array.from({ length: last }, () => launched(daysAgo(10))),
        ...Array.from({ length: previous }, () => launched(daysAgo(40))),
      ],
    })
    expect(await stats()).toMatchObject({ launchedLast30d: last, launchedPrevious30d: previous, percentChange: expected })
  })
})

describe('the ways to ask', () => {
  it('gives the same at the root, by number and by global id, and on Project', async () => {
    const { key, project, has } = await seedZone('Asia/Kolkata')
    await has({ startDate: daysAgo(5) })
    await has({ startDate: daysAgo(45), endDate: daysAgo(2) })
    const { data, errors } = await run(
      key,
      `query ($number: ID!, $id: ID!) {
        byNumber: stats(projectId: $number) ${fields}
        byId: stats(projectId: $id) ${fields}
        project(id: $id) { experimentStats ${fields} }
      }`,
      { number: project.id, id: globalId('Project', project.id) },
    )
    expect(errors).toBeUndefined()
    const expected = { launchedLast30d: 1, launchedPrevious30d: 1, percentChange: 0, activeExperiments: 1, completedLast30d: 1 }
    expect(data).toEqual({ byNumber: expected, byId: expected, project: { experimentStats: expected } })
  })

  it('counts several projects of different zones in one request and one statement, each by its own days', async () => {
    const { organization, user } = await seedTenant(db)
    const key = await seedKey(db, user)
    time.now = new Date('2026-11-21T04:30:00Z')
    // The midnight in UTC between the 20th and the 21st.
    const startDate = new Date('2026-11-21T00:00:00Z')
    const ended = new Date('2026-10-21T08:00:00Z')
    const zones = ['America/Los_Angeles', 'UTC', 'Pacific/Kiritimati', 'Nowhere/Land']
    for (const [index, timezone] of zones.entries()) {
      const flag = await seedFlag(db, await seedProject(db, organization, { name: `Zone ${index}`, timezone }))
      await seedExperiment(db, flag, { startDate: new Date(startDate.getTime() + 4 * 3_600_000) })
      await seedExperiment(db, flag, { startDate: new Date('2020-01-01T00:00:00Z'), endDate: ended })
    }
    forget()
    const { data, errors } = await run(key, `{ viewer { projects { edges { node { timezone experimentStats ${fields} } } } } }`)
    expect(errors).toBeUndefined()
    const counted = data.viewer.projects.edges.map(({ node }: { node: { timezone: string; experimentStats: Stats } }) => [
      node.timezone,
      node.experimentStats.launchedLast30d,
      node.experimentStats.completedLast30d,
    ])
    // 30 days before the 20th in Los Angeles is the 21st of October at 07:00 UTC; before the 21st in UTC, the 22nd.
    expect(counted.filter(([zone]: [string]) => zones.includes(zone))).toEqual(
      expect.arrayContaining([
        ['America/Los_Angeles', 1, 1],
        ['UTC', 1, 0],
        ['Pacific/Kiritimati', 1, 0],
        ['Nowhere/Land', 1, 0],
      ]),
    )
    expect(statements.filter((sql) => sql.includes('FROM experiments'))).toHaveLength(1)
  })

  it('rejects a key without the scope, and answers the neighbouring field', async () => {
    const { user, project } = await seedZone()
    const key = await seedKey(db, user, { scopes: ['feature_flag:read'] })
    const { data, errors } = await run(
      key,
      `query ($id: ID!) { stats(projectId: $id) ${fields} project(id: $id) { name experimentStats ${fields} } }`,
      {
        id: project.id,
      },
    )
    expect(data).toEqual({ stats: null, project: { name: project.name, experimentStats: null } })
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      expect.objectContaining({ code: 'FORBIDDEN', requiredScope: 'experiment:read' }),
      expect.objectContaining({ code: 'FORBIDDEN', requiredScope: 'experiment:read' }),
    ])
  })

  it('knows no project of somebody else', async () => {
    const { key } = await seedZone()
    const { project } = await seedZone()
    const { data, errors } = await run(key, `query ($id: ID!) { stats(projectId: $id) ${fields} }`, { id: project.id })
    expect(data).toEqual({ stats: null })
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND'])
  })
})
