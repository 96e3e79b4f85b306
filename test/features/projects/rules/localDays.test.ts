import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayIn, startOfDay, startsOfMonths } from '../../../../src/features/projects/rules/localDays.ts'

const start = (now: string, zone: string, offset: number) => startOfDay(new Date(now), zone, offset).toISOString()

/** The date on the wall of somebody in this zone, told by another part of the platform than the code under test uses. */
function localDate(zone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return (instant) => format.format(instant)
}

describe('today', () => {
  it.each([
    ['at midnight itself', '2026-11-20T00:00:00.000Z', 'UTC', '2026-11-20T00:00:00.000Z'],
    ['in the last millisecond', '2026-11-20T23:59:59.999Z', 'UTC', '2026-11-20T00:00:00.000Z'],
    [
      'in Los Angeles in the evening, when it is tomorrow in UTC',
      '2026-11-21T04:30:00.000Z',
      'America/Los_Angeles',
      '2026-11-20T08:00:00.000Z',
    ],
    ['on Kiritimati, fourteen hours ahead', '2026-11-20T10:00:00.000Z', 'Pacific/Kiritimati', '2026-11-20T10:00:00.000Z'],
    ['on Kiritimati a millisecond before its midnight', '2026-11-20T09:59:59.999Z', 'Pacific/Kiritimati', '2026-11-19T10:00:00.000Z'],
    ['in Kolkata, half an hour off', '2026-11-20T18:30:00.000Z', 'Asia/Kolkata', '2026-11-20T18:30:00.000Z'],
    ['in Kathmandu, three quarters of an hour off', '2026-11-20T18:15:00.000Z', 'Asia/Kathmandu', '2026-11-20T18:15:00.000Z'],
    ['on Niue, eleven hours behind', '2026-11-20T10:59:59.999Z', 'Pacific/Niue', '2026-11-19T11:00:00.000Z'],
  ])('begins at the midnight of the zone %s', (_situation, now, zone, expected) => {
    expect(start(now, zone, 0)).toBe(expected)
  })

  it.each(['', 'Mars/Phobos', 'PST', ' UTC', 'Europe/Berlin; DROP TABLE projects', '99', 'null'])(
    'is the day of UTC where the zone is %j, which nobody knows',
    (zone) => {
      expect(start('2026-11-20T23:59:59.999Z', zone, 0)).toBe('2026-11-20T00:00:00.000Z')
    },
  )

  it('takes zones by their old names and in any case', () => {
    expect(start('2026-11-20T12:00:00Z', 'Asia/Calcutta', 0)).toBe('2026-11-19T18:30:00.000Z')
    expect(start('2026-11-20T12:00:00Z', 'europe/berlin', 0)).toBe('2026-11-19T23:00:00.000Z')
  })
})

it('a day is computed once for all of its moments, and the next day anew', () => {
  const yesterday = (now: string) => startOfDay(new Date(now), 'Europe/Oslo', -1)
  const first = yesterday('2026-06-10T12:00:00Z')
  expect(yesterday('2026-06-09T22:00:00.000Z')).toBe(first)
  expect(yesterday('2026-06-10T21:59:59.999Z')).toBe(first)
  expect(yesterday('2026-06-10T22:00:00.000Z')).toEqual(new Date('2026-06-09T22:00:00.000Z'))
  expect(first).toEqual(new Date('2026-06-08T22:00:00.000Z'))
})

describe('days around a change of the clocks', () => {
  it.each([
    ['Europe/Berlin', '2026-03-28T12:00:00Z'],
    ['Europe/Berlin', '2026-10-24T12:00:00Z'],
    // Midnight itself is skipped, or comes twice: one minute after it the clocks went back to the day before. A step falls on it.
    ['Africa/Cairo', '2026-04-23T12:00:00Z'],
    ['America/St_Johns', '2010-11-06T12:02:00Z'],
  ])('are told right at every hour, one after the other, in %s from %s', (zone, from) => {
    const date = localDate(zone)
    for (let minutes = 0; minutes < 3 * 24 * 60; minutes += 7) {
      const now = new Date(Date.parse(from) + minutes * 60_000)
      expect(date(startOfDay(now, zone, 0).getTime()), now.toISOString()).toBe(date(now.getTime()))
    }
  })

  it('counts the day of 23 hours as one day, in Berlin in March', () => {
    const now = '2026-03-31T10:00:00Z'
    expect([-3, -2, -1, 0].map((offset) => start(now, 'Europe/Berlin', offset))).toEqual([
      '2026-03-27T23:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
      '2026-03-30T22:00:00.000Z',
    ])
  })

  it('counts the day of 25 hours as one day, in Berlin in October', () => {
    const now = '2026-10-26T10:00:00Z'
    expect([-2, -1, 0, 1].map((offset) => start(now, 'Europe/Berlin', offset))).toEqual([
      '2026-10-23T22:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
      '2026-10-26T23:00:00.000Z',
    ])
  })

  it.each([
    ['Cairo', 'Africa/Cairo', '2026-04-25T12:00:00Z', '2026-04-23T22:00:00.000Z'],
    ['Beirut', 'Asia/Beirut', '2026-03-30T12:00:00Z', '2026-03-28T22:00:00.000Z'],
    ['São Paulo, when it still changed its clocks', 'America/Sao_Paulo', '2018-11-05T12:00:00Z', '2018-11-04T03:00:00.000Z'],
  ])('begins at one o’clock where the clocks skip midnight: %s', (_place, zone, now, expected) => {
    const found = startOfDay(new Date(now), zone, -1)
    expect(found.toISOString()).toBe(expected)
    const wall = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
    expect(wall.format(found)).toBe('01:00')
    expect(wall.format(found.getTime() - 1)).toBe('23:59')
  })

  it('begins at the first of two midnights, in Havana in November', () => {
    expect(start('2026-11-02T12:00:00Z', 'America/Havana', -1)).toBe('2026-11-01T04:00:00.000Z')
    // Between the two midnights it is already that day; after the second it still is.
    expect(start('2026-11-01T04:30:00Z', 'America/Havana', 0)).toBe('2026-11-01T04:00:00.000Z')
    expect(start('2026-11-01T05:00:00Z', 'America/Havana', 0)).toBe('2026-11-01T04:00:00.000Z')
    expect(start('2026-11-01T12:00:00Z', 'America/Havana', 1)).toBe('2026-11-02T05:00:00.000Z')
  })

  it('begins with the next day there is, where a whole day was left out: Apia went from the 29th to the 31st', () => {
    expect(start('2012-01-02T00:00:00Z', 'Pacific/Apia', -3)).toBe('2011-12-30T10:00:00.000Z')
    expect(start('2012-01-02T00:00:00Z', 'Pacific/Apia', -2)).toBe('2011-12-30T10:00:00.000Z')
    expect(start('2012-01-02T00:00:00Z', 'Pacific/Apia', -4)).toBe('2011-12-29T10:00:00.000Z')
  })
})

