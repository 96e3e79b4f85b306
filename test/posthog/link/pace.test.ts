import { describe, expect, it } from 'vitest'
import { type Demand, type Pace, paceOf } from '../../../src/posthog/link/follow/pace.ts'

const demand = (values: Partial<Demand>): Demand => ({
  ...{ links: 1, busy: 0, copying: 0, isBusy: false, hasLog: true, pollSeconds: 10, requestsPerHour: 4_800, left: 1 },
  ...values,
})
/** The requests an hour of one quiet link. */
const quiet = ({ round, lists, archived, log, requests, others }: Pace) =>
  3_600 * (2 / lists + 2 / Math.max(archived, round) + 1 / log + 2 / requests + 1.8 / 60 / others)

describe('the pace of a link', () => {
  it('is the polling interval where the limits of its key allow it', () => {
    expect(paceOf(demand({}))).toEqual({ round: 10, lists: 10, archived: 10, log: 60, requests: 60, others: 1 })
    expect(paceOf(demand({ links: 100, requestsPerHour: 1_000_000 })).round).toBe(10)
  })

  it.each([2, 5, 20, 100, 400])('keeps %i quiet links within the two thirds for following, with room for what they find', (links) => {
    for (const hasLog of [false, true]) {
      const used = links * quiet(paceOf(demand({ links, hasLog })))
      expect(used).toBeLessThan(4_800 * (2 / 3) * 0.9)
      // And makes use of them.
      if (links >= 5) expect(used).toBeGreaterThan(4_800 * (2 / 3) * 0.6)
    }
  })

  it('asks the log first, where there is one: of 100 projects each is asked within four minutes, and without one within six', () => {
    expect(paceOf(demand({ links: 100 })).round).toBeLessThan(240)
    expect(paceOf(demand({ links: 100, hasLog: false })).round).toBeLessThan(360)
  })

  it('asks where something changed lately nearly three times as often, and the others hardly less', () => {
    const of = (isBusy: boolean) => paceOf(demand({ links: 100, busy: 5, isBusy })).round
    expect(of(true)).toBeLessThan(of(false) / 2.7)
    expect(of(false)).toBeLessThan(paceOf(demand({ links: 100 })).round * 1.3)
    // If something changes everywhere, all are equal again.
    expect(paceOf(demand({ links: 100, busy: 100, isBusy: true })).round).toBeLessThan(400)
  })

  it('leaves room for first copies, which may use half of the limits', () => {
    const used = 100 * quiet(paceOf(demand({ links: 100, copying: 1 })))
    expect(used).toBeLessThan(4_800 * (1 / 2) * 0.8)
  })

  it('slows down while few requests of the hour are left, and never stands still', () => {
    expect([1, 0.2, 0.1, 0.05, 0].map((left) => Math.round(paceOf(demand({ left })).round))).toEqual([10, 10, 15, 30, 60])
  })
})
