import { describe, expect, it } from 'vitest'
import {
  isInTheWay,
  type LaunchCheck,
  type LaunchCheckKind,
  type LaunchFacts,
  lacksFlagProperty,
  makeLaunchChecks,
} from '../../../../src/features/experiments/rules/launchChecks.ts'

// What somebody should look at before a launch.

const filters = (more: object = {}) => ({
  groups: [{ properties: [] }],
  multivariate: {
    variants: [
      { key: 'control', rollout_percentage: 50 },
      { key: 'test', rollout_percentage: 50 },
    ],
  },
  ...more,
})
const flag = { deleted: false, archived: false, active: false, ineligibility: [] as string[], filters: filters() as unknown }
const draft = {
  startDate: null,
  endDate: null as Date | null,
  statsConfig: null as unknown,
  description: 'Why' as string | null,
  holdoutId: null as number | null,
}
const seen = (event: string, sampled = 1, withFeatureProperty = 1) => ({ event, sampled, withFeatureProperty })
const other = (id: number, more: object = {}) => ({ id, name: `E${id}`, isRunning: false, holdoutId: null as number | null, ...more })

interface Given extends Partial<Omit<LaunchFacts, 'experiment'>> {
  experiment?: Partial<typeof draft>
  flag?: Partial<typeof flag>
}
function checksOf(
  { experiment = {}, flag: ofFlag = {}, ...more }: Given = {},
  forecast: Parameters<typeof makeLaunchChecks>[1] = { needsApproval: false, pending: null },
) {
  const facts = {
    experiment: { ...draft, ...experiment, featureFlag: { ...flag, ...ofFlag } },
    ...{ hasPrimaryMetric: true, others: [], metricEvents: [seen('a')], exposureEvents: [seen('$feature_flag_called')] },
    ...{ now: new Date('2026-11-20'), ...more },
  } as unknown as LaunchFacts
  return makeLaunchChecks(facts, forecast)
}
const failed = (checks: LaunchCheck[]) => checks.filter(({ passed }) => !passed)

it('a draft in which nothing is wrong passes all checks', () => {
  const checks = checksOf()
  expect(failed(checks)).toEqual([])
  expect(checks.filter(({ fix, path }) => fix !== null || path !== null)).toEqual([])
  expect(checks.map(({ kind, severity, message }) => `${kind} ${severity} ${message}`)).toEqual([
    'FLAG_DELETED BLOCKING The feature flag is there.',
    'FLAG_ARCHIVED BLOCKING The feature flag is not archived.',
    'FLAG_MALFORMED BLOCKING The filters of the feature flag can be read.',
    'TOO_FEW_VARIANTS BLOCKING The feature flag has two variants or more.',
    'BASELINE_MISSING BLOCKING The feature flag has the baseline.',
    'END_DATE_PASSED BLOCKING No end lies before the start.',
    'OPEN_CHANGE_REQUEST BLOCKING No open change request is in the way.',
    'APPROVAL_NEEDED INFO The launch needs no approval.',
    'SPLIT_NOT_100 WARNING The shares of the variants add up to 100 percent.',
    'NO_PRIMARY_METRIC WARNING The experiment has a primary metric.',
    'METRIC_EVENTS_UNSEEN WARNING The events of the metrics were sent in the last seven days.',
    'FLAG_NOT_IMPLEMENTED WARNING Events of the metrics carry a feature flag.',
    'EXPOSURE_EVENT_UNSEEN WARNING The event that exposes people was sent in the last seven days.',
    'NO_ROLLOUT WARNING The release conditions let people in.',
    'FORCED_VARIANT WARNING No condition set forces a variant.',
    'ALREADY_SERVING WARNING The feature flag is off until the launch.',
    'FLAG_SHARED WARNING No other experiment uses the feature flag.',
    'HOLDOUT_OVERLAP WARNING No running experiment on the feature flag has another holdout.',
    'NO_DESCRIPTION INFO The experiment has a description.',
  ])
})

