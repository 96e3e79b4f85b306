import { describe, expect, it } from 'vitest'
import { asker } from '../../../support/mutations.ts'
import { seedExperiment, seedFlag, seedKey } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run } = await testServer()
const ask = asker(run, 'databaseId featureFlag { filters version }')
const started = new Date('2026-11-10T08:00:00Z')

const rowOf = ({ id }: { id: number }) => db.experiment.findUniqueOrThrow({ where: { id }, include: { featureFlag: true } })
const problems = ({ fieldErrors }: { fieldErrors?: { path: string[]; message: string }[] }) =>
  fieldErrors?.map(({ path, message }) => [path.join('.'), message])

async function scene(experiment: object, flag: object) {
  const tenant = await seedTenant(db)
  const row = await seedFlag(db, tenant.project, { active: false, ...flag })
  const made = await seedExperiment(db, row, experiment)
  return { ...tenant, flag: row, experiment: made, id: globalId('Experiment', made.id) }
}

describe('the holdout of a draft', () => {
  async function held(experiment: object = {}, flag: object = {}) {
    const made = await scene(experiment, flag)
    const holdout = await db.holdout.create({
      data: { projectId: made.project.id, name: 'Kept out', filters: [{ properties: [], rollout_percentage: 7 }] },
    })
    return { ...made, holdout, holdoutId: globalId('Holdout', holdout.id) }
  }

  it('is written to the flag, and taken away again', async () => {
    const { key, id, experiment, holdout, holdoutId } = await held()
    expect(await ask(key, 'updateExperiment', { id, holdoutId })).toMatchObject({
      featureFlag: { version: 2, filters: { holdout: { id: holdout.id, exclusion_percentage: 7 } } },
    })
    expect((await rowOf(experiment)).holdoutId).toBe(holdout.id)
    await db.holdout.update({ where: { id: holdout.id }, data: { filters: [{ rollout_percentage: 9 }] } })
    expect(await ask(key, 'updateExperiment', { id, holdoutId: String(holdout.id) })).toMatchObject({
      featureFlag: { version: 3, filters: { holdout: { exclusion_percentage: 9 } } },
    })
    expect(await ask(key, 'updateExperiment', { id, holdoutId: null, removeHoldout: false })).toMatchObject({ featureFlag: { version: 3 } })
    expect(await ask(key, 'updateExperiment', { id, removeHoldout: true })).toMatchObject({
      featureFlag: { version: 4, filters: { holdout: null } },
    })
    expect((await rowOf(experiment)).holdoutId).toBeNull()
    expect(await ask(key, 'updateExperiment', { id, removeHoldout: true })).toMatchObject({ featureFlag: { version: 4 } })
  })

  it('is refused where it is not there, hidden or without a percentage', async () => {
    const { key, id, project, holdoutId, experiment } = await held()
    const stranger = await held()
    const unreadable = await db.holdout.create({ data: { projectId: project.id, name: 'None', filters: [] } })
    const before = await rowOf(experiment)
    for (const unseen of [stranger.holdoutId, '999999', '99999999999', 'x', globalId('Experiment', 1)]) {
      expect(problems(await ask(key, 'updateExperiment', { id, holdoutId: unseen }))).toEqual([
        ['holdoutId', `Invalid pk "${unseen}" - object does not exist.`],
      ])
    }
    expect(problems(await ask(key, 'updateExperiment', { id, holdoutId: String(unreadable.id) }))).toEqual([
      ['holdoutId', 'The holdout keeps out no percentage from 0 to 100.'],
    ])
    expect(problems(await ask(key, 'updateExperiment', { id, holdoutId, removeHoldout: true }))).toEqual([
      ['removeHoldout', 'Not together with `holdoutId`.'],
    ])
    expect(await rowOf(experiment)).toEqual(before)
  })

  it('stays after the launch, of this experiment or of another one on the flag', async () => {
    const { key, id, experiment, flag, holdoutId, holdout } = await held({ startDate: started }, { active: true })
    const before = await rowOf(experiment)
    expect(problems(await ask(key, 'updateExperiment', { id, holdoutId }))).toEqual([
      ['holdoutId', "Can't update holdout on running Experiment"],
    ])
    const draft = await seedExperiment(db, flag, { name: 'Draft' })
    expect(problems(await ask(key, 'updateExperiment', { id: draft.id, holdoutId }))).toEqual([
      [
        'holdoutId',
        `Cannot change the holdout of a feature flag that is linked to running experiment(s): "${experiment.name}" (ID: ${experiment.id}).`,
      ],
    ])
    expect(await rowOf(experiment)).toEqual(before)
    await db.experiment.update({ where: { id: experiment.id }, data: { holdoutId: holdout.id } })
    expect(await ask(key, 'updateExperiment', { id, holdoutId })).toMatchObject({ __typename: 'Experiment' })
    expect(problems(await ask(key, 'updateExperiment', { id, removeHoldout: true }))).toEqual([
      ['removeHoldout', "Can't update holdout on running Experiment"],
    ])
  })

  it('of a flag that is deleted cannot be written', async () => {
    const { key, id, holdoutId, flag } = await held()
    await db.featureFlag.update({ where: { id: flag.id }, data: { deleted: true } })
    expect(problems(await ask(key, 'updateExperiment', { id, holdoutId }))).toEqual([
      ['holdoutId', 'The feature flag of this experiment has been deleted.'],
    ])
  })

  it('is guarded, and a request for it is stale when its percentage has changed', async () => {
    const { key, id, user, organization, project, holdoutId, holdout, experiment } = await held()
    await db.approvalPolicy.create({
      data: {
        organizationId: organization.id,
        projectId: project.id,
        actionKey: 'EXPERIMENT_UPDATE',
        quorum: 1,
        approverUserIds: [user.id],
        allowSelfApprove: true,
      },
    })
    expect(await ask(key, 'updateExperiment', { id, holdoutId })).toMatchObject({ __typename: 'ApprovalRequiredError' })
    expect((await rowOf(experiment)).holdoutId).toBeNull()
    await db.holdout.update({ where: { id: holdout.id }, data: { filters: [{ rollout_percentage: 8 }] } })
    const [request] = await db.changeRequest.findMany({ where: { projectId: project.id } })
    const vote = 'mutation ($id: ID!) { approveChangeRequest(input: { id: $id }) { __typename } }'
    const { data } = await run(key, vote, { id: globalId('ChangeRequest', request?.id ?? 0) })
    expect(data.approveChangeRequest).toEqual({ __typename: 'ChangeRequestStaleError' })
    expect((await rowOf(experiment)).holdoutId).toBeNull()
  })

  it('is in the row and in the flag, or in neither, when the draft is launched at the same moment', async () => {
    const { key, id, experiment, holdout, holdoutId } = await held()
    const answers = await Promise.all([ask(key, 'updateExperiment', { id, holdoutId }), ask(key, 'launchExperiment', { id })])
    expect(answers[1]).toMatchObject({ __typename: 'Experiment' })
    const row = await rowOf(experiment)
    const ofFlag = (row.featureFlag.filters as { holdout?: { id: number } | null }).holdout?.id ?? null
    const isFirst = answers[0]?.__typename === 'Experiment'
    expect([row.holdoutId, ofFlag]).toEqual(isFirst ? [holdout.id, holdout.id] : [null, null])
  })

  it('needs experiment:write', async () => {
    const { id, user, holdoutId, experiment } = await held()
    const reader = await seedKey(db, user, { scopes: ['experiment:read', 'feature_flag:write'] })
    const { errors } = await ask(reader, 'updateExperiment', { id, holdoutId })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'experiment:write' })
    expect(await rowOf(experiment)).toMatchObject({ holdoutId: null, updatedAt: experiment.updatedAt })
  })
})
