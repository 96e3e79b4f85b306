import { describe, expect, it } from 'vitest'
import { controlAndTest } from '../../support/seed.ts'
import { bothFlags, linkStage } from './support.ts'

describe('following', async () => {
  const stage = await linkStage()
  const { posthog, db, clock, links, round, copied, linkOf, lines } = stage
  const { person, rows, state } = posthog
  posthog.fill({ flags: 120, experiments: 6 })
  const project = await copied()
  const projectId = project.id
  const stored = (importedId: number) => db.featureFlag.findFirst({ where: { projectId, importedId } })
  const storedExperiment = (importedId: number) => db.experiment.findFirst({ where: { projectId, importedId } })
  const lastEntry = () => db.activity.findFirst({ where: { projectId }, orderBy: { id: 'desc' }, include: { user: true } })
  const isEqual = async () => {
    const { ours, theirs } = await bothFlags(db, projectId, posthog)
    expect(ours).toEqual(theirs)
  }

  it('asks little when nothing happens, and writes nothing', async () => {
    await round(61)
    const before = await stored(1)
    const requests = await round()
    expect(requests.length).toBeLessThanOrEqual(4)
    expect(await stored(1)).toEqual(before)
    expect(await linkOf(projectId)).toMatchObject({ state: 'following', lastSyncAt: clock.now(), failures: 0, behindBy: 0 })
  })

  it('sees a change, a new flag, an archived and a renamed one, with who did it', async () => {
    const colleague = posthog.as(posthog.addUser({ email: 'Colleague@example.com', first_name: 'Col' }))
    colleague.updateFlag(3, { active: false, name: 'Off' })
    const created = person.createFlag({ key: 'brand-new' })
    const archived = state.flags.where((flag) => !flag.archived && !flag.active)[0]
    if (archived !== undefined) person.updateFlag(archived.id, { archived: true })
    await round()
    await isEqual()
    expect(
      await db.activity.findFirst({ where: { projectId, featureFlagId: (await stored(3))?.id ?? 0 }, include: { user: true } }),
    ).toMatchObject({
      activity: 'posthog.update',
      user: { email: 'colleague@example.com' },
      after: { active: false, name: 'Off' },
    })
    expect(await db.activity.findFirst({ where: { projectId, featureFlagId: (await stored(created.id))?.id ?? 0 } })).toMatchObject({
      activity: 'posthog.create',
    })
  })

  it('sees hundreds of rows with one time, rows without one, and a late commit', async () => {
    for (let index = 0; index < 250; index++) rows.flag({ key: `migrated-${index}` })
    for (let index = 0; index < 130; index++) rows.flag({ key: `old-${index}`, updated_at: null })
    await round()
    await isEqual()
    const commit = person.beginFlagUpdate(5, { name: 'Committed late' })
    clock.pass(30)
    person.updateFlag(6, { name: 'Meanwhile' })
    await round()
    commit()
    await round()
    await isEqual()
    await round(900)
    const quiet = await round()
    // The rows without a time head the list, and are not all read again.
    expect(quiet.filter((request) => request.includes('feature_flags/?')).length).toBeLessThanOrEqual(3)
  })

  it('sees flags that are deleted, restored, deleted in bulk, and gone for good', async () => {
    const [one, two, three, four] = state.flags.where(
      (flag) => !flag.deleted && flag.internal === null && !flag.active && state.experimentsOf(flag).length === 0,
    )
    if (one === undefined || two === undefined || three === undefined || four === undefined) throw new Error('There are too few flags.')
    person.deleteFlag(one.id)
    await round()
    expect(await stored(one.id)).toMatchObject({ deleted: true })
    expect(await lastEntry()).toMatchObject({ activity: 'posthog.delete' })
    person.deleteFlagsInBulk([two.id, three.id])
    rows.removeFlag(four.id)
    await round()
    expect(await Promise.all([two, three, four].map(({ id }) => stored(id)))).toMatchObject([
      { deleted: true },
      { deleted: true },
      { deleted: true },
    ])
    person.restoreFlag(one.id)
    await round()
    await isEqual()
  })

  it('lets two flags change keys, and a new flag take the key of a deleted one', async () => {
    const [a, b] = state.flags.where((flag) => !flag.deleted && flag.key.startsWith('migrated-'))
    if (a === undefined || b === undefined) throw new Error('There are too few flags.')
    person.updateFlag(a.id, { key: 'in-between' })
    person.updateFlag(b.id, { key: 'migrated-0' })
    person.updateFlag(a.id, { key: 'migrated-1' })
    const freed = person.createFlag({ key: 'to-be-freed', active: false })
    await round()
    person.deleteFlag(freed.id)
    person.createFlag({ key: 'to-be-freed' })
    await round()
    await isEqual()
  })

  it('sees what happens to experiments, also through their flags', async () => {
    const experiment = person.createExperiment({ name: 'Later', feature_flag_key: 'later-flag' })
    await round()
    posthog.as(posthog.owner).act(experiment.id, 'launch')
    await round()
    expect(await storedExperiment(experiment.id)).toMatchObject({ startDate: expect.any(Date) })
    const row = await storedExperiment(experiment.id)
    expect(await db.activity.findFirst({ where: { projectId, experimentId: row?.id ?? 0 }, orderBy: { id: 'desc' } })).toMatchObject({
      activity: 'posthog.update',
    })
    person.act(experiment.id, 'pause')
    await round()
    expect(await db.featureFlag.findFirst({ where: { id: row?.featureFlagId ?? 0 } })).toMatchObject({ active: false })
    rows.event('paid')
    person.updateExperiment(experiment.id, {
      metrics: [
        {
          kind: 'ExperimentMetric',
          metric_type: 'mean',
          uuid: 'b6f7a1de-0d9c-4a3f-8a4e-000000000001',
          source: { kind: 'EventsNode', event: 'paid' },
        },
      ],
    })
    await round()
    expect(JSON.stringify((await storedExperiment(experiment.id))?.metrics)).toContain('paid')
    person.deleteExperiment(experiment.id)
    await round()
    expect(await storedExperiment(experiment.id)).toMatchObject({ deleted: true })
  })

  it('sees holdouts, metrics and policies change and vanish, and people come', async () => {
    const holdout = person.createHoldout('Held', 5)
    const metric = rows.savedMetric({ name: 'Signups' })
    const policy = person.createPolicy({ action_key: 'feature_flag.update', approver_config: { quorum: 2 } })
    posthog.addUser({ email: 'new.person@example.com' })
    await round(901)
    expect(await db.holdout.findFirst({ where: { projectId, importedId: holdout.id } })).toMatchObject({ name: 'Held' })
    expect(await db.savedMetric.count({ where: { projectId, importedId: metric.id } })).toBe(1)
    expect(await db.approvalPolicy.findFirst({ where: { projectId, importedId: policy.id } })).toMatchObject({ quorum: 2 })
    expect(await db.user.count({ where: { email: 'new.person@example.com' } })).toBe(1)
    person.updateHoldout(holdout.id, { name: 'Held back' })
    rows.removeSavedMetric(metric.id)
    state.policies.remove(policy)
    await round(301)
    expect(await db.holdout.findFirst({ where: { projectId, importedId: holdout.id } })).toMatchObject({ name: 'Held back' })
    // Missing once is not enough.
    expect(await db.savedMetric.count({ where: { projectId, importedId: metric.id } })).toBe(1)
    await round()
    expect(await db.savedMetric.count({ where: { projectId, importedId: metric.id } })).toBe(0)
    expect(await db.approvalPolicy.count({ where: { projectId, importedId: policy.id } })).toBe(0)
  })

  it('follows a change request from its vote to its end', async () => {
    person.createPolicy({ action_key: 'feature_flag.enable', approver_config: { quorum: 1, users: [posthog.owner.id] } })
    const requester = posthog.as(posthog.addUser())
    const flag = person.createFlag({ key: 'guarded', active: false })
    expect(() => requester.guarded.updateFlag(flag.id, { active: true })).toThrow()
    await round(61)
    const request = await db.changeRequest.findFirst({ where: { projectId, importedId: { not: null } } })
    expect(request).toMatchObject({ state: 'PENDING', actionKey: 'FEATURE_FLAG_ENABLE', featureFlagId: (await stored(flag.id))?.id })
    const [row] = state.changeRequests.where(({ team_id }) => team_id === posthog.project.id)
    if (row !== undefined) state.changeRequests.update(row, { state: 'expired', updated_at: state.now() })
    await round(61)
    expect(await db.changeRequest.findFirst({ where: { projectId } })).toMatchObject({ state: 'EXPIRED' })
  })

  it('never goes back to an older answer', async () => {
    const flag = person.createFlag({ key: 'overtaken' })
    await round()
    await db.featureFlag.updateMany({ where: { projectId, importedId: flag.id }, data: { version: 9, name: 'Newer' } })
    rows.callFlag(flag.id)
    await round()
    expect(await stored(flag.id)).toMatchObject({ version: 9, name: 'Newer' })
    await links.resync(projectId)
    await round()
    expect(await stored(flag.id)).toMatchObject({ version: 1, name: '' })
    expect((await linkOf(projectId)).lastRepairs).toBeGreaterThanOrEqual(1)
    await isEqual()
  })

  it('deletes many rows at once as soon as the log can be read that calls them deleted', async () => {
    for (let index = 0; index < 6; index++) {
      person.createFlag({ key: `at-once-${index}`, active: false, filters: { ...controlAndTest, payloads: {} } })
      person.createExperiment({ name: `At once ${index}`, feature_flag_key: `at-once-${index}` })
    }
    await round(61)
    const live = () => db.experiment.findMany({ where: { projectId, deleted: false, name: { startsWith: 'At once' } } })
    expect(await live()).toHaveLength(6)
    for (const { id } of state.experiments.where(({ name }) => name.startsWith('At once'))) person.deleteExperiment(id)
    const fault = posthog.faults.on({ kind: 'serverError', on: 'advanced_activity_logs' })
    await round()
    expect(await live()).toHaveLength(6)
    expect((await linkOf(projectId)).lastError).toContain('6 experiments are gone')
    fault.off()
    await round()
    expect(await live()).toEqual([])
    // The next comparison says that nothing is kept any more.
    await round()
    expect((await linkOf(projectId)).lastError).toBeNull()
  })

  it('keeps everything when the key loses sight of many rows', async () => {
    const count = () => db.experiment.count({ where: { projectId, deleted: false } })
    for (let index = 0; index < 40; index++) person.createFlag({ key: `seen-${index}` })
    await round()
    const before = await db.featureFlag.count({ where: { projectId, deleted: false } })
    const experiments = await count()
    posthog.owner.hidden.add('experiment')
    for (const flag of state.flags.where(({ key }) => key.startsWith('seen-'))) posthog.owner.hidden.add(`feature_flag:${flag.id}`)
    await round()
    await links.resync(projectId)
    await round()
    expect(await db.featureFlag.count({ where: { projectId, deleted: false } })).toBe(before)
    expect(await count()).toBe(experiments)
    expect((await linkOf(projectId)).lastError).toContain('were kept')
    // It is said until it is over.
    await round()
    expect((await linkOf(projectId)).lastError).toContain('experiments are gone')
    posthog.owner.hidden.clear()
    await links.resync(projectId)
    await round()
    expect((await linkOf(projectId)).lastError).toBeNull()
    await isEqual()
  })

  it('writes no key into its log', () => {
    expect(JSON.stringify(lines)).not.toContain(posthog.key.token)
    expect(JSON.stringify(lines)).not.toContain('Bearer')
  })
})
