import { describe, expect, it } from 'vitest'
import type { CommandPlan } from '../../../../src/commands/command.ts'
import type { JsonObject } from '../../../../src/platform/json.ts'
import { encryptedPlaceholder } from '../../../../src/platform/secrets/encryptedPayload.ts'
import { actionKeyOf } from '../../../../src/posthog/link/operations/approvals.ts'
import { hasExperimentValues } from '../../../../src/posthog/link/operations/experiments.ts'
import { inputPath } from '../../../../src/posthog/link/operations/inputPath.ts'
import type { Given, Operation } from '../../../../src/posthog/link/operations/operation.ts'
import { operations } from '../../../../src/posthog/link/operations/operations.ts'
import { isSame, storedFilters, withoutFingerprints } from '../../../../src/posthog/link/operations/values.ts'

// The requests of each mutation, and how it is found out that one was carried out.

/** Each kind of row has other numbers in PostHog. Rows with a number above 99 are not from there. */
const offsets = { holdout: 100, savedMetric: 200, user: 300, role: 400, project: 500 }
const ids: Given['ids'] = { of: (type, id) => (Number(id) > 99 ? null : Number(id) + offsets[type]), toUpstream: (value) => value }
type Values = Partial<Omit<Given, 'plan'>> & { plan?: object | null }
const given = ({ plan = null, ...values }: Values = {}): Given => ({
  ...{ input: {}, planned: null, id: '12', thing: null, flag: null, ids, ...values },
  plan: plan as CommandPlan | null,
})
function operation(name: string): Operation {
  const found = operations[name]
  if (found === undefined || 'refuse' in found) throw new Error(`${name} is not sent.`)
  return found
}
const requestOf = (name: string, values: Values = {}) => operation(name).toRequest(given(values))
const bodyOf = (name: string, values: Values = {}) => (requestOf(name, values) as { body?: unknown }).body
function isDone(name: string, after: object, values: Values = {}): boolean {
  const { settlement } = operation(name)
  if (settlement.by !== 'row') throw new Error(settlement.by)
  return settlement.isDone({ ...after }, given(values), null)
}
function listed(name: string, row: object, values: Values = {}) {
  const { settlement } = operation(name)
  if (settlement.by !== 'list') throw new Error(settlement.by)
  return { query: settlement.query(given(values)), isOurs: settlement.isOurs({ ...row }, given(values)) }
}
const changed = (changedValues: Record<string, { before: unknown; after: unknown }>, more: object = {}) => ({
  flag: { id: 1, key: 'a', changedValues },
  ...more,
})

it.each<[string, string, boolean, string[], string[]]>([
  ['createFeatureFlag', 'feature_flags list', true, [], []],
  ['updateFeatureFlag', 'feature_flags row', true, ['flag'], ['experiments']],
  ['copyFeatureFlag', 'feature_flags list', true, ['flag'], ['experiments']],
  ['createExperiment', 'experiments list', false, [], ['flag']],
  ['createExperimentFromPrompt', 'experiments list', false, [], ['flag']],
  ['updateExperiment', 'experiments row', true, ['thing', 'flag'], ['flag']],
  ['launchExperiment', 'experiments row', true, [], ['flag']],
  ['duplicateExperiment', 'experiments list', false, [], ['flag']],
  ['copyExperimentToProject', 'experiments list', false, [], ['flag']],
  ['createHoldout', 'holdouts list', false, [], []],
  ['updateHoldout', 'holdouts row', true, ['thing'], ['holdoutFlags']],
  ['deleteHoldout', 'holdouts absence', true, [], ['holdoutFlags']],
  ['createSavedMetric', 'saved_metrics list', true, [], []],
  ['updateSavedMetric', 'saved_metrics row', true, ['thing'], []],
  ['deleteSavedMetric', 'saved_metrics absence', true, [], []],
  ['createApprovalPolicy', 'policies list', true, [], []],
  ['updateApprovalPolicy', 'policies row', true, [], []],
  ['deleteApprovalPolicy', 'policies absence', true, [], []],
  ['approveChangeRequest', 'change_requests row', true, [], ['flag', 'experiments']],
])('%s: %s, repeatable: %s, reads %j before and %j after', (name, settled, repeatable, reads, moves) => {
  const { kind, settlement, ...rest } = operation(name)
  expect(`${kind} ${settlement.by}`).toBe(settled)
  expect(rest).toMatchObject({ repeatable, reads, moves })
})

it.each([...['freezeExposure', 'unfreezeExposure', 'updateProjectSettings', 'retryChangeRequest']])(
  '%s is refused with a sentence',
  (name) => {
    expect(operations[name]).toEqual({ refuse: expect.stringMatching(/^[A-Z].*\.$/) })
  },
)

