import { describe, expect, it } from 'vitest'
import { conditionOf, conditionText, kindsOf, toCondition } from '../src/approvals/policyCondition.ts'
import { createInput, formOf, type Policy, problemOf, toggled, updateInput } from '../src/approvals/policyForm.ts'
import { actionsOf } from '../src/flags/flagActions.ts'
import type { GatedAction } from '../src/generated/graphql.ts'

describe('what can be done with a flag', () => {
  const offered = (active: boolean, archived: boolean) => actionsOf({ active, archived, deletionBlockers: [] }).map(({ action }) => action)

  it('depends on where it stands', () => {
    expect(offered(true, false)).toEqual(['OFF', 'ARCHIVE', 'DELETE'])
    expect(offered(false, false)).toEqual(['ON', 'ARCHIVE', 'DELETE'])
    expect(offered(false, true)).toEqual(['UNARCHIVE', 'DELETE'])
  })

  it('says that archiving switches off what is on', () => {
    const effect = (active: boolean) =>
      actionsOf({ active, archived: false, deletionBlockers: [] }).find(({ action }) => action === 'ARCHIVE')?.effect
    expect(effect(true)).toContain('switched off')
    expect(effect(false)).not.toContain('switched off')
  })

  it('is no deletion while something uses it, but an open request does not hide the button', () => {
    const obstacles = (kind: 'EXPERIMENT' | 'OPEN_CHANGE_REQUEST') =>
      actionsOf({ active: true, archived: false, deletionBlockers: [{ kind, message: 'It is used.' }] }).at(-1)?.obstacles
    expect(obstacles('EXPERIMENT')).toEqual(['It is used.'])
    expect(obstacles('OPEN_CHANGE_REQUEST')).toEqual([])
  })
})

describe('whether an action needs approval', () => {
  const guards = (active: boolean, actionKey: GatedAction, viewerBypasses = false) =>
    actionsOf({ active, archived: false, deletionBlockers: [], approvalGuards: [{ actionKey, viewerBypasses, policy: null }] }).flatMap(
      ({ action, needsApproval }) => (needsApproval ? [action] : []),
    )

  it('follows from the policies: what is on is switched off when it is archived', () => {
    expect(guards(true, 'FEATURE_FLAG_DISABLE')).toEqual(['OFF', 'ARCHIVE'])
    expect(guards(false, 'FEATURE_FLAG_DISABLE')).toEqual([])
    expect(guards(false, 'FEATURE_FLAG_ENABLE')).toEqual(['ON'])
    expect(guards(true, 'FEATURE_FLAG_DELETE')).toEqual(['DELETE'])
    expect(guards(true, 'FEATURE_FLAG_UPDATE')).toEqual([])
  })

  it('does not for somebody who bypasses them', () => {
    expect(guards(true, 'FEATURE_FLAG_DISABLE', true)).toEqual([])
  })
})

describe('the form of a policy', () => {
  const policy: Policy = {
    id: 'p',
    actionKey: 'EXPERIMENT_PAUSE',
    enabled: false,
    quorum: 2,
    conditions: { type: 'any_change' },
    allowSelfApprove: true,
    expiresAfterSeconds: 90_000,
    bypassMembershipLevels: ['OWNER'],
    bypassRoles: [],
    approverUsers: [{ id: 'u', firstName: 'Ada', email: 'ada@example.com' }],
    approverRoles: [{ id: 'r', name: 'Release managers' }],
    project: null,
  }

  it('sends back what the policy had', () => {
    expect(updateInput(formOf(policy), 'p')).toEqual({
      id: 'p',
      condition: null,
      quorum: 2,
      enabled: false,
      allowSelfApprove: true,
      expiresAfterSeconds: 90_000,
      bypassMembershipLevels: ['OWNER'],
      bypassRoleIds: [],
      approverUserIds: ['u'],
      approverRoleIds: ['r'],
    })
    expect(formOf(policy).organizationWide).toBe(true)
  })

  it('begins with 14 days and one approval', () => {
    const form = { ...formOf(null), users: new Set(['u']) }
    expect(createInput(form, '1')).toMatchObject({ projectId: '1', quorum: 1, expiresAfterSeconds: 1_209_600, organizationWide: false })
  })

  it.each([
    [{ quorum: '0' }, /how many approvals/],
    [{ quorum: '1.5' }, /how many approvals/],
    [{ quorum: '' }, /how many approvals/],
    [{ days: '0' }, /how many days/],
    [{ days: '366' }, /how many days/],
    [{ days: 'soon' }, /how many days/],
    [{ condition: { kind: 'CHANGE_AMOUNT' as const, operator: 'GT' as const, value: '' } }, /percentage/],
    [{ condition: { kind: 'CHANGE_AMOUNT' as const, operator: 'GT' as const, value: '101' } }, /percentage/],
    [{ users: new Set<string>(), roles: new Set<string>() }, /who may approve/],
  ])('with %j says what is missing', (values, problem) => {
    expect(problemOf({ ...formOf(policy), ...values })).toMatch(problem)
    expect(problemOf(formOf(policy))).toBeNull()
  })

  it('keeps the old set when it makes a new one', () => {
    const before = new Set(['a'])
    expect([...toggled(before, 'b', true)]).toEqual(['a', 'b'])
    expect([...toggled(before, 'a', false)]).toEqual([])
    expect([...before]).toEqual(['a'])
  })
})

describe('the condition of a policy', () => {
  it.each([
    [{}, null, ''],
    [{ type: 'any_change' }, null, ''],
    [{ type: 'any_change', field: 'release_conditions' }, { type: 'ANY_CHANGE', field: 'release_conditions' }, 'Only release conditions'],
    [{ type: 'any_change', field: 'rollout_percentage' }, { type: 'ANY_CHANGE', field: 'rollout_percentage' }, 'Only percentages'],
    [
      { type: 'change_amount', field: 'rollout_percentage', operator: '>', value: 20 },
      { type: 'CHANGE_AMOUNT', field: 'rollout_percentage', operator: 'GT', value: 20 },
      'Percentages that change by more than 20\u00a0%',
    ],
    [
      { type: 'crosses_threshold', field: 'rollout_percentage', operator: '>=', value: 0 },
      { type: 'CROSSES_THRESHOLD', field: 'rollout_percentage', operator: 'GTE', value: 0 },
      'Percentages that newly become at least 0\u00a0%',
    ],
    [{ type: 'something new' }, undefined, 'With a condition that is not known here'],
  ])('%j is sent back as it is, and told in words', (stored, sent, text) => {
    expect(toCondition(conditionOf(stored))).toEqual(sent)
    expect(conditionText(stored)).toBe(text)
  })

  it('compares percentages only where the action changes them', () => {
    expect(kindsOf('FEATURE_FLAG_DELETE')).toEqual(['ALL'])
    expect(kindsOf('EXPERIMENT_UPDATE')).toContain('CHANGE_AMOUNT')
    expect(kindsOf('FEATURE_FLAG_UPDATE')).toContain('RELEASE_CONDITIONS')
  })
})
