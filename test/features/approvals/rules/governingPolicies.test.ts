import { expect, it } from 'vitest'
import type { ApprovalPolicy } from '../../../../src/database/generated/client.ts'
import { policiesFor, possiblePolicies } from '../../../../src/features/approvals/rules/governingPolicies.ts'
import { possibleActions } from '../../../../src/features/approvals/rules/guardedChanges.ts'

const on = { active: true, deleted: false, archived: false }

it.each([
  ['a flag that is on', on, 'none', [['FEATURE_FLAG_DISABLE'], ['FEATURE_FLAG_UPDATE'], ['FEATURE_FLAG_DELETE']]],
  ['a flag that is off', { ...on, active: false }, 'none', [['FEATURE_FLAG_ENABLE'], ['FEATURE_FLAG_UPDATE']]],
  ['a deleted flag that was on', { ...on, deleted: true }, 'none', [['FEATURE_FLAG_UPDATE'], ['FEATURE_FLAG_ENABLE']]],
  ['the flag of an experiment', on, 'experiment', [['EXPERIMENT_PAUSE'], ['EXPERIMENT_UPDATE'], ['FEATURE_FLAG_DELETE']]],
  [
    'the flag of a deleted experiment',
    { ...on, active: false },
    'deletedExperiment',
    [
      ['EXPERIMENT_LAUNCH', 'FEATURE_FLAG_ENABLE'],
      ['EXPERIMENT_UPDATE', 'FEATURE_FLAG_UPDATE'],
    ],
  ],
] as const)('what an edit of %s can count as', (_name, state, owner, actions) => {
  expect(possibleActions(state, owner)).toEqual(actions)
})

const policy = (id: number, actionKey: string, projectId: number | null, conditions: object = {}) =>
  ({ id, actionKey, projectId, conditions }) as unknown as ApprovalPolicy

it("the policies of a project are tried before those of its organization, and no other action's", () => {
  const [wide, ofProject] = [policy(1, 'EXPERIMENT_PAUSE', null), policy(2, 'EXPERIMENT_PAUSE', 1)]
  const other = policy(3, 'EXPERIMENT_LAUNCH', 1)
  expect(policiesFor('EXPERIMENT_PAUSE', [wide, other, ofProject])).toEqual([ofProject, wide])
  expect(policiesFor('EXPERIMENT_PAUSE', [ofProject, wide, other])).toEqual([ofProject, wide])
  expect(policiesFor('EXPERIMENT_UPDATE', [wide, other, ofProject])).toEqual([])
})

it('the policies that can govern an edit end with the first that guards every change', () => {
  const condition = { type: 'any_change', field: 'active' }
  const ids = (policies: ApprovalPolicy[]) => possiblePolicies(['EXPERIMENT_PAUSE', 'FEATURE_FLAG_DISABLE'], policies).map(({ id }) => id)
  expect(ids([])).toEqual([])
  expect(ids([policy(1, 'FEATURE_FLAG_DISABLE', null), policy(2, 'EXPERIMENT_PAUSE', null), policy(3, 'EXPERIMENT_PAUSE', 1)])).toEqual([3])
  expect(
    ids([
      policy(1, 'FEATURE_FLAG_DISABLE', null),
      policy(2, 'EXPERIMENT_PAUSE', null, condition),
      policy(3, 'EXPERIMENT_PAUSE', 1, condition),
    ]),
  ).toEqual([3, 2, 1])
  // One that guards only some changes leaves the others to the next.
  expect(ids([policy(1, 'FEATURE_FLAG_DISABLE', null, condition), policy(2, 'EXPERIMENT_PAUSE', 1, condition)])).toEqual([2, 1])
  expect(ids([policy(1, 'FEATURE_FLAG_DISABLE', null), policy(2, 'FEATURE_FLAG_DISABLE', 1, condition)])).toEqual([2, 1])
})