describe('the life cycle of an experiment', () => {
  it.each<[string, string, object, unknown]>([
    ['launchExperiment', 'launch', {}, undefined],
    ['pauseExperiment', 'pause', {}, undefined],
    ['resumeExperiment', 'resume', {}, undefined],
    ['resetExperiment', 'reset', {}, undefined],
    ['unarchiveExperiment', 'unarchive', {}, undefined],
    ['endExperiment', 'end', { conclusion: 'won', conclusionComment: 'x' }, { conclusion: 'won', conclusion_comment: 'x' }],
    ['endExperiment', 'end', {}, { conclusion: null, conclusion_comment: null }],
    ['archiveExperiment', 'archive', {}, { disable_feature_flag: false }],
    ['archiveExperiment', 'archive', { disableFeatureFlag: true }, { disable_feature_flag: true }],
    ['shipExperimentVariant', 'ship_variant', { variantKey: 'b' }, { variant_key: 'b', release_to_everyone: false }],
    [
      'shipExperimentVariant',
      'ship_variant',
      { variantKey: 'b', releaseToEveryone: true, conclusion: 'won', conclusionComment: 'x' },
      { variant_key: 'b', release_to_everyone: true, conclusion: 'won', conclusion_comment: 'x' },
    ],
  ])('%s is POST …/%s/ with %j', (name, path, input, body) => {
    expect(requestOf(name, { input: { ...input } })).toStrictEqual({
      ...{ method: 'POST', path: `experiments/12/${path}/` },
      ...(body === undefined ? {} : { body }),
    })
  })

  const flagWith = (...variants: [string, unknown][]) => ({
    feature_flag: { filters: { multivariate: { variants: variants.map(([key, rollout_percentage]) => ({ key, rollout_percentage })) } } },
  })
  const ended = { end_date: '2026-11-10T00:00:00Z' }
  it.each<[string, object, boolean]>([
    ['launchExperiment', { start_date: '2026-11-01T00:00:00Z' }, true],
    ['launchExperiment', { start_date: null }, false],
    ['pauseExperiment', { feature_flag: { active: false } }, true],
    ['pauseExperiment', { feature_flag: { active: true } }, false],
    ['pauseExperiment', {}, false],
    ['resumeExperiment', { feature_flag: { active: true } }, true],
    ['resumeExperiment', { feature_flag: null }, false],
    ['endExperiment', ended, true],
    ['endExperiment', { end_date: null }, false],
    ['archiveExperiment', { archived: true }, true],
    ['archiveExperiment', { archived: false }, false],
    ['unarchiveExperiment', { archived: false }, true],
    ['unarchiveExperiment', { archived: true }, false],
    ['resetExperiment', { start_date: null }, true],
    ['resetExperiment', { start_date: '2026-11-01T00:00:00Z' }, false],
    ['shipExperimentVariant', { ...ended, ...flagWith(['a', 0], ['b', 100]) }, true],
    ['shipExperimentVariant', { ...ended, ...flagWith(['a', 0], ['b', '100']) }, true],
    ['shipExperimentVariant', { ...ended, ...flagWith(['a', 100], ['b', 0]) }, false],
    ['shipExperimentVariant', { ...ended, ...flagWith(['a', 50], ['b', 50]) }, false],
    ['shipExperimentVariant', { end_date: null, ...flagWith(['b', 100]) }, false],
    ['shipExperimentVariant', ended, false],
  ])('%s is done where the experiment is %j: %s', (name, experiment, expected) => {
    expect(isDone(name, experiment, { input: { variantKey: 'b' } })).toBe(expected)
  })

  const everyone = { properties: [], rollout_percentage: 100, description: 'Added by PostHog.' }
  it.each<[object, object, boolean]>([
    [{ conclusion: 'won' }, { conclusion: 'won' }, true],
    [{ conclusion: 'lost' }, { conclusion: 'won' }, false],
    [{ conclusion: 'won', conclusion_comment: 'Yes.' }, { conclusion: 'won', conclusionComment: 'Yes.' }, true],
    [{ conclusion: 'won', conclusion_comment: 'No.' }, { conclusion: 'won', conclusionComment: 'Yes.' }, false],
    [{ conclusion: 'won' }, { conclusion: null, conclusionComment: null }, true],
    [{ groups: [everyone, { rollout_percentage: 5 }] }, { releaseToEveryone: true }, true],
    [{ groups: [{ ...everyone, properties: [{}] }] }, { releaseToEveryone: true }, false],
    [{ groups: [{ ...everyone, rollout_percentage: 99 }] }, { releaseToEveryone: true }, false],
    [{}, { releaseToEveryone: true }, false],
    [{ groups: [{ rollout_percentage: 5 }] }, { releaseToEveryone: false }, true],
  ])('%j is what was shipped with %j: %s', ({ groups, ...values }: { groups?: unknown }, input, expected) => {
    const { feature_flag } = flagWith(['b', 100])
    const flag = { feature_flag: { filters: { ...feature_flag.filters, groups } } }
    expect(isDone('shipExperimentVariant', { ...ended, ...values, ...flag }, { input: { variantKey: 'b', ...input } })).toBe(expected)
  })
})

describe('copies of an experiment', () => {
  const plan = { experimentName: 'Copy', after: { featureFlag: { key: 'k' } } }
  it('are made in the same project', () => {
    expect(requestOf('duplicateExperiment', { plan, input: { featureFlagKey: 'k' } })).toEqual({
      ...{ method: 'POST', path: 'experiments/12/duplicate/', body: { name: 'Copy', feature_flag_key: 'k' } },
    })
    expect(bodyOf('duplicateExperiment')).toEqual({})
  })

  it('are made in another project of PostHog', () => {
    expect(requestOf('copyExperimentToProject', { plan, input: { targetProjectId: 3, featureFlagKey: null } })).toEqual({
      ...{ method: 'POST', path: 'experiments/12/copy_to_project/', body: { target_team_id: 503, name: 'Copy' } },
    })
    expect(bodyOf('copyExperimentToProject', { input: { targetProjectId: 3, featureFlagKey: 'k' } })).toEqual({
      target_team_id: 503,
      feature_flag_key: 'k',
    })
    const refused = { refuse: expect.stringContaining('only between its own projects') }
    expect(requestOf('copyExperimentToProject', { plan, input: { targetProjectId: 100 } })).toEqual(refused)
    expect(requestOf('copyExperimentToProject', { plan, id: null, input: { targetProjectId: 3 } })).toEqual(refused)
  })

  it.each(['duplicateExperiment', 'copyExperimentToProject'])('are known by their name and flag: %s', (name) => {
    expect(listed(name, { name: 'Copy', feature_flag_key: 'k' }, { plan })).toEqual({ query: [{ order: '-created_at' }], isOurs: true })
    expect(listed(name, { name: 'Other', feature_flag_key: 'k' }, { plan }).isOurs).toBe(false)
    expect(listed(name, { name: 'Copy', feature_flag_key: 'other' }, { plan }).isOurs).toBe(false)
  })
})