describe('the calendar', () => {
  it('has a 29th of February in leap years, and in no others', () => {
    expect(start('2028-03-01T12:00:00Z', 'UTC', -1)).toBe('2028-02-29T00:00:00.000Z')
    expect(start('2026-03-01T12:00:00Z', 'UTC', -1)).toBe('2026-02-28T00:00:00.000Z')
    expect(start('2100-03-01T12:00:00Z', 'UTC', -1)).toBe('2100-02-28T00:00:00.000Z')
    expect(start('2028-03-30T12:00:00Z', 'UTC', -30)).toBe('2028-02-29T00:00:00.000Z')
    expect(start('2028-02-29T12:00:00Z', 'UTC', -60)).toBe('2027-12-31T00:00:00.000Z')
  })

  it('goes over the end of a year', () => {
    expect(start('2026-12-31T23:30:00Z', 'Europe/Berlin', 0)).toBe('2026-12-31T23:00:00.000Z')
    expect(start('2026-01-01T02:00:00Z', 'America/Los_Angeles', 1)).toBe('2026-01-01T08:00:00.000Z')
  })
})

describe('the starts of months', () => {
  it('are those of the last months, this one and the next', () => {
    expect(startsOfMonths(new Date('2026-02-28T12:00:00Z'), 'UTC', 3)).toEqual([
      { date: '2025-12-01', start: new Date('2025-12-01T00:00:00Z') },
      { date: '2026-01-01', start: new Date('2026-01-01T00:00:00Z') },
      { date: '2026-02-01', start: new Date('2026-02-01T00:00:00Z') },
      { date: '2026-03-01', start: new Date('2026-03-01T00:00:00Z') },
    ])
  })

  it('are the midnights of the zone, in summer and in winter, and of the month that it is there', () => {
    expect(startsOfMonths(new Date('2026-03-31T22:30:00Z'), 'Europe/Berlin', 2)).toEqual([
      { date: '2026-03-01', start: new Date('2026-02-28T23:00:00Z') },
      { date: '2026-04-01', start: new Date('2026-03-31T22:00:00Z') },
      { date: '2026-05-01', start: new Date('2026-04-30T22:00:00Z') },
    ])
  })

  it('are those of UTC where nobody knows the zone', () => {
    expect(startsOfMonths(new Date('2026-11-30T23:59:59.999Z'), 'Mars/Phobos', 1)[0]).toEqual({
      date: '2026-11-01',
      start: new Date('2026-11-01T00:00:00Z'),
    })
  })
})

it.each([
  ['in UTC', 'UTC', '2026-03-28'],
  ['in Berlin', 'Europe/Berlin', '2026-03-29'],
  ['in a zone that nobody knows', 'Mars/Phobos', '2026-03-28'],
])('the day of a moment is that on the wall %s', (_name, zone, expected) => {
  expect(dayIn(new Date('2026-03-28T23:30:00Z'), zone)).toBe(expected)
})

it('is the first instant of the date that lies so many days away, whatever the zone and the moment', () => {
  const zones = fc.constantFrom(
    ...['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Australia/Lord_Howe'],
    ...['Africa/Cairo', 'Asia/Beirut', 'America/Havana', 'America/Santiago', 'Asia/Tehran', 'America/St_Johns', 'Pacific/Chatham'],
  )
  const moments = fc.date({ min: new Date('2012-06-01T00:00:00Z'), max: new Date('2037-12-31T00:00:00Z'), noInvalidDate: true })
  fc.assert(
    fc.property(zones, moments, fc.integer({ min: -400, max: 400 }), (zone, now, offset) => {
      const date = localDate(zone)
      const wanted = new Date(`${date(now.getTime())}T00:00:00Z`)
      wanted.setUTCDate(wanted.getUTCDate() + offset)
      const found = startOfDay(now, zone, offset).getTime()
      expect(date(found)).toBe(wanted.toISOString().slice(0, 10))
      expect(date(found - 1) < date(found)).toBe(true)
    }),
    { numRuns: 500 },
  )
})
