import { describe, expect, it } from 'vitest'
import { copyProgress, lagSeconds } from '../../../../src/features/links/rules/progress.ts'

describe('the first copy', () => {
  it.each<[string, unknown, ReturnType<typeof copyProgress>]>([
    ['is not under way', null, null],
    ['is not under way where its state is malformed', 'x', null],
    ['has read nothing yet', {}, { rows: 0, total: null }],
    ['does not know how much there is', { rows: 7 }, { rows: 7, total: null }],
    ['is told that there is nothing', { rows: 0, total: 0 }, { rows: 0, total: null }],
    ['has read a part', { rows: 7, total: 20 }, { rows: 7, total: 20 }],
    ['has read more than there was at first', { rows: 21, total: 20 }, { rows: 21, total: 21 }],
    ['has malformed counts', { rows: -1, total: 2.5 }, { rows: 0, total: null }],
    ['has counts that are no numbers', { rows: '7', total: Number.POSITIVE_INFINITY }, { rows: 0, total: null }],
  ])('%s', (_name, state, expected) => {
    expect(copyProgress(state)).toEqual(expected)
  })
})

describe('the lag behind PostHog', () => {
  const now = new Date('2026-11-20T12:00:00.000Z')
  it.each<[string, Date | null, number | null]>([
    ['is unknown before the first time', null, null],
    ['is counted in seconds', new Date('2026-11-20T11:59:00.000Z'), 60],
    ['is rounded up from half a second', new Date('2026-11-20T11:59:57.500Z'), 3],
    ['is rounded down below half a second', new Date('2026-11-20T11:59:57.501Z'), 2],
    ['is never negative, where clocks differ', new Date('2026-11-20T12:00:05.000Z'), 0],
  ])('%s', (_name, lastSyncAt, expected) => {
    expect(lagSeconds(lastSyncAt, now)).toBe(expected)
  })
})
