import { afterEach, describe, expect, it } from 'vitest'
import { linkedServer } from '../../../support/linkedServer.ts'
import { globalId } from '../../../support/testServer.ts'

// A project that is unlinked while a write is on its way to PostHog.

const linked = await linkedServer({ fill: ({ person }) => void person.createFlag({ key: 'one', name: 'Before' }) })
const { posthog, mutate, db } = linked
const projectId = globalId('Project', linked.project.id)
afterEach(() => posthog.faults.allOff())

describe('unlinking while a write is under way', () => {
  it('leaves the change that PostHog made, here too, and nothing in the outbox', async () => {
    posthog.faults.on({ kind: 'slow', milliseconds: 500, method: 'PATCH' })
    const write = mutate('updateFeatureFlag', { id: await linked.flagId(1), name: 'Under way' })
    await expect.poll(() => db.linkOperation.count({ where: { state: 'sent' } })).toBe(1)
    await expect.poll(() => posthog.requests.count({ method: 'GET', path: '/feature_flags/1/' })).toBeGreaterThan(0)
    expect(await mutate('unlinkProject', { projectId })).toMatchObject({ __typename: 'Project' })
    const outcome = await write
    expect(outcome.errors).toBeUndefined()
    expect(await db.projectLink.count()).toBe(0)
    expect(await db.linkOperation.count({ where: { state: { in: ['sent', 'unknown'] } } })).toBe(0)
    expect({
      ...outcome,
      here: (await db.featureFlag.findFirstOrThrow({ where: { importedId: 1 } })).name,
      there: posthog.person.flag(1).name,
    }).toMatchObject({
      __typename: 'FeatureFlag',
      here: 'Under way',
      there: 'Under way',
    })
  })
})
