import { describe, expect, it } from 'vitest'
import type { Timing } from '../../../src/posthog/client/retries.ts'
import { createBudget, untilRoom } from '../../../src/posthog/link/connect/budget.ts'
import { createClock } from '../../support/posthog/client.ts'
import { openTestDatabase } from '../../support/testDatabase.ts'

const { db } = await openTestDatabase()

describe('until there is room in a window', () => {
  it.each([
    ['there is room', { count: 3, last: 0 }, 0.5, 0],
    ['what came before counts less with time', { count: 4, last: 12 }, 0.5, 0],
    ['what came before leaves no room yet', { count: 4, last: 12 }, 0.25, 0.25],
    ['the window is full', { count: 10, last: 0 }, 0.75, 0.25],
    ['the window has more than its limit, and the next one waits too', { count: 20, last: 0 }, 0.75, 0.75],
  ])('%s', (_what, counts, elapsed, expected) => {
    expect(untilRoom(counts, 10, elapsed)).toBeCloseTo(expected)
  })
})

describe('the requests of a key', () => {
  const setting = (name: string, limits: { perMinute: number; perHour: number }) => {
    const clock = createClock()
    const waits: number[] = []
    const timing: Timing = {
      clock: clock.now,
      random: () => 0,
      wait: async (ms) => {
        waits.push(ms)
        clock.pass(ms / 1_000)
      },
    }
    return { clock, waits, budget: createBudget(db, name.padEnd(64, '0'), limits, timing) }
  }
  const seconds = (waits: readonly number[]) => waits.reduce((sum, ms) => sum + ms, 0) / 1_000

  it('wait within a minute, a few times and not for each slot', async () => {
    const { waits, budget } = setting('minute', { perMinute: 60, perHour: 10_000 })
    for (let n = 0; n < 60; n++) await budget.take('write', undefined)
    expect(waits).toEqual([])
    await budget.take('write', undefined)
    expect(seconds(waits)).toBeLessThanOrEqual(62)
    expect(waits.length).toBeLessThanOrEqual(13)
  })

  it('are refused at once when those of the hour are used up, with the time until there is room', async () => {
    const { clock, waits, budget } = setting('hour', { perMinute: 10_000, perHour: 10 })
    for (let n = 0; n < 10; n++) await budget.take('write', undefined)
    const refused = await budget.take('write', undefined).catch((error: unknown) => error)
    expect(refused).toMatchObject({ kind: 'throttled', message: expect.stringContaining('are used up. There is room again in') })
    expect(waits).toEqual([])
    const { retryAfter } = refused as { retryAfter: number }
    clock.pass(retryAfter)
    await budget.take('write', undefined)
    expect(seconds(waits)).toBeLessThan(1)
    // Those of the hour before leave room for one more every six minutes.
    await expect(budget.take('write', undefined)).rejects.toMatchObject({ kind: 'throttled', retryAfter: 360 })
  })
})
