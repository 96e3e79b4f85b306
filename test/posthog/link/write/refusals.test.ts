import { afterEach, describe, expect, it } from 'vitest'
import { linkedServer } from '../../../support/linkedServer.ts'
import { recordingLog } from '../../../support/recordingLog.ts'
import { controlAndTest } from '../../../support/seed.ts'

const { log, lines } = recordingLog()
const linked = await linkedServer({
  log,
  fill: ({ person }) => {
    person.createFlag({ key: 'plain', name: 'Plain' })
    person.createFlag({ key: 'guarded', name: 'Guarded', active: false })
    person.createFlag({ key: 'of-draft', filters: { ...controlAndTest, payloads: {} }, active: false })
    person.createExperiment({ name: 'draft', feature_flag_key: 'of-draft' })
  },
})
const { posthog, mutate, differences, flagId, db } = linked
const { state } = posthog
const projectId = String(linked.project.id)
const flagThere = (key: string) => {
  const [flag] = state.flags.where((row) => row.key === key)
  if (flag === undefined) throw new Error(`PostHog has no flag ${key}.`)
  return flag
}
const plain = await flagId(flagThere('plain').id)
const draft = await linked.experimentId(1)
afterEach(() => posthog.faults.allOff())

describe('refusals of PostHog', () => {
  const answer = (status: number, body: object) => posthog.faults.on({ kind: 'answer', status, body, method: 'PATCH', times: 1 })

  it('of a field become errors of our input', async () => {
    answer(400, { type: 'validation_error', code: 'invalid_input', detail: 'Too many.', attr: 'filters__groups__0__rollout_percentage' })
    const filters = { groups: [{ properties: [], rollout_percentage: 20 }] }
    expect(await mutate('updateFeatureFlag', { id: plain, filters })).toMatchObject({
      __typename: 'ValidationError',
      fieldErrors: [{ path: ['filters', 'groups', '0', 'rollout_percentage'], message: 'Too many.' }],
    })
    answer(400, { type: 'validation_error', code: 'unique', detail: 'Taken.', attr: 'key' })
    expect(await mutate('updateFeatureFlag', { id: plain, key: 'another' })).toMatchObject({
      fieldErrors: [{ path: ['key'], code: 'unique' }],
    })
    expect(await differences()).toEqual({})
  })

  it('of the state become an InvalidStateError', async () => {
    posthog.person.act(1, 'launch')
    const result = await mutate('launchExperiment', { id: draft })
    expect(result).toMatchObject({ __typename: 'InvalidStateError', message: 'Experiment has already been launched.' })
  })

  it('of a missing scope name it', async () => {
    answer(403, {
      ...{ type: 'authentication_error', code: 'permission_denied', attr: null },
      detail: "API key missing required scope 'feature_flag:write'",
    })
    const result = await mutate('updateFeatureFlag', { id: plain, name: 'New' })
    expect(result).toMatchObject({ __typename: 'PermissionDeniedError', message: expect.stringContaining('feature_flag:write') })
  })

  it('of an unknown row become a NotFoundError', async () => {
    answer(404, { type: 'invalid_request', code: 'not_found', detail: 'Not found.', attr: null })
    expect(await mutate('updateFeatureFlag', { id: plain, name: 'New' })).toMatchObject({ __typename: 'NotFoundError' })
  })

  it('of values that somebody else changed in between are a conflict, which names nobody', async () => {
    const { id, version } = flagThere('plain')
    posthog.faults.on({
      ...{ kind: 'meanwhile', method: 'PATCH', times: 1 },
      before: () => void posthog.person.updateFlag(id, { name: 'Theirs' }),
    })
    const result = await mutate('updateFeatureFlag', { id: plain, name: 'Mine' })
    expect(result).toMatchObject({ __typename: 'VersionConflictError', expectedVersion: version, currentVersion: (version ?? 0) + 1 })
    expect(JSON.stringify(result)).not.toContain('@')
    expect(await differences()).toEqual({})
  })

  it('for too many requests say when to come back, and change nothing', async () => {
    posthog.faults.on({ kind: 'throttled', seconds: 17, method: 'PATCH' })
    const { errors } = await mutate('updateFeatureFlag', { id: plain, name: 'Later' })
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfter: 17 } }])
    await db.upstreamBudget.updateMany({ data: { blockedUntil: null } })
    expect(await differences()).toEqual({})
  })
})