describe('a new experiment', () => {
  const featureFlag = { key: 'k', filters: { groups: [], multivariate: null, payloads: null, holdout: null } }
  const after = { name: 'New', description: null, startDate: 'd', featureFlag }

  it('is sent with its own columns, and the flag only where it is new', () => {
    expect(requestOf('createExperiment', { id: null, plan: { after, flag: { id: null } } })).toEqual({
      ...{ method: 'POST', path: 'experiments/' },
      body: { name: 'New', description: null, start_date: 'd', feature_flag_key: 'k', feature_flag: { filters: { groups: [] } } },
    })
    const filters = { groups: [], multivariate: { variants: [] }, payloads: { a: '1' }, holdout: { id: 1 } }
    expect(
      bodyOf('createExperiment', { plan: { after: { ...after, featureFlag: { key: 'k', filters } }, flag: { id: null } } }),
    ).toMatchObject({
      feature_flag: { filters: { groups: [], multivariate: { variants: [] }, payloads: { a: '1' } } },
    })
  })

  it.each<[string, object, object, object]>([
    ['unknown events', {}, { allowUnknownEvents: true }, { allow_unknown_events: true }],
    ['known events', {}, { allowUnknownEvents: false }, {}],
    ['a holdout', { holdoutId: 3 }, {}, { holdout_id: 103 }],
    ['no holdout', { holdoutId: null }, {}, { holdout_id: null }],
    [
      'saved metrics',
      {
        savedMetrics: [
          { savedMetricId: 3, role: 'primary' },
          { savedMetricId: 4, role: 'primary', metadata: { type: 'secondary' } },
        ],
      },
      {},
      {
        saved_metrics_ids: [
          { id: 203, metadata: { type: 'primary' } },
          { id: 204, metadata: { type: 'secondary' } },
        ],
      },
    ],
    [
      'excluded variants',
      { parameters: { excluded_variants: ['b'], feature_flag_variants: [] } },
      {},
      { parameters: { excluded_variants: ['b'] } },
    ],
    ['other parameters, which are of the flag', { parameters: { feature_flag_variants: [] } }, {}, {}],
    ['no tags', { tags: [] }, {}, {}],
    [
      'metrics without fingerprints',
      { metrics: [{ uuid: 'u', fingerprint: 'f' }, 'x'], metricsSecondary: [] },
      {},
      { metrics: [{ uuid: 'u' }, 'x'], metrics_secondary: [] },
    ],
    [
      'all columns',
      {
        ...{
          type: 't',
          endDate: 'e',
          conclusion: 'won',
          conclusionComment: 'c',
          deleted: false,
          archived: false,
          statsConfig: {},
          exposureCriteria: {},
        },
        ...{ primaryMetricsOrderedUuids: ['a'], secondaryMetricsOrderedUuids: ['b'], onlyCountMaturedUsers: true },
      },
      {},
      {
        ...{
          type: 't',
          end_date: 'e',
          conclusion: 'won',
          conclusion_comment: 'c',
          deleted: false,
          archived: false,
          stats_config: {},
          exposure_criteria: {},
        },
        ...{ primary_metrics_ordered_uuids: ['a'], secondary_metrics_ordered_uuids: ['b'], only_count_matured_users: true },
      },
    ],
  ])('is sent with %s', (_name, values, input, expected) => {
    expect(
      bodyOf('createExperiment', {
        input: { ...input },
        plan: { after: { name: 'New', featureFlag: { key: 'k' }, ...values }, flag: null },
      }),
    ).toStrictEqual({
      ...{ name: 'New', feature_flag_key: 'k' },
      ...expected,
    })
  })

  it.each<[string, object, string]>([
    ['tags', { tags: ['a'] }, 'Experiments of PostHog have no tags in its REST API.'],
    ['a holdout that is not there', { holdoutId: 100 }, 'The holdout is not in PostHog, so that an experiment there cannot use it.'],
    [
      'a saved metric that is not there',
      { savedMetrics: [{ savedMetricId: 3 }, { savedMetricId: 100 }] },
      'A saved metric is not in PostHog, so that an experiment there cannot use it.',
    ],
  ])('is refused with %s', (_name, values, refuse) => {
    expect(requestOf('createExperiment', { plan: { after: { ...after, ...values }, flag: null } })).toEqual({ refuse })
    expect(requestOf('updateExperiment', { plan: { before: {}, after: values, flag: null } })).toEqual({ refuse })
  })

  it('is known by its name and flag', () => {
    const input = { templates: [] }
    const plan = { experimentName: 'New', after: { featureFlag: { key: 'k' } }, flag: null }
    for (const name of ['createExperiment', 'createExperimentFromPrompt']) {
      const isOurs = (row: object) => listed(name, row, { input, plan }).isOurs
      const own = { name: 'New', feature_flag_key: 'k' }
      expect(listed(name, own, { input, plan })).toEqual({ query: [{ order: '-created_at' }], isOurs: true })
      expect([
        isOurs({ name: 'New', feature_flag: { key: 'k' } }),
        isOurs({ name: 'New', feature_flag_key: 'x' }),
        isOurs({ name: 'Old', feature_flag_key: 'k' }),
        isOurs({ name: 'New' }),
      ]).toEqual([true, false, false, false])
      expect(listed(name, own, { input, plan: { ...plan, after: {} } }).isOurs).toBe(false)
    }
  })

  const metrics = [{ uuid: 'u', metric_type: 'mean' }]
  const made = { name: 'New', feature_flag_key: 'k', description: 'd' }
  it.each<[string, object, boolean]>([
    ['no other value', {}, true],
    ['another description', { description: 'other' }, false],
    ['its metrics', { metrics: [{ ...metrics[0], fingerprint: 'f' }] }, true],
    ['another metric', { metrics: [{ uuid: 'v', metric_type: 'mean' }] }, false],
    ['its settings, and a default of PostHog', { stats_config: { method: 'bayesian', level: 0.95 } }, true],
    ['other settings', { stats_config: { method: 'frequentist' } }, false],
    ['its holdout', { holdout_id: 103 }, true],
    ['another holdout', { holdout_id: null }, false],
    ['its saved metrics', { saved_metrics: [{ saved_metric: 203, metadata: { type: 'primary' } }] }, true],
    ['other saved metrics', { saved_metrics: [] }, false],
    ['the condition sets of its flag', { feature_flag: { filters: { groups: [{ properties: [], rollout_percentage: 5 }] } } }, true],
    ['other condition sets', { feature_flag: { filters: { groups: [{ properties: [{}], rollout_percentage: 5 }] } } }, false],
  ])('is another one where the list shows %s: not %s', (_name, shown, expected) => {
    const values = {
      ...{ name: 'New', description: 'd', metrics, statsConfig: { method: 'bayesian' }, holdoutId: 3 },
      ...{
        savedMetrics: [{ savedMetricId: 3, role: 'primary' }],
        featureFlag: { key: 'k', filters: { groups: [{ properties: [], rollout_percentage: 5 }] } },
      },
    }
    const plan = { experimentName: 'New', after: values, flag: { id: null } }
    expect(listed('createExperiment', { ...made, ...shown }, { plan }).isOurs).toBe(expected)
  })

  it('is not known where it could not have been sent', () => {
    const plan = { experimentName: 'New', after: { featureFlag: { key: 'k' }, tags: ['a'] }, flag: null }
    expect(listed('createExperiment', made, { plan }).isOurs).toBe(false)
  })

  it('may come from a prompt', () => {
    const input = { promptName: 'p', versions: [1, 2], templates: ['COST', 'LATENCY'], name: 'Given', description: 'd' }
    expect(
      requestOf('createExperimentFromPrompt', { input, plan: { experimentName: 'Made', after: { featureFlag: { key: 'k' } } } }),
    ).toEqual({
      ...{ method: 'POST', path: 'experiments/create_from_prompt/' },
      body: { prompt_name: 'p', versions: [1, 2], templates: ['cost', 'latency'], name: 'Made', feature_flag_key: 'k', description: 'd' },
    })
    expect(bodyOf('createExperimentFromPrompt', { input })).toEqual({
      prompt_name: 'p',
      versions: [1, 2],
      templates: ['cost', 'latency'],
      name: 'Given',
      description: 'd',
    })
  })
})

