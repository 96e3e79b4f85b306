import { isDeepStrictEqual } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { linkedServer } from '../../../support/linkedServer.ts'
import type { Misbehaviour } from '../../../support/posthog/server/faults.ts'
import { controlAndTest } from '../../../support/seed.ts'
import { globalId } from '../../../support/testServer.ts'

// Faults × writes that others rarely make. What is answered is true, nothing is doubled, and nothing is lost.

const linked = await linkedServer({
  timeoutSeconds: 2,
  fill: ({ person, rows }) => {
    rows.prompt('greeter', 'Hello')
    person.createFlag({ key: 'running', active: false, filters: { ...controlAndTest, payloads: {} } })
    person.createExperiment({ name: 'running', feature_flag_key: 'running' })
    person.act(1, 'launch')
  },
})
const { posthog, mutate, follow, differences, db, project, time } = linked
const { state } = posthog
const projectId = String(project.id)
const running = await linked.experimentId(1)
// Only the latest version of a prompt is in the list, and the one before it stays here.
posthog.rows.prompt('greeter', 'Hi')
time.now = new Date(time.now.getTime() + 301_000)
await follow()
const approverUserIds = [globalId('User', linked.admin.id)]
afterEach(async () => {
  posthog.faults.allOff()
  await db.upstreamBudget.updateMany({ data: { blockedUntil: null } })
})

/** PostHog does the work, and does not say so. */
const afterWork: readonly (readonly [string, Misbehaviour])[] = [
  ['is lost', { kind: 'droppedAfterWrite' }],
  ['is a 500', { kind: 'serverErrorAfterWrite' }],
  ['is cut off', { kind: 'cut' }],
  ['is cut off, and looks whole', { kind: 'cut', clean: true, bytes: 40 }],
  ['takes too long', { kind: 'answerHeld' }],
]
/** PostHog does nothing. */
const beforeWork: readonly (readonly [string, Misbehaviour])[] = [
  ['is lost', { kind: 'dropped' }],
  ['meets a 500', { kind: 'serverError' }],
  ['meets a 503', { kind: 'unavailable' }],
  ['meets the page of a proxy with 502', { kind: 'html', status: 502 }],
  ['meets the page of a proxy with 404', { kind: 'html', status: 404 }],
  ['is one of too many', { kind: 'throttled', seconds: 30 }],
]

interface Write {
  name: string
  method: 'POST' | 'PATCH' | 'DELETE'
  /** Whether it is sent again, once reading has shown that it was not carried out. */
  repeatable: boolean
  /** Makes what it needs, and returns its input. */
  input(): Promise<object>
  /** What PostHog has then, of what it changes. */
  there(): unknown
  /** How that looks once it is carried out. */
  done: unknown
}

let number = 0
const promptInput = () => ({
  projectId,
  promptName: 'greeter',
  versions: [1, 2],
  templates: ['COST'],
  name: `Prompt ${number}`,
  featureFlagKey: `prompt-${number}`,
})
const policiesThere = () =>
  state.policies.where(() => true).map(({ action_key, enabled, approver_config: { quorum } }) => ({ action_key, enabled, quorum }))
const policy = { projectId, actionKey: 'FEATURE_FLAG_ENABLE', quorum: 1, approverUserIds }
async function madePolicy(): Promise<{ id: string }> {
  const { id } = await mutate('createApprovalPolicy', policy)
  return { id }
}
const stored = { action_key: 'feature_flag.enable', enabled: true, quorum: 1 }

const writes: readonly Write[] = [
  {
    ...{ name: 'createExperimentFromPrompt', method: 'POST', repeatable: false },
    input: async () => {
      number++
      return promptInput()
    },
    there: () => [
      state.experiments.where(({ name }) => name === `Prompt ${number}`).length,
      state.flags.where(({ key }) => key === `prompt-${number}`).length,
    ],
    done: [1, 1],
  },
  {
    ...{ name: 'createApprovalPolicy', method: 'POST', repeatable: true },
    input: async () => policy,
    there: policiesThere,
    done: [stored],
  },
  {
    ...{ name: 'updateApprovalPolicy', method: 'PATCH', repeatable: true },
    input: async () => ({ ...(await madePolicy()), enabled: false }),
    there: policiesThere,
    done: [{ ...stored, enabled: false }],
  },
  { ...{ name: 'deleteApprovalPolicy', method: 'DELETE', repeatable: true }, input: madePolicy, there: policiesThere, done: [] },
]

