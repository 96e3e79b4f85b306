import { afterEach, describe, expect, it } from 'vitest'
import { linkedServer } from '../../../support/linkedServer.ts'
import { permissionDenied } from '../../../support/posthog/server/errors.ts'
import { recordingLog } from '../../../support/recordingLog.ts'
import { controlAndTest } from '../../../support/seed.ts'
import { globalId } from '../../../support/testServer.ts'

// What becomes of a write whose answer is lost, and of one that PostHog refuses for reasons of its own.

const { log, lines } = recordingLog()
const secret = '"the-secret-payload"'
const linked = await linkedServer({
  log,
  fill: ({ person, rows }) => {
    person.createFlag({ key: 'plain', name: 'Plain' })
    person.createFlag({ key: 'guarded', active: false })
    person.createFlag({ key: 'of-draft', filters: { ...controlAndTest, payloads: {} }, active: false })
    person.createExperiment({ name: 'draft', feature_flag_key: 'of-draft' })
    rows.flag({
      key: 'secret',
      filters: { groups: [{ properties: [], rollout_percentage: 100 }], payloads: { true: secret } },
      is_remote_configuration: true,
      has_encrypted_payloads: true,
    })
  },
})
const { posthog, mutate, differences, flagId, db } = linked
const { state } = posthog
const projectId = String(linked.project.id)
const flagThere = (key: string) => state.flags.where((row) => row.key === key)[0] ?? posthog.person.flag(0)
const plain = await flagId(flagThere('plain').id)
const guarded = await flagId(flagThere('guarded').id)
afterEach(async () => {
  posthog.faults.allOff()
  await db.upstreamBudget.updateMany({ data: { blockedUntil: null } })
})

/** PostHog does the work, and its answer does not arrive as a whole. */
const lost = [
  ['is cut off', { kind: 'cut' as const }],
  ['is cut off, and looks whole', { kind: 'cut' as const, clean: true, bytes: 40 }],
  ['is lost', { kind: 'droppedAfterWrite' as const }],
  ['is a 500', { kind: 'serverErrorAfterWrite' as const }],
] as const

describe.each(lost)('a write that was done, and whose answer %s', (_what, fault) => {
  const once = (method: string, on: string) => posthog.faults.on({ ...fault, method, on, times: 1 })
  const name = JSON.stringify(fault)

  it('is told as done, and made once', async () => {
    const { version } = flagThere('plain')
    once('PATCH', 'feature_flags')
    expect(await mutate('updateFeatureFlag', { id: plain, name })).toMatchObject({ __typename: 'FeatureFlag', errors: undefined })
    expect(flagThere('plain')).toMatchObject({ name, version: (version ?? 0) + 1 })

    const key = `made-${state.flags.lastId}`
    once('POST', 'feature_flags')
    expect(await mutate('createFeatureFlag', { projectId, key })).toMatchObject({ __typename: 'FeatureFlag', errors: undefined })
    expect(state.flags.where((row) => row.key === key)).toHaveLength(1)

    once('POST', 'experiments')
    const experiment = await mutate('createExperiment', { projectId, name: key, featureFlagKey: `${key}-tested` })
    expect(experiment).toMatchObject({ __typename: 'Experiment', errors: undefined })
    expect(state.experiments.where((row) => row.name === key)).toHaveLength(1)

    once('POST', '/launch/')
    expect(await mutate('launchExperiment', { id: experiment.id })).toMatchObject({ __typename: 'Experiment', errors: undefined })
    once('POST', '/pause/')
    expect(await mutate('pauseExperiment', { id: experiment.id })).toMatchObject({ __typename: 'Experiment', errors: undefined })

    const holdout = await mutate('createHoldout', { projectId, name: key, exclusionPercentage: 5 })
    once('DELETE', 'experiment_holdouts')
    expect(await mutate('deleteHoldout', { id: holdout.id })).toMatchObject({ __typename: 'DeleteSuccess', errors: undefined })
    expect(await differences()).toEqual({})
    expect(await db.linkOperation.count({ where: { state: { in: ['sent', 'unknown', 'failed'] } } })).toBe(0)
  })
})

