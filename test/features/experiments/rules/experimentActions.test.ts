import { describe, expect, it } from 'vitest'
import {
  type ActionFacts,
  actionProblem,
  type ExperimentActionName,
  experimentActions,
  flagsAfter,
} from '../../../../src/features/experiments/rules/experimentActions.ts'
import { unfreezeFilters } from '../../../../src/features/experiments/rules/exposure/frozenFilters.ts'

// Which actions are possible, and what they make of the flag.

const now = new Date('2026-11-20')
const startDate = new Date('2026-11-01')
const endDate = new Date('2026-11-10')
const variants = [
  { key: 'control', rollout_percentage: 50 },
  { key: 'test', rollout_percentage: 50 },
]
const filters = { groups: [{ properties: [] }], multivariate: { variants } }
const flag = {
  active: true,
  archived: false,
  deleted: false,
  exposureFrozen: false,
  ineligibility: [] as string[],
  filters: filters as unknown,
}
const draft = {
  ...{ startDate: null as Date | null, endDate: null as Date | null, archived: false, statsConfig: null as unknown },
  ...{ metrics: [] as unknown[], metricsSecondary: [], secondaryMetrics: [], exposureCohortId: null as number | null },
  featureFlag: flag,
}
const running = { ...draft, startDate }
const ended = { ...running, endDate }
type Given = typeof draft
const facts = (experiment: Given, more: Partial<ActionFacts> = {}): ActionFacts => ({
  ...{ experiment: experiment as unknown as ActionFacts['experiment'], switchOffProblem: null, freezeBlockers: [], now },
  ...more,
})
const withFlag = (experiment: Given, more: Partial<typeof flag>): Given => ({ ...experiment, featureFlag: { ...flag, ...more } })

it.each<[string, Given, ExperimentActionName[]]>([
  ['a draft', draft, ['LAUNCH', 'FREEZE_EXPOSURE', 'DUPLICATE', 'COPY', 'DELETE']],
  ['a running one', running, ['PAUSE', 'FREEZE_EXPOSURE', 'END', 'SHIP', 'RESET', 'DUPLICATE', 'COPY', 'DELETE']],
  [
    'a paused one',
    withFlag(running, { active: false }),
    ['RESUME', 'FREEZE_EXPOSURE', 'END', 'SHIP', 'RESET', 'DUPLICATE', 'COPY', 'DELETE'],
  ],
  ['one that has ended', ended, ['FREEZE_EXPOSURE', 'SHIP', 'ARCHIVE', 'RESET', 'DUPLICATE', 'COPY', 'DELETE']],
  ['an archived one', { ...ended, archived: true }, ['FREEZE_EXPOSURE', 'SHIP', 'UNARCHIVE', 'RESET', 'DUPLICATE', 'COPY', 'DELETE']],
  [
    'one of legacy metrics',
    { ...running, metrics: [{ kind: 'ExperimentTrendsQuery' }] },
    ['PAUSE', 'FREEZE_EXPOSURE', 'END', 'SHIP', 'RESET', 'DELETE'],
  ],
])('the actions on %s', (_name, experiment, expected) => {
  // Whether the exposure can be frozen is told by the blockers, which are found elsewhere.
  expect(experimentActions.filter((action) => actionProblem(action, facts(experiment)) === null)).toEqual(expected)
})

