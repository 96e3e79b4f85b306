import { describe, expect, it } from 'vitest'
import { hasBaseline } from '../../../../src/features/featureFlags/rules/baseline.ts'
import { getFact } from '../../../../src/features/featureFlags/rules/flagFacts.ts'
import { explainStatus, getFlagStatus, getStaleReason } from '../../../../src/features/featureFlags/rules/flagStatus.ts'
import { isStale, staleBefore } from '../../../../src/features/featureFlags/rules/staleness.ts'

// The state of a flag at a moment.

const now = new Date('2026-11-20T12:00:00Z')
const limit = new Date('2026-10-21T12:00:00Z')
const longAgo = new Date('2026-01-01')
const used = { active: true, archived: false, deleted: false, unusedSince: null, calledAt: null }
const unused = { ...used, unusedSince: longAgo }
const uncalled = { ...unused, calledAt: longAgo }

it.each<[string, typeof used | typeof unused | typeof uncalled, string, string | null, string]>([
  ['a flag that is on', used, 'ACTIVE', null, 'The flag is on.'],
  ['a flag that is off', { ...used, active: false }, 'INACTIVE', null, 'The flag is off.'],
  ['an archived flag', { ...used, active: false, archived: true }, 'ARCHIVED', null, 'The flag is archived.'],
  ['a deleted flag', { ...used, active: false, archived: true, deleted: true }, 'DELETED', null, 'The flag is deleted.'],
  ['a flag that nobody calls', uncalled, 'STALE', 'NOT_CALLED', 'The flag was last called on 2026-01-01, more than 30 days ago.'],
  [
    'a flag that serves the same to everybody',
    unused,
    'STALE',
    'FULLY_ROLLED_OUT',
    'The flag serves the same to everybody. It is older than 30 days, and no call of it is known.',
  ],
  ['a flag that is off and not called', { ...uncalled, active: false }, 'INACTIVE', 'NOT_CALLED', 'The flag is off.'],
  ['a flag that was called lately', { ...uncalled, unusedSince: now }, 'ACTIVE', null, 'The flag is on.'],
])('%s', (_name, flag, status, reason, explanation) => {
  expect([getFlagStatus(flag, now), getStaleReason(flag, now), explainStatus(flag, now)]).toEqual([status, reason, explanation])
})

describe('a flag is stale', () => {
  it.each([
    ['not when it is in use', null, false],
    ['not when it was used 30 days ago', limit, false],
    ['when it was used before that', new Date(limit.getTime() - 1), true],
  ])('%s', (_name, unusedSince, expected) => {
    expect(isStale({ unusedSince }, now)).toBe(expected)
  })

  it('after 30 days', () => {
    expect(staleBefore(now)).toEqual(limit)
  })
})

it('a fact is found by its name', () => {
  const facts = ['called', 'since:2026', 'since:2027', 'x:a:b']
  expect(['since', 'x', 'called', 'other', 'sinc'].map((name) => getFact({ facts }, name))).toEqual(['2026', 'a:b', null, null, null])
})

it('the baseline may stand at any place', () => {
  expect(hasBaseline(['test', 'control'], 'control')).toBe(true)
  expect(hasBaseline(['test'], 'control')).toBe(false)
})
