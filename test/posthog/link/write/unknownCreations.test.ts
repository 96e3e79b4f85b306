import { afterEach, describe, expect, it } from 'vitest'
import { linkedServer } from '../../../support/linkedServer.ts'
import { globalId } from '../../../support/testServer.ts'

// A row that PostHog made, of which nobody here knows the number: its answer was lost, and looking for it found nothing yet.

const linked = await linkedServer({ fill: ({ person }) => void person.createHoldout('Deleted', 5) })
const { posthog, mutate, follow, db, time, project, differences } = linked
const projectId = String(project.id)
afterEach(() => posthog.faults.allOff())
const pass = (seconds: number) => {
  time.now = new Date(time.now.getTime() + seconds * 1_000)
}
const metric = { mean: { name: 'Purchases', source: { event: 'purchase' } } }
const query = { kind: 'ExperimentMetric', metric_type: 'mean', source: { kind: 'EventsNode', event: 'purchase' } }

const lists = /experiment_holdouts|experiment_saved_metrics|approval_policies/

interface Creation {
  name: string
  input: object
  /** The resource in the outbox. */
  resource: string
  /** PostHog is done with it, at last. */
  made(): unknown
  here(): Promise<number>
}

const creations: readonly Creation[] = [
  {
    ...{ name: 'createHoldout', input: { projectId, name: 'New', exclusionPercentage: 5 }, resource: 'HOLDOUT/"New"' },
    made: () => posthog.person.createHoldout('New', 5),
    here: () => db.holdout.count({ where: { name: 'New' } }),
  },
  {
    ...{ name: 'createSavedMetric', input: { projectId, name: 'New', metric }, resource: 'SAVED_METRIC/"New"' },
    made: () => posthog.rows.savedMetric({ name: 'New', query }),
    here: () => db.savedMetric.count({ where: { name: 'New' } }),
  },
  {
    ...{
      name: 'createApprovalPolicy',
      input: { projectId, actionKey: 'FEATURE_FLAG_ENABLE', quorum: 1, approverUserIds: [globalId('User', linked.admin.id)] },
      resource: 'APPROVAL_POLICY/"FEATURE_FLAG_ENABLE"',
    },
    made: () =>
      posthog.person.createPolicy({ action_key: 'feature_flag.enable', approver_config: { quorum: 1, users: [posthog.owner.id] } }),
    here: () => db.approvalPolicy.count({ where: { projectId: project.id, actionKey: 'FEATURE_FLAG_ENABLE' } }),
  },
]

/** Takes away what a test made, in PostHog and here. */
async function clear(): Promise<void> {
  const { state } = posthog
  for (const row of state.holdouts.where(({ name }) => name === 'New')) state.holdouts.remove(row)
  for (const row of state.savedMetrics.where(() => true)) state.savedMetrics.remove(row)
  for (const row of state.policies.where(() => true)) state.policies.remove(row)
  await db.holdout.deleteMany({ where: { name: 'New' } })
  await db.savedMetric.deleteMany()
  await db.approvalPolicy.deleteMany()
  await db.linkOperation.deleteMany()
}

describe.each(creations)('$name', ({ name, input, resource, made, here }) => {
  it('that is done after all is here with the next round', async () => {
    posthog.faults.on({ kind: 'html', status: 504, method: 'POST' })
    expect((await mutate(name, input)).errors).toMatchObject([{ message: expect.stringContaining('not known') }])
    posthog.faults.allOff()
    made()
    pass(11)
    await follow()
    expect(await here()).toBe(1)
    expect(await db.linkHint.count()).toBe(0)
    await clear()
  })

  it('of a killed server is here with the round after it was cleared up', async () => {
    const operation = { projectId: project.id, command: name, input: {}, requestSummary: '', resource }
    await db.linkOperation.create({ data: { ...operation, createdAt: time.now } })
    made()
    pass(100)
    expect(await linked.server.settleOperations()).toEqual({ settled: 1, errors: 0 })
    await follow()
    expect(await here()).toBe(1)
    await clear()
  })

  it('is looked for again if the list cannot be read', async () => {
    posthog.faults.on({ kind: 'html', status: 504, method: 'POST' })
    await mutate(name, input)
    posthog.faults.allOff()
    made()
    posthog.faults.on({ kind: 'answer', status: 400, body: { type: 'x', code: 'x' }, on: lists })
    pass(11)
    await follow()
    expect(await here()).toBe(0)
    posthog.faults.allOff()
    pass(11)
    await follow()
    expect(await here()).toBe(1)
    await clear()
  })
})

it('a deletion of a killed server is here with the round after it was cleared up', async () => {
  const holdout = await db.holdout.findFirstOrThrow({ where: { name: 'Deleted' } })
  const operation = { projectId: project.id, command: 'deleteHoldout', input: {}, requestSummary: '', resource: `HOLDOUT/${holdout.id}` }
  await db.linkOperation.create({ data: { ...operation, createdAt: time.now } })
  posthog.person.deleteHoldout(holdout.importedId ?? 0)
  pass(100)
  expect(await linked.server.settleOperations()).toEqual({ settled: 1, errors: 0 })
  await follow()
  expect(await db.holdout.count()).toBe(0)
  expect(await differences()).toEqual({})
})
