import { describe, expect, it } from 'vitest'
import type { CommandPlan } from '../../../../src/commands/command.ts'
import type { JsonObject } from '../../../../src/platform/json.ts'
import { actionKeyOf, formatDuration } from '../../../../src/posthog/link/operations/approvals.ts'
import { hasFlagValues } from '../../../../src/posthog/link/operations/flags.ts'
import { inputPath } from '../../../../src/posthog/link/operations/inputPath.ts'
import type { Given } from '../../../../src/posthog/link/operations/operation.ts'
import { operations } from '../../../../src/posthog/link/operations/operations.ts'
import { parseDuration } from '../../../../src/posthog/link/store/upstreamApprovals.ts'

// What is sent to PostHog for a mutation, and how its outcome is recognized.

const ids: Given['ids'] = { of: (_type, id) => Number(id) + 100, toUpstream: (value) => value }
const given = (values: Partial<Omit<Given, 'plan'>> & { plan?: object }): Given => ({
  ...{ input: {}, planned: null, id: '12', thing: null, flag: null, ids },
  ...values,
  plan: (values.plan ?? null) as CommandPlan | null,
})
const requestOf = (name: string, values: Parameters<typeof given>[0]) => {
  const operation = operations[name]
  if (operation === undefined || 'refuse' in operation) throw new Error(`${name} is not sent.`)
  return operation.toRequest(given(values))
}
const changedFlag = (changedValues: Record<string, { before: unknown; after: unknown }>) => ({ flag: { id: 1, key: 'a', changedValues } })

describe('a change of a flag', () => {
  const flag = {
    id: 12,
    version: 7,
    name: 'Old',
    active: true,
    filters: { groups: [{ properties: [{ type: 'cohort', cohort_name: 'x' }] }] },
  }

  it('sends only what differs, with what it was made from, and no names that PostHog adds for people', () => {
    const groups = [{ properties: [], rollout_percentage: 20 }]
    const plan = changedFlag({
      name: { before: 'Old', after: 'Old' },
      active: { before: true, after: false },
      'filters.groups': { before: flag.filters.groups, after: groups },
    })
    expect(requestOf('updateFeatureFlag', { plan, flag })).toEqual({
      method: 'PATCH',
      path: 'feature_flags/12/',
      body: {
        ...{ active: false, filters: { groups }, version: 7 },
        original_flag: { active: true, filters: { groups: [{ properties: [{ type: 'cohort' }] }] } },
      },
    })
    expect(requestOf('updateFeatureFlag', { plan: changedFlag({ name: { before: 'Old', after: 'Old' } }), flag })).toBeNull()
  })

  it('leaves encrypted payloads out, and does not change them', () => {
    const secret = { ...flag, has_encrypted_payloads: true, filters: { groups: [], payloads: { true: '"secret"' } } }
    const groups = { 'filters.groups': { before: [], after: [{ properties: [] }] } }
    const request = requestOf('updateFeatureFlag', { plan: changedFlag(groups), flag: secret })
    expect(JSON.stringify(request)).not.toMatch(/payload|secret/)
    const payloads = { 'filters.payloads': { before: {}, after: { true: '"new"' } } }
    expect(requestOf('updateFeatureFlag', { plan: changedFlag(payloads), flag: secret })).toEqual({
      refuse: expect.stringContaining('encrypted'),
    })
  })

  it('lets PostHog name deleted and restored flags', () => {
    const plan = changedFlag({ deleted: { before: false, after: true }, key: { before: 'a', after: 'a:deleted:1' } })
    expect(requestOf('deleteFeatureFlag', { plan, flag })).toMatchObject({ body: { deleted: true } })
    expect(JSON.stringify(requestOf('deleteFeatureFlag', { plan, flag }))).not.toContain('a:deleted')
  })

  it('is recognized by its values, in whatever form numbers are', () => {
    expect(
      hasFlagValues(
        { filters: { groups: [{ rollout_percentage: 50.0 }] } },
        { filters: { groups: [{ rollout_percentage: 50 }] }, version: 1 },
      ),
    ).toBe(true)
    expect(hasFlagValues({ active: true }, { active: false })).toBe(false)
  })
})

