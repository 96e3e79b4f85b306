import { CombinedError } from '@urql/core'
import { describe, expect, it } from 'vitest'
import { explain, explainAll } from '../src/api/explain.ts'
import { vitals } from '../src/overview/vitals.ts'
import { canWith } from '../src/shell/context.ts'
import { count, daysBetween, duration, percent, relative, sentence, spaced, valueText } from '../src/ui/words.ts'

const now = new Date('2026-11-20T12:00:00Z')

describe('words', () => {
  it.each([
    ['2026-11-17T12:00:00Z', '3 days ago'],
    ['2026-11-19T12:00:00Z', 'yesterday'],
    ['2026-11-20T11:59:50Z', 'just now'],
    ['2026-11-20T12:00:30Z', 'in a moment'],
    ['2026-11-20T14:30:00Z', 'in 2 hours'],
    ['2024-11-20T12:00:00Z', '2 years ago'],
  ])('say %s as "%s"', (at, words) => expect(relative(at, now)).toBe(words))

  it.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [90, '2 minutes'],
    [7_200, '2 hours'],
    [1_209_600, '14 days'],
  ])('say %i seconds as "%s"', (seconds, words) => expect(duration(seconds)).toBe(words))

  it.each([
    [null, 'nothing'],
    ['', 'nothing'],
    [true, 'on'],
    [false, 'off'],
    [0, '0'],
    [['a', 2], 'a, 2'],
    [[], 'nothing'],
    [{ a: 1 }, '{\n  "a": 1\n}'],
  ])('show the value %j as "%s"', (value, text) => expect(valueText(value)).toBe(text))

  it('count, and round shares', () => {
    expect([count(1, 'flag'), count(0, 'flag'), count(1_200, 'person', 'people')]).toEqual(['1 flag', '0 flags', '1,200 people'])
    expect([percent(null), percent(33.3333), percent(50)]).toEqual(['100\u00a0%', '33.33\u00a0%', '50\u00a0%'])
    expect([sentence('EXPOSURE_FROZEN'), spaced('updateFeatureFlag')]).toEqual(['Exposure frozen', 'Update feature flag'])
    expect([daysBetween('2026-11-17T13:00:00Z', now), daysBetween('2026-12-01T00:00:00Z', now)]).toEqual([2, 0])
  })
})

describe('an error', () => {
  it('of a missing scope names it', () => {
    const { title, advice, retryAfter } = explain({ message: 'No.', extensions: { code: 'FORBIDDEN', requiredScope: 'approvals:read' } })
    expect(title).toBe('Your key lacks the scope approvals:read')
    expect(advice).toContain('use a key that has approvals:read')
    expect(retryAfter).toBeNull()
  })

  it('that may pass is tried again when the server says', () => {
    expect(explain({ message: 'Slow down.', extensions: { code: 'RATE_LIMITED', retryAfter: 17 } })).toMatchObject({ retryAfter: 17 })
    expect(explain({ message: '…', extensions: { code: 'SERVICE_UNAVAILABLE', retryAfter: 2 } }, 4)).toMatchObject({ retryAfter: 2 })
  })

  it('without such a time is tried again later each time', () => {
    const waits = [1, 2, 3, 4, 5, 6].map((failures) => explain({ message: '…', extensions: { code: 'TIMEOUT' } }, failures).retryAfter)
    expect(waits).toEqual([1, 2, 5, 10, 30, 30])
  })

  it.each(['UNAUTHENTICATED', 'NOT_FOUND', 'BAD_USER_INPUT', 'INTERNAL_SERVER_ERROR'])('of the code %s is not tried again', (code) => {
    expect(explain({ message: 'It is so.', extensions: { code } }).retryAfter).toBeNull()
  })

  it('of the network and of several fields is told once each', () => {
    expect(explainAll(new CombinedError({ networkError: new Error('fetch failed') }))).toMatchObject([
      { title: 'The service cannot be reached' },
    ])
    const forbidden = () => ({ message: 'No.', extensions: { code: 'FORBIDDEN', requiredScope: 'experiment:read' } })
    expect(explainAll(new CombinedError({ graphQLErrors: [forbidden(), forbidden()] }))).toHaveLength(1)
  })
})

describe('the health of an experiment', () => {
  const flag = (calls: number | null, archived = false) => ({ archived, usage: calls === null ? null : { calls } })

  it.each([
    ['RUNNING', flag(36), 'good', 'Called'],
    ['RUNNING', flag(0), 'wait', 'No calls: is the flag in use?'],
    ['RUNNING', flag(null), 'plain', 'Not known: no calls are stored'],
    ['RUNNING', undefined, 'plain', 'Not known without feature_flag:read'],
    ['RUNNING', flag(36, true), 'wait', 'Its flag is archived'],
    ['PAUSED', flag(36), 'wait', 'Paused: its flag is off'],
    ['EXPOSURE_FROZEN', flag(36), 'good', 'Called, nobody new gets in'],
  ] as const)('%s with %j is told as %s: %s', (status, featureFlag, tone, text) => {
    expect(vitals({ status, ...(featureFlag === undefined ? {} : { featureFlag }) })).toEqual({ tone, text })
  })
})

it('a key holds a scope by itself, by its write scope, or by all', () => {
  const all = (scopes: string[]) => ['experiment:read', 'experiment:write'].map(canWith(scopes))
  expect(all(['experiment:read'])).toEqual([true, false])
  expect(all(['experiment:write'])).toEqual([true, true])
  expect(all(['*'])).toEqual([true, true])
  expect(all(['feature_flag:write'])).toEqual([false, false])
})