describe('a change of an experiment', () => {
  const update = (before: object, after: object, more: Values = {}) =>
    requestOf('updateExperiment', { plan: { before, after, flag: null }, thing: {}, flag: {}, ...more })
  const metrics = [{ uuid: 'u', fingerprint: 'new' }]

  it.each<[string, object, object, object | null]>([
    ['of its name', {}, { name: 'New' }, { name: 'New' }],
    ['of nothing', {}, {}, null],
    ['of fingerprints alone', { metrics: [{ uuid: 'u', fingerprint: 'old' }] }, { metrics }, null],
    [
      'of metrics',
      { metrics: [] },
      { metrics, metricsSecondary: [{}] },
      { metrics: [{ uuid: 'u' }], metrics_secondary: [{}], allow_unknown_events: true },
    ],
    ['of metrics alone', { metrics: [] }, { metrics }, { metrics: [{ uuid: 'u' }], allow_unknown_events: true }],
    ['of secondary metrics', { metricsSecondary: [{}] }, { metricsSecondary: [] }, { metrics_secondary: [], allow_unknown_events: true }],
    ['of the holdout', {}, { holdoutId: 3 }, { holdout_id: 103 }],
    ['of saved metrics', {}, { savedMetrics: [] }, { saved_metrics_ids: [] }],
    ['of parameters that are of the flag', { parameters: {} }, { parameters: { feature_flag_variants: [] } }, null],
    [
      'of parameters with the same exclusion',
      { parameters: { excluded_variants: ['a'] } },
      { parameters: { excluded_variants: ['a'] } },
      null,
    ],
    [
      'that excludes nobody any more',
      { parameters: { excluded_variants: ['a'] } },
      { parameters: {} },
      { parameters: { excluded_variants: [] } },
    ],
    ['of the name of the flag, which is not sent', {}, { featureFlag: { name: 'x', active: false } }, null],
  ])('%s', (_name, before, after, body) => {
    expect(update(before, after)).toEqual(body === null ? null : { method: 'PATCH', path: 'experiments/12/', body })
  })

  it('keeps parameters that are not of the flag', () => {
    const parameters = Object.fromEntries(
      [
        ...['feature_flag_variants', 'rollout_percentage', 'feature_flag_payloads', 'aggregation_group_type_index'],
        ...['ensure_experience_continuity', 'note'],
      ].map((name) => [name, 1]),
    )
    const excluding = (thing: JsonObject | null) =>
      (update({}, { parameters: { excluded_variants: ['a'] } }, { thing }) as { body?: unknown }).body
    expect(excluding({ parameters })).toEqual({ parameters: { note: 1, excluded_variants: ['a'] } })
    expect(excluding(null)).toEqual({ parameters: { excluded_variants: ['a'] } })
  })

  describe('with its flag', () => {
    const flagChange = (values: Record<string, unknown>) => ({
      before: {},
      after: { featureFlag: Object.fromEntries(Object.keys(values).map((path) => [path, 'shown'])) },
      ...changed(Object.fromEntries(Object.entries(values).map(([path, value]) => [path, { before: null, after: value }]))),
    })
    const variants = { variants: [{ key: 'a' }] }
    it.each<[string, Record<string, unknown>, Values, object]>([
      ['sends the whole value', { 'filters.groups': [1] }, {}, { feature_flag: { filters: { groups: [1] } } }],
      [
        'leaves payloads as they are, where no variant changes',
        { 'filters.groups': [1] },
        { flag: { filters: { payloads: { a: '1' } } } },
        { feature_flag: { filters: { groups: [1] } } },
      ],
      [
        'says nothing of a launch that nobody knows',
        { 'filters.groups': [1] },
        { thing: null },
        { feature_flag: { filters: { groups: [1] } } },
      ],
      [
        'sends payloads along with variants',
        { 'filters.multivariate': variants },
        { flag: { filters: { payloads: { a: '1' } } } },
        { feature_flag: { filters: { multivariate: variants, payloads: { a: '1' } } } },
      ],
      [
        'sends new payloads',
        { 'filters.multivariate': variants, 'filters.payloads': { a: '2' } },
        { flag: { filters: { payloads: { a: '1' } } } },
        { feature_flag: { filters: { multivariate: variants, payloads: { a: '2' } } } },
      ],
      [
        'sends no encrypted payloads',
        { 'filters.multivariate': variants },
        { flag: { has_encrypted_payloads: true, filters: { payloads: { a: 's' } } } },
        { feature_flag: { filters: { multivariate: variants } } },
      ],
      [
        'sends no payloads where there are none',
        { 'filters.multivariate': variants },
        { flag: null },
        { feature_flag: { filters: { multivariate: variants } } },
      ],
      [
        'says so after the launch',
        { 'filters.groups': [1] },
        { thing: { start_date: 'd' } },
        { feature_flag: { filters: { groups: [1] } }, update_feature_flag_params: true },
      ],
    ])('%s', (_name, values, more, body) => {
      expect(bodyOf('updateExperiment', { plan: flagChange(values), thing: {}, flag: {}, ...more })).toStrictEqual(body)
    })

    it('does not change encrypted payloads', () => {
      for (const values of [{ 'filters.payloads': {} }, { 'filters.payloads': {}, 'filters.groups': [1] }]) {
        expect(requestOf('updateExperiment', { plan: flagChange(values), flag: { has_encrypted_payloads: true } })).toEqual({
          refuse: expect.stringContaining('encrypted'),
        })
      }
    })
  })

  it('is done where the experiment is newer and has its values', () => {
    const values = { plan: { before: {}, after: { name: 'New' }, flag: null }, thing: { updated_at: '1' } }
    expect(isDone('updateExperiment', { name: 'New', updated_at: '2' }, values)).toBe(true)
    expect(isDone('updateExperiment', { name: 'New', updated_at: '1' }, values)).toBe(false)
    expect(isDone('updateExperiment', { name: 'Old', updated_at: '2' }, values)).toBe(false)
    expect(isDone('updateExperiment', { updated_at: '2' }, { plan: { before: {}, after: {}, flag: null } })).toBe(false)
    expect(isDone('updateExperiment', { updated_at: '2' }, { plan: { before: {}, after: { tags: [] }, flag: null } })).toBe(false)
  })

  it.each<[object, object, boolean]>([
    [{ name: 'a' }, { name: 'a' }, true],
    [{ name: 'a' }, { name: 'b' }, false],
    [{ start_date: '2026-11-01T00:00:00.000000Z' }, { start_date: '2026-11-01T00:00:00.000Z' }, true],
    [{ start_date: '2026-11-01T00:00:00Z' }, { start_date: '2026-11-02T00:00:00Z' }, false],
    [{ start_date: null }, { start_date: null }, true],
    [{ end_date: '2026-11-01T00:00:00Z' }, { end_date: null }, false],
    [{}, { deleted: false }, true],
    [{ deleted: true }, { deleted: true }, true],
    [{}, { deleted: true }, false],
    [{ metrics: [{ uuid: 'u', fingerprint: 'f' }] }, { metrics: [{ uuid: 'u' }] }, true],
    [{ metrics_secondary: [{ uuid: 'u' }] }, { metrics_secondary: [{ uuid: 'v' }] }, false],
    [{}, { feature_flag: 1, update_feature_flag_params: 1, allow_unknown_events: 1, parameters: {}, saved_metrics_ids: 1 }, true],
    [{ name: 'a' }, { parameters: {}, name: 'b' }, false],
    [{ metrics_secondary: [{ uuid: 'u', fingerprint: 'f' }] }, { metrics_secondary: [{ uuid: 'u' }] }, true],
    [{ parameters: { excluded_variants: ['a'], note: 1 } }, { parameters: { excluded_variants: ['a'] } }, true],
    [{ parameters: { excluded_variants: ['a'] } }, { parameters: { excluded_variants: [] } }, false],
    [{ parameters: { excluded_variants: ['a'], note: 1 } }, { parameters: { excluded_variants: ['a'], note: 2 } }, false],
    [{ stats_config: { method: 'bayesian', level: 1 } }, { stats_config: { method: 'bayesian' } }, false],
  ])('%j has the values %j: %s', (experiment, body, expected) => {
    expect(hasExperimentValues({ ...experiment }, { ...body })).toBe(expected)
  })
})

