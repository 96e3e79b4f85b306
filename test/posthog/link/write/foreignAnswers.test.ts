import { afterEach, describe, expect, it } from 'vitest'
import { linkedServer } from '../../../support/linkedServer.ts'
import { foreignAnswers } from '../../../support/posthog/foreignAnswers.ts'
import { controlAndTest } from '../../../support/seed.ts'
import { globalId } from '../../../support/testServer.ts'

// What a proxy answers to a write in place of PostHog. It refuses nothing and does nothing: only reading says what there is.

const linked = await linkedServer({
  fill: ({ person, owner }) => {
    person.createFlag({ key: 'plain', name: 'Plain' })
    person.createFlag({ key: 'guarded', active: false })
    person.createFlag({ key: 'tested', filters: { ...controlAndTest, payloads: {} }, active: false })
    person.createExperiment({ name: 'tested', feature_flag_key: 'tested' })
    person.createHoldout('Holdout', 5)
    person.createPolicy({
      action_key: 'feature_flag.enable',
      approver_config: { quorum: 1, users: [owner.id] },
      allow_self_approve: true,
    })
  },
})
const { posthog, mutate, differences, db } = linked
const { state } = posthog
const projectId = String(linked.project.id)
const plain = await linked.flagId(1)
const tested = await linked.experimentId(1)
const holdout = globalId('Holdout', (await db.holdout.findFirstOrThrow()).id)
const required = await mutate('updateFeatureFlag', { id: await linked.flagId(2), active: true })
for (const policy of state.policies.where(() => true)) state.policies.remove(policy)
const rowsThere = () =>
  JSON.stringify([state.flags, state.experiments, state.holdouts, state.changeRequests].map((table) => table.where(() => true)))
afterEach(() => posthog.faults.allOff())

const writes: readonly (readonly [string, string, object])[] = [
  ['updateFeatureFlag', 'PATCH', { id: plain, name: 'Renamed' }],
  ['createFeatureFlag', 'POST', { projectId, key: 'made' }],
  ['createExperiment', 'POST', { projectId, name: 'Made', featureFlagKey: 'made-tested' }],
  ['launchExperiment', 'POST', { id: tested }],
  ['deleteHoldout', 'DELETE', { id: holdout }],
  ['approveChangeRequest', 'POST', { id: required.changeRequest.id }],
]

describe.each(foreignAnswers)('after %s', (_name, fault) => {
  it.each(writes)('%s is not told as refused, nor as done', async (name, method, input) => {
    const before = rowsThere()
    const active = posthog.faults.on({ ...fault, method })
    const { __typename, errors } = await mutate(name, input)
    expect({ __typename, errors }).toMatchObject({
      __typename: undefined,
      errors: [
        {
          extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfter: 5 },
          message: expect.stringMatching(/^PostHog answers in a form.*Nothing was written\.$/),
        },
      ],
    })
    expect(active.hits).toBeGreaterThan(0)
    posthog.faults.allOff()
    expect(rowsThere()).toBe(before)
    expect(await db.linkOperation.count({ where: { state: { in: ['sent', 'unknown'] } } })).toBe(0)
    expect(await differences()).toEqual({})
  })

  it('a write that may be repeated is made once', async () => {
    const { version } = posthog.person.flag(1)
    posthog.faults.on({ ...fault, method: 'PATCH', times: 1 })
    expect(await mutate('updateFeatureFlag', { id: plain, name: JSON.stringify(fault) })).toMatchObject({ __typename: 'FeatureFlag' })
    expect(posthog.person.flag(1)).toMatchObject({ name: JSON.stringify(fault), version: (version ?? 0) + 1 })
  })
})

describe('other JSON after a write that was done', () => {
  it.each(writes)('does not hide what %s did', async (name, method, input) => {
    posthog.faults.on({ kind: 'otherBody', body: { status: 'ok' }, method, times: 1 })
    posthog.faults.on({ kind: 'otherBody', body: { status: 'ok' }, method, times: 1 })
    expect(await mutate(name, input)).toMatchObject({ __typename: expect.not.stringContaining('Error'), errors: undefined })
    expect(await differences()).toEqual({})
  })
})
