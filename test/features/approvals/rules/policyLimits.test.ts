import { describe, expect, it } from 'vitest'
import { needsOtherRequesters, validateLimits, validateQuorum } from '../../../../src/features/approvals/rules/policyLimits.ts'
import { normalizeReason } from '../../../../src/features/approvals/rules/reason.ts'

// What policies and votes may hold.

const error = (path: string, message: string, code = 'invalid_input') => ({ path: [path], message, code })

describe('the numbers of a policy', () => {
  const tooLong = 'Must be a number of seconds from 1 to 31536000 (a year).'
  it.each([
    [1, 1, []],
    [100, 31_536_000, []],
    [0, 1, [error('quorum', 'Quorum must be at least 1')]],
    [101, 1, [error('quorum', 'Must be at most 100.')]],
    [1, 0, [error('expiresAfterSeconds', tooLong)]],
    [1, 31_536_001, [error('expiresAfterSeconds', tooLong)]],
    [-1, -1, [error('quorum', 'Quorum must be at least 1'), error('expiresAfterSeconds', tooLong)]],
  ])('quorum %i, %i seconds', (quorum, expiresAfterSeconds, expected) => {
    expect(validateLimits({ quorum, expiresAfterSeconds })).toEqual(expected)
  })
})

describe('a quorum of 2', () => {
  const quorum = 2
  it('needs approvers', () => {
    const noLists = { quorum, approverUserIds: [], approverRoleIds: [] }
    expect(validateQuorum(noLists, 5)).toEqual([
      error('approverUserIds', 'Name at least one approver, here or in approverRoleIds.', 'required'),
    ])
  })

  it.each([
    ['people', { approverUserIds: [1, 2], approverRoleIds: [] }],
    ['a role', { approverUserIds: [], approverRoleIds: ['r'] }],
    ['a person and a role', { approverUserIds: [1], approverRoleIds: ['r'] }],
  ])('needs as many who may vote, of %s', (_name, lists) => {
    expect([2, 3].map((voters) => validateQuorum({ quorum, ...lists }, voters))).toEqual([[], []])
    expect(validateQuorum({ quorum, ...lists }, 1)).toEqual([
      error('quorum', 'The quorum cannot be reached: it is 2, and there are 1 approvers.'),
    ])
  })

  it('needs other people who ask, where no more can vote and nobody may approve their own request', () => {
    const needs = (allowSelfApprove: boolean) => [2, 3].map((voters) => needsOtherRequesters({ quorum, allowSelfApprove }, voters))
    expect(needs(false)).toEqual([true, false])
    expect(needs(true)).toEqual([false, false])
  })
})

it.each([
  [null, ''],
  [undefined, ''],
  [' fine \n', 'fine'],
  ['a\0b\0', 'ab'],
  ['a\ud800', 'a\ufffd'],
  ['😀'.repeat(2_001), '😀'.repeat(2_000)],
])('the reason %j is stored as %j', (reason, stored) => {
  expect(normalizeReason(reason)).toBe(stored)
})