describe('an experiment has what was sent', () => {
  const variants = (...shares: [string, number][]) => ({
    multivariate: { variants: shares.map(([key, rollout_percentage]) => ({ key, rollout_percentage })) },
  })
  const sets = (...shares: number[]) => ({ groups: shares.map((rollout_percentage) => ({ rollout_percentage, sort_key: 'x' })) })
  const half = variants(['a', 50], ['b', 50])

  it.each<[string, object | null, object, boolean]>([
    ['the same variants', { ...half, ...sets(5) }, half, true],
    ['another share', half, variants(['a', 40], ['b', 60]), false],
    ['another variant', half, variants(['a', 50], ['c', 50]), false],
    ['one variant less', variants(['a', 50]), half, false],
    [
      'the same shares of condition sets',
      { ...half, ...sets(5, 10) },
      { groups: [{ rollout_percentage: 5 }, { rollout_percentage: 10 }] },
      true,
    ],
    ['another share of a condition set', sets(5), sets(6), false],
    ['one condition set less', sets(5), sets(5, 6), false],
    ['one condition set more', sets(5, 6), sets(5), false],
    ['no condition sets', {}, sets(5), false],
    ['no condition sets, and none were sent', {}, { groups: [] }, false],
    [
      'the same share for other people',
      { groups: [{ rollout_percentage: 5, properties: [{ key: 'a' }] }] },
      { groups: [{ rollout_percentage: 5, properties: [{ key: 'b' }] }] },
      false,
    ],
    [
      'the same share for fewer people',
      { groups: [{ rollout_percentage: 5, properties: [{ key: 'a' }] }] },
      { groups: [{ rollout_percentage: 5, properties: [] }] },
      false,
    ],
    ['a variant that is forced', { groups: [{ rollout_percentage: 5, variant: 'a' }] }, { groups: [{ rollout_percentage: 5 }] }, false],
    ['no variant that is forced', { groups: [{ rollout_percentage: 5, variant: null }] }, { groups: [{ rollout_percentage: 5 }] }, true],
    ['a note of its own', { groups: [{ rollout_percentage: 5, description: 'x' }] }, { groups: [{ rollout_percentage: 5 }] }, true],
    ['a name of a cohort', { groups: [{ properties: [{ cohort_name: 'x' }] }] }, { groups: [{ properties: [{}] }] }, true],
    ['another note', { groups: [{ description: 'x' }] }, { groups: [{ description: 'y' }] }, false],
    ['the same variants, and other condition sets', { ...half, ...sets(5) }, { ...half, ...sets(6) }, false],
    ['other variants, and the same condition sets', { ...variants(['a', 100]), ...sets(5) }, { ...half, ...sets(5) }, false],
    ['both', { ...half, ...sets(5) }, { ...half, ...sets(5) }, true],
    ['the same payloads', { payloads: { a: '1' } }, { payloads: { a: '1' } }, true],
    ['no payloads, and none were sent', {}, { payloads: {} }, true],
    ['other payloads', { payloads: { a: '1' } }, { payloads: { a: '2' } }, false],
    ['other payloads, with the same condition sets', { ...sets(5), payloads: {} }, { ...sets(5), payloads: { a: '2' } }, false],
    ['variants, without the payload of one that is gone', { ...half, payloads: {} }, { ...half, payloads: { c: '1' } }, true],
    ['variants, without the payload of one that is there', { ...half, payloads: {} }, { ...half, payloads: { a: '1' } }, false],
    ['variants with their payloads', { ...half, payloads: { a: '1', c: '2' } }, { ...half, payloads: { a: '1' } }, true],
    ['no filters, where variants were sent', null, half, false],
    ['no filters, and none were sent', null, {}, true],
  ])('in its flag: %s', (_what, stored, sent, expected) => {
    const experiment = stored === null ? {} : { feature_flag: { filters: stored } }
    expect(hasExperimentValues(experiment, { feature_flag: { filters: sent } })).toBe(expected)
  })

  const sent = [
    { id: 4, metadata: { type: 'secondary' } },
    { id: 3, metadata: { type: 'primary' } },
  ]
  it.each<[string, unknown, boolean]>([
    ['the same, in another order', [{ saved_metric: 3 }, { saved_metric: 4, metadata: { type: 'secondary' } }], true],
    ['one in another role', [{ saved_metric: 3 }, { saved_metric: 4 }], false],
    [
      'one with another note',
      [
        { saved_metric: 3, metadata: { note: 1 } },
        { saved_metric: 4, metadata: { type: 'secondary' } },
      ],
      false,
    ],
    ['another one', [{ saved_metric: 3 }, { saved_metric: 5, metadata: { type: 'secondary' } }], false],
    ['one less', [{ saved_metric: 3 }], false],
    ['none', undefined, false],
  ])('in its saved metrics: %s', (_what, saved_metrics, expected) => {
    expect(hasExperimentValues({ saved_metrics }, { saved_metrics_ids: sent })).toBe(expected)
  })
})

