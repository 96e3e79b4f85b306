import { describe, expect, it } from 'vitest'
import { controlAndTest } from '../../support/seed.ts'
import { bothFlags, linkStage } from './support.ts'

// What a server leaves behind that is killed within a round, and what the storm (test/faults/storm.test.ts) has found.

describe('a round that was interrupted', async () => {
  const stage = await linkStage({ settings: { hosted: false, writesActivity: false } })
  const { posthog, db, round, copied, linkOf, newFollower, clock } = stage
  const { person, rows } = posthog
  posthog.fill({ flags: 12 })
  const tested = person.createFlag({ key: 'tested', filters: { ...controlAndTest, payloads: {} } })
  const experiment = person.createExperiment({ name: 'Test', feature_flag_key: 'tested' })
  const { id: projectId } = await copied()
  await round()
  const isEqual = async () => {
    const { ours, theirs } = await bothFlags(db, projectId, posthog)
    expect(ours).toEqual(theirs)
  }

  it('is made up for: as many flags were deleted as it had stored new ones', async () => {
    const { marks } = await linkOf(projectId)
    person.createFlag({ key: 'new' })
    await round()
    // Killed before it could keep its marks: the count of the list is that of before.
    await db.projectLink.update({ where: { projectId }, data: { marks: marks ?? {} } })
    person.deleteFlag(1)
    clock.pass(11)
    await newFollower().runDue()
    await isEqual()
  })

  it('reads the experiments of a flag that it had stored, whatever happened in between', async () => {
    const fault = posthog.faults.on({ kind: 'serverError', on: '/experiments/' })
    person.updateFlag(tested.id, { filters: { groups: [{ properties: [], rollout_percentage: 16 }] } })
    await round()
    fault.off()
    expect(await db.linkHint.count({ where: { projectId, kind: 'experiments' } })).toBe(1)
    clock.pass(60)
    await newFollower().runDue()
    expect(await db.experiment.findFirst({ where: { projectId, importedId: experiment.id } })).toMatchObject({
      parameters: { rollout_percentage: 16 },
    })
    expect(await db.linkHint.count({ where: { projectId } })).toBe(0)
  })

  it('makes room for a flag whose key another one had, which is gone for good or renamed', async () => {
    const [gone, renamed] = [person.createFlag({ key: 'taken' }), person.createFlag({ key: 'moved' })]
    await round()
    rows.removeFlag(gone.id)
    person.createFlag({ key: 'taken' })
    // Renamed column by column: no list shows it.
    posthog.state.flags.update(renamed, { key: 'moved-away' })
    person.createFlag({ key: 'moved' })
    await round()
    await isEqual()
    expect(await db.linkSkippedRow.count({ where: { projectId } })).toBe(0)
  })

  it('asks little after a change that did not come by the lists', async () => {
    // A write of this service, or a webhook, has stored the row first.
    const flag = person.createFlag({ key: 'hinted' })
    await db.linkHint.create({ data: { projectId, kind: 'feature_flags', upstreamId: String(flag.id), dueAt: clock.now() } })
    const requests = await round()
    expect(requests.filter((request) => request.includes('order=id'))).toEqual([])
    expect(await round()).toHaveLength(4)
    await isEqual()
  })
})

describe('the activity log', async () => {
  const stage = await linkStage({ settings: { hosted: false } })
  const { posthog, db, round, copied } = stage
  const { person } = posthog
  person.createFlag({ key: 'tested', filters: { ...controlAndTest, payloads: {} } })
  const experiment = person.createExperiment({ name: 'Test', feature_flag_key: 'tested' })
  const holdout = person.createHoldout('Holdout', 10)
  const { id: projectId } = await copied()
  await round(61)

  it('still says what is deleted, after it was asked who changed an experiment', async () => {
    person.deleteHoldout(holdout.id)
    person.updateExperiment(experiment.id, { name: 'Renamed' })
    await round()
    expect(await db.experiment.count({ where: { projectId, name: 'Renamed' } })).toBe(1)
    await round(61)
    expect(await db.holdout.count({ where: { projectId } })).toBe(0)
  })

  it('says it again, if what it names could not be read', async () => {
    const other = person.createHoldout('Another', 10)
    await round(61)
    expect(await db.holdout.count({ where: { projectId } })).toBe(1)
    const fault = posthog.faults.on({ kind: 'serverError', on: 'experiment_holdouts' })
    person.deleteHoldout(other.id)
    await round(61)
    fault.off()
    expect(await db.holdout.count({ where: { projectId } })).toBe(1)
    await round(61)
    expect(await db.holdout.count({ where: { projectId } })).toBe(0)
  })
})
