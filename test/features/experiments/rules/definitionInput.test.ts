import { describe, expect, it } from 'vitest'
import { findDoubleInputs, readExposureInput, readStatisticsInput } from '../../../../src/features/experiments/rules/definitionInput.ts'
import type { Findings } from '../../../../src/features/metrics/rules/metricInput.ts'
import { encodeGlobalId } from '../../../../src/platform/globalId.ts'

// The typed settings of an experiment in an input.

const findings = (): Findings => ({ fieldErrors: [], references: [] })
const told = ({ fieldErrors }: Findings) => fieldErrors.map(({ path, message }) => `${path.join('.')}: ${message}`)

it.each<[string, object, string[]]>([
  ['typed fields', { primaryMetrics: [], exposure: {}, statistics: {} }, []],
  ['fields of JSON', { metrics: [], metricsSecondary: [], exposureCriteria: {}, statsConfig: {} }, []],
  ['what is null', { primaryMetrics: [], metrics: null, exposure: null, exposureCriteria: {} }, []],
  [
    'primary metrics',
    { primaryMetrics: [], metrics: [] },
    ['primaryMetrics: Send primaryMetrics or metrics, not both: they say the same.'],
  ],
  [
    'secondary metrics',
    { secondaryMetrics: [], metricsSecondary: [] },
    ['secondaryMetrics: Send secondaryMetrics or metricsSecondary, not both: they say the same.'],
  ],
  ['the exposure', { exposure: {}, exposureCriteria: {} }, ['exposure: Send exposure or exposureCriteria, not both: they say the same.']],
  ['the statistics', { statistics: {}, statsConfig: {} }, ['statistics: Send statistics or statsConfig, not both: they say the same.']],
  ['different things', { primaryMetrics: [], metricsSecondary: [] }, []],
])('an input says twice: %s', (_name, input, expected) => {
  expect(findDoubleInputs(input).map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual(expected)
})

describe('an exposure', () => {
  const byCall = {
    events: { event: null, actionId: null, filters: [] },
    filterTestAccounts: true,
    multipleVariants: 'exclude',
    activation: null,
  }
  const filter = { key: 'plan', type: 'person', value: 'pro' }
  it.each<[string, Parameters<typeof readExposureInput>[0], object, Findings['references']]>([
    ['of nothing is the call of the flag', {}, byCall, []],
    [
      'of null is too',
      { event: null, actionId: null, filters: null, filterTestAccounts: null, multipleVariants: null, activation: null },
      byCall,
      [],
    ],
    [
      'of the call of the flag by its name',
      { event: '$feature_flag_called' },
      byCall,
      [{ path: ['exposure', 'event'], event: '$feature_flag_called' }],
    ],
    [
      'by an event',
      { event: 'seen', filters: [filter] },
      { ...byCall, events: { event: 'seen', actionId: null, filters: [filter] } },
      [{ path: ['exposure', 'event'], event: 'seen' }],
    ],
    [
      'by an action',
      { actionId: 5 },
      { ...byCall, events: { event: null, actionId: 5, filters: [] } },
      [{ path: ['exposure', 'actionId'], actionId: 5 }],
    ],
    [
      'by an action with a global id',
      { actionId: encodeGlobalId('Action', 5) },
      { ...byCall, events: { event: null, actionId: 5, filters: [] } },
      [{ path: ['exposure', 'actionId'], actionId: 5 }],
    ],
    [
      'of test accounts too',
      { filterTestAccounts: false, multipleVariants: 'first_seen' },
      { ...byCall, filterTestAccounts: false, multipleVariants: 'first_seen' },
      [],
    ],
    [
      'with an activation',
      { activation: { event: 'paid', math: 'total' } },
      {
        ...byCall,
        activation: {
          subject: { kind: 'EVENT', event: 'paid' },
          math: { math: 'total', property: null, groupTypeIndex: null },
          filters: [],
        },
      },
      [{ path: ['exposure', 'activation', 'event'], event: 'paid' }],
    ],
  ])('%s', (_name, input, expected, references) => {
    const found = findings()
    expect(readExposureInput(input, found)).toEqual(expected)
    expect(found).toEqual({ fieldErrors: [], references })
  })

  it.each<[string, Parameters<typeof readExposureInput>[0], string[]]>([
    ['by an event and an action', { event: 'a', actionId: 5 }, ['exposure: Must have at most one of event and actionId.']],
    ['by an event without a name', { event: ' ' }, ['exposure.event: This field may not be blank.']],
    ['by an event with a long name', { event: 'x'.repeat(401) }, ['exposure.event: Ensure this field has no more than 400 characters.']],
    ['by an action that is none', { actionId: 'x' }, ['exposure.actionId: Invalid pk "x" - object does not exist.']],
    ['with malformed filters', { filters: 'x' }, ['exposure.filters: Must be a list of objects, in the form of the REST API.']],
    [
      'with an activation that counts',
      { activation: { event: 'a', math: 'dau' } },
      ['exposure.activation.math: Does not apply to an activation.'],
    ],
    [
      'with an activation of nothing',
      { activation: {} },
      ['exposure.activation: Must have exactly one of event, actionId and anyEvent: true.'],
    ],
  ])('%s is refused', (_name, input, expected) => {
    const found = findings()
    readExposureInput(input, found)
    expect(told(found)).toEqual(expected)
  })

  it('names no event that is refused', () => {
    const found = findings()
    readExposureInput({ event: ' ' }, found)
    expect(found.references).toEqual([])
  })

  it('may have the longest name of an event', () => {
    const found = findings()
    readExposureInput({ event: 'x'.repeat(400) }, found)
    expect(found.fieldErrors).toEqual([])
  })
})

describe('statistics', () => {
  it.each<[Parameters<typeof readStatisticsInput>[0], object, string[]]>([
    [{}, { method: null, confidenceLevel: null, cupedLookbackDays: null, sequential: false }, []],
    [
      { method: 'frequentist', confidenceLevel: 0.9, cupedLookbackDays: 30, sequential: true },
      { method: 'frequentist', confidenceLevel: 0.9, cupedLookbackDays: 30, sequential: true },
      [],
    ],
    [{ confidenceLevel: 0 }, {}, ['statistics.confidenceLevel: Must be a number between 0 and 1.']],
    [{ confidenceLevel: 1 }, {}, ['statistics.confidenceLevel: Must be a number between 0 and 1.']],
    [{ cupedLookbackDays: 0 }, {}, ['statistics.cupedLookbackDays: Must be a whole number from 1 to 30.']],
    [{ cupedLookbackDays: 31 }, {}, ['statistics.cupedLookbackDays: Must be a whole number from 1 to 30.']],
    [{ cupedLookbackDays: 1.5 }, {}, ['statistics.cupedLookbackDays: Must be a whole number from 1 to 30.']],
    [{ cupedLookbackDays: 1, confidenceLevel: null }, { cupedLookbackDays: 1 }, []],
  ])('%j', (input, expected, errors) => {
    const found = findings()
    expect(readStatisticsInput(input, found)).toMatchObject(expected)
    expect(told(found)).toEqual(errors)
  })
})