describe('a flag', () => {
  it('is created with the columns that are given, and known by its key', () => {
    const after = {
      ...{
        key: 'k',
        name: 'n',
        active: true,
        archived: false,
        deleted: false,
        tags: ['t'],
        evaluationRuntime: 'all',
        evaluationContexts: ['e'],
      },
      ...{
        ensureExperienceContinuity: true,
        bucketingIdentifier: 'device_id',
        isRemoteConfiguration: true,
        version: 5,
        filters: { groups: [] },
      },
    }
    expect(requestOf('createFeatureFlag', { plan: { after } })).toEqual({
      ...{ method: 'POST', path: 'feature_flags/' },
      body: {
        ...{
          key: 'k',
          name: 'n',
          active: true,
          archived: false,
          deleted: false,
          tags: ['t'],
          evaluation_runtime: 'all',
          evaluation_contexts: ['e'],
        },
        ...{
          ensure_experience_continuity: true,
          bucketing_identifier: 'device_id',
          is_remote_configuration: true,
          filters: { groups: [] },
        },
      },
    })
    const plan = changed({}, { after: { ...after, key: 'a' } })
    const made = (requestOf('createFeatureFlag', { plan }) as { body: JsonObject }).body
    expect(listed('createFeatureFlag', { ...made, id: 3 }, { plan })).toEqual({
      query: [{ key: 'a' }, { key: 'a', archived: true }],
      isOurs: true,
    })
    const isOurs = (row: object) => listed('createFeatureFlag', { ...made, ...row }, { plan }).isOurs
    expect([isOurs({ key: 'b' }), isOurs({ name: 'other' }), isOurs({ filters: { groups: [{ rollout_percentage: 5 }] } })]).toEqual([
      ...[false, false, false],
    ])
    expect([isOurs({ filters: { groups: [], payloads: {} } }), isOurs({ filters: { groups: [] } })]).toEqual([true, true])
    // PostHog lists no contexts where they are switched off.
    expect([isOurs({ evaluation_contexts: [] }), isOurs({ evaluation_contexts: ['other'] })]).toEqual([true, false])
  })

  it('that was sent without a value may have none', () => {
    const plan = changed({}, { after: { key: 'a', filters: { groups: [], multivariate: null } } })
    expect(listed('createFeatureFlag', { key: 'a', filters: { groups: [] } }, { plan }).isOurs).toBe(true)
    expect(listed('createFeatureFlag', { key: 'a', filters: { groups: [], multivariate: null } }, { plan }).isOurs).toBe(true)
  })

  const flag = { id: 12, version: 7, name: 'Old', filters: { groups: [], payloads: { true: '1' } } }
  it.each<[string, Parameters<typeof changed>[0], Values, object | null]>([
    ['of a column', { name: { before: 'Old', after: 'New' } }, {}, { name: 'New', version: 7, original_flag: { name: 'Old' } }],
    ['of a value that PostHog lacks', { tags: { before: [], after: ['a'] } }, {}, { tags: ['a'], version: 7, original_flag: {} }],
    [
      'of filters, with those that were there',
      { 'filters.groups': { before: [], after: [1] } },
      {},
      { filters: { groups: [1] }, version: 7, original_flag: { filters: flag.filters } },
    ],
    [
      'of filters, with encrypted payloads',
      { 'filters.groups': { before: [], after: [1] } },
      { flag: { ...flag, has_encrypted_payloads: true } },
      { filters: { groups: [1] }, version: 7, original_flag: {} },
    ],
    [
      'of a flag without a version',
      { name: { before: 'Old', after: 'New' } },
      { flag: { name: 'Old' } },
      { name: 'New', version: 0, original_flag: { name: 'Old' } },
    ],
    [
      'of what was read as the thing',
      { name: { before: 'Old', after: 'New' } },
      { flag: null, thing: flag },
      { name: 'New', version: 7, original_flag: { name: 'Old' } },
    ],
    ['of what PostHog does not have', { unknown: { before: 1, after: 2 } }, {}, null],
    ['of nothing', {}, {}, null],
    [
      'that restores it, without a key',
      { deleted: { before: true, after: false }, key: { before: 'a:deleted', after: 'a' } },
      {},
      { deleted: false, version: 7, original_flag: {} },
    ],
    [
      'that restores it, with a key',
      { deleted: { before: true, after: false }, key: { before: 'a:deleted', after: 'b' } },
      { input: { key: 'b' } },
      { deleted: false, key: 'b', version: 7, original_flag: {} },
    ],
    ['of the key alone', { key: { before: 'a', after: 'b' } }, {}, { key: 'b', version: 7, original_flag: {} }],
  ])('is changed: %s', (_name, values, more, body) => {
    expect(requestOf('updateFeatureFlag', { plan: changed(values), flag, ...more })).toEqual(
      body === null ? null : { method: 'PATCH', path: 'feature_flags/12/', body },
    )
  })

  it('is changed without a plan by nothing', () => {
    expect(requestOf('updateFeatureFlag', { flag })).toBeNull()
  })

  it('is changed where it is newer and has the values', () => {
    const values = { plan: changed({ name: { before: 'Old', after: 'New' }, 'filters.groups': { before: [], after: [1] } }), flag }
    const after = { version: 8, name: 'New', filters: { groups: [1], more: 1 } }
    expect(isDone('updateFeatureFlag', after, values)).toBe(true)
    expect(isDone('updateFeatureFlag', { ...after, version: 7 }, values)).toBe(false)
    expect(isDone('updateFeatureFlag', { ...after, name: 'Old' }, values)).toBe(false)
    expect(isDone('updateFeatureFlag', { ...after, filters: { groups: [] } }, values)).toBe(false)
    expect(isDone('updateFeatureFlag', { ...after, version: '9' }, values)).toBe(false)
    const two = {
      plan: changed({ 'filters.groups': { before: [], after: [1] }, 'filters.early_exit': { before: false, after: true } }),
      flag,
    }
    expect(isDone('updateFeatureFlag', { version: 8, filters: { groups: [1], early_exit: false } }, two)).toBe(false)
  })

  it('is copied as a new flag or a change of one, alone', () => {
    expect(requestOf('copyFeatureFlag', { plan: { flag: { id: null, key: 'a' }, after: { key: 'a' } } })).toMatchObject({
      method: 'POST',
      body: { key: 'a' },
    })
    const plan = changed({ name: { before: 'Old', after: 'New' } })
    expect(requestOf('copyFeatureFlag', { plan, flag })).toMatchObject({ method: 'PATCH', body: { name: 'New' } })
    expect(requestOf('copyFeatureFlag', { plan: { ...plan, newFlags: [{}] }, flag })).toEqual({
      refuse: expect.stringContaining('Copy those first'),
    })
    const ours = (row: object) => listed('copyFeatureFlag', row, { plan, flag }).isOurs
    expect(listed('copyFeatureFlag', {}, { plan, flag }).query).toEqual([{ key: 'a' }, { key: 'a', archived: true }])
    const row = { key: 'a', name: 'New', version: 8 }
    expect([ours(row), ours({ ...row, key: 'b' }), ours({ ...row, version: 7 }), ours({ ...row, name: 'Old' })]).toEqual([
      true,
      false,
      false,
      false,
    ])
  })
})