describe('a vote whose answer is cut off', () => {
  it('is told as counted, and counted once', async () => {
    const policy = posthog.person.createPolicy({
      action_key: 'feature_flag.enable',
      approver_config: { quorum: 1, users: [posthog.owner.id] },
      allow_self_approve: true,
    })
    const required = await mutate('updateFeatureFlag', { id: guarded, active: true })
    expect(required).toMatchObject({ __typename: 'ApprovalRequiredError', changeRequest: { state: 'PENDING' } })
    posthog.faults.on({ kind: 'cut', method: 'POST', on: '/approve/', times: 1 })
    const fields = '... on ApproveChangeRequestSuccess { changeRequest { state } }'
    const approved = await mutate('approveChangeRequest', { id: required.changeRequest.id }, { fields })
    expect(approved).toMatchObject({ __typename: 'ApproveChangeRequestSuccess', changeRequest: { state: 'APPLIED' } })
    expect(flagThere('guarded').active).toBe(true)
    expect(await differences()).toEqual({})
    state.policies.remove(policy)
    posthog.person.updateFlag(flagThere('guarded').id, { active: false })
  })
})

describe('what PostHog refuses', () => {
  it('because several policies guard it is a PolicyConflictError with the policies, which may be new here', async () => {
    const policies = ['feature_flag.enable', 'feature_flag.update'].map((action_key) =>
      posthog.person.createPolicy({ action_key, approver_config: { quorum: 1, users: [posthog.owner.id] } }),
    )
    const before = { ...flagThere('guarded') }
    const input = { id: guarded, active: true, filters: { groups: [{ properties: [], rollout_percentage: 7 }] } }
    const fields = '... on PolicyConflictError { conflictingPolicies { actionKey } guidance }'
    expect(await mutate('updateFeatureFlag', input, { fields })).toMatchObject({
      __typename: 'PolicyConflictError',
      conflictingPolicies: [{ actionKey: 'FEATURE_FLAG_ENABLE' }, { actionKey: 'FEATURE_FLAG_UPDATE' }],
      guidance: expect.stringContaining('separate'),
    })
    expect(flagThere('guarded')).toEqual(before)
    for (const policy of policies) state.policies.remove(policy)
    await db.approvalPolicy.deleteMany()
  })

  it('for approval is told also if the request cannot be read', async () => {
    const policy = posthog.person.createPolicy({
      action_key: 'feature_flag.enable',
      approver_config: { quorum: 1, users: [posthog.owner.id] },
    })
    posthog.faults.on({ kind: 'answer', status: 403, body: permissionDenied('No.').body, method: 'GET', on: 'change_requests' })
    expect(await mutate('updateFeatureFlag', { id: guarded, active: true })).toMatchObject({
      __typename: 'InvalidStateError',
      state: 'APPROVAL_REQUIRED',
    })
    state.policies.remove(policy)
  })

  it('because the plan lacks approvals (402) is told with its reason, and changes nothing', async () => {
    posthog.organization.approvals = false
    const policy = { projectId, quorum: 1, approverUserIds: [globalId('User', linked.admin.id)], actionKey: 'FEATURE_FLAG_ENABLE' }
    const { errors } = await mutate('createApprovalPolicy', policy)
    expect(errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_UNAVAILABLE' }, message: expect.stringMatching(/plan of the organization.*Nothing was written/) },
    ])
    posthog.organization.approvals = true
    expect(await db.approvalPolicy.count()).toBe(0)
    expect(await differences()).toEqual({})
  })

  it('because the plan lacks another feature (402) too', async () => {
    const body = { type: 'server_error', code: 'payment_required', detail: 'Not in your plan.', attr: null }
    posthog.faults.on({ kind: 'answer', status: 402, body, method: 'POST', on: 'experiments', times: 1 })
    const { errors } = await mutate('createExperiment', { projectId, name: 'Not paid', featureFlagKey: 'not-paid' })
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' }, message: expect.stringContaining('plan') }])
    expect(state.experiments.where((row) => row.name === 'Not paid')).toEqual([])
  })

  it.each([
    [{ kind: 'throttled' as const, seconds: 30 }, 30],
    [{ kind: 'throttled' as const, seconds: 30, retryAfter: 12 }, 12],
    [{ kind: 'throttled' as const }, 60],
    [{ kind: 'unavailable' as const }, expect.any(Number)],
    [{ kind: 'html' as const, status: 502 }, expect.any(Number)],
    [{ kind: 'dropped' as const }, expect.any(Number)],
  ])('for a while (%o) says when to come back, and changes nothing', async (fault, retryAfter) => {
    const before = { ...flagThere('plain') }
    posthog.faults.on({ ...fault, method: 'PATCH' })
    const { errors } = await mutate('updateFeatureFlag', { id: plain, name: 'Later' })
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfter } }])
    posthog.faults.allOff()
    await db.upstreamBudget.updateMany({ data: { blockedUntil: null } })
    expect(flagThere('plain')).toEqual(before)
    expect(await differences()).toEqual({})
    // Nothing stays in the way of the next write.
    const next = await mutate('updateFeatureFlag', { id: plain, tags: [`after-${before.version}`] })
    expect(next).toMatchObject({ __typename: 'FeatureFlag', errors: undefined })
  })

  it('in a conflict is told also if the newer row cannot be read', async () => {
    const { id, version } = flagThere('plain')
    posthog.faults.on({
      ...{ kind: 'meanwhile', method: 'PATCH', times: 1 },
      before: () => {
        posthog.person.updateFlag(id, { name: 'Theirs' })
        posthog.faults.on({ kind: 'serverError', method: 'GET', on: `feature_flags/${id}/` })
      },
    })
    const result = await mutate('updateFeatureFlag', { id: plain, name: 'Mine' })
    expect(result).toMatchObject({ __typename: 'VersionConflictError', expectedVersion: version, currentVersion: null })
  })

  it.each([
    ['updateFeatureFlag', { filters: { groups: [{ properties: [], rollout_percentage: 1 }] } }, 'filters__groups', ['filters', 'groups']],
    ['updateFeatureFlag', { evaluationContexts: ['web'] }, 'evaluation_contexts__0', ['evaluationContexts', '0']],
    ['updateFeatureFlag', { tags: ['faulty'] }, 'tags', ['tags']],
    ['updateExperiment', { description: 'New' }, 'description', ['description']],
    ['updateExperiment', { rolloutPercentage: 3 }, 'feature_flag__filters__groups', ['rolloutPercentage']],
    ['updateExperiment', { statsConfig: { version: 2 } }, 'stats_config__version', ['statsConfig', 'version']],
    ['updateExperiment', { onlyCountMaturedPersons: true }, 'only_count_matured_users', ['onlyCountMaturedPersons']],
  ])('in a field of %s (%o) names the path of our input', async (name, input, attr, path) => {
    const body = { type: 'validation_error', code: 'invalid_input', detail: 'Not like this.', attr }
    posthog.faults.on({ kind: 'answer', status: 400, body, method: 'PATCH', times: 1 })
    const id = name === 'updateExperiment' ? await linked.experimentId(1) : plain
    expect(await mutate(name, { id, ...input })).toMatchObject({
      __typename: 'ValidationError',
      fieldErrors: [{ path, message: 'Not like this.' }],
    })
    expect(await differences()).toEqual({})
  })
})

