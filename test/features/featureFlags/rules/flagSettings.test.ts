import { describe, expect, it } from 'vitest'
import { readFlagPayload, readFlagSettings } from '../../../../src/features/featureFlags/rules/flagSettings.ts'
import { ExactNumber } from '../../../../src/platform/json.ts'

// What filters say beside condition sets and variants.

describe('the settings', () => {
  const usual = { groupTypeIndex: null, earlyExit: false, featureEnrollment: false, holdout: null }
  it.each<[string, unknown, object]>([
    ['of nothing', {}, {}],
    ['of malformed filters', 'x', {}],
    ['of null', { aggregation_group_type_index: null, early_exit: null, feature_enrollment: null, holdout: null }, {}],
    ['a group type', { aggregation_group_type_index: 0 }, { groupTypeIndex: 0 }],
    ['a group type that is none', { aggregation_group_type_index: '0' }, {}],
    ['an early exit', { early_exit: true }, { earlyExit: true }],
    ['an enrollment', { feature_enrollment: true }, { featureEnrollment: true }],
    ['what is only nearly true', { early_exit: 'true', feature_enrollment: 1 }, {}],
  ])('%s', (_name, filters, expected) => {
    expect(readFlagSettings(filters)).toEqual({ ...usual, ...expected })
  })
})

describe('a holdout', () => {
  const held = (variant: string, percentage: number) => ({ variant, percentage })
  it.each<[string, object, object | null | undefined]>([
    ['has an id and a share', { holdout: { id: 3, exclusion_percentage: 5 } }, held('holdout-3', 5)],
    ['may have text as id', { holdout: { id: 'x', exclusion_percentage: 5 } }, held('holdout-x', 5)],
    [
      'may have many digits',
      { holdout: { id: new ExactNumber('9007199254740993'), exclusion_percentage: 5 } },
      held('holdout-9007199254740993', 5),
    ],
    ['without a share keeps out nobody', { holdout: { id: 3 } }, held('holdout-3', 0)],
    ['has a share of at most 100', { holdout: { id: 3, exclusion_percentage: 120 } }, held('holdout-3', 100)],
    ['has a share of at least 0', { holdout: { id: 3, exclusion_percentage: -5 } }, held('holdout-3', 0)],
    ['without an id is malformed', { holdout: { exclusion_percentage: 5 } }, undefined],
    ['with an id that is neither is malformed', { holdout: { id: true, exclusion_percentage: 5 } }, undefined],
    ['with a share that is text is malformed', { holdout: { id: 3, exclusion_percentage: '5' } }, undefined],
    ['that is no object is malformed', { holdout: 'x' }, undefined],
    [
      'wins over the older form',
      { holdout: { id: 3 }, holdout_groups: [{ variant: 'holdout-4', rollout_percentage: 5 }] },
      held('holdout-3', 0),
    ],
    ['of the older form', { holdout_groups: [{ variant: 'holdout-4', rollout_percentage: 5 }] }, held('holdout-4', 5)],
    ['of the older form beside null', { holdout: null, holdout_groups: [{ variant: 'h', rollout_percentage: 5 }] }, held('h', 5)],
    [
      'is the first of the older form that has both',
      {
        holdout_groups: [
          'x',
          { variant: 'a' },
          { rollout_percentage: 5 },
          { variant: 'b', rollout_percentage: 120 },
          { variant: 'c', rollout_percentage: 1 },
        ],
      },
      held('b', 100),
    ],
    ['of the older form has a share of at least 0', { holdout_groups: [{ variant: 'h', rollout_percentage: -1 }] }, held('h', 0)],
    ['of the older form that has nothing is none', { holdout_groups: [] }, null],
    ['of the older form that is no list is none', { holdout_groups: { 0: { variant: 'h', rollout_percentage: 5 } } }, null],
  ])('%s', (_name, filters, expected) => {
    expect(readFlagSettings(filters).holdout).toEqual(expected)
  })
})

describe('the payload of a flag without variants', () => {
  it.each<[string, unknown, unknown]>([
    ['is decoded', { payloads: { true: '{"a":1}' } }, { a: 1 }],
    ['may be text that is no JSON', { payloads: { true: 'hello' } }, 'hello'],
    ['is none', {}, null],
    ['is none under another key', { payloads: { a: '1' } }, null],
    ['is none of the prototype', { payloads: {} }, null],
    ['is none where payloads are malformed', { payloads: ['1'] }, null],
    ['is none where filters are', 'x', null],
    ['is none of a flag with variants', { payloads: { true: '1' }, multivariate: { variants: [{ key: 'a' }] } }, null],
  ])('%s', (_name, filters, expected) => {
    expect(readFlagPayload(filters)).toEqual(expected)
  })
})
