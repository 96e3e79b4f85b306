import { describe, expect, it } from 'vitest'
import { linkedServer } from '../../support/linkedServer.ts'
import { controlAndTest } from '../../support/seed.ts'
import { globalId } from '../../support/testServer.ts'

const linked = await linkedServer({
  fill: ({ person, rows }) => {
    person.createFlag({ key: 'one', tags: ['growth'], evaluation_contexts: ['web'] })
    person.createFlag({ key: 'two', tags: ['old'] })
    person.createFlag({ key: 'tested', filters: { ...controlAndTest, payloads: {} } })
    const metric = rows.savedMetric({ name: 'Orders', tags: ['sales'] })
    person.createExperiment({
      name: 'Test',
      feature_flag_key: 'tested',
      saved_metrics_ids: [{ id: metric.id, metadata: { type: 'primary' } }],
    })
  },
})
const { posthog, db, mutate, follow, time, flagOf, experimentOf } = linked
const { person } = posthog
const contextsOf = async (importedId: number) => {
  const { id } = await flagOf(importedId)
  const rows = await db.featureFlagEvaluationContext.findMany({ where: { featureFlagId: id }, include: { evaluationContext: true } })
  return rows.map(({ evaluationContext }) => evaluationContext.name).sort()
}
/** Reads everything again, and once more what was missing. */
async function compare() {
  const projectId = globalId('Project', linked.project.id)
  await mutate('resyncProject', { projectId })
  time.now = new Date(time.now.getTime() + 400_000)
  await follow()
}

/** Follows when the lists are due again. */
async function followLater() {
  time.now = new Date(time.now.getTime() + 11_000)
  await follow()
}

describe('what PostHog does not tell', () => {
  it('keeps the contexts of a flag in its version, and those of newer versions once it is known that they are hidden', async () => {
    expect(await contextsOf(1)).toEqual(['web'])
    posthog.organization.evaluationContexts = false
    await compare()
    expect(await contextsOf(1)).toEqual(['web'])
    person.updateFlag(1, { name: 'Renamed' })
    await followLater()
    expect(await flagOf(1)).toMatchObject({ name: 'Renamed' })
    expect(await contextsOf(1)).toEqual(['web'])
    posthog.organization.evaluationContexts = true
    // Seen again, a removal is a removal.
    person.updateFlag(1, { evaluation_contexts: ['server'] })
    await followLater()
    expect(await contextsOf(1)).toEqual(['server'])
    person.updateFlag(1, { evaluation_contexts: [] })
    await followLater()
    expect(await contextsOf(1)).toEqual([])
  })

  it('stays as it is: absent fields, and null where PostHog never answers it', async () => {
    const experiment = await experimentOf(1)
    await db.experiment.update({ where: { id: experiment.id }, data: { tags: ['ours'] } })
    for (const fault of [
      { kind: 'fields', on: 'feature_flags', remove: ['tags', 'evaluation_contexts', 'active', 'created_by', 'evaluation_runtime'] },
      { kind: 'fields', on: 'feature_flags', nulls: ['tags', 'evaluation_contexts', 'active'] },
      { kind: 'fields', on: '/experiments/', remove: ['saved_metrics', 'metrics', 'holdout', 'holdout_id', 'description', 'stats_config'] },
      { kind: 'fields', on: 'experiment_saved_metrics', remove: ['tags', 'description'] },
    ] as const) {
      const before = await everything()
      person.updateFlag(2, { name: `Renamed ${JSON.stringify(fault).length}` })
      posthog.faults.on(fault)
      await compare()
      posthog.faults.allOff()
      expect(await everything()).toEqual(before)
      expect((await flagOf(2)).name).toMatch(/^Renamed/)
    }
    await compare()
    expect(await linked.differences()).toEqual({})
    expect(await experimentOf(1)).toMatchObject({ tags: ['ours'] })
  })

  it('is not confused with what is empty', async () => {
    // Tags that were changed in bulk move neither the version nor the time.
    person.tagFlagsInBulk([2], [])
    await compare()
    expect(await flagOf(2)).toMatchObject({ tags: [] })
  })
})

async function everything() {
  const pick = <Row extends object>(row: Row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !['name', 'version', 'updatedAt'].includes(name)))
  const { id } = await experimentOf(1)
  return {
    flags: [pick(await flagOf(1)), pick(await flagOf(2))],
    experiment: pick(await experimentOf(1)),
    links: await db.experimentSavedMetric.findMany({ where: { experimentId: id } }),
    metrics: (await db.savedMetric.findMany({ where: { projectId: linked.project.id } })).map(pick),
  }
}
