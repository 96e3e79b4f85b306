import { describe, expect, it } from 'vitest'
import { type DescribedPlan, describeChange, describeSkipped } from '../../../../src/features/approvals/rules/describeChange.ts'
import type { ChangeTrigger } from '../../../../src/features/approvals/rules/filterDiff.ts'
import type { GatedAction } from '../../../../src/features/approvals/rules/guardedChanges.ts'
import { ExactNumber } from '../../../../src/platform/json.ts'

// The sentence by which approvers know a change.

const flag: DescribedPlan = { flag: { key: 'checkout' }, experimentName: null }
const holdout = (experiments: number, after: number | null): DescribedPlan => ({
  ...{ flag: null, experimentName: null },
  holdout: { id: 1, name: 'Quarter', before: 5, after, experiments, changesFlags: true },
})
const rollout = (path: string, before: unknown, after: unknown): ChangeTrigger => ({ field: 'rollout_percentage', path, before, after })
const conditions = (path: string, before: unknown, after: unknown): ChangeTrigger => ({ field: 'release_conditions', path, before, after })
const toggled = (field: 'active' | 'deleted'): ChangeTrigger => ({ field, path: field, before: false, after: true })
const long = 'x'.repeat(121)

describe('a description', () => {
  it.each<[string, GatedAction, DescribedPlan, ChangeTrigger[], string]>([
    ['of switching', 'FEATURE_FLAG_ENABLE', flag, [toggled('active')], "Enable feature flag 'checkout'"],
    ['of deleting', 'FEATURE_FLAG_DELETE', flag, [toggled('deleted')], "Delete feature flag 'checkout'"],
    [
      'of an experiment',
      'EXPERIMENT_PAUSE',
      { ...flag, experimentName: 'Checkout' },
      [toggled('active')],
      "Pause experiment 'Checkout' (feature flag 'checkout')",
    ],
    ['of a plan without a flag', 'FEATURE_FLAG_UPDATE', { flag: null, experimentName: null }, [], "Update feature flag ''"],
    [
      'of a holdout of one experiment',
      'EXPERIMENT_HOLDOUT_UPDATE',
      holdout(1, 10),
      [rollout('holdout.exclusion_percentage', 5, 10)],
      "Update holdout 'Quarter' (1 experiment): holdout.exclusion_percentage 5% -> 10%",
    ],
    [
      'of a deleted holdout, also by the policy of another action',
      'EXPERIMENT_UPDATE',
      holdout(2, null),
      [toggled('deleted')],
      "Delete holdout 'Quarter' (2 experiments)",
    ],
    ['of a holdout of none', 'EXPERIMENT_HOLDOUT_UPDATE', holdout(0, 10), [], "Update holdout 'Quarter' (0 experiments)"],
    [
      'of percentages that come, go and are malformed',
      'FEATURE_FLAG_UPDATE',
      flag,
      [rollout('a', null, 5), rollout('b', 5, null), rollout('c', '5', 6)],
      "Update feature flag 'checkout': a N/A -> 5%, b 5% -> N/A, c N/A -> 6%",
    ],
    [
      'of a percentage with many digits, as it is shown elsewhere',
      'FEATURE_FLAG_UPDATE',
      flag,
      [rollout('a', new ExactNumber('33.33333333333333333333'), 50)],
      "Update feature flag 'checkout': a 33.333333333333336% -> 50%",
    ],
    [
      'of condition sets',
      'FEATURE_FLAG_UPDATE',
      flag,
      [conditions('groups[0]', null, {}), conditions('groups[1]', {}, null), conditions('groups[10]', {}, {})],
      "Update feature flag 'checkout': condition set 1 added, condition set 2 removed, condition set 11 changed",
    ],
    [
      'of other conditions',
      'FEATURE_FLAG_UPDATE',
      flag,
      [conditions('early_exit', false, true), conditions('groups', 1, 2), conditions('groups[0].x', 1, 2), conditions('x.groups[0]', 1, 2)],
      "Update feature flag 'checkout': early_exit changed, groups changed, groups[0].x changed, x.groups[0] changed",
    ],
    [
      'of long names, which are cut',
      'EXPERIMENT_UPDATE',
      { flag: { key: long }, experimentName: long.slice(1) },
      [rollout(long, 1, 2)],
      `Update experiment '${long.slice(1)}' (feature flag '${long.slice(2)}…'): ${long.slice(2)}… 1% -> 2%`,
    ],
  ])('%s', (_name, action, plan, triggers, expected) => {
    expect(describeChange(action, plan, triggers)).toBe(expected)
  })

  it('lists twenty changes, and counts the others', () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => conditions(`groups[${n}]`, null, {}))
    expect(describeChange('FEATURE_FLAG_UPDATE', flag, many(20))).toMatch(/condition set 20 added$/)
    expect(describeChange('FEATURE_FLAG_UPDATE', flag, many(22))).toMatch(/condition set 20 added, and 2 more$/)
  })

  it('has at most 2,000 characters', () => {
    const many = Array.from({ length: 20 }, () => rollout(long, 1, 2))
    expect(describeChange('FEATURE_FLAG_UPDATE', flag, many)).toHaveLength(2_000)
  })
})

it.each([
  [1, 'Skipped 1 approval of: Enable it.'],
  [2, 'Skipped 2 approvals of: Enable it.'],
])('a bypass of a quorum of %i is told in words', (quorum, text) => {
  expect(describeSkipped({ quorum }, 'Enable it')).toBe(text)
})
