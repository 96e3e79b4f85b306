import { describe, expect, it } from 'vitest'
import { toOrigin } from '../../../src/posthog/client/connections.ts'
import { messageOf, toUpstreamError } from '../../../src/posthog/client/errors.ts'
import { isPublicAddress } from '../../../src/posthog/client/publicAddress.ts'
import { retryDelay } from '../../../src/posthog/client/retries.ts'
import { limitsFor } from '../../../src/posthog/link/connect/budget.ts'
import { abandonedBefore } from '../../../src/posthog/link/connect/writeTime.ts'
import { isSettled, isSuspicious, nextMark, readsOn } from '../../../src/posthog/link/follow/rules.ts'
import { isStoredNewer } from '../../../src/posthog/link/store/newer.ts'
import { hashRow, prepareRow } from '../../../src/posthog/link/store/prepareRow.ts'
import { parseDuration, requestState } from '../../../src/posthog/link/store/upstreamApprovals.ts'

const answer = (status: number, body: unknown, retryAfter: string | null = null, date: string | null = null) =>
  toUpstreamError({ status, body, retryAfter, date, isWrite: true, request: 'PATCH /api/' })

describe('errors of PostHog', () => {
  it('have four forms of text', () => {
    const bodies = [{ detail: 'a' }, { error: 'a' }, { success: false, error: 'a' }, { message: 'a' }, { tags: ['a'] }]
    expect(bodies.map(messageOf)).toEqual(['a', 'a', 'a', 'a', 'tags: a'])
    expect(messageOf('<html>')).toBeNull()
  })

  it('are told apart by their code where the status means three things', () => {
    const kinds = ['conflict', 'approval_required', 'change_request_pending'].map((code) => answer(409, { code }).kind)
    expect(kinds).toEqual(['conflict', 'approval_required', 'change_request_pending'])
    expect(answer(403, { detail: "API key missing required scope 'feature_flag:read'" }).missingScope).toBe('feature_flag:read')
  })

  it('say how long to wait: by the header, the text, or not at all', () => {
    const detail = 'Request was throttled. Expected available in 17 seconds.'
    expect([answer(429, { detail }), answer(429, { detail }, '3'), answer(429, {}), answer(503, {}, '1')].map((e) => e.retryAfter)).toEqual(
      [17, 3, 60, 1],
    )
    // A proxy can name a time, which is one of its own clock.
    const until = 'Fri, 20 Nov 2026 11:00:09 GMT'
    expect(answer(429, {}, until, 'Fri, 20 Nov 2026 11:00:00 GMT').retryAfter).toBe(9)
    expect(answer(503, {}, until, 'Fri, 20 Nov 2026 12:00:00 GMT').retryAfter).toBe(0)
    expect([answer(429, {}, until), answer(429, { detail }, 'soon')].map((error) => error.retryAfter)).toEqual([60, 17])
  })

  it('are repeated at most five times, and writes only if nothing was done', () => {
    const failed = answer(500, {})
    expect([1, 2, 3, 4, 5].map((attempt) => retryDelay(failed, attempt, true, 0))).toEqual([1_000, 2_000, 4_000, 8_000, null])
    expect(retryDelay(failed, 1, false, 0)).toBeNull()
    expect(retryDelay(answer(429, {}), 1, false, 0)).toBe(60_000)
    expect(retryDelay(answer(400, { detail: 'No.' }), 1, true, 0)).toBeNull()
  })
})

it('connects to the public internet only', () => {
  const refused = ['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', '::ffff:10.0.0.1', 'fd00::1', '64:ff9b::a00:1', '2002:a00:1::']
  expect(refused.filter(isPublicAddress)).toEqual([])
  expect(['93.184.216.34', '2606:2800:220:1::1'].every(isPublicAddress)).toBe(true)
  expect(toOrigin('eu.posthog.com/project/1', false)).toBe('https://eu.posthog.com')
  for (const host of ['http://eu.posthog.com', 'ftp://x', 'https://me:secret@eu.posthog.com', ''])
    expect(() => toOrigin(host, false)).toThrow()
})