describe('an action is not possible', () => {
  const twoVariants = 'Feature flag must have at least 2 variants (control and at least one test variant)'
  const future = { ...running, startDate: new Date('2026-12-01') }
  it.each<[ExperimentActionName, string, ActionFacts, string | null]>([
    [
      'LAUNCH',
      'with too few variants',
      facts(withFlag(draft, { filters: {} })),
      `${twoVariants} Feature flag must have a variant with key 'control'`,
    ],
    [
      'LAUNCH',
      'with a malformed flag',
      facts(withFlag(draft, { ineligibility: ['MALFORMED_FILTERS'] })),
      'The filters of the feature flag are malformed: see experimentEligibility.',
    ],
    ['LAUNCH', 'not with another reason of the flag', facts(withFlag(draft, { ineligibility: ['SURVEY'] })), null],
    [
      'LAUNCH',
      'not with another baseline',
      facts({
        ...withFlag(draft, { filters: { multivariate: { variants: [{ key: 'a' }, { key: 'b' }] } } }),
        statsConfig: { baseline_variant_key: 'a' },
      }),
      null,
    ],
    ['LAUNCH', 'with an end that has passed', facts({ ...draft, endDate }), 'End date must be after start date'],
    ['LAUNCH', 'after the launch', facts(running), 'Experiment has already been launched.'],
    ['PAUSE', 'while the flag must stay on', facts(running, { switchOffProblem: 'Others depend on it.' }), 'Others depend on it.'],
    ['PAUSE', 'in a draft', facts(draft, { switchOffProblem: 'Others depend on it.' }), 'Experiment has not been launched yet.'],
    ['RESUME', 'while it runs', facts(running), 'Experiment is not paused.'],
    ['FREEZE_EXPOSURE', 'with blockers', facts(running, { freezeBlockers: [{ message: 'One.' }, { message: 'Two.' }] }), 'One. Two.'],
    ['UNFREEZE_EXPOSURE', 'without stamps', facts(running), 'Experiment exposure is not frozen.'],
    ['END', 'before the start', facts(future), 'End date must be after start date'],
    ['END', 'in a draft', facts(draft), 'Experiment has not been launched yet.'],
    ['SHIP', 'before the start', facts(future), 'End date must be after start date'],
    ['SHIP', 'not after an end, whatever the start', facts({ ...future, endDate }), null],
    ['SHIP', 'without variants', facts(withFlag(running, { filters: {} })), 'The feature flag has no variants.'],
    ['SHIP', 'in a draft', facts(draft), 'Experiment has not been launched yet.'],
    ['ARCHIVE', 'while it runs', facts(running), 'Experiment must be ended before it can be archived.'],
    ['UNARCHIVE', 'of one that is not archived', facts(ended), 'Experiment is not archived.'],
    ['RESET', 'of a draft', facts(draft), 'Experiment is already in draft state.'],
    [
      'DUPLICATE',
      'of legacy metrics',
      facts({ ...draft, metrics: [{ kind: 'ExperimentFunnelsQuery' }] }),
      'Duplication is not supported for experiments using legacy metrics.',
    ],
    [
      'COPY',
      'of legacy metrics',
      facts({ ...draft, metrics: [{ kind: 'ExperimentFunnelsQuery' }] }),
      'Copying is not supported for experiments using legacy metrics.',
    ],
    ['DELETE', 'never', facts({ ...ended, archived: true }), null],
  ])('%s %s', (action, _name, given, expected) => {
    expect(actionProblem(action, given)).toBe(expected)
  })
})

describe('the flag after an action', () => {
  const flagAfter = (action: ExperimentActionName, experiment: Given) =>
    flagsAfter(action, experiment as unknown as ActionFacts['experiment'])
  const inCohort = { key: 'id', type: 'cohort', value: 7, operator: 'in' }
  const frozenGroups = [{ properties: [inCohort], exposure_frozen: true, exposure_frozen_cohort: 7 }]
  const frozen = { ...withFlag(running, { filters: { ...filters, groups: frozenGroups } }), exposureCohortId: 7 }

  it('is on or off', () => {
    expect(flagAfter('LAUNCH', withFlag(draft, { active: false }))).toEqual([flag])
    expect(flagAfter('RESUME', withFlag(running, { active: false }))).toEqual([flag])
    expect(flagAfter('PAUSE', running)).toEqual([{ ...flag, active: false }])
  })

  it('has one variant for everybody, whichever is shipped', () => {
    const shares = flagAfter('SHIP', running).map(({ filters: stored }) =>
      (stored as typeof filters).multivariate.variants.map((one) => one.rollout_percentage),
    )
    expect(shares).toEqual([
      [100, 0],
      [0, 100],
    ])
    expect(flagAfter('SHIP', running)[0]?.filters).toMatchObject({ groups: filters.groups })
  })

  it('is frozen, or not any more', () => {
    expect(flagAfter('FREEZE_EXPOSURE', running)).toEqual([
      {
        ...flag,
        filters: {
          ...filters,
          groups: [{ properties: [{ ...inCohort, value: null }], exposure_frozen: true, exposure_frozen_cohort: null }],
        },
      },
    ])
    expect(flagAfter('UNFREEZE_EXPOSURE', frozen)).toEqual([{ ...flag, filters: unfreezeFilters({ ...filters, groups: frozenGroups }) }])
    // Unfreezing takes away every stamp, and a reset only those of the experiment's own cohort.
    expect(flagAfter('UNFREEZE_EXPOSURE', { ...frozen, exposureCohortId: 8 })).toEqual([flag])
    expect(flagAfter('RESET', { ...frozen, exposureCohortId: 8 })).toEqual([frozen.featureFlag])
    expect(flagAfter('RESET', frozen)).toEqual([flag])
    expect(flagAfter('RESET', { ...frozen, exposureCohortId: null })).toEqual([frozen.featureFlag])
  })

  it.each(['END', 'ARCHIVE', 'UNARCHIVE', 'DUPLICATE', 'COPY', 'DELETE'] as const)('is the same: %s', (action) => {
    expect(flagAfter(action, running)).toEqual([])
  })
})