describe('a check fails', () => {
  const variants = (...shares: [string, number][]) =>
    filters({ multivariate: { variants: shares.map(([key, rollout_percentage]) => ({ key, rollout_percentage })) } })
  it.each<[LaunchCheckKind, string, Given, string, string, string[] | null]>([
    [
      'FLAG_DELETED',
      'with a deleted flag',
      { flag: { deleted: true } },
      'Experiment cannot be launched because its feature flag has been deleted.',
      'Restore the feature flag.',
      ['updateFeatureFlag', 'deleted'],
    ],
    [
      'FLAG_ARCHIVED',
      'with an archived flag',
      { flag: { archived: true } },
      'Cannot enable an archived feature flag. Unarchive it first.',
      'Take the feature flag out of the archive.',
      ['updateFeatureFlag', 'archived'],
    ],
    [
      'FLAG_MALFORMED',
      'with malformed filters',
      { flag: { ineligibility: ['MALFORMED_FILTERS'] } },
      'The filters of the feature flag are malformed: see experimentEligibility.',
      'Correct the filters of the feature flag.',
      ['updateFeatureFlag', 'filters'],
    ],
    [
      'TOO_FEW_VARIANTS',
      'with one variant',
      { flag: { filters: variants(['control', 100]) } },
      'Feature flag must have at least 2 variants (control and at least one test variant)',
      'Add variants.',
      ['updateExperiment', 'variants'],
    ],
    [
      'BASELINE_MISSING',
      'without control',
      { flag: { filters: variants(['a', 50], ['b', 50]) } },
      "Feature flag must have a variant with key 'control'",
      'Name one of its variants as the baseline.',
      ['updateExperiment', 'baselineVariantKey'],
    ],
    [
      'BASELINE_MISSING',
      'without the baseline',
      { experiment: { statsConfig: { baseline_variant_key: 'blue' } } },
      "Feature flag must have a variant with key 'blue'",
      'Name one of its variants as the baseline.',
      ['updateExperiment', 'baselineVariantKey'],
    ],
    [
      'END_DATE_PASSED',
      'with an end that has passed',
      { experiment: { endDate: new Date('2026-11-19') } },
      'End date must be after start date',
      'Clear the end date.',
      ['updateExperiment', 'endDate'],
    ],
    [
      'SPLIT_NOT_100',
      'with a split below 100',
      { flag: { filters: variants(['control', 50], ['test', 30.5]) } },
      'The shares of the variants add up to 80.5 percent.',
      'Set shares that add up to 100 percent.',
      ['updateExperiment', 'variants'],
    ],
    [
      'NO_PRIMARY_METRIC',
      'without a metric',
      { hasPrimaryMetric: false },
      'The experiment has no primary metric.',
      'Add a primary metric.',
      ['updateExperiment', 'metrics'],
    ],
    [
      'METRIC_EVENTS_UNSEEN',
      'with unseen events',
      { metricEvents: [seen('a'), seen('b', 0, 0), seen('c', 0, 0)] },
      'Metrics use events that were not sent in the last seven days: b, c.',
      'Send the events, or correct the metrics.',
      ['updateExperiment', 'metrics'],
    ],
    [
      'FLAG_NOT_IMPLEMENTED',
      'where no event has a flag',
      { metricEvents: [seen('a', 5, 0), seen('b', 1, 0)] },
      'No recent event of the metrics carries a feature flag.',
      'Evaluate the feature flag where the events are tracked.',
      null,
    ],
    [
      'EXPOSURE_EVENT_UNSEEN',
      'with an unseen exposure',
      { exposureEvents: [seen('x', 0, 0)] },
      'People are exposed by events that were not sent in the last seven days: x.',
      'Send the event, or choose another one.',
      ['updateExperiment', 'exposureCriteria'],
    ],
    [
      'NO_ROLLOUT',
      'where all shares are 0',
      { flag: { filters: filters({ groups: [{ rollout_percentage: 0 }, { rollout_percentage: 'x' }] }) } },
      'The release conditions let nobody in.',
      'Raise the rollout percentage.',
      ['updateExperiment', 'rolloutPercentage'],
    ],
    [
      'NO_ROLLOUT',
      'without condition sets',
      { flag: { filters: filters({ groups: [] }) } },
      'The release conditions let nobody in.',
      'Raise the rollout percentage.',
      ['updateExperiment', 'rolloutPercentage'],
    ],
    [
      'NO_ROLLOUT',
      'where the only condition sets are malformed',
      { flag: { filters: filters({ groups: ['x', null] }) } },
      'The release conditions let nobody in.',
      'Raise the rollout percentage.',
      ['updateExperiment', 'rolloutPercentage'],
    ],
    [
      'FORCED_VARIANT',
      'with a forced variant',
      { flag: { filters: filters({ groups: [{ variant: '' }, { variant: 'test' }, {}, 'x', { variant: 'a' }] }) } },
      'Condition set 2, 5 gives everybody the same variant.',
      'Remove the variant from the condition sets.',
      ['updateFeatureFlag', 'filters'],
    ],
    [
      'ALREADY_SERVING',
      'with a flag that is on',
      { flag: { active: true } },
      'The feature flag is on, so it serves variants before the launch.',
      'Switch the feature flag off.',
      ['updateFeatureFlag', 'active'],
    ],
    [
      'FLAG_SHARED',
      'with another experiment',
      { others: [other(7)] },
      'Other experiments use the feature flag: "E7" (ID: 7).',
      'Duplicate the experiment with a flag of its own.',
      ['duplicateExperiment', 'featureFlagKey'],
    ],
    [
      'NO_DESCRIPTION',
      'with a blank description',
      { experiment: { description: ' ' } },
      'The experiment has no description.',
      'Write what the experiment is about.',
      ['updateExperiment', 'description'],
    ],
    [
      'NO_DESCRIPTION',
      'without a description',
      { experiment: { description: null } },
      'The experiment has no description.',
      'Write what the experiment is about.',
      ['updateExperiment', 'description'],
    ],
  ])('%s %s', (kind, _name, given, message, fix, path) => {
    expect(failed(checksOf(given))).toEqual([{ kind, severity: expect.any(String), passed: false, message, fix, path }])
  })

  it('with another holdout of a running experiment', () => {
    const others = [
      other(1, { holdoutId: 5 }),
      other(2, { isRunning: true, holdoutId: 3 }),
      other(3, { isRunning: true, holdoutId: 5 }),
      other(4, { isRunning: true }),
    ]
    expect(failed(checksOf({ experiment: { holdoutId: 3 }, others }))[1]).toEqual({
      ...{
        kind: 'HOLDOUT_OVERLAP',
        severity: 'WARNING',
        passed: false,
        fix: 'Choose the same holdout.',
        path: ['updateExperiment', 'holdoutId'],
      },
      message: 'Running experiments on the feature flag have another holdout: "E3" (ID: 3), "E4" (ID: 4).',
    })
  })

  it('by what the gate would say', () => {
    expect(failed(checksOf({}, { needsApproval: true, pending: null }))).toEqual([
      {
        kind: 'APPROVAL_NEEDED',
        severity: 'INFO',
        passed: false,
        message: 'A policy guards the launch.',
        fix: 'Launch it: that makes a change request.',
        path: null,
      },
    ])
    expect(failed(checksOf({}, { needsApproval: false, pending: {} }))).toEqual([
      {
        ...{ kind: 'OPEN_CHANGE_REQUEST', severity: 'BLOCKING', passed: false, message: 'A change request for this launch is open.' },
        ...{ fix: 'Wait for the decision on the change request, or cancel it.', path: null },
      },
    ])
  })

  it('for a deleted and archived flag twice', () => {
    expect(failed(checksOf({ flag: { deleted: true, archived: true } })).map(({ kind }) => kind)).toEqual(['FLAG_DELETED', 'FLAG_ARCHIVED'])
  })

  it('without variants not for their shares', () => {
    const given = { flag: { filters: filters({ multivariate: null }) } }
    expect(failed(checksOf(given)).map(({ kind }) => kind)).toEqual(['TOO_FEW_VARIANTS', 'BASELINE_MISSING'])
  })

  it('without filters for variants and condition sets', () => {
    const kinds = failed(checksOf({ flag: { filters: null } })).map(({ kind }) => kind)
    expect(kinds).toEqual(['TOO_FEW_VARIANTS', 'BASELINE_MISSING', 'NO_ROLLOUT'])
  })
})