it('takes a write for lost after twice the time of a request, and ten seconds', () => {
  const now = new Date('2026-11-20T12:00:00Z')
  expect([5, 30].map((timeout) => now.getTime() - abandonedBefore(now, timeout).getTime())).toEqual([20_000, 70_000])
})

it('reserves a third of the budget for writes', () => {
  const limits = { perMinute: 480, perHour: 4_800 }
  expect(limitsFor('follow', limits)).toEqual({ perMinute: 320, perHour: 3_200 })
  expect(limitsFor('write', limits)).toEqual(limits)
})

describe('following by time', () => {
  const row = (updatedAt: string | null) => ({ updatedAt })
  it('stops at the first row that is surely known, never at one without a time', () => {
    const mark = '2026-11-20T10:00:00Z'
    expect(readsOn([row(null), row('2026-11-20T09:56:00Z')], mark)).toBe(true)
    expect(readsOn([row(null), row('2026-11-20T09:54:59Z')], mark)).toBe(false)
  })
  it('moves its mark forward, and not into the future', () => {
    const server = new Date('2026-11-20T12:00:00Z')
    expect(nextMark('2026-11-20T10:00:00Z', '2026-11-20T11:00:00Z', server)).toBe('2026-11-20T11:00:00Z')
    expect(nextMark('2026-11-20T10:00:00Z', '2026-11-20T09:00:00Z', server)).toBe('2026-11-20T10:00:00Z')
    expect(nextMark(null, '2026-12-24T00:00:00Z', server)).toBe(server.toISOString())
  })
  it('knows which rows no late commit can change', () => {
    const server = new Date('2026-11-20T12:00:00Z')
    expect(isSettled([row('2026-11-20T11:00:00Z')], server)).toBe(true)
    expect(isSettled([row('2026-11-20T11:55:00Z')], server)).toBe(false)
    expect(isSettled([row(null)], server)).toBe(false)
  })
  it('takes a deletion of many rows for a loss of access', () => {
    expect([isSuspicious(1, 3), isSuspicious(2, 10), isSuspicious(3, 10), isSuspicious(5, 100), isSuspicious(6, 100)]).toEqual([
      ...[false, false, true, false, true],
    ])
  })
})

it('decides by the version, then by the time', () => {
  const [early, late] = [new Date(1_000), new Date(2_000)]
  expect(isStoredNewer({ version: 3, updatedAt: early }, { version: 2, updatedAt: late })).toBe(true)
  expect(isStoredNewer({ version: 2, updatedAt: late }, { version: 3, updatedAt: early })).toBe(false)
  expect(isStoredNewer({ version: 2, updatedAt: late }, { version: 2, updatedAt: early })).toBe(true)
  expect(isStoredNewer({ updatedAt: late }, { updatedAt: late })).toBe(false)
})

it('leaves out of a row what is not its own', () => {
  const property = { key: 'id', type: 'cohort', value: 3 }
  const flag = (extra: object, more: object = {}) => ({
    id: 1,
    filters: { groups: [{ properties: [{ ...property, ...extra }] }] },
    ...more,
  })
  expect(prepareRow('feature_flags', flag({ cohort_name: 'Testers' }))).toEqual(flag({}))
  expect(hashRow(flag({}, { can_edit: true, status: 'STALE' }))).toBe(hashRow({ filters: flag({}).filters, id: 1 }))
})

it('reads durations and states of PostHog', () => {
  expect([parseDuration('14 00:00:00'), parseDuration('01:00:00'), parseDuration('soon')]).toEqual([1_209_600, 3_600, null])
  const ann = { email: 'ann@example.com', firstName: '' }
  const vote = { created_by: ann, decision: 'rejected' as const, reason: '' }
  expect(requestState({ state: 'rejected', created_by: ann, approvals: [vote] })).toBe('CANCELED')
  expect(requestState({ state: 'rejected', created_by: null, approvals: [vote] })).toBe('REJECTED')
})
