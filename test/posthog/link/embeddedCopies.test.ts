import { expect, it } from 'vitest'
import { linkStage } from './support.ts'

const { posthog, db, clock, round, copied } = await linkStage()
posthog.fill({ flags: 3, experiments: 1 })
const { id: projectId } = await copied()

it('a saved metric that came with an experiment is complete when its list was read', async () => {
  const metric = posthog.rows.savedMetric({ name: 'Revenue', description: 'In euros', tags: ['money'], created_by: posthog.owner.id })
  const [experiment] = await db.experiment.findMany({ where: { projectId } })
  const links = [{ id: metric.id, metadata: { type: 'secondary' } }]
  posthog.person.updateExperiment(experiment?.importedId ?? 0, { saved_metrics_ids: links })
  await round()
  const stored = () => db.savedMetric.findFirst({ where: { projectId, importedId: metric.id }, include: { createdBy: true } })
  expect(await stored()).toMatchObject({ name: 'Revenue', description: null, createdById: null })
  clock.pass(300)
  await round()
  expect(await stored()).toMatchObject({
    ...{ name: 'Revenue', description: 'In euros', tags: ['money'], createdBy: { email: posthog.owner.email } },
    updatedAt: new Date(Math.floor(metric.updated_at / 1_000)),
  })
})