describe('a holdout', () => {
  it('is created, changed and deleted', () => {
    const after = { name: 'H', description: null, exclusionPercentage: 5 }
    const filters = [{ properties: [], variant: 'holdout', rollout_percentage: 5 }]
    expect(requestOf('createHoldout', { plan: { after } })).toEqual({
      method: 'POST',
      path: 'experiment_holdouts/',
      body: { name: 'H', description: null, filters },
    })
    const thing = { filters: [{ properties: [], variant: 'holdout-3', rollout_percentage: 1, note: 1 }, { rollout_percentage: 2 }] }
    expect(requestOf('updateHoldout', { plan: { after: { exclusionPercentage: 5 } }, thing })).toEqual({
      ...{ method: 'PATCH', path: 'experiment_holdouts/12/' },
      body: { filters: [{ properties: [], variant: 'holdout-3', rollout_percentage: 5, note: 1 }, { rollout_percentage: 2 }] },
    })
    expect(bodyOf('updateHoldout', { plan: { after: { exclusionPercentage: 5 } }, thing: { filters: ['x'] } })).toEqual({ filters })
    expect(bodyOf('updateHoldout', { plan: { after: { exclusionPercentage: 5 } }, thing: { filters: 'x' } })).toEqual({ filters })
    expect(requestOf('updateHoldout', { plan: { after: {} } })).toBeNull()
    expect(requestOf('deleteHoldout')).toEqual({ method: 'DELETE', path: 'experiment_holdouts/12/' })
  })

  it('is known by its values, and changed where it has them', () => {
    const plan = { after: { name: 'H', description: 'd' } }
    const made = { name: 'H', description: 'd', filters: [{ properties: [], variant: 'holdout-3', rollout_percentage: 5 }] }
    const creation = { plan: { after: { ...plan.after, exclusionPercentage: 5 } } }
    expect(listed('createHoldout', made, creation)).toEqual({ query: [{}], isOurs: true })
    const others = [{ name: 'X' }, { description: 'x' }, { filters: [{ rollout_percentage: 6 }] }, { filters: [] }, { filters: null }]
    for (const other of others) expect(listed('createHoldout', { ...made, ...other }, creation).isOurs).toBe(false)
    expect(isDone('updateHoldout', { name: 'H', description: 'd', more: 1 }, { plan })).toBe(true)
    expect(isDone('updateHoldout', { name: 'H', description: 'x' }, { plan })).toBe(false)
  })
})

describe('a saved metric', () => {
  const planned = { name: 'M', description: 'd', query: { kind: 'x' }, tags: ['t'], id: 5 }
  const body = { name: 'M', description: 'd', query: { kind: 'x' }, tags: ['t'] }
  it('is created, changed and deleted', () => {
    expect(requestOf('createSavedMetric', { planned })).toEqual({ method: 'POST', path: 'experiment_saved_metrics/', body })
    expect(requestOf('updateSavedMetric', { planned, thing: { ...body, name: 'Old' } })).toEqual({
      method: 'PATCH',
      path: 'experiment_saved_metrics/12/',
      body: { name: 'M' },
    })
    expect(bodyOf('updateSavedMetric', { planned, thing: null })).toEqual(body)
    expect(requestOf('updateSavedMetric', { planned, thing: body })).toBeNull()
    expect(requestOf('deleteSavedMetric', { input: { detach: false } })).toEqual({ method: 'DELETE', path: 'experiment_saved_metrics/12/' })
    expect(requestOf('deleteSavedMetric', { input: { detach: true } })).toEqual({ refuse: expect.stringContaining('Unlink it') })
  })

  it('is known by its values, and changed where it has them', () => {
    const made = { ...body, query: { kind: 'x', fingerprint: 'f' } }
    expect(listed('createSavedMetric', made, { planned })).toEqual({ query: [{}], isOurs: true })
    for (const other of [{ name: 'X' }, { description: '' }, { query: { kind: 'y' } }, { tags: [] }])
      expect(listed('createSavedMetric', { ...made, ...other }, { planned }).isOurs).toBe(false)
    // What is not sent is chosen by PostHog.
    expect(listed('createSavedMetric', made, { planned: { ...planned, description: undefined } }).isOurs).toBe(true)
    const thing = { ...body, name: 'Old' }
    expect(isDone('updateSavedMetric', { name: 'M' }, { planned, thing: { ...thing, description: 'Old' } })).toBe(false)
    expect([
      isDone('updateSavedMetric', { name: 'M' }, { planned, thing }),
      isDone('updateSavedMetric', { name: 'X' }, { planned, thing }),
    ]).toEqual([true, false])
  })
})

describe('a policy', () => {
  const planned = {
    ...{
      projectId: 1,
      actionKey: 'FEATURE_FLAG_UPDATE',
      conditions: { type: 'any_change' },
      quorum: 2,
      approverUserIds: [1, 2],
      approverRoleIds: [3],
    },
    ...{ allowSelfApprove: false, bypassMembershipLevels: [15], bypassRoleIds: [4], expiresAfterSeconds: 93_784, enabled: true },
  }
  const body = {
    ...{
      action_key: 'feature_flag.update',
      conditions: { type: 'any_change' },
      approver_config: { quorum: 2, users: [301, 302], roles: [403] },
    },
    ...{ allow_self_approve: false, bypass_org_membership_levels: [15], bypass_roles: [404], expires_after: '1 02:03:04', enabled: true },
  }
  it('is created, changed and deleted', () => {
    expect(requestOf('createApprovalPolicy', { planned })).toEqual({ method: 'POST', path: 'approval_policies/', body })
    const { action_key: _, ...changes } = body
    expect(requestOf('updateApprovalPolicy', { planned })).toEqual({ method: 'PATCH', path: 'approval_policies/12/', body: changes })
    expect(requestOf('deleteApprovalPolicy')).toEqual({ method: 'DELETE', path: 'approval_policies/12/' })
    expect(bodyOf('createApprovalPolicy', { planned: { ...planned, conditions: null, approverUserIds: null } })).toMatchObject({
      conditions: {},
      approver_config: { users: [] },
    })
  })

  it.each<[string, object, string]>([
    ['of an organization', { projectId: null }, 'for a whole organization'],
    ['of deletions', { actionKey: 'FEATURE_FLAG_DELETE' }, 'for the deletion of flags'],
    ['of a threshold', { conditions: { type: 'crosses_threshold' } }, 'a threshold is crossed'],
    ['of an unknown person', { approverUserIds: [1, 100] }, 'A person or role of the policy'],
    ['of an unknown role', { approverRoleIds: [100] }, 'A person or role of the policy'],
    ['that an unknown role bypasses', { bypassRoleIds: [100] }, 'A person or role of the policy'],
  ])('%s is refused', (_name, more, text) => {
    for (const name of ['createApprovalPolicy', 'updateApprovalPolicy']) {
      expect(requestOf(name, { planned: { ...planned, ...more } })).toEqual({ refuse: expect.stringContaining(text) })
    }
    expect(isDone('updateApprovalPolicy', body, { planned: { ...planned, ...more } })).toBe(false)
  })

  it('is known by its values, and changed where it has them', () => {
    const roleId = (id: unknown) => `0191aaaa-0000-7000-8000-00000000000${id}`
    const own = { planned, ids: { ...ids, of: (type, id) => (type === 'role' ? roleId(id) : ids.of(type, id)) } as Given['ids'] }
    const row = { ...body, approver_config: { ...body.approver_config, roles: [roleId(3)] }, bypass_roles: [roleId(4)], id: 'p' }
    expect(listed('createApprovalPolicy', row, own)).toEqual({ query: [{ action_key: 'feature_flag.update' }], isOurs: true })
    expect(isDone('updateApprovalPolicy', row, own)).toBe(true)
    const others = [
      ...[{ action_key: 'feature_flag.enable' }, { enabled: false }, { approver_config: {} }, { conditions: {} }],
      ...[{ approver_config: { ...row.approver_config, quorum: 1 } }, { approver_config: { ...row.approver_config, users: [301] } }],
      ...[{ allow_self_approve: true }, { bypass_org_membership_levels: [] }, { bypass_roles: [] }, { expires_after: '2 02:03:04' }],
    ]
    for (const other of others) {
      expect(listed('createApprovalPolicy', { ...row, ...other }, own).isOurs).toBe(false)
      expect(isDone('updateApprovalPolicy', { ...row, ...other }, own)).toBe(false)
    }
  })
})

