import { afterEach, describe, expect, it, vi } from 'vitest'
import { linkedServer } from '../../../support/linkedServer.ts'
import { patience } from '../../../support/patience.ts'
import { controlAndTest } from '../../../support/seed.ts'
import { globalId } from '../../../support/testServer.ts'

// PostHog has made a change, and its answer is under way, while following reads the same change.

const linked = await linkedServer({
  // The answer is held while rounds are followed.
  timeoutSeconds: 60,
  fill: ({ person, rows }) => {
    person.createFlag({ key: 'plain' })
    person.createFlag({ key: 'of-draft', filters: { ...controlAndTest, payloads: {} }, active: false })
    person.createExperiment({ name: 'draft', feature_flag_key: 'of-draft' })
    person.createHoldout('Holdout', 10)
    rows.savedMetric({ name: 'Orders' })
  },
})
const { posthog, mutate, follow, differences, db, project, time } = linked
const projectId = globalId('Project', project.id)
afterEach(() => posthog.faults.allOff())

const tables = { Holdout: db.holdout, SavedMetric: db.savedMetric, ApprovalPolicy: db.approvalPolicy }
const idOf = async (type: keyof typeof tables) => {
  const find = tables[type].findFirstOrThrow as () => Promise<{ id: number }>
  return globalId(type, (await find()).id)
}
const entries = async () =>
  (await db.activity.findMany({ where: { projectId: project.id }, orderBy: { id: 'asc' } })).map(({ activity }) => activity)

describe('a change that is followed before its answer is here', () => {
  it.each([
    ['updateFeatureFlag', async () => ({ id: await linked.flagId(1), name: 'Renamed' })],
    ['createFeatureFlag', async () => ({ projectId, key: 'new' })],
    ['launchExperiment', async () => ({ id: await linked.experimentId(1) })],
    ['updateHoldout', async () => ({ id: await idOf('Holdout'), name: 'Other' })],
    ['createSavedMetric', async () => ({ projectId, name: 'Visits', metric: { mean: { source: { event: 'visit' } } } })],
    ['deleteSavedMetric', async () => ({ id: await idOf('SavedMetric') })],
    [
      'createApprovalPolicy',
      async () => ({
        ...{ projectId, actionKey: 'FEATURE_FLAG_ENABLE', quorum: 1 },
        approverUserIds: [globalId('User', linked.admin.id)],
      }),
    ],
    ['updateApprovalPolicy', async () => ({ id: await idOf('ApprovalPolicy'), enabled: false })],
    ['deleteApprovalPolicy', async () => ({ id: await idOf('ApprovalPolicy') })],
  ])('has one entry: %s', async (name, input) => {
    const before = (await entries()).length
    const held = posthog.faults.on({
      kind: 'answerHeld',
      on: /^(?!.*query).*$/,
      method: name.startsWith('update') ? 'PATCH' : name.startsWith('delete') ? 'DELETE' : 'POST',
      times: 1,
    })
    const mutation = mutate(name, await input())
    await held.reached()
    // All lists are due, and twice, because what is gone must be missing twice.
    for (let rounds = 0; rounds < 2; rounds++) {
      time.now = new Date(time.now.getTime() + 50_000)
      await db.projectLink.updateMany({ data: { resyncRequestedAt: time.now } })
      await follow()
    }
    expect((await entries()).slice(before)).toEqual([])
    held.open()
    const result = await mutation
    expect(result.errors ?? []).toEqual([])
    await follow()
    await db.projectLink.updateMany({ data: { resyncRequestedAt: time.now } })
    await follow()
    expect((await entries()).slice(before)).toEqual([name])
    expect(await differences()).toEqual({})
  })

  it('is finished when the time of its request is up, which says so', async () => {
    const hurried = linked.serverOn(linked, { requestTimeoutMs: 5_000 })
    const held = posthog.faults.on({ kind: 'answerHeld', method: 'PATCH', times: 1 })
    const response = hurried.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${linked.key}` },
      body: JSON.stringify({
        query: `mutation { updateFeatureFlag(input: { id: "${await linked.flagId(1)}", name: "Late" }) { __typename } }`,
      }),
    })
    await held.reached()
    const { errors } = await (await response).json()
    expect(errors).toEqual([
      {
        message:
          'The request took longer than 5 seconds, and was cancelled. A change that was sent to PostHog is finished there. Look before you try again.',
        extensions: { code: 'TIMEOUT', timeout: 'REQUEST' },
      },
    ])
    held.open()
    await vi.waitFor(async () => expect(await linked.flagOf(1)).toMatchObject({ name: 'Late' }), patience)
    expect((await entries()).at(-1)).toBe('updateFeatureFlag')
  })

  it('is followed if its server was killed', async () => {
    const before = (await entries()).length
    posthog.person.updateFlag(1, { name: 'Lost' })
    const operation = {
      projectId: project.id,
      command: 'updateFeatureFlag',
      input: {},
      requestSummary: '',
      resource: `feature_flags/${(await linked.flagOf(1)).id}`,
    }
    await db.linkOperation.create({ data: { ...operation, createdAt: time.now } })
    const pass = (seconds: number) => {
      time.now = new Date(time.now.getTime() + seconds * 1_000)
    }
    // Its own server would have given it up after two minutes: LINK_TIMEOUT_SECONDS is 60.
    pass(125)
    await follow()
    expect((await entries()).slice(before)).toEqual([])
    expect(await linked.server.settleOperations()).toEqual({ settled: 0, errors: 0 })
    pass(11)
    await follow()
    expect((await entries()).slice(before)).toEqual(['posthog.update'])
    expect(await linked.server.settleOperations()).toEqual({ settled: 1, errors: 0 })
  })

  it('is given up by its own server before others take it for lost', async () => {
    const hurried = linked.serverOn(linked, { linkTimeoutSeconds: 1 })
    const write = posthog.faults.on({ kind: 'answerHeld', method: 'PATCH' })
    const response = hurried.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${linked.key}` },
      body: JSON.stringify({
        query: `mutation { updateFeatureFlag(input: { id: "${await linked.flagId(1)}", name: "Slow" }) { __typename } }`,
      }),
    })
    await write.reached()
    const looks = posthog.faults.on({ kind: 'held', method: 'GET', on: 'feature_flags' })
    expect((await (await response).json()).errors).toMatchObject([{ message: expect.stringContaining('not known') }])
    // The first look hangs, and there is no time for another.
    expect([write.hits, looks.hits]).toEqual([1, 1])
    expect(await db.linkOperation.count({ where: { state: 'sent' } })).toBe(0)
    expect(await db.linkOperation.count({ where: { state: 'unknown' } })).toBe(1)
    posthog.faults.allOff()
    expect(await linked.server.settleOperations()).toEqual({ settled: 1, errors: 0 })
    expect(await linked.flagOf(1)).toMatchObject({ name: 'Slow' })
    expect(await differences()).toEqual({})
  })
})
