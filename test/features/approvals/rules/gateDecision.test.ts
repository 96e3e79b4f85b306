import { describe, expect, it } from 'vitest'
import type { ApprovalPolicy } from '../../../../src/database/generated/client.ts'
import { decideGate, findBypass } from '../../../../src/features/approvals/rules/gateDecision.ts'
import type { GatedAction, GuardedChange } from '../../../../src/features/approvals/rules/guardedChanges.ts'

// Which policies an edit has to pass, and who passes them without approval.

const policy = (id: number, actionKey: GatedAction, more: Partial<ApprovalPolicy> = {}) =>
  ({
    ...{ id, actionKey, projectId: 1, conditions: {}, bypassMembershipLevels: [], bypassRoleIds: [] },
    ...more,
  }) as Partial<ApprovalPolicy> as ApprovalPolicy
const change = (actions: GatedAction[], after = 20): GuardedChange => ({
  actions,
  triggers: [{ field: 'rollout_percentage', path: 'groups[0].rollout_percentage', before: 10, after }],
  isCreate: false,
})
const update = change(['FEATURE_FLAG_UPDATE'])
const enable = change(['FEATURE_FLAG_ENABLE'])
const ofDeletedExperiment = change(['EXPERIMENT_UPDATE', 'FEATURE_FLAG_UPDATE'])
const ofOrganization = { projectId: null }
const above50 = { conditions: { type: 'before_after', field: 'rollout_percentage', operator: '>', value: 50 } }
const member = { level: 1, roles: [] }

describe('an edit needs the approval of', () => {
  it.each<[string, GuardedChange[], ApprovalPolicy[], number[]]>([
    ['nobody, if nothing guarded changes', [], [policy(1, 'FEATURE_FLAG_UPDATE')], []],
    ['nobody without a policy', [update], [], []],
    ['nobody, if the policy is of another action', [update], [policy(1, 'FEATURE_FLAG_ENABLE')], []],
    ['nobody, if the condition does not match', [update], [policy(1, 'FEATURE_FLAG_UPDATE', above50)], []],
    ["the project's policy", [update], [policy(1, 'FEATURE_FLAG_UPDATE')], [1]],
    ["the organization's policy", [update], [policy(1, 'FEATURE_FLAG_UPDATE', ofOrganization)], [1]],
    [
      "the project's policy before the organization's",
      [update],
      [policy(1, 'FEATURE_FLAG_UPDATE', ofOrganization), policy(2, 'FEATURE_FLAG_UPDATE')],
      [2],
    ],
    [
      "the organization's policy, if the condition of the project's does not match",
      [update],
      [policy(1, 'FEATURE_FLAG_UPDATE', above50), policy(2, 'FEATURE_FLAG_UPDATE', ofOrganization)],
      [2],
    ],
    [
      'the policy of the experiment before that of the flag',
      [ofDeletedExperiment],
      [policy(1, 'FEATURE_FLAG_UPDATE'), policy(2, 'EXPERIMENT_UPDATE')],
      [2],
    ],
    [
      'the policy of the flag, if the condition of the one of the experiment does not match',
      [ofDeletedExperiment],
      [policy(1, 'FEATURE_FLAG_UPDATE'), policy(2, 'EXPERIMENT_UPDATE', above50)],
      [1],
    ],
    [
      'one policy for each action',
      [enable, update],
      [policy(1, 'FEATURE_FLAG_ENABLE'), policy(2, 'FEATURE_FLAG_UPDATE', ofOrganization)],
      [1, 2],
    ],
    ['one policy once, if it guards several flags', [update, change(['FEATURE_FLAG_UPDATE'], 30)], [policy(1, 'FEATURE_FLAG_UPDATE')], [1]],
  ])('%s', (_name, changes, policies, expected) => {
    const { required, bypassed } = decideGate(changes, policies, member)
    expect(required.map(({ policy: { id } }) => id)).toEqual(expected)
    expect(bypassed).toEqual([])
  })

  it('the policy that is named with the action and the change it guards', () => {
    const guarding = policy(1, 'FEATURE_FLAG_UPDATE')
    expect(decideGate([ofDeletedExperiment], [guarding], member).required).toEqual([
      { policy: guarding, action: 'FEATURE_FLAG_UPDATE', change: ofDeletedExperiment, bypass: null },
    ])
  })
})

it('a policy that lets its author pass is told apart from one that does not', () => {
  const forAdmins = policy(1, 'FEATURE_FLAG_ENABLE', { bypassMembershipLevels: [8] })
  const forNobody = policy(2, 'FEATURE_FLAG_UPDATE')
  const { required, bypassed } = decideGate([enable, update], [forAdmins, forNobody], { level: 8, roles: [] })
  expect(required.map(({ policy: { id }, bypass }) => ({ id, bypass }))).toEqual([{ id: 2, bypass: null }])
  expect(bypassed.map(({ policy: { id }, bypass }) => ({ id, bypass }))).toEqual([{ id: 1, bypass: { level: 8 } }])
})

describe('a policy is bypassed by', () => {
  const [qa, ops] = [
    { id: 'r1', name: 'QA' },
    { id: 'r2', name: 'Ops' },
  ]
  it.each([
    ['no owner, if it lists nothing', {}, { level: 15, roles: [qa] }, null],
    ['an admin, if it lists admins', { bypassMembershipLevels: [8] }, { level: 8, roles: [] }, { level: 8 }],
    ['no owner, if it lists admins', { bypassMembershipLevels: [8] }, { level: 15, roles: [] }, null],
    ['no member, if it lists admins', { bypassMembershipLevels: [8] }, { level: 1, roles: [] }, null],
    ['a holder of its role', { bypassRoleIds: ['r2'] }, { level: 1, roles: [qa, ops] }, { roleName: 'Ops' }],
    ['no holder of another role', { bypassRoleIds: ['r2'] }, { level: 1, roles: [qa] }, null],
    ['the level before the role', { bypassMembershipLevels: [1], bypassRoleIds: ['r1'] }, { level: 1, roles: [qa] }, { level: 1 }],
    ['nobody from outside of the organization', { bypassRoleIds: ['r1'] }, { level: null, roles: [qa] }, null],
  ])('%s', (_name, lists, rights, expected) => {
    expect(findBypass(policy(1, 'FEATURE_FLAG_UPDATE', lists), rights)).toEqual(expected)
  })
})