const entries = (activity: string) => db.activity.count({ where: { projectId: project.id, activity } })
/** The policies here, in the form of those there. */
const policiesHere = async () =>
  (await db.approvalPolicy.findMany({ where: { projectId: project.id } })).map(({ enabled, quorum }) => ({ ...stored, enabled, quorum }))

async function expectEqual(): Promise<void> {
  expect(await differences()).toEqual({})
  expect(await policiesHere()).toEqual(policiesThere())
  expect(await db.linkOperation.count({ where: { state: { in: ['sent', 'unknown'] } } })).toBe(0)
}

/** Clears up what is not known, and follows twice: what is gone must be missing twice. */
async function clearUp(): Promise<void> {
  posthog.faults.allOff()
  await db.upstreamBudget.updateMany({ data: { blockedUntil: null } })
  await linked.server.settleOperations()
  for (let rounds = 0; rounds < 2; rounds++) {
    time.now = new Date(time.now.getTime() + 11_000)
    await follow()
  }
}

async function removePolicies(): Promise<void> {
  for (const row of state.policies.where(() => true)) state.policies.remove(row)
  await db.approvalPolicy.deleteMany()
}

describe.each(writes)('$name', ({ name, method, repeatable, input, there, done }) => {
  it.each(afterWork)('whose answer %s is told as done, and made once', async (_name, fault) => {
    const given = await input()
    const before = await entries(name)
    posthog.faults.on({ ...fault, method, times: 1 })
    expect(await mutate(name, given)).toMatchObject({ __typename: expect.not.stringContaining('Error'), errors: undefined })
    expect(there()).toEqual(done)
    expect(await entries(name)).toBe(before + 1)
    await expectEqual()
    posthog.faults.allOff()
    await removePolicies()
  })

  it.each(beforeWork)('that %s once is told truly, and made once at most', async (_name, fault) => {
    const given = await input()
    const before = [await entries(name), there()]
    posthog.faults.on({ ...fault, method, times: 1 })
    const { __typename, errors } = await mutate(name, given)
    const isDone = errors === undefined
    if (isDone) expect(__typename).not.toContain('Error')
    else expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }])
    if (repeatable && fault.kind !== 'throttled') expect(isDone).toBe(true)
    expect(isDeepStrictEqual(there(), done)).toBe(isDone)
    expect(await entries(name)).toBe(Number(before[0]) + Number(isDone))
    if (!isDone) expect(there()).toEqual(before[1])
    await clearUp()
    await expectEqual()
    await removePolicies()
  })

  it.each(beforeWork)('that %s each time changes nothing, and can be made later', async (_name, fault) => {
    const given = await input()
    const before = [await entries(name), there()]
    posthog.faults.on({ ...fault, method })
    expect((await mutate(name, given)).errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_UNAVAILABLE', retryAfter: expect.any(Number) } },
    ])
    expect([await entries(name), there()]).toEqual(before)
    await clearUp()
    await expectEqual()
    expect(await mutate(name, given)).toMatchObject({ __typename: expect.not.stringContaining('Error'), errors: undefined })
    expect(there()).toEqual(done)
    await expectEqual()
    await removePolicies()
  })
})

it.each([...afterWork, ...beforeWork])('freezing an exposure is refused before anything is sent that %s', async (_name, fault) => {
  posthog.requests.clear()
  for (const method of ['POST', 'PATCH']) posthog.faults.on({ ...fault, method })
  for (const name of ['freezeExposure', 'unfreezeExposure']) {
    expect(await mutate(name, { id: running })).toMatchObject({
      __typename: expect.stringMatching(/^(LinkedReadOnly|InvalidState|Validation)Error$/),
      errors: undefined,
    })
  }
  expect(posthog.requests.where({ method: 'POST' }).concat(posthog.requests.where({ method: 'PATCH' }))).toEqual([])
})
