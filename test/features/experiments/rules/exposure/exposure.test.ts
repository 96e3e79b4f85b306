import { describe, expect, it } from 'vitest'
import {
  actionIdsOf,
  type ExposingAction,
  type ExposingExperiment,
  type Exposure,
  filterKeysOf,
  isPlain,
  readExposingEvents,
} from '../../../../../src/features/experiments/rules/exposure/exposure.ts'

// Which events expose people to an experiment.

const startDate = new Date('2026-11-01')
const variants = ['control', 'test', 'other'].map((key) => ({ key, rollout_percentage: 10 }))
const read = (
  exposureCriteria: unknown,
  {
    actions = [],
    parameters = null,
    testAccountFilters = [],
    start = startDate,
  }: {
    actions?: ExposingAction[]
    parameters?: unknown
    testAccountFilters?: unknown
    start?: Date | null
  } = {},
) =>
  readExposingEvents(
    {
      ...{ projectId: 1, startDate: start, exposureCriteria, parameters, project: { testAccountFilters } },
      featureFlag: { key: 'checkout', filters: { multivariate: { variants } } },
    } as unknown as ExposingExperiment,
    actions,
  )
const action = (id: number, steps: unknown, more: Partial<ExposingAction> = {}): ExposingAction => ({
  id,
  projectId: 1,
  deleted: false,
  steps,
  ...more,
})
const byAction = (id: number) => ({ exposure_config: { kind: 'ActionsNode', id } })
const byEvent = (event: string, properties: unknown[] = []) => ({
  exposure_config: { kind: 'ExperimentEventExposureConfig', event, properties },
})
const plan = { key: 'plan', type: 'person', value: 'pro', operator: 'exact' }
const readPlan = { of: 'person', key: 'plan', operator: 'EXACT', value: 'pro' }
const url = { key: 'url', type: 'event', value: 'x', operator: 'icontains' }
const readUrl = { of: 'event', key: 'url', operator: 'ICONTAINS', value: 'x' }

const byCall = {
  events: ['$feature_flag_called'],
  filters: [],
  property: '$feature_flag_response',
  flag: 'checkout',
  variants: ['control', 'test', 'other'],
  since: startDate,
  activation: null,
}
const bySignup = { ...byCall, events: ['signup'], property: '$feature/checkout', flag: null }