describe('answers that are lost', () => {
  for (const kind of ['serverErrorAfterWrite', 'droppedAfterWrite'] as const) {
    it(`(${kind}) are found by reading, and nothing is doubled`, async () => {
      posthog.faults.on({ kind, method: 'PATCH', times: 1 })
      const { version } = flagThere('plain')
      expect(await mutate('updateFeatureFlag', { id: plain, name: `After ${kind}` })).toMatchObject({ __typename: 'FeatureFlag' })
      expect(flagThere('plain')).toMatchObject({ name: `After ${kind}`, version: (version ?? 0) + 1 })
      posthog.faults.on({ kind, method: 'POST', times: 1 })
      expect(await mutate('createFeatureFlag', { projectId, key: `made-${kind}` })).toMatchObject({ __typename: 'FeatureFlag' })
      posthog.faults.on({ kind, method: 'POST', times: 1 })
      const experiment = { projectId, name: `Made ${kind}`, featureFlagKey: `for-${kind}` }
      expect(await mutate('createExperiment', experiment)).toMatchObject({ __typename: 'Experiment' })
      expect(state.experiments.where(({ name }) => name === experiment.name)).toHaveLength(1)
      expect(await differences()).toEqual({})
    })
  }

  it('of a write that was not carried out end with nothing changed', async () => {
    posthog.faults.on({ kind: 'serverError', method: 'POST' })
    const { errors } = await mutate('createExperiment', { projectId, name: 'Never made', featureFlagKey: 'never-made' })
    expect(errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_UNAVAILABLE' }, message: expect.stringContaining('Nothing was written') },
    ])
    posthog.faults.allOff()
    expect(state.experiments.where(({ name }) => name === 'Never made')).toEqual([])
    expect(await differences()).toEqual({})
  })

  it('that cannot be cleared up keep the operation open, until the next write reads first', async () => {
    const flag = { ...flagThere('guarded') }
    const id = await flagId(flag.id)
    // PostHog makes the change, and is gone when it should be read.
    let reads = { off: () => {} }
    const gone = () => {
      reads = posthog.faults.on({ kind: 'serverError', method: 'GET', on: `feature_flags/${flag.id}/` })
    }
    posthog.faults.on({ kind: 'meanwhile', method: 'PATCH', times: 1, before: gone })
    posthog.faults.on({ kind: 'droppedAfterWrite', method: 'PATCH', times: 1 })
    const lost = await mutate('updateFeatureFlag', { id, name: 'Cleared up' })
    expect(lost.errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfter: expect.any(Number) }, message: expect.stringContaining('not known') },
    ])
    expect(await db.linkOperation.findMany({ where: { state: 'unknown' } })).toMatchObject([{ command: 'updateFeatureFlag' }])
    reads.off()
    expect(await mutate('updateFeatureFlag', { id, tags: ['later'] })).toMatchObject({ __typename: 'FeatureFlag' })
    expect(flagThere('guarded')).toMatchObject({ name: 'Cleared up', tags: ['later'], version: (flag.version ?? 0) + 2 })
    expect(await db.linkOperation.count({ where: { state: { in: ['sent', 'unknown'] } } })).toBe(0)
    expect(await differences()).toEqual({})
  })
})

describe('approvals of PostHog', () => {
  it('become an ApprovalRequiredError with the request of PostHog, which is decided there', async () => {
    const approver = posthog.addUser()
    posthog.person.createPolicy({
      action_key: 'feature_flag.enable',
      approver_config: { quorum: 1, users: [posthog.owner.id, approver.id] },
      allow_self_approve: true,
    })
    const id = await flagId(flagThere('guarded').id)
    const required = await mutate('updateFeatureFlag', { id, active: true })
    expect(required).toMatchObject({ __typename: 'ApprovalRequiredError', changeRequest: { state: 'PENDING' } })
    expect(flagThere('guarded').active).toBe(false)
    expect(await mutate('updateFeatureFlag', { id, active: true })).toMatchObject({
      __typename: 'ChangeRequestPendingError',
      changeRequest: { id: required.changeRequest.id },
    })
    const fields = '... on ApproveChangeRequestSuccess { changeRequest { state } outcome { __typename } }'
    const approved = await mutate('approveChangeRequest', { id: required.changeRequest.id }, { fields })
    expect(approved).toMatchObject({ changeRequest: { state: 'APPLIED' }, outcome: { __typename: 'ChangeApplied' } })
    expect(flagThere('guarded').active).toBe(true)
    expect(await differences()).toEqual({})
    const again = await mutate('approveChangeRequest', { id: required.changeRequest.id })
    expect(again.errors).toBeUndefined()
    expect(again.__typename).not.toBe('ApproveChangeRequestSuccess')
  })

  it('are rejected and cancelled there', async () => {
    const id = await flagId(flagThere('guarded').id)
    posthog.person.updateFlag(flagThere('guarded').id, { active: false })
    const first = await mutate('updateFeatureFlag', { id, active: true })
    const rejected = await mutate(
      'rejectChangeRequest',
      { id: first.changeRequest.id, reason: 'No' },
      { fields: '... on ChangeRequest { after: state }' },
    )
    expect(rejected).toMatchObject({ __typename: 'ChangeRequest' })
    const second = await mutate('updateFeatureFlag', { id, active: true })
    const canceled = await mutate(
      'cancelChangeRequest',
      { id: second.changeRequest.id },
      { fields: '... on ChangeRequest { after: state }' },
    )
    expect(canceled).toMatchObject({ __typename: 'ChangeRequest', after: 'CANCELED' })
  })
})