describe('a check passes', () => {
  it.each<[string, Given]>([
    ['without events of metrics', { metricEvents: [] }],
    ['where one event has a flag', { metricEvents: [seen('a', 1, 0), seen('b')] }],
    ['where one set lets people in', { flag: { filters: filters({ groups: [{ rollout_percentage: 0 }, { rollout_percentage: 0.5 }] }) } }],
    ['where a set is malformed beside one that lets people in', { flag: { filters: filters({ groups: ['x', {}] }) } }],
    [
      'with thirds',
      {
        flag: {
          filters: filters({
            multivariate: {
              variants: [33.3, 33.3, 33.4].map((rollout_percentage, n) => ({ key: n === 0 ? 'control' : `t${n}`, rollout_percentage })),
            },
          }),
        },
      },
    ],
    ['with another baseline', { experiment: { statsConfig: { baseline_variant_key: 'test' } } }],
    ['with an end to come', { experiment: { endDate: new Date('2026-12-01') } }],
    ['with another reason of the flag', { flag: { ineligibility: ['SURVEY'] } }],
  ])('%s', (_name, given) => {
    expect(failed(checksOf(given))).toEqual([])
  })
})

it('long lists are cut', () => {
  const events = Array.from({ length: 7 }, (_, n) => seen(`e${n}`, 0, 0))
  const told = failed(checksOf({ exposureEvents: events, others: Array.from({ length: 6 }, (_, n) => other(n)) })).map(
    ({ message }) => message,
  )
  expect(told).toEqual([
    'People are exposed by events that were not sent in the last seven days: e0, e1, e2, e3, e4 and 2 more.',
    'Other experiments use the feature flag: "E0" (ID: 0), "E1" (ID: 1), "E2" (ID: 2), "E3" (ID: 3), "E4" (ID: 4) and more.',
  ])
  const five = failed(checksOf({ exposureEvents: events.slice(0, 5), others: Array.from({ length: 5 }, (_, n) => other(n)) }))
  expect(five.map(({ message }) => message.endsWith('more.'))).toEqual([false, false])
  const forced = Array.from({ length: 12 }, () => ({ variant: 'test' }))
  expect(failed(checksOf({ flag: { filters: filters({ groups: forced }) } }))[0]?.message).toBe(
    'Condition set 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 gives everybody the same variant.',
  )
})

it('only what is more than information is in the way', () => {
  const check = (severity: LaunchCheck['severity'], passed: boolean) =>
    isInTheWay({ kind: 'NO_ROLLOUT', severity, passed, message: '', fix: null, path: null })
  expect([check('BLOCKING', false), check('WARNING', false), check('INFO', false), check('BLOCKING', true)]).toEqual([
    true,
    true,
    false,
    false,
  ])
})

it('events lack a flag where none has one', () => {
  expect([[], [0], [0, 1], [1]].map((counts) => lacksFlagProperty(counts.map((withFeatureProperty) => ({ withFeatureProperty }))))).toEqual(
    [true, true, false, false],
  )
})