describe('people are exposed', () => {
  it.each<[string, unknown, Parameters<typeof read>[1], object]>([
    ['by the call of the flag', null, {}, byCall],
    ['by the call of the flag that the criteria name', byEvent('$feature_flag_called', [url]), {}, { ...byCall, filters: [readUrl] }],
    ['by another event, with the variant in its property', byEvent('signup'), {}, bySignup],
    ['by an event that meets filters', byEvent('signup', [plan, url]), {}, { ...bySignup, filters: [readPlan, readUrl] }],
    ['by an action', byAction(5), { actions: [action(5, [{ event: 'signup' }])] }, bySignup],
    [
      'by any step of an action, each event once',
      byAction(5),
      { actions: [action(5, [{ event: 'a' }, { event: 'b' }, { event: 'a' }])] },
      { ...bySignup, events: ['a', 'b'] },
    ],
    ['by an action that is the call of the flag', byAction(5), { actions: [action(5, [{ event: '$feature_flag_called' }])] }, byCall],
    [
      'by an action that is the call of the flag or another event',
      byAction(5),
      { actions: [action(5, [{ event: '$feature_flag_called' }, { event: 'a' }])] },
      { ...bySignup, events: ['$feature_flag_called', 'a'] },
    ],
    [
      'by an action whose step asks for nothing more',
      byAction(5),
      { actions: [action(5, [{ event: 'signup', url: '', selector: null, text: '', properties: [] }])] },
      bySignup,
    ],
    ['by no event of an action that is missing', byAction(5), {}, { ...bySignup, events: [] }],
    [
      'by no event of a deleted action',
      byAction(5),
      { actions: [action(5, [{ event: 'signup' }], { deleted: true })] },
      { ...bySignup, events: [] },
    ],
    [
      'by no event of an action of another project',
      byAction(5),
      { actions: [action(5, [{ event: 'signup' }], { projectId: 2 })] },
      { ...bySignup, events: [] },
    ],
    ['by no event of another action', byAction(5), { actions: [action(6, [{ event: 'signup' }])] }, { ...bySignup, events: [] }],
    ['by no event of an action with malformed steps', byAction(5), { actions: [action(5, 'x')] }, { ...bySignup, events: [] }],
    ['by no event of steps that are no objects', byAction(5), { actions: [action(5, ['x', null, { event: 'signup' }])] }, bySignup],
    ['by no event of an action without steps', byAction(5), { actions: [action(5, null)] }, { ...bySignup, events: [] }],
    [
      'without the variants that are left out',
      null,
      { parameters: { excluded_variants: ['other', 5] } },
      { ...byCall, variants: ['control', 'test'] },
    ],
    ['from the beginning of time, before the start', null, { start: null }, { ...byCall, since: new Date(0) }],
    ['unless they are test accounts', null, { testAccountFilters: [plan] }, { ...byCall, filters: [readPlan] }],
    ['also as test accounts', { filterTestAccounts: false }, { testAccountFilters: [plan] }, byCall],
    [
      'once they are activated',
      { activation_config: { kind: 'EventsNode', event: 'paid', properties: [url] } },
      { testAccountFilters: [plan] },
      { ...byCall, filters: [readPlan], activation: { events: ['paid'], filters: [readUrl, readPlan] } },
    ],
    [
      'once they are activated by an action',
      { activation_config: { kind: 'ActionsNode', id: 5 } },
      { actions: [action(5, [{ event: 'paid' }])] },
      { ...byCall, activation: { events: ['paid'], filters: [] } },
    ],
    [
      'without an activation, by another event',
      { ...byEvent('signup'), activation_config: { kind: 'EventsNode', event: 'paid' } },
      {},
      bySignup,
    ],
  ])('%s', (_name, criteria, more, expected) => {
    expect(read(criteria, more)).toEqual(expected)
  })

  it.each<[string, unknown, Parameters<typeof read>[1], string[]]>([
    ['criteria that are malformed', 'x', {}, ['The criteria must be an object.']],
    ...['url', 'selector', 'text', 'href', 'tag_name', 'properties'].map(
      (field): [string, unknown, Parameters<typeof read>[1], string[]] => [
        `a step with ${field}`,
        byAction(5),
        { actions: [action(5, [{ event: 'a', [field]: 'x' }])] },
        ['The action 5 has a step that asks for more than the name of an event.'],
      ],
    ),
    [
      'a step with properties',
      byAction(5),
      { actions: [action(5, [{ event: 'a', properties: [plan] }])] },
      ['The action 5 has a step that asks for more than the name of an event.'],
    ],
    [
      'a step of any event',
      byAction(5),
      { actions: [action(5, [{ event: null }])] },
      ['The action 5 has a step that asks for more than the name of an event.'],
    ],
    [
      'a step of an empty event',
      byAction(5),
      { actions: [action(5, [{ event: '' }])] },
      ['The action 5 has a step that asks for more than the name of an event.'],
    ],
    [
      'test accounts by other filters',
      null,
      { testAccountFilters: [{ key: 'id', type: 'cohort', value: 5 }] },
      ['The test accounts of the project, filter 1: only filters on properties of events and persons can be judged, not "cohort".'],
    ],
    [
      'events by other filters',
      byEvent('a', [plan, { key: 'x', type: 'hogql' }]),
      {},
      ['The exposure criteria, filter 2: only filters on properties of events and persons can be judged, not "hogql".'],
    ],
    [
      'an activation by other filters',
      { activation_config: { kind: 'EventsNode', event: 'paid', properties: [{ key: 'x', type: 'hogql' }] } },
      {},
      ['The activation, filter 1: only filters on properties of events and persons can be judged, not "hogql".'],
    ],
    [
      'an activation by any event',
      { activation_config: { kind: 'EventsNode', event: null } },
      {},
      ['The activation is by no named event.'],
    ],
    [
      'an activation by a table',
      {
        activation_config: {
          kind: 'ExperimentDataWarehouseNode',
          table_name: 't',
          timestamp_field: 't',
          data_warehouse_join_key: 'a',
          events_join_key: 'b',
        },
      },
      {},
      ['The activation is by no named event.'],
    ],
  ])('in a way that cannot be judged: %s', (_name, criteria, more, problems) => {
    expect(read(criteria, more)).toEqual({ problems })
  })
})

it.each<[string, unknown, number[]]>([
  ['no actions', null, []],
  ['an exposing action', byAction(5), [5]],
  ['an activating action', { activation_config: { kind: 'ActionsNode', id: 6 } }, [6]],
  ['both', { ...byAction(5), activation_config: { kind: 'ActionsNode', id: 6 } }, [5, 6]],
  ['events', { ...byEvent('a'), activation_config: { kind: 'EventsNode', event: 'b' } }, []],
])('criteria name %s', (_name, exposureCriteria, expected) => {
  expect(actionIdsOf({ exposureCriteria: exposureCriteria as never })).toEqual(expected)
})

describe('the filters of an exposure', () => {
  const exposure: Exposure = { ...byCall, filters: [], activation: null }
  const filter = (key: string) => ({ of: 'event' as const, key, operator: 'EXACT' as const, value: 1 })
  it('are none where names and variants say who is exposed', () => {
    expect(isPlain(exposure)).toBe(true)
    expect(isPlain({ ...exposure, filters: [filter('a')] })).toBe(false)
    expect(isPlain({ ...exposure, activation: { events: ['a'], filters: [] } })).toBe(false)
    expect(filterKeysOf(exposure)).toEqual([])
  })

  it('ask for properties, each once', () => {
    const activation = { events: ['a'], filters: [filter('b'), filter('c')] }
    expect(filterKeysOf({ ...exposure, filters: [filter('a'), filter('b')], activation })).toEqual(['a', 'b', 'c'])
  })
})
