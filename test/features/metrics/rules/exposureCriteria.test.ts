import { describe, expect, it } from 'vitest'
import { type ExposureValues, readExposure, writeExposure } from '../../../../src/features/metrics/rules/exposureCriteria.ts'

// Who counts as exposed, as it is stored.

const eventKind = 'ExperimentEventExposureConfig'
const total = { math: 'total', property: null, groupTypeIndex: null } as const
const usual: ExposureValues = {
  events: { event: null, actionId: null, filters: [] },
  filterTestAccounts: true,
  multipleVariants: 'exclude',
  activation: null,
}
const byEvent = (event: string | null, filters: unknown[] = []): ExposureValues => ({
  ...usual,
  events: { event, actionId: null, filters },
})
const byAction: ExposureValues = { ...usual, events: { event: null, actionId: 5, filters: [] } }
const activated: ExposureValues = { ...usual, activation: { subject: { kind: 'EVENT', event: 'paid' }, math: total, filters: [] } }
const filter = { key: 'a', value: 1 }

describe('criteria are read', () => {
  it.each<[string, unknown, ExposureValues]>([
    ['that are none', null, usual],
    ['that are empty', {}, usual],
    ['that are null', { exposure_config: null, filterTestAccounts: null, multiple_variant_handling: null, activation_config: null }, usual],
    [
      'by the call of the flag',
      { exposure_config: { kind: eventKind, event: '$feature_flag_called', properties: [filter] } },
      byEvent(null, [filter]),
    ],
    ['by an event', { exposure_config: { kind: eventKind, event: 'seen', properties: [filter] } }, byEvent('seen', [filter])],
    ['by an event without a kind', { exposure_config: { event: 'seen' } }, byEvent('seen')],
    ['by an event of the other kind', { exposure_config: { kind: 'EventsNode', event: 'seen', properties: null } }, byEvent('seen')],
    ['by an action', { exposure_config: { kind: 'ActionsNode', id: 5 } }, byAction],
    ['by an action whose number is text', { exposure_config: { kind: 'ActionsNode', id: '5' } }, byAction],
    ['of test accounts too', { filterTestAccounts: false }, { ...usual, filterTestAccounts: false }],
    ['of people with several variants', { multiple_variant_handling: 'first_seen' }, { ...usual, multipleVariants: 'first_seen' }],
    ['with an activation', { activation_config: { kind: 'EventsNode', event: 'paid' } }, activated],
    ['with an activation of the other kind', { activation_config: { kind: eventKind, event: 'paid' } }, activated],
  ])('%s', (_name, stored, expected) => {
    expect(readExposure(stored)).toEqual({ ...expected, problem: null })
  })

  it.each<[string, unknown, string, ExposureValues?]>([
    ['no object', 'x', 'The criteria must be an object.'],
    ['a list', [], 'The criteria must be an object.'],
    ['an unknown kind', { exposure_config: { kind: 'Other' } }, 'In `exposure_config`, the kind "Other" is not known.'],
    ['no event', { exposure_config: { kind: eventKind } }, 'In `exposure_config`, `event` must be a text.'],
    ['an empty event', { exposure_config: { event: '' } }, 'In `exposure_config`, `event` must be a text.'],
    ['no configuration', { exposure_config: 'x' }, 'In `exposure_config`, `event` must be a text.'],
    ['no action', { exposure_config: { kind: 'ActionsNode' } }, 'In `exposure_config`, `id` must be the number of an action.'],
    ['filters that are no list', { exposure_config: { event: 'a', properties: {} } }, 'In `exposure_config`, `properties` must be a list.'],
    ['test accounts by text', { filterTestAccounts: 'false' }, '`filterTestAccounts` must be true or false.'],
    ['unknown handling', { multiple_variant_handling: 'last_seen' }, '`multiple_variant_handling` must be one of exclude, first_seen.'],
    ['an unknown activation', { activation_config: { kind: 'Other' } }, 'In `activation_config`, the kind "Other" is not known.'],
    [
      'several',
      { filterTestAccounts: 1, multiple_variant_handling: 'x', exposure_config: { event: 'seen' } },
      '`filterTestAccounts` must be true or false. `multiple_variant_handling` must be one of exclude, first_seen.',
      byEvent('seen'),
    ],
  ])('with a problem, and defaults in its place: %s', (_name, stored, problem, values = usual) => {
    expect(readExposure(stored)).toEqual({ ...values, problem })
  })
})

it('a fault of the service is not taken for one of the criteria', () => {
  const stored = {
    get exposure_config(): object {
      throw new Error('A fault.')
    },
  }
  expect(() => readExposure(stored)).toThrow('A fault.')
})

describe('criteria are written', () => {
  it.each<[string, ExposureValues, unknown, object]>([
    ['as nothing', usual, null, {}],
    [
      'by the call of the flag with filters',
      byEvent(null, [filter]),
      null,
      { exposure_config: { kind: eventKind, event: '$feature_flag_called', properties: [filter] } },
    ],
    ['by an event', byEvent('seen'), null, { exposure_config: { kind: eventKind, event: 'seen', properties: [] } }],
    ['by an action', byAction, null, { exposure_config: { kind: 'ActionsNode', id: 5, properties: [] } }],
    [
      'in place of another event',
      byEvent('seen'),
      { exposure_config: { kind: eventKind, event: 'old', note: 1 } },
      { exposure_config: { kind: eventKind, event: 'seen', properties: [] } },
    ],
    [
      'with what is known of the same event',
      byEvent('seen', [filter]),
      { exposure_config: { kind: eventKind, event: 'seen', note: 1 } },
      { exposure_config: { kind: eventKind, event: 'seen', note: 1, properties: [filter] } },
    ],
    ['without an event any more', usual, { exposure_config: { event: 'seen' }, note: 1 }, { note: 1 }],
    ['of test accounts too', { ...usual, filterTestAccounts: false }, {}, { filterTestAccounts: false }],
    ['of people with several variants', { ...usual, multipleVariants: 'first_seen' }, {}, { multiple_variant_handling: 'first_seen' }],
    ['with an activation', activated, null, { activation_config: { kind: eventKind, event: 'paid', properties: [] } }],
    [
      'with an activation by an action',
      { ...usual, activation: { subject: { kind: 'ACTION', actionId: 5 }, math: total, filters: [filter] } },
      null,
      { activation_config: { kind: 'ActionsNode', id: 5, properties: [filter] } },
    ],
    ['without an activation any more', usual, { activation_config: { kind: 'EventsNode', event: 'paid' } }, {}],
    [
      'with what is known of the same activation',
      { ...activated, activation: { subject: { kind: 'EVENT', event: 'paid' }, math: total, filters: [filter] } },
      { activation_config: { kind: eventKind, event: 'paid', note: 1 } },
      { activation_config: { kind: eventKind, event: 'paid', note: 1, properties: [filter] } },
    ],
    [
      'as they are where they say the same',
      { ...byEvent('seen'), filterTestAccounts: true },
      { exposure_config: { event: 'seen', note: 1 }, filterTestAccounts: null, other: 1 },
      { exposure_config: { event: 'seen', note: 1 }, filterTestAccounts: null, other: 1 },
    ],
    ['in place of malformed ones', byEvent('seen'), 'x', { exposure_config: { kind: eventKind, event: 'seen', properties: [] } }],
  ])('%s', (_name, values, stored, expected) => {
    expect(writeExposure(values, stored)).toStrictEqual(expected)
  })
})
