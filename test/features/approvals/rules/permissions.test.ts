import { describe, expect, it } from 'vitest'
import { canCancel, canVote } from '../../../../src/features/approvals/rules/permissions.ts'
import type { PolicySnapshot } from '../../../../src/features/approvals/rules/policySnapshot.ts'

// Who may vote on a request, and who may cancel it.

const requester = 1
const other = 2
const request = { requestedById: requester }
const policy = (allowSelfApprove: boolean) => ({ allowSelfApprove }) as PolicySnapshot

describe('may vote', () => {
  it.each<[string, number, boolean, boolean, boolean]>([
    ['an approver', other, true, false, true],
    ['nobody else', other, false, false, false],
    ['nobody else, also where requesters may approve', other, false, true, false],
    ['not the requester, even when an approver', requester, true, false, false],
    ['the requester who is an approver, where the policy allows it', requester, true, true, true],
    ['not the requester who is no approver, where the policy allows it', requester, false, true, false],
  ])('%s', (_name, userId, isApprover, allowSelfApprove, expected) => {
    expect(canVote(request, policy(allowSelfApprove), userId, isApprover)).toBe(expected)
  })

  it('any approver, when the requester is gone', () => {
    expect(canVote({ requestedById: null }, policy(false), other, true)).toBe(true)
  })
})

describe('may cancel', () => {
  const approved = { decision: 'APPROVED' } as const
  const rejected = { decision: 'REJECTED' } as const
  const usual = { isStuck: false, policyIsGone: false }
  const stuck = { ...usual, isStuck: true }
  const withoutPolicy = { ...usual, policyIsGone: true }
  const admin = { userId: other, isAdmin: true }
  const member = { userId: other, isAdmin: false }
  const self = { userId: requester, isAdmin: false }

  it.each<[string, Parameters<typeof canCancel>[1], typeof usual, typeof admin, boolean]>([
    ['the requester, while nobody has voted', [], usual, self, true],
    ['the requester, while nobody has approved', [rejected], usual, self, true],
    ['not the requester, once somebody has approved', [rejected, approved], usual, self, false],
    ['not the requester who is an admin, once somebody has approved', [approved], usual, { ...self, isAdmin: true }, false],
    ['the requester of what cannot be applied, despite approvals', [approved], stuck, self, true],
    ['not the requester whose policy is gone, once somebody has approved', [approved], withoutPolicy, self, false],
    ['no admin', [], usual, admin, false],
    ['an admin, what cannot be applied', [approved], stuck, admin, true],
    ['an admin, when the policy is gone', [approved], withoutPolicy, admin, true],
    ['nobody else, what cannot be applied', [], stuck, member, false],
    ['nobody else, when the policy is gone', [], withoutPolicy, member, false],
  ])('%s', (_name, votes, state, who, expected) => {
    expect(canCancel(request, votes, state, who)).toBe(expected)
  })
})