describe('a flag with encrypted payloads', () => {
  it('keeps them through other changes, and no plain text comes here', async () => {
    const there = () => flagThere('secret')
    const id = await flagId(there().id)
    const filters = { groups: [{ properties: [], rollout_percentage: 40 }] }
    expect(await mutate('updateFeatureFlag', { id, name: 'Settings', filters })).toMatchObject({ __typename: 'FeatureFlag' })
    expect(there()).toMatchObject({ name: 'Settings', filters: { ...filters, payloads: { true: secret } }, has_encrypted_payloads: true })
    const [patch] = posthog.requests.where({ method: 'PATCH', path: `feature_flags/${there().id}/` }).slice(-1)
    expect(patch?.body).not.toContain('payload')
    const refused = await mutate('updateFeatureFlag', { id, filters: { ...filters, payloads: { true: '"mine"' } } })
    expect(refused).toMatchObject({ __typename: 'ValidationError', fieldErrors: [{ path: ['filters', 'payloads', 'true'] }] })
    const stored = await linked.flagOf(there().id)
    expect(stored.filters).toMatchObject({ payloads: { true: '********* (encrypted)' } })
    expect(await differences()).toEqual({})
    const kept = JSON.stringify([await db.featureFlag.findMany(), await db.activity.findMany(), await db.linkOperation.findMany(), lines])
    expect(kept).not.toContain('the-secret-payload')
  })
})

describe('a new experiment that PostHog made, and whose new flag cannot be read', () => {
  it('is not told as refused, and is here once as soon as PostHog can be read', async () => {
    const fault = posthog.faults.on({ kind: 'unavailable', method: 'GET', on: /feature_flags\/\d+\// })
    const made = await mutate('createExperiment', { projectId, name: 'Half here', featureFlagKey: 'half-here' })
    expect(made.__typename).toBeUndefined()
    expect(made.errors).toMatchObject([{ message: expect.stringContaining('not known'), extensions: { code: 'UPSTREAM_UNAVAILABLE' } }])
    expect(state.experiments.where((row) => row.name === 'Half here')).toHaveLength(1)
    fault.off()
    await linked.follow()
    await linked.follow()
    expect(await db.experiment.findMany({ where: { name: 'Half here' }, include: { featureFlag: true } })).toMatchObject([
      { featureFlag: { key: 'half-here', importedId: flagThere('half-here').id } },
    ])
  })
})
