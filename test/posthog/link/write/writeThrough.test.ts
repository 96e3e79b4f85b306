import { describe, expect, it } from 'vitest'
import { linkedServer } from '../../../support/linkedServer.ts'
import { controlAndTest } from '../../../support/seed.ts'
import { globalId } from '../../../support/testServer.ts'

const variantFilters = { ...controlAndTest, payloads: {} }
const linked = await linkedServer({
  fill: ({ person, rows }) => {
    person.createFlag({ key: 'plain', name: 'Plain' })
    person.createFlag({ key: 'to-delete', name: 'Deleted later', active: false })
    person.createFlag({ key: 'shared', filters: variantFilters, active: false })
    for (const name of ['draft', 'running', 'ended', 'other']) {
      person.createFlag({ key: `of-${name}`, filters: variantFilters, active: false })
      person.createExperiment({ name, feature_flag_key: `of-${name}` })
    }
    person.act(2, 'launch')
    person.act(3, 'launch')
    person.act(3, 'end')
    person.createHoldout('Holdout', 10)
    rows.savedMetric({ name: 'Revenue' })
    rows.action({ name: 'Action' })
    rows.prompt('greeter', 'Hello')
    const big = { type: 'person', key: 'account', operator: 'exact', value: ['x'] }
    person.createFlag({ key: 'big', filters: { groups: [{ properties: [big], rollout_percentage: 100, sort_key: 'kept' }] } })
  },
})
const { posthog, mutate, differences, flagId, experimentId, flagOf, db } = linked
const projectId = String(linked.project.id)
const { state } = posthog
const flagThere = (key: string) => {
  const [flag] = state.flags.where((row) => row.key === key)
  if (flag === undefined) throw new Error(`PostHog has no flag ${key}.`)
  return flag
}
const idOfFlag = (key: string) => flagId(flagThere(key).id)
const experimentThere = (name: string) => {
  const [experiment] = state.experiments.where((row) => row.name === name)
  if (experiment === undefined) throw new Error(`PostHog has no experiment ${name}.`)
  return experiment
}
const idOfExperiment = (name: string) => experimentId(experimentThere(name).id)

/** The mutation is carried out in PostHog, and both sides are equal after it. */
async function expectSent(name: string, input: object, typename: string) {
  const result = await mutate(name, input)
  // Printed as a whole, so that a failure says why.
  expect(result.__typename === typename ? typename : JSON.stringify(result)).toBe(typename)
  expect(await differences()).toEqual({})
  return result
}

describe('flags', () => {
  it('are created in PostHog, and stored from its answer', async () => {
    const filters = { groups: [{ properties: [], rollout_percentage: 33.3 }] }
    await expectSent('createFeatureFlag', { projectId, key: 'new-flag', name: 'New', filters, tags: ['growth'] }, 'FeatureFlag')
    expect(flagThere('new-flag')).toMatchObject({ name: 'New', tags: ['growth'], version: 1 })
    const entry = await db.activity.findFirst({ where: { activity: 'createFeatureFlag' } })
    expect(entry).toMatchObject({ userId: linked.admin.id, detail: expect.stringContaining('key of the project') })
  })

  it('are changed there, and only by what changes', async () => {
    posthog.requests.clear()
    await expectSent('updateFeatureFlag', { id: await idOfFlag('plain'), name: 'Renamed', tags: ['core'] }, 'FeatureFlag')
    const [patch] = posthog.requests.where({ method: 'PATCH' })
    expect(JSON.parse(patch?.body ?? '')).toEqual({
      ...{ name: 'Renamed', tags: ['core'], version: 1, original_flag: { name: 'Plain', tags: [] } },
    })
    expect((await flagOf(flagThere('plain').id)).version).toBe(2)
  })

  it('keep numbers of any size, and unknown keys', async () => {
    const number = '12345678901234567890123'
    const result = await linked.run(
      linked.key,
      `mutation { updateFeatureFlag(input: { id: "${await idOfFlag('big')}", filters: { groups: [
        { properties: [{ key: "account", type: "person", operator: "exact", value: ${number} }], rollout_percentage: 50, sort_key: "kept" }
      ] } }) { __typename } }`,
    )
    expect(result.data.updateFeatureFlag.__typename).toBe('FeatureFlag')
    const [patch] = posthog.requests.where({ method: 'PATCH' }).slice(-1)
    expect(patch?.body).toContain(number)
    expect(await differences()).toEqual({})
  })

  it('are archived, unarchived, deleted and restored there', async () => {
    const id = await idOfFlag('to-delete')
    await expectSent('archiveFeatureFlag', { id }, 'FeatureFlag')
    await expectSent('unarchiveFeatureFlag', { id }, 'FeatureFlag')
    await expectSent('deleteFeatureFlag', { id }, 'FeatureFlag')
    const [deleted] = state.flags.where(({ name }) => name === 'Deleted later')
    expect(deleted?.deleted).toBe(true)
    await expectSent('restoreFeatureFlag', { id }, 'FeatureFlag')
    expect(flagThere('to-delete').deleted).toBe(false)
  })

  it('are not sent where nothing changes', async () => {
    posthog.requests.clear()
    await expectSent('updateFeatureFlag', { id: await idOfFlag('plain'), name: 'Renamed' }, 'FeatureFlag')
    expect(posthog.requests.count({ method: 'PATCH' })).toBe(0)
  })

  it('are planned from what PostHog has now', async () => {
    const flag = flagThere('plain')
    posthog.person.updateFlag(flag.id, { name: 'Changed there' })
    await expectSent('updateFeatureFlag', { id: await idOfFlag('plain'), active: false }, 'FeatureFlag')
    expect(flagThere('plain')).toMatchObject({ name: 'Changed there', active: false })
  })

  it('with a version that PostHog has left are a conflict with both versions', async () => {
    const { version } = await flagOf(flagThere('plain').id)
    posthog.person.updateFlag(flagThere('plain').id, { name: 'Changed again' })
    const result = await mutate('updateFeatureFlag', { id: await idOfFlag('plain'), name: 'Mine', version })
    expect(result).toMatchObject({ __typename: 'VersionConflictError', expectedVersion: version, currentVersion: version + 1 })
    expect(await differences()).toEqual({})
  })
})