it.each<[string, string, object, boolean]>([
  ['approveChangeRequest', 'approve', { user_decision: 'approved' }, true],
  ['approveChangeRequest', 'approve', { user_decision: 'rejected' }, false],
  ['rejectChangeRequest', 'reject', { state: 'rejected' }, true],
  ['rejectChangeRequest', 'reject', { user_decision: 'rejected', state: 'pending' }, true],
  ['rejectChangeRequest', 'reject', { state: 'pending' }, false],
  ['cancelChangeRequest', 'cancel', { state: 'rejected' }, true],
  ['cancelChangeRequest', 'cancel', { state: 'pending' }, false],
])('%s is sent, and done where the request is %s', (name, path, request, expected) => {
  expect(requestOf(name, { input: { reason: 'x' } })).toEqual({
    method: 'POST',
    path: `change_requests/12/${path}/`,
    body: { reason: 'x' },
  })
  expect(bodyOf(name, { input: { reason: null } })).toEqual({})
  expect(isDone(name, request)).toBe(expected)
})

it('actions that are none of flags, experiments and holdouts keep their names', () => {
  expect(['SURVEY_LAUNCH', 'MY_FEATURE_FLAG_UPDATE', 'EXPERIMENT_'].map(actionKeyOf)).toEqual([
    'SURVEY_LAUNCH',
    'MY_FEATURE_FLAG_UPDATE',
    'EXPERIMENT_',
  ])
})

describe('an error of PostHog', () => {
  it.each<[string | null, object, string[]]>([
    [null, { filters: {} }, []],
    ['name', {}, ['name']],
    ['evaluation_runtime', {}, ['evaluationRuntime']],
    ['feature_flag', { variants: [] }, ['variants']],
    ['feature_flag', { rolloutPercentage: 5 }, ['rolloutPercentage']],
    ['feature_flag__filters', {}, ['variants']],
    ['parameters__excluded_variants', { rolloutPercentage: 5, excludedVariantKeys: [] }, ['excludedVariantKeys']],
    ['metrics_secondary__1', { secondaryMetrics: [] }, ['secondaryMetrics']],
    ['metrics_secondary__1', { metricsSecondary: [] }, ['metricsSecondary', '1']],
    ['saved_metrics_ids__0', { savedMetricId: 1 }, ['savedMetricId']],
    ['stats_config__method', { statsConfig: {} }, ['statsConfig', 'method']],
    ['stats_config__method', { statistics: {} }, ['statistics']],
    ['stats_config__baseline_variant_key', { baselineVariantKey: 'a' }, ['baselineVariantKey']],
    ['exposure_criteria__a', { exposure: {} }, ['exposure']],
    ['only_count_matured_users', {}, ['onlyCountMaturedPersons']],
    ['excluded_variants__0', {}, ['excludedVariantKeys']],
    ['holdout', { removeHoldout: true }, ['removeHoldout']],
    ['bucketing_identifier', {}, ['bucketing']],
    ['is_remote_configuration', {}, ['remoteConfiguration']],
    ['query__source', {}, ['metric']],
    ['conditions__type', {}, ['condition']],
    ['approver_config__users', { approverUserIds: [] }, ['approverUserIds']],
    ['approver_config__roles', { approverRoleIds: [] }, ['approverRoleIds']],
    ['bypass_org_membership_levels', {}, ['bypassMembershipLevels']],
    ['bypass_roles', {}, ['bypassRoleIds']],
    ['expires_after', {}, ['expiresAfterSeconds']],
    ['target_team_id', {}, ['targetProjectId']],
    ['active', { switchOff: true }, ['switchOff']],
    ['tags__0', {}, ['tags', '0']],
    ['evaluation_contexts__0', {}, ['evaluationContexts', '0']],
    ['versions__1', {}, ['versions', '1']],
    ['filters__groups__0', { filters: {} }, ['filters', 'groups', '0']],
    ['filters__groups__0', { conditions: [] }, ['conditions']],
    ['filters__groups__0', { addConditions: [] }, ['addConditions']],
    ['filters__multivariate', { variants: [] }, ['variants']],
    ['filters__payloads__a', { removePayload: true }, ['removePayload']],
    ['filters__aggregation_group_type_index', { groupTypeIndex: 1 }, ['groupTypeIndex']],
    ['filters__holdout', { exclusionPercentage: 5 }, ['exclusionPercentage']],
    ['filters', { exclusionPercentage: 5 }, ['exclusionPercentage']],
    ['filters__other', { conditions: [] }, ['conditions']],
    ['filters__other', { variants: [] }, ['variants']],
    ['filters__groups', { name: 'x' }, []],
  ])('at %s of %j is at %j', (attr, input, expected) => {
    expect(inputPath(attr, { ...input })).toEqual(expected)
  })
})

describe('values', () => {
  it('are the same in any order of keys', () => {
    expect([isSame({ a: 1, b: 2 }, { b: 2, a: 1.0 }), isSame([1], [2]), isSame(undefined, null)]).toEqual([true, false, true])
  })

  it('of filters are those that are stored', () => {
    expect(storedFilters({ filters: { groups: [{ properties: [{ key: 'id', cohort_name: 'x', group_key_names: {} }] }] } })).toEqual({
      groups: [{ properties: [{ key: 'id' }] }],
    })
    expect(storedFilters({ has_encrypted_payloads: true, filters: { payloads: { a: 's' } } })).toEqual({
      payloads: { a: encryptedPlaceholder },
    })
    expect([storedFilters(null), storedFilters({ filters: 'x' })]).toEqual([{}, {}])
  })

  it('of metrics have no fingerprints', () => {
    expect(withoutFingerprints([{ a: 1, fingerprint: 'f' }, 'x', null])).toEqual([{ a: 1 }, 'x', null])
    expect(withoutFingerprints('x')).toBe('x')
  })
})
