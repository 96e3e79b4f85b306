import { describe, expect, it } from 'vitest'
import { filterTime, propertyTime } from '../../../../src/features/evaluation/rules/dates.ts'
import { ExactNumber } from '../../../../src/platform/json.ts'

// The times of filters and properties.

const at = (text: string) => new Date(text).getTime()
const now = new Date('2026-11-20T12:34:56.789Z')
const utc = { now, timezone: 'UTC' }
const berlin = { now, timezone: 'Europe/Berlin' }

describe('a date', () => {
  it.each([
    ['2026-03-01', '2026-03-01T00:00:00Z'],
    ['2026-03-01 10:20', '2026-03-01T10:20:00Z'],
    ['2026-03-01t10:20:30', '2026-03-01T10:20:30Z'],
    ['2026-03-01T10:20:30.5', '2026-03-01T10:20:30.500Z'],
    ['2026-03-01T10:20:30.123456789', '2026-03-01T10:20:30.123Z'],
    ['2026-03-01T10:20:30Z', '2026-03-01T10:20:30Z'],
    ['2026-03-01T10:20z', '2026-03-01T10:20:00Z'],
    ['2026-03-01T10:20:30 +02:30', '2026-03-01T07:50:30Z'],
    ['2026-03-01T10:20:30+0230', '2026-03-01T07:50:30Z'],
    ['2026-03-01T10:20:30+02', '2026-03-01T08:20:30Z'],
    ['2026-03-01T10:20:30-11:59', '2026-03-01T22:19:30Z'],
    ['2026-03-01T10:20:30-00:00', '2026-03-01T10:20:30Z'],
    ['2026-03-01T10:20:30+23:59', '2026-02-28T10:21:30Z'],
    ['2026-03-01T23:59:59', '2026-03-01T23:59:59Z'],
    // A leap second counts as the second after it.
    ['2026-12-31T23:59:60', '2027-01-01T00:00:00Z'],
    ['2028-02-29', '2028-02-29T00:00:00Z'],
    ['2000-02-29', '2000-02-29T00:00:00Z'],
    ['2026-01-31', '2026-01-31T00:00:00Z'],
    ['2026-12-31', '2026-12-31T00:00:00Z'],
    ['0099-01-01', '0099-01-01T00:00:00Z'],
  ])('%s is %s', (text, expected) => {
    expect(Math.floor(filterTime(text, utc) ?? Number.NaN)).toBe(at(expected))
    expect(Math.floor(propertyTime(text, utc) ?? Number.NaN)).toBe(at(expected))
  })

  it.each([
    ...[
      '2026-02-29',
      '2026-02-30',
      '1900-02-29',
      '2026-04-31',
      '2026-01-32',
      '2026-00-10',
      '2026-13-10',
      '2026-01-00',
      '26-01-01',
      '2026-1-1',
    ],
    ...[
      '2026-01-01T24:00',
      '2026-01-01T10:60',
      '2026-01-01T10:20:61',
      '2026-01-01T10',
      '2026-01-01T',
      '2026-01-01T10:20:30.',
      'x2026-01-01',
    ],
    ...[
      '2026-01-01x',
      '2026-01-01T10:20:30+24:00',
      '2026-01-01T10:20:30+10:60',
      '2026-01-01T10:20:30+1',
      '2026-01-01Z',
      '2026-01-01T10:20:30  Z',
    ],
    ...['2026-01-01_10:20', '2026-01-01T10:20:30.1234567890', '', 'now', '20260101'],
  ])('%j is none', (text) => {
    expect(filterTime(text, utc)).toBeNull()
  })

  it.each<[string, string | null]>([
    // In winter Berlin is one hour ahead, in summer two.
    ['2026-03-01', '2026-02-28T23:00:00Z'],
    ['2026-07-01T10:00', '2026-07-01T08:00:00Z'],
    ['2026-07-01T10:00Z', '2026-07-01T10:00:00Z'],
    // The clocks skip the hour from 2 to 3.
    ['2026-03-29T01:59:59', '2026-03-29T00:59:59Z'],
    ['2026-03-29T02:00', null],
    ['2026-03-29T02:59:59', null],
    ['2026-03-29T03:00', '2026-03-29T01:00:00Z'],
    // The hour from 2 to 3 comes twice. The first counts.
    ['2026-10-25T02:00', '2026-10-25T00:00:00Z'],
    ['2026-10-25T02:59:59', '2026-10-25T00:59:59Z'],
    ['2026-10-25T03:00', '2026-10-25T02:00:00Z'],
  ])('%s in Berlin is %s', (text, expected) => {
    expect(filterTime(text, berlin)).toBe(expected === null ? null : at(expected))
    expect(propertyTime(text, berlin)).toBe(expected === null ? null : at(expected))
  })

  it('in an unknown time zone is one of UTC', () => {
    expect(filterTime('2026-03-01', { now, timezone: 'No/Where' })).toBe(at('2026-03-01T00:00:00Z'))
  })
})

