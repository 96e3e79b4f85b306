import { describe, expect, it } from 'vitest'
import { linkStage } from './support.ts'

describe('an activity log with more than a page of entries in a few minutes', async () => {
  const { posthog, db, round, copied, linkOf } = await linkStage()
  posthog.fill({ flags: 3, experiments: 1 })
  const { id: projectId } = await copied()
  const colleague = posthog.as(posthog.addUser({ email: 'colleague@example.com' }))

  it('is read to its end, and says who changed an experiment', async () => {
    for (let number = 0; number < 250; number++) posthog.person.updateFlag(1, { name: `Name ${number}` })
    await round(61)
    await round(61)
    const [experiment] = await db.experiment.findMany({ where: { projectId } })
    colleague.updateExperiment(experiment?.importedId ?? 0, { description: 'By a colleague' })
    await round(61)
    const entry = await db.activity.findFirst({ where: { projectId, experimentId: experiment?.id ?? 0 }, include: { user: true } })
    expect(entry?.user?.email).toBe('colleague@example.com')
  })

  it('is read to its end also if all entries have one time', async () => {
    const last = posthog.state.activity.where(() => true).at(-1)
    for (let number = 0; number < 250; number++) {
      posthog.person.log('FeatureFlag', 2, 'updated')
      Object.assign(posthog.state.activity.where(() => true).at(-1) ?? {}, { created_at: (last?.created_at ?? 0) + 1 })
    }
    await round(61)
    const [experiment] = await db.experiment.findMany({ where: { projectId } })
    posthog.person.updateExperiment(experiment?.importedId ?? 0, { description: 'By the owner' })
    await round(61)
    const entry = await db.activity.findFirst({
      where: { projectId, experimentId: experiment?.id ?? 0 },
      orderBy: { id: 'desc' },
      include: { user: true },
    })
    expect(entry?.user?.email).toBe(posthog.owner.email)
  })

  it('says that rows are deleted, which no list then misses', async () => {
    const holdouts = [1, 2, 3, 4].map((number) => posthog.person.createHoldout(`Holdout ${number}`, number))
    await round(301)
    for (const { id } of holdouts.slice(1)) posthog.person.deleteHoldout(id)
    await round(61)
    expect(await db.holdout.count({ where: { projectId } })).toBe(1)
    for (const seconds of [301, 11, 301]) await round(seconds)
    expect(await linkOf(projectId)).toMatchObject({ state: 'following', lastError: null })
  })
})
