import { describe, expect, it } from 'vitest'
import { linkedServer } from '../../../support/linkedServer.ts'
import { controlAndTest } from '../../../support/seed.ts'
import { globalId } from '../../../support/testServer.ts'

const linked = await linkedServer({
  mode: 'MIRROR',
  fill: ({ person, rows }) => {
    person.createFlag({ key: 'of-draft', filters: { ...controlAndTest, payloads: {} }, active: false })
    person.createExperiment({ name: 'draft', feature_flag_key: 'of-draft' })
    person.createHoldout('Holdout', 10)
    rows.savedMetric({ name: 'Revenue' })
    rows.flag({ key: 'Odd key that cannot be stored', name: 'x', filters: [] as never })
  },
})
const { posthog, mutate, db, run, key } = linked
const projectId = String(linked.project.id)

describe('a mirror', () => {
  it('refuses what is mirrored, says where to change it, and writes nothing', async () => {
    const id = await linked.flagId(1)
    posthog.requests.clear()
    const refused = await mutate('updateFeatureFlag', { id, name: 'New' })
    expect(refused).toMatchObject({
      __typename: 'LinkedReadOnlyError',
      code: 'LINKED_READ_ONLY',
      reason: 'MIRROR',
      url: `${posthog.origin}/project/1/feature_flags/1`,
      remedy: expect.stringContaining('updateProjectLink'),
    })
    const experiment = await linked.experimentId(1)
    const metric = { mean: { source: { event: 'purchase' } } }
    for (const [name, input] of [
      ['createFeatureFlag', { projectId, key: 'new' }],
      ['launchExperiment', { id: experiment }],
      ['createExperiment', { projectId, name: 'New', featureFlagKey: 'new' }],
      ['createHoldout', { projectId, name: 'New', exclusionPercentage: 5 }],
      ['createSavedMetric', { projectId, name: 'New', metric }],
      ['updateProjectSettings', { projectId, requireTags: true }],
      [
        'createApprovalPolicy',
        { projectId, actionKey: 'FEATURE_FLAG_ENABLE', quorum: 1, approverUserIds: [globalId('User', linked.admin.id)] },
      ],
    ] as const) {
      expect(await mutate(name, input)).toMatchObject({ __typename: 'LinkedReadOnlyError', reason: 'MIRROR' })
    }
    expect(posthog.requests.all).toEqual([])
    expect(await db.activity.count({ where: { activity: { notIn: ['linkProject'] } } })).toBe(0)
    expect(await db.savedMetric.count()).toBe(1)
    expect(await db.approvalPolicy.count()).toBe(0)
  })

  it('shows its link and what was skipped', async () => {
    const { data, errors } = await run(
      key,
      `{ project(id: ${projectId}) { link {
        mode host upstreamProjectId state localApprovals keyMask lag behindBy lastError lastSyncAt progress { rows }
        skipped(first: 5) { totalCount nodes { kind upstreamId reason seenAt } pageInfo { hasNextPage endCursor } }
      } } }`,
    )
    expect(errors).toBeUndefined()
    expect(data.project.link).toMatchObject({
      ...{
        mode: 'MIRROR',
        host: posthog.origin,
        upstreamProjectId: 1,
        state: 'FOLLOWING',
        localApprovals: false,
        lastError: null,
        progress: null,
      },
      skipped: { totalCount: 1, nodes: [{ kind: 'feature_flags', reason: expect.stringContaining('filters') }] },
    })
  })

  it('is changed by admins only, and each change leaves an entry', async () => {
    const denied = await mutate('updateProjectLink', { projectId, mode: 'WRITE_THROUGH' }, { as: linked.memberKey })
    expect(denied).toMatchObject({ __typename: 'PermissionDeniedError' })
    expect(await mutate('updateProjectLink', { projectId, mode: 'WRITE_THROUGH' })).toMatchObject({ __typename: 'Project' })
    expect(await mutate('updateFeatureFlag', { id: await linked.flagId(1), name: 'New' })).toMatchObject({ __typename: 'FeatureFlag' })
    const wrong = await mutate('updateProjectLink', { projectId, key: 'phx_wrongwrongwrong' })
    expect(wrong).toMatchObject({ __typename: 'ValidationError', fieldErrors: [{ path: ['key'] }] })
    expect(JSON.stringify(wrong)).not.toContain('wrongwrong')
    expect(await mutate('resyncProject', { projectId })).toMatchObject({ __typename: 'Project' })
    const second = { projectId, host: posthog.origin, upstreamProjectId: 1, key: posthog.key.token }
    expect(await mutate('linkProject', second)).toMatchObject({ __typename: 'InvalidStateError' })
    const checked = await mutate(
      'linkProject',
      { ...second, checkOnly: true },
      {
        fields:
          '... on LinkProjectSuccess { linked check { upstreamProjectName keyOwner permissions { kind canRead canWrite missingReadScope } } }',
      },
    )
    expect(checked).toMatchObject({
      linked: false,
      check: {
        keyOwner: posthog.owner.email,
        permissions: expect.arrayContaining([{ kind: 'feature flags', canRead: true, canWrite: true, missingReadScope: null }]),
      },
    })
    const nowhere = await mutate('linkProject', { ...second, upstreamProjectId: 99, checkOnly: true })
    expect(nowhere).toMatchObject({ __typename: 'ValidationError', fieldErrors: [{ path: ['upstreamProjectId'] }] })
    const misspelt = await mutate('linkProject', { ...second, host: 'https://posthog.invalid', checkOnly: true })
    expect(misspelt).toMatchObject({ __typename: 'ValidationError', fieldErrors: [{ path: ['host'] }] })
    const odd = { fieldErrors: [{ path: ['key'], message: 'Must be ASCII characters without spaces.' }] }
    for (const text of ['phx_a\r\nb: c', 'phx_Ā'])
      expect(await mutate('linkProject', { ...second, key: text, checkOnly: true })).toMatchObject(odd)
    // A host that is silent is told of before the time of the request is up.
    const hurried = linked.serverOn(linked, { requestTimeoutMs: 10_000 })
    posthog.faults.on({ kind: 'held' })
    const response = await hurried.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({
        query: 'mutation ($input: LinkProjectInput!) { linkProject(input: $input) { __typename } }',
        variables: { input: { ...second, checkOnly: true } },
      }),
    })
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }] })
    posthog.faults.allOff()
    expect(await mutate('unlinkProject', { projectId })).toMatchObject({ __typename: 'Project' })
    expect(await mutate('unlinkProject', { projectId })).toMatchObject({ __typename: 'NotFoundError' })
    const entries = await db.activity.findMany({ where: { resourceType: 'PROJECT_SETTINGS' }, orderBy: { id: 'asc' } })
    expect(entries.map(({ activity }) => activity)).toEqual(['linkProject', 'updateProjectLink', 'unlinkProject'])
    expect(await mutate('updateFeatureFlag', { id: await linked.flagId(1), name: 'Own' })).toMatchObject({ __typename: 'FeatureFlag' })
  })
})
