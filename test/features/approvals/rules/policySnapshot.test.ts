import { describe, expect, it } from 'vitest'
import type { ApprovalPolicy } from '../../../../src/database/generated/client.ts'
import { isDamagedSnapshot, parseSnapshot, toSnapshot } from '../../../../src/features/approvals/rules/policySnapshot.ts'

// The policy of a request, as it was when the change was requested.

const role = '018f4e2a-0000-7000-8000-000000000001'
const policy = {
  ...{ id: 7, quorum: 2, approverUserIds: [1, 2], approverRoleIds: [role], allowSelfApprove: true, conditions: { type: 'any_change' } },
  ...{ bypassMembershipLevels: [8], bypassRoleIds: [role], enabled: true, projectId: 1 },
} as Partial<ApprovalPolicy> as ApprovalPolicy
const snapshot = {
  ...{ policyId: 7, quorum: 2, users: [1, 2], roles: [role], allowSelfApprove: true, conditions: { type: 'any_change' } },
  ...{ bypassMembershipLevels: [8], bypassRoles: [role] },
}

it('a request keeps what its policy says, and reads it as it was stored', () => {
  expect(toSnapshot(policy)).toEqual(snapshot)
  expect(parseSnapshot({ policySnapshot: toSnapshot(policy) })).toEqual(snapshot)
  expect(isDamagedSnapshot({ policySnapshot: snapshot })).toBe(false)
})

describe('nobody may approve a request whose policy cannot be read', () => {
  it.each<[string, unknown]>([
    ['missing', null],
    ['a quorum of nobody', { ...snapshot, quorum: 0 }],
    ['a quorum that is no number', { ...snapshot, quorum: '1' }],
    ['half a quorum', { ...snapshot, quorum: 1.5 }],
    ['no approvers', { ...snapshot, users: undefined }],
    ['an approver that is no id', { ...snapshot, users: ['1'] }],
    ['a role that is no id', { ...snapshot, roles: ['admins'] }],
    ['no conditions', { ...snapshot, conditions: undefined }],
    ['no word on self-approval', { ...snapshot, allowSelfApprove: undefined }],
  ])('%s', (_name, policySnapshot) => {
    expect(isDamagedSnapshot({ policySnapshot })).toBe(true)
    expect(parseSnapshot({ policySnapshot })).toEqual({
      ...{ policyId: 0, quorum: 1, users: [], roles: [], allowSelfApprove: false, conditions: {} },
      ...{ bypassMembershipLevels: [], bypassRoles: [] },
    })
  })
})