describe('experiments', () => {
  it('are created there with a new flag, or on one that exists', async () => {
    await expectSent(
      'createExperiment',
      { projectId, name: 'With new flag', featureFlagKey: 'brand-new', rolloutPercentage: 40 },
      'Experiment',
    )
    await expectSent('createExperiment', { projectId, name: 'On shared', featureFlagKey: 'shared' }, 'Experiment')
    expect(experimentThere('On shared').feature_flag_id).toBe(flagThere('shared').id)
  })

  it('are changed there, with their flag', async () => {
    const id = await idOfExperiment('draft')
    await expectSent('updateExperiment', { id, description: 'What it is about', rolloutPercentage: 25 }, 'Experiment')
    const variants = [
      { key: 'control', rolloutPercentage: 20 },
      { key: 'test', rolloutPercentage: 80 },
    ]
    await expectSent('updateExperiment', { id, variants }, 'Experiment')
    expect(flagThere('of-draft').filters).toMatchObject({
      groups: [{ rollout_percentage: 25 }],
      multivariate: { variants: [{ rollout_percentage: 20 }, { rollout_percentage: 80 }] },
    })
  })

  it('go through their life there', async () => {
    const id = await idOfExperiment('draft')
    await expectSent('launchExperiment', { id }, 'Experiment')
    expect(flagThere('of-draft').active).toBe(true)
    await expectSent('pauseExperiment', { id }, 'Experiment')
    await expectSent('resumeExperiment', { id }, 'Experiment')
    await expectSent('endExperiment', { id, conclusion: 'WON', conclusionComment: 'Clear' }, 'Experiment')
    await expectSent('archiveExperiment', { id }, 'Experiment')
    await expectSent('unarchiveExperiment', { id }, 'Experiment')
    await expectSent('resetExperiment', { id }, 'Experiment')
    await expectSent(
      'shipExperimentVariant',
      { id: await idOfExperiment('running'), variantKey: 'test', releaseToEveryone: true },
      'Experiment',
    )
    expect(experimentThere('running').end_date).not.toBeNull()
  })

  it('are copied there, and use saved metrics', async () => {
    await expectSent('duplicateExperiment', { id: await idOfExperiment('other'), name: 'The copy' }, 'Experiment')
    const { id } = await db.savedMetric.findFirstOrThrow({ where: { name: 'Revenue' } })
    const link = { experimentId: await idOfExperiment('other'), savedMetricId: globalId('SavedMetric', id) }
    await expectSent('linkSavedMetric', { ...link, role: 'PRIMARY' }, 'Experiment')
    await expectSent('unlinkSavedMetric', link, 'Experiment')
  })

  it('are made there from prompts', async () => {
    // A newer version. The list of PostHog has that one only, and the older one stays here.
    posthog.rows.prompt('greeter', 'Good day')
    linked.time.now = new Date(linked.time.now.getTime() + 600_000)
    await linked.follow()
    const input = { projectId, promptName: 'greeter', versions: [2, 1], templates: ['COST'] }
    await expectSent('createExperimentFromPrompt', input, 'Experiment')
    expect(experimentThere('greeter: v2, v1 (cost)').start_date).toBeNull()
  })

  it('are deleted and restored there', async () => {
    const id = await idOfExperiment('The copy')
    await expectSent('updateExperiment', { id, deleted: true }, 'Experiment')
    expect(experimentThere('The copy').deleted).toBe(true)
    await expectSent('updateExperiment', { id, deleted: false }, 'Experiment')
  })
})