describe('a number of seconds', () => {
  it.each<[unknown, number | null]>([
    [0, 0],
    [1_772_323_200, 1_772_323_200_000],
    [-1.5, -1_500],
    ['1772323200', 1_772_323_200_000],
    ['-10', -10_000],
    ['0.25', 250],
    [new ExactNumber('1772323200.0'), 1_772_323_200_000],
    [8.64e12, 8.64e15],
    [-8.64e12, -8.64e15],
    [8.641e12, null],
    [-8.641e12, null],
    ['1e3', null],
    ['.5', null],
    ['5.', null],
    ['--5', null],
    ['5x', null],
    ['x5', null],
    [true, null],
    [null, null],
    [[5], null],
  ])('%j is %j as a property', (value, expected) => {
    expect(propertyTime(value, utc)).toBe(expected)
  })

  it.each([5, '1772323200', true, null, ['2026-01-01']])('%j is none as a filter', (value) => {
    expect(filterTime(value, utc)).toBeNull()
  })
})

describe('a relative date', () => {
  it.each([
    ['1h', '2026-11-20T11:34:56.789Z'],
    ['-36h', '2026-11-19T00:34:56.789Z'],
    ['-30d', '2026-10-21T12:34:56.789Z'],
    ['0d', '2026-11-20T12:34:56.789Z'],
    ['-2w', '2026-11-06T12:34:56.789Z'],
    ['-1m', '2026-10-20T12:34:56.789Z'],
    ['-11m', '2025-12-20T12:34:56.789Z'],
    ['-12m', '2025-11-20T12:34:56.789Z'],
    ['-1y', '2025-11-20T12:34:56.789Z'],
    ['-0m', '2026-11-20T12:34:56.789Z'],
    ['-9999h', '2025-09-29T21:34:56.789Z'],
    ['-00000000000000000001d', '2026-11-19T12:34:56.789Z'],
  ])('%s is %s', (text, expected) => {
    expect(filterTime(text, utc)).toBe(at(expected))
    expect(propertyTime(text, utc)).toBeNull()
  })

  it.each(['10000d', '-10000h', '-999999d', '+1d', '--1d', '1', '1s', '-d', '1dd', '1.5d', ' 1d', '1D', '-000000000000000000001d'])(
    '%s is none',
    (text) => {
      expect(filterTime(text, utc)).toBeNull()
    },
  )

  it.each([
    // Months are stepped back one at a time. A day that a month does not have becomes its last.
    ['2026-03-31T12:00:00Z', '-1m', '2026-02-28T12:00:00Z'],
    ['2026-03-31T12:00:00Z', '-2m', '2026-01-28T12:00:00Z'],
    ['2026-05-31T12:00:00Z', '-1m', '2026-04-30T12:00:00Z'],
    ['2026-05-31T12:00:00Z', '-2m', '2026-03-30T12:00:00Z'],
    ['2026-05-31T12:00:00Z', '-3m', '2026-02-28T12:00:00Z'],
    ['2026-05-31T12:00:00Z', '-14m', '2025-03-28T12:00:00Z'],
    ['2028-03-31T12:00:00Z', '-1m', '2028-02-29T12:00:00Z'],
    ['2028-03-31T12:00:00Z', '-13m', '2027-02-28T12:00:00Z'],
    ['2028-03-31T12:00:00Z', '-14m', '2027-01-28T12:00:00Z'],
    ['2026-01-31T12:00:00Z', '-1m', '2025-12-31T12:00:00Z'],
    ['2026-08-31T12:00:00Z', '-1m', '2026-07-31T12:00:00Z'],
    ['2028-02-29T12:00:00Z', '-1y', '2027-02-28T12:00:00Z'],
    ['2028-02-29T12:00:00Z', '-4y', '2024-02-28T12:00:00Z'],
    ['2028-02-29T12:00:00Z', '-1m', '2028-01-29T12:00:00Z'],
    ['2026-03-31T12:00:00Z', '-3y', '2023-03-31T12:00:00Z'],
    ['2026-12-31T12:00:00Z', '-1y', '2025-12-31T12:00:00Z'],
    ['2026-02-28T12:00:00Z', '-2y', '2024-02-28T12:00:00Z'],
  ])('from %s, %s is %s', (from, text, expected) => {
    expect(filterTime(text, { now: new Date(from), timezone: 'UTC' })).toBe(at(expected))
  })

  it.each<[string, string, string | null]>([
    // The wall clock of Berlin goes back by days that have 23 or 25 hours.
    ['2026-03-29T10:00:00Z', '-1d', '2026-03-28T11:00:00Z'],
    ['2026-03-29T10:00:00Z', '-24h', '2026-03-28T11:00:00Z'],
    ['2026-10-25T11:00:00Z', '-1d', '2026-10-24T10:00:00Z'],
    ['2026-04-29T00:30:00Z', '-1m', null],
    // It is the 1st in Berlin, and the day before in UTC.
    ['2026-03-31T22:30:00Z', '-1m', '2026-02-28T23:30:00Z'],
  ])('in Berlin from %s, %s is %s', (from, text, expected) => {
    expect(filterTime(text, { now: new Date(from), timezone: 'Europe/Berlin' })).toBe(expected === null ? null : at(expected))
  })
})