describe('keys', () => {
  it('of the viewer are used for their writes', async () => {
    const user = posthog.addUser()
    const key = posthog.addKey(user)
    expect(await mutate('storeUpstreamKey', { projectId, key: key.token }, { as: linked.memberKey })).toMatchObject({
      __typename: 'Project',
    })
    await mutate('updateFeatureFlag', { id: plain, name: 'By the member' }, { as: linked.memberKey })
    expect(flagThere('plain').last_modified_by).toBe(user.id)
    const entry = await db.activity.findFirst({ where: { activity: 'updateFeatureFlag', userId: linked.member.id } })
    expect(entry?.detail).toBe('Made in PostHog.')
    const { token } = posthog.addKey(user, { scopes: ['feature_flag:read', 'project:read', 'user:read'] })
    await mutate('storeUpstreamKey', { projectId, key: token }, { as: linked.memberKey })
    const refused = await mutate('updateFeatureFlag', { id: plain, name: 'Not allowed' }, { as: linked.memberKey })
    expect(refused).toMatchObject({ __typename: 'PermissionDeniedError', message: expect.stringContaining("'feature_flag:write'") })
    expect(await mutate('removeUpstreamKey', { projectId }, { as: linked.memberKey })).toMatchObject({ __typename: 'Project' })
  })

  it('of the viewer are at fault if PostHog refuses them, also for what is read before a write', async () => {
    const user = posthog.addUser()
    const key = posthog.addKey(user)
    const store = (token: string) => mutate('storeUpstreamKey', { projectId, key: token }, { as: linked.memberKey })
    const change = () => mutate('updateFeatureFlag', { id: plain, name: 'Not allowed' }, { as: linked.memberKey })
    await store(key.token)
    key.revoked = true
    const refused = { __typename: 'PermissionDeniedError', message: expect.stringContaining('PostHog refuses your key') }
    expect(await change()).toMatchObject(refused)
    expect(await mutate('resetExperiment', { id: draft }, { as: linked.memberKey })).toMatchObject(refused)
    await store(posthog.addKey(user, { scopes: ['experiment:write', 'project:read', 'user:read'] }).token)
    const missing = expect.stringMatching(/^Your key .*'feature_flag:read'/)
    expect(await change()).toMatchObject({ __typename: 'PermissionDeniedError', message: missing })
    await mutate('removeUpstreamKey', { projectId }, { as: linked.memberKey })
  })

  it('are in no line of the log, and in no answer', async () => {
    const wrong = await linked.run(
      linked.key,
      'mutation ($input: StoreUpstreamKeyInput!) { storeUpstreamKey(input: $input) { __typename } }',
      {
        input: { key: posthog.key.token },
      },
    )
    const { data } = await linked.run(linked.key, `{ project(id: ${projectId}) { link { keyMask viewerHasKey lastError } } }`)
    expect(data.project.link.keyMask).toMatch(/^phx_….{4}$/)
    for (const { token } of state.keys.values()) {
      expect(JSON.stringify(lines)).not.toContain(token)
      expect(JSON.stringify(wrong)).not.toContain(token)
    }
    const stored = [
      await db.projectLink.findMany(),
      await db.upstreamKey.findMany(),
      await db.linkOperation.findMany(),
      await db.activity.findMany(),
    ]
    for (const { token } of state.keys.values()) expect(JSON.stringify(stored)).not.toContain(token)
  })
})
