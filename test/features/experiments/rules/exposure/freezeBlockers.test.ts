import { describe, expect, it } from 'vitest'
import {
  findExposureBlockers,
  findFreezeBlockers,
  unjudgedBlocker,
} from '../../../../../src/features/experiments/rules/exposure/freezeBlockers.ts'

// What keeps the exposure of an experiment from being frozen.

const draft = { startDate: null, endDate: null }
const running = { startDate: new Date('2026-11-01'), endDate: null }
const ended = { startDate: new Date('2026-11-01'), endDate: new Date('2026-11-10') }
const flag = { active: true, exposureFrozen: false, deleted: false, filters: { groups: [{ properties: [] }] } as never }
const of = (filters: unknown) => ({ ...flag, filters: filters as never })
const groups = [{ properties: [] }]

describe('freezing is refused', () => {
  it.each<[string, typeof draft | typeof running | typeof ended, typeof flag, [string, string][]]>([
    ['not for a running experiment', running, flag, []],
    ['for a draft', draft, flag, [['NOT_RUNNING', 'Experiment has not been launched yet.']]],
    ['for one that has ended', ended, flag, [['NOT_RUNNING', 'Experiment has already ended.']]],
    ['without a flag', running, { ...flag, deleted: true }, [['NOT_RUNNING', 'Experiment does not have a feature flag linked.']]],
    [
      'without a flag, also when it is off',
      running,
      { ...flag, deleted: true, active: false },
      [['NOT_RUNNING', 'Experiment does not have a feature flag linked.']],
    ],
    ['for a paused one', running, { ...flag, active: false }, [['PAUSED', 'Experiment is paused. Resume it first.']]],
    ['for a frozen one', running, { ...flag, exposureFrozen: true }, [['ALREADY_FROZEN', 'Experiment exposure is already frozen.']]],
    ['without condition sets', running, of({}), [['NO_CONDITIONS', 'The feature flag has no condition sets, or malformed ones.']]],
    [
      'with a malformed set',
      running,
      of({ groups: [{}, 'x'] }),
      [['NO_CONDITIONS', 'The feature flag has no condition sets, or malformed ones.']],
    ],
    [
      'with malformed groups',
      running,
      of({ groups: 'x' }),
      [['NO_CONDITIONS', 'The feature flag has no condition sets, or malformed ones.']],
    ],
    ['with malformed filters', running, of('x'), [['NO_CONDITIONS', 'The feature flag has no condition sets, or malformed ones.']]],
    [
      'for groups',
      running,
      of({ groups, aggregation_group_type_index: 0 }),
      [['GROUP_AGGREGATED', 'The feature flag is about groups. A cohort has people.']],
    ],
    [
      'for a set of groups',
      running,
      of({ groups: [{}, { aggregation_group_type_index: 1 }] }),
      [['GROUP_AGGREGATED', 'The feature flag is about groups. A cohort has people.']],
    ],
    ['not for sets of people', running, of({ groups: [{ aggregation_group_type_index: null }], aggregation_group_type_index: null }), []],
    [
      'with a holdout',
      running,
      of({ groups, holdout: { id: 1 } }),
      [['HAS_HOLDOUT', 'The feature flag has a holdout, which is decided before its conditions.']],
    ],
    ['not with no holdout', running, of({ groups, holdout: null, feature_enrollment: null }), []],
    [
      'with early access',
      running,
      of({ groups, feature_enrollment: true }),
      [['EARLY_ACCESS', 'The feature flag has early access, which is decided before its conditions.']],
    ],
    ['not with what is nearly early access', running, of({ groups, feature_enrollment: 'true' }), []],
  ])('%s', (_name, experiment, stored, expected) => {
    expect(findFreezeBlockers(experiment, stored)).toEqual(expected.map(([kind, message]) => ({ kind, message })))
  })

  it('for all reasons at once', () => {
    const filters = { groups: [], aggregation_group_type_index: 0, holdout: { id: 1 }, feature_enrollment: true }
    expect(findFreezeBlockers(running, of(filters)).map(({ kind }) => kind)).toEqual([
      'NO_CONDITIONS',
      'GROUP_AGGREGATED',
      'HAS_HOLDOUT',
      'EARLY_ACCESS',
    ])
  })

  it.each([
    [0, [{ kind: 'NO_EVENTS', message: 'Nobody was exposed so far, as far as the events say.' }]],
    [1, []],
    [5, []],
    [6, [{ kind: 'TOO_MANY_EXPOSED', message: 'More than 5 people were exposed. The setting MAX_EXPOSURE_COHORT_SIZE allows no more.' }]],
  ])('with %i exposed people of at most 5', (exposed, expected) => {
    expect(findExposureBlockers(exposed, 5)).toEqual(expected)
  })

  it('where the criteria cannot be judged', () => {
    expect(unjudgedBlocker('Too hard.')).toEqual({ kind: 'CRITERIA_NOT_JUDGED', message: 'Who was exposed cannot be judged. Too hard.' })
  })
})