describe('an experiment', () => {
  it('is created with values for a new flag only', () => {
    const filters = { groups: [{ properties: [], rollout_percentage: 40 }], multivariate: { variants: [] }, holdout: { id: 1 } }
    const after = { name: 'New', holdoutId: 3, metrics: [{ uuid: 'u', fingerprint: 'f' }], featureFlag: { key: 'k', filters } }
    expect(requestOf('createExperiment', { id: null, plan: { flag: { id: null }, after } })).toMatchObject({
      body: {
        ...{ name: 'New', feature_flag_key: 'k', holdout_id: 103, metrics: [{ uuid: 'u' }] },
        feature_flag: { filters: { groups: filters.groups, multivariate: { variants: [] } } },
      },
    })
    const existing = requestOf('createExperiment', { id: null, plan: { flag: null, after } }) as { body: JsonObject }
    expect(existing.body).not.toHaveProperty('feature_flag')
  })

  it('is changed with its flag: without an id, and after the launch only on purpose', () => {
    const groups = [{ properties: [], rollout_percentage: 5 }]
    const plan = {
      ...{ before: {}, after: { featureFlag: { 'filters.groups': groups } } },
      flag: { id: 1, changedValues: { 'filters.groups': { before: [], after: groups } } },
    }
    const thing = { start_date: '2026-11-01T00:00:00Z' }
    expect(requestOf('updateExperiment', { plan, thing, flag: {} })).toMatchObject({
      body: { feature_flag: { filters: { groups } }, update_feature_flag_params: true },
    })
    expect(JSON.stringify(requestOf('updateExperiment', { plan, thing: { start_date: null }, flag: {} }))).not.toContain(
      'update_feature_flag_params',
    )
  })

  it('keeps its other parameters', () => {
    const plan = { before: { parameters: {} }, after: { parameters: { excluded_variants: ['b'], feature_flag_variants: [] } }, flag: null }
    const parameters = { feature_flag_variants: [1], variant_notes: { a: 'x' } }
    expect(requestOf('updateExperiment', { plan, thing: { parameters } })).toMatchObject({
      body: { parameters: { variant_notes: { a: 'x' }, excluded_variants: ['b'] } },
    })
    expect(requestOf('updateExperiment', { plan, thing: { parameters, excluded_variants: null } })).toMatchObject({
      body: { excluded_variants: ['b'] },
    })
  })

  it('ends with nulls for what is not given, and ships without them', () => {
    expect(requestOf('endExperiment', {})).toMatchObject({
      path: 'experiments/12/end/',
      body: { conclusion: null, conclusion_comment: null },
    })
    expect(requestOf('shipExperimentVariant', { input: { variantKey: 'b', conclusion: null } })).toMatchObject({
      body: { variant_key: 'b', release_to_everyone: false },
    })
  })

  it('has no tags in the REST API', () => {
    expect(requestOf('updateExperiment', { plan: { before: {}, after: { tags: ['a'] }, flag: null } })).toEqual({
      refuse: expect.any(String),
    })
  })
})

describe('policies', () => {
  it('have other names and durations there', () => {
    expect(['FEATURE_FLAG_ENABLE', 'EXPERIMENT_LAUNCH', 'EXPERIMENT_HOLDOUT_UPDATE'].map(actionKeyOf)).toEqual([
      ...['feature_flag.enable', 'experiment.launch', 'experiment_holdout.update'],
    ])
    for (const seconds of [1, 59, 3_600, 1_209_600, 1_234_567]) expect(parseDuration(formatDuration(seconds))).toBe(seconds)
    expect(formatDuration(1_209_600)).toBe('14 00:00:00')
  })
})

describe('an error of PostHog is at the field that the caller sent', () => {
  it('by its path', () => {
    expect(inputPath('filters__groups__0__properties', { filters: {} })).toEqual(['filters', 'groups', '0', 'properties'])
    expect(inputPath('filters__groups__0__rollout_percentage', { rolloutPercentage: 5 })).toEqual(['rolloutPercentage'])
    expect(inputPath('filters__payloads__true', { payload: 1 })).toEqual(['payload'])
    expect(inputPath('metrics__0__name', { primaryMetrics: [] })).toEqual(['primaryMetrics'])
    expect(inputPath('metrics__0__name', { metrics: [] })).toEqual(['metrics', '0', 'name'])
    expect(inputPath('feature_flag_key', { featureFlagKey: 'a' })).toEqual(['featureFlagKey'])
    expect(inputPath('approver_config__quorum', { approverUserIds: [] })).toEqual(['approverUserIds'])
    expect(inputPath(null, {})).toEqual([])
  })
})