describe('holdouts, saved metrics and policies', () => {
  it('are written there', async () => {
    const holdout = await expectSent('createHoldout', { projectId, name: 'New holdout', exclusionPercentage: 5 }, 'Holdout')
    await expectSent('updateHoldout', { id: holdout.id, exclusionPercentage: 7.5, description: 'For a year' }, 'Holdout')
    const draft = await idOfExperiment('draft')
    await expectSent('updateExperiment', { id: draft, holdoutId: holdout.id }, 'Experiment')
    await expectSent('updateHoldout', { id: holdout.id, exclusionPercentage: 9 }, 'Holdout')
    expect(flagThere('of-draft').filters.holdout).toMatchObject({ exclusion_percentage: 9 })
    await expectSent('deleteHoldout', { id: holdout.id, detach: true }, 'DeleteSuccess')
    expect(state.holdouts.where(({ name }) => name === 'New holdout')).toEqual([])
  })

  it('of saved metrics too', async () => {
    const metric = { mean: { source: { event: 'purchase' } } }
    const created = await mutate('createSavedMetric', { projectId, name: 'Margin', metric })
    expect(created).toMatchObject({ __typename: 'SavedMetric', errors: undefined })
    await expectSent('updateSavedMetric', { id: created.id, name: 'Net margin', tags: ['money'] }, 'SavedMetric')
    await expectSent('deleteSavedMetric', { id: created.id }, 'DeleteSuccess')
    expect(state.savedMetrics.where(({ name }) => name.includes('argin'))).toEqual([])
  })

  it('of policies too', async () => {
    const policy = { projectId, actionKey: 'EXPERIMENT_PAUSE', quorum: 1, approverUserIds: [globalId('User', linked.admin.id)] }
    const refused = await mutate('createApprovalPolicy', { ...policy, actionKey: 'FEATURE_FLAG_DELETE' })
    expect(refused).toMatchObject({ __typename: 'LinkedReadOnlyError', reason: 'NOT_POSSIBLE', remedy: null })
    const created = await mutate('createApprovalPolicy', { ...policy, actionKey: 'FEATURE_FLAG_DISABLE' })
    expect(created).toMatchObject({ __typename: 'ApprovalPolicy', errors: undefined })
    expect(state.policies.where(() => true)).toMatchObject([{ action_key: 'feature_flag.disable', approver_config: { quorum: 1 } }])
    expect(await mutate('updateApprovalPolicy', { id: created.id, enabled: false })).toMatchObject({ __typename: 'ApprovalPolicy' })
    expect(state.policies.where(() => true)).toMatchObject([{ enabled: false }])
    expect(await mutate('deleteApprovalPolicy', { id: created.id })).toMatchObject({ __typename: 'DeleteApprovalPolicySuccess' })
    expect(state.policies.where(() => true)).toEqual([])
  })

  it('that the REST API cannot write are refused with a reason', async () => {
    const settings = await mutate('updateProjectSettings', { projectId, requireTags: true })
    expect(settings).toMatchObject({
      __typename: 'LinkedReadOnlyError',
      reason: 'NOT_POSSIBLE',
      url: expect.stringContaining('/project/1/settings'),
    })
    const frozen = await mutate('freezeExposure', { id: await idOfExperiment('draft') })
    expect(['LinkedReadOnlyError', 'InvalidStateError']).toContain(frozen.__typename)
  })
})

it('leaves no operation open', async () => {
  expect(await db.linkOperation.count({ where: { state: { not: 'confirmed' } } })).toBe(
    await db.linkOperation.count({ where: { state: 'failed' } }),
  )
})
