import { describe, expect, it } from 'vitest'
import type { Prisma } from '../../../src/database/generated/client.ts'
import { seedColleague, seedPolicy } from '../../support/approvals.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey, seedProject } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, time, countStatements } = await testServer()

const running = { startDate: new Date('2026-11-01') }

async function seedLab() {
  const tenant = await seedTenant(db)
  const { project, key } = tenant
  const holdout = await db.holdout.create({
    data: {
      projectId: project.id,
      name: 'Everybody',
      description: 'Old',
      filters: [{ properties: [], rollout_percentage: 10, variant: 'holdout-x', more: 1 }, 'kept'],
    },
  })
  const carrying = (id: unknown = holdout.id, data: Partial<Prisma.FeatureFlagUncheckedCreateInput> = {}) =>
    seedFlag(db, project, {
      filters: { ...controlAndTest, holdout: { id, exclusion_percentage: 10, note: 'kept' } as never },
      lastModifiedById: null,
      ...data,
    })
  const mutate = async (name: string, input: object, as = key) => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
    const { data, errors } = await run(
      as,
      `mutation ($input: ${type}!) { result: ${name}(input: $input) {
        __typename ... on Error { code message } ... on ValidationError { fieldErrors { path code } }
        ${name === 'createHoldout' ? '' : '... on ApprovalRequiredError { actionKey resourceType resourceId changeRequest { id description before after staleReasons { path } } } ... on ChangeRequestPendingError { changeRequest { id } }'}
        ${name === 'deleteHoldout' ? '... on DeleteSuccess { deletedId } ... on InUseError { usedBy { kind message thing { id } } }' : '... on Holdout { databaseId name description exclusionPercentage filters }'}
      } }`,
      { input },
    )
    return errors ?? data.result
  }
  const flagRow = (flag: { id: number }) => db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })
  const stored = () => db.holdout.findUnique({ where: { id: holdout.id } })
  return { ...tenant, holdout, id: globalId('Holdout', holdout.id), carrying, mutate, flagRow, stored }
}

const approve = `mutation ($id: ID!) { approveChangeRequest(input: { id: $id }) {
  __typename ... on Error { message } ... on ChangeRequestStaleError { changeRequest { staleReasons { path before after } } }
  ... on ApproveChangeRequestSuccess { outcome { __typename ... on ApplyFailed { reason message } } } } }`

describe('createHoldout', () => {
  it('creates a holdout with the filters of the REST API, and an entry of the audit trail', async () => {
    const { project, user, mutate } = await seedLab()
    const made = await mutate('createHoldout', { projectId: project.id, name: 'New', description: 'Why', exclusionPercentage: 33.3 })
    expect(made).toEqual({
      __typename: 'Holdout',
      databaseId: expect.any(Number),
      name: 'New',
      description: 'Why',
      exclusionPercentage: 33.3,
      filters: [{ properties: [], rollout_percentage: 33.3, variant: `holdout-${made.databaseId}` }],
    })
    expect(await db.holdout.findUniqueOrThrow({ where: { id: made.databaseId } })).toMatchObject({
      projectId: project.id,
      createdById: user.id,
      createdAt: time.now,
      importedId: null,
    })
    expect(await db.activity.findMany({ where: { holdoutId: made.databaseId } })).toMatchObject([
      { activity: 'createHoldout', userId: user.id, projectId: project.id, after: { name: 'New', exclusionPercentage: 33.3 } },
    ])
    const bare = await mutate('createHoldout', { projectId: project.id, name: 'Bare', exclusionPercentage: 0 })
    expect(bare).toMatchObject({ description: null, exclusionPercentage: 0 })
  })

  it('names every wrong value', async () => {
    const { project, mutate } = await seedLab()
    const wrong = { projectId: project.id, name: ' ', description: 'x'.repeat(401), exclusionPercentage: 100.1 }
    const { fieldErrors } = await mutate('createHoldout', wrong)
    expect(fieldErrors.map(({ path }: { path: string[] }) => path)).toEqual([['name'], ['description'], ['exclusionPercentage']])
    const name = await mutate('createHoldout', { ...wrong, name: 'x'.repeat(401), description: null, exclusionPercentage: 1 })
    expect(name.fieldErrors).toEqual([{ path: ['name'], code: 'max_length' }])
    expect(await db.holdout.count({ where: { projectId: project.id } })).toBe(1)
  })

  it('needs the scope, and a project that the viewer sees', async () => {
    const { user, project, mutate } = await seedLab()
    const stranger = await seedLab()
    const values = { name: 'New', exclusionPercentage: 1 }
    expect(await mutate('createHoldout', { ...values, projectId: stranger.project.id })).toMatchObject({ __typename: 'NotFoundError' })
    const reader = await seedKey(db, user, { scopes: ['experiment:read'] })
    const refused = await mutate('createHoldout', { ...values, projectId: project.id }, reader)
    expect(refused).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'experiment:write' } }])
  })
})

describe('updateHoldout', () => {
  it('writes another percentage into all flags that carry the holdout, and into those of its experiments', async () => {
    const { id, user, holdout, carrying, mutate, flagRow, stored } = await seedLab()
    const flag = await carrying()
    const orphan = await carrying(holdout.id, { deleted: true, version: 7 })
    const other = await carrying(holdout.id + 1_000_000)
    await seedExperiment(db, flag, { ...running, holdoutId: holdout.id })
    await seedExperiment(db, other, { holdoutId: holdout.id })
    const without = await seedFlag(db, flag as never, { projectId: flag.projectId, filters: controlAndTest })
    await seedExperiment(db, without, { holdoutId: holdout.id })
    const idle = await seedFlag(db, flag as never, { projectId: flag.projectId, filters: controlAndTest })
    await seedExperiment(db, idle, { holdoutId: holdout.id, deleted: true })

    expect(await mutate('updateHoldout', { id, exclusionPercentage: 25, name: 'Fewer' })).toMatchObject({
      __typename: 'Holdout',
      name: 'Fewer',
      description: 'Old',
      exclusionPercentage: 25,
      filters: [{ properties: [], rollout_percentage: 25, variant: 'holdout-x', more: 1 }, 'kept'],
    })
    expect(await stored()).toMatchObject({ name: 'Fewer', updatedAt: time.now })
    for (const [row, version] of [
      [flag, 2],
      [orphan, 8],
    ] as const) {
      expect(await flagRow(row)).toMatchObject({
        version,
        lastModifiedById: user.id,
        updatedAt: time.now,
        filters: { ...controlAndTest, holdout: { id: holdout.id, exclusion_percentage: 25, note: 'kept' } },
      })
    }
    expect(await flagRow(without)).toMatchObject({ version: 2, filters: { holdout: { id: holdout.id, exclusion_percentage: 25 } } })
    expect(await flagRow(other)).toMatchObject({ version: 1, filters: other.filters })
    expect(await flagRow(idle)).toMatchObject({ version: 1, filters: controlAndTest })

    const entries = await db.activity.findMany({ where: { holdoutId: holdout.id }, orderBy: { id: 'asc' } })
    expect(entries.map(({ activity, featureFlagId }) => [activity, featureFlagId])).toEqual([
      ['updateHoldout', null],
      ['updateHoldout', flag.id],
      ['updateHoldout', orphan.id],
      ['updateHoldout', without.id],
    ])
    expect(entries[0]).toMatchObject({
      before: { name: 'Everybody', exclusionPercentage: 10 },
      after: { name: 'Fewer', exclusionPercentage: 25 },
    })
    expect(entries[1]).toMatchObject({
      before: { 'filters.holdout': { exclusion_percentage: 10 } },
      after: { 'filters.holdout': { exclusion_percentage: 25 } },
    })
  })

  it('keeps the number by which an imported flag knows the holdout', async () => {
    const { id, holdout, carrying, mutate, flagRow } = await seedLab()
    await db.holdout.update({ where: { id: holdout.id }, data: { importedId: 888_001 } })
    const flag = await carrying(888_001)
    await mutate('updateHoldout', { id, exclusionPercentage: 25 })
    expect(await flagRow(flag)).toMatchObject({ filters: { holdout: { id: 888_001, exclusion_percentage: 25 } } })
  })

  it('leaves all flags alone when the percentage stays, also under policies', async () => {
    const tenant = await seedLab()
    const { id, carrying, mutate, flagRow, stored, holdout } = tenant
    const approver = await seedColleague(db, tenant)
    for (const action of ['EXPERIMENT_HOLDOUT_UPDATE', 'EXPERIMENT_UPDATE', 'FEATURE_FLAG_UPDATE'] as const) {
      await seedPolicy(db, tenant, action, [approver])
    }
    const flag = await carrying()
    for (const input of [
      { exclusionPercentage: 10 },
      { name: 'Renamed', description: null },
      { name: null, exclusionPercentage: null },
      {},
    ]) {
      expect(await mutate('updateHoldout', { id, ...input })).toMatchObject({ __typename: 'Holdout' })
    }
    expect(await stored()).toMatchObject({ name: 'Renamed', description: null, filters: holdout.filters })
    expect((await flagRow(flag)).version).toBe(1)
    // What changes nothing leaves no entry.
    expect(await db.activity.count({ where: { holdoutId: holdout.id } })).toBe(1)
  })

  it('takes as many statements for many flags as for one', async () => {
    const { id, carrying, mutate } = await seedLab()
    let exclusionPercentage = 0
    const count = () =>
      countStatements(async () => {
        exclusionPercentage++
        expect(await mutate('updateHoldout', { id, exclusionPercentage })).toMatchObject({ exclusionPercentage })
      })
    await carrying()
    const few = await count()
    for (let n = 0; n < 5; n++) await carrying()
    expect(await count()).toBe(few)
  })

  it('of two equal calls at once, one rewrites the flags', async () => {
    const { id, carrying, mutate, flagRow } = await seedLab()
    const flag = await carrying()
    const both = await Promise.all([1, 2].map(() => mutate('updateHoldout', { id, exclusionPercentage: 50 })))
    expect(both).toMatchObject([{ exclusionPercentage: 50 }, { exclusionPercentage: 50 }])
    expect((await flagRow(flag)).version).toBe(2)
  })

  it('does not find what is hidden or malformed, and needs the scope', async () => {
    const { id, user, organization, mutate, stored, holdout } = await seedLab()
    const stranger = await seedLab()
    for (const other of [stranger.id, stranger.holdout.id, 'x', globalId('Experiment', 1), '9999999999999999']) {
      expect(await mutate('updateHoldout', { id: other, name: 'Mine' })).toMatchObject({ __typename: 'NotFoundError' })
      expect(await mutate('deleteHoldout', { id: other })).toMatchObject({ __typename: 'NotFoundError' })
    }
    const elsewhere = await seedKey(db, user, { scopedProjects: [(await seedProject(db, organization)).id] })
    expect(await mutate('updateHoldout', { id, name: 'Mine' }, elsewhere)).toMatchObject({ __typename: 'NotFoundError' })
    const reader = await seedKey(db, user, { scopes: ['experiment:read', 'feature_flag:write'] })
    for (const name of ['updateHoldout', 'deleteHoldout']) {
      expect(await mutate(name, { id }, reader)).toMatchObject([{ extensions: { requiredScope: 'experiment:write' } }])
    }
    const { fieldErrors } = await mutate('updateHoldout', { id, exclusionPercentage: -1, name: '' })
    expect(fieldErrors.map(({ path }: { path: string[] }) => path[0])).toEqual(['name', 'exclusionPercentage'])
    expect(await stored()).toEqual(holdout)
  })
})

describe('deleteHoldout', () => {
  it('is refused while experiments use it, and names them', async () => {
    const { id, carrying, mutate, stored, holdout, flagRow } = await seedLab()
    const flag = await carrying()
    const archived = await seedExperiment(db, flag, { holdoutId: holdout.id, archived: true })
    await seedExperiment(db, flag, { holdoutId: holdout.id, deleted: true })
    expect(await mutate('deleteHoldout', { id })).toMatchObject({
      __typename: 'InUseError',
      code: 'IN_USE',
      usedBy: [{ kind: 'EXPERIMENT', thing: { id: globalId('Experiment', archived.id) } }],
    })
    expect(await stored()).toEqual(holdout)
    expect((await flagRow(flag)).version).toBe(1)
  })

  it('takes the holdout out of all experiments and flags, when it is told to', async () => {
    const { id, carrying, mutate, stored, holdout, flagRow } = await seedLab()
    const flag = await carrying()
    const experiment = await seedExperiment(db, flag, { ...running, holdoutId: holdout.id })
    const deleted = await seedExperiment(db, flag, { holdoutId: holdout.id, deleted: true })
    const bare = await seedFlag(db, flag as never, { projectId: flag.projectId, filters: controlAndTest })
    await seedExperiment(db, bare, { holdoutId: holdout.id })
    expect(await mutate('deleteHoldout', { id, detach: true })).toEqual({ __typename: 'DeleteSuccess', deletedId: id })
    expect(await stored()).toBeNull()
    expect(await flagRow(flag)).toMatchObject({ version: 2, filters: { ...controlAndTest, holdout: null } })
    expect(await flagRow(bare)).toMatchObject({ version: 1, filters: controlAndTest })
    for (const row of [experiment, deleted]) {
      expect((await db.experiment.findUniqueOrThrow({ where: { id: row.id } })).holdoutId).toBeNull()
    }
    const entries = await db.activity.findMany({ where: { holdoutId: holdout.id }, orderBy: { id: 'asc' } })
    expect(entries).toMatchObject([
      { featureFlagId: null, experimentId: null, before: { name: 'Everybody', exclusionPercentage: 10 }, after: { deleted: true } },
      { featureFlagId: flag.id, after: { 'filters.holdout': null } },
      { experimentId: experiment.id, before: { holdoutId: holdout.id }, after: { holdoutId: null } },
      { experimentId: expect.any(Number) },
    ])
    expect(await mutate('deleteHoldout', { id })).toMatchObject({ __typename: 'NotFoundError' })
  })

  it('of two equal calls at once, one deletes it', async () => {
    const { id, mutate } = await seedLab()
    const both = await Promise.all([1, 2].map(() => mutate('deleteHoldout', { id })))
    expect(both.map(({ __typename }) => __typename).sort()).toEqual(['DeleteSuccess', 'NotFoundError'])
  })
})

describe('under a policy', () => {
  async function guarded(action: Parameters<typeof seedPolicy>[2] = 'EXPERIMENT_HOLDOUT_UPDATE', more: object = {}) {
    const lab = await seedLab()
    const approver = await seedColleague(db, lab)
    await seedPolicy(db, lab, action, [approver], more)
    const flag = await lab.carrying()
    const experiment = await seedExperiment(db, flag, { ...running, holdoutId: lab.holdout.id })
    const vote = async (id: string) => (await run(approver.key, approve, { id })).data.approveChangeRequest
    return { ...lab, approver, flag, experiment, vote }
  }

  it('a change of the percentage is one request, which says what it is about', async () => {
    const { id, key, holdout, mutate, vote, flag, flagRow, stored } = await guarded()
    const refused = await mutate('updateHoldout', { id, exclusionPercentage: 25, name: 'Fewer' })
    expect(refused).toMatchObject({
      __typename: 'ApprovalRequiredError',
      actionKey: 'EXPERIMENT_HOLDOUT_UPDATE',
      resourceType: 'EXPERIMENT_HOLDOUT',
      resourceId: id,
      changeRequest: {
        description: "Update holdout 'Everybody' (1 experiment): holdout.exclusion_percentage 10% -> 25%",
        before: { name: 'Everybody', exclusionPercentage: 10 },
        after: { name: 'Fewer', exclusionPercentage: 25 },
        staleReasons: [],
      },
    })
    expect(await stored()).toEqual(holdout)
    expect((await flagRow(flag)).version).toBe(1)
    const again = await mutate('updateHoldout', { id, exclusionPercentage: 30 })
    expect(again).toMatchObject({ __typename: 'ChangeRequestPendingError', changeRequest: { id: refused.changeRequest.id } })
    const found = await run(key, 'query ($p: ID!, $id: ID) { changeRequests(projectId: $p, resourceId: $id) { nodes { id } } }', {
      p: holdout.projectId,
      id,
    })
    expect(found.data.changeRequests.nodes).toEqual([{ id: refused.changeRequest.id }])
    expect(await vote(refused.changeRequest.id)).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
    expect(await stored()).toMatchObject({ name: 'Fewer', filters: [{ rollout_percentage: 25 }, 'kept'] })
    expect(await flagRow(flag)).toMatchObject({ version: 2, filters: { holdout: { exclusion_percentage: 25 } } })
  })

  it('of two equal calls at once, one makes the request', async () => {
    const { id, mutate } = await guarded()
    const both = await Promise.all([1, 2].map(() => mutate('updateHoldout', { id, exclusionPercentage: 25 })))
    expect(both.map(({ __typename }) => __typename).sort()).toEqual(['ApprovalRequiredError', 'ChangeRequestPendingError'])
  })

  it('goes stale with the percentage, the set of experiments, and a flag that it would rewrite', async () => {
    type Lab = Awaited<ReturnType<typeof guarded>>
    const changes: [string, (lab: Lab) => Promise<unknown>, string][] = [
      [
        'the percentage',
        ({ holdout }) => db.holdout.update({ where: { id: holdout.id }, data: { filters: [{ rollout_percentage: 12 }] } }),
        'holdout.filters',
      ],
      ['another experiment', ({ flag, holdout }) => seedExperiment(db, flag, { holdoutId: holdout.id }), 'holdout.experiments'],
      [
        'an experiment that left',
        ({ experiment }) => db.experiment.update({ where: { id: experiment.id }, data: { holdoutId: null } }),
        'holdout.experiments',
      ],
      [
        'a flag that was edited',
        ({ flag }) => db.featureFlag.update({ where: { id: flag.id }, data: { filters: { ...controlAndTest, holdout: { id: 5 } } } }),
        'featureFlag.filters.holdout',
      ],
    ]
    for (const [what, change, path] of changes) {
      const lab = await guarded()
      const { changeRequest } = await lab.mutate('updateHoldout', { id: lab.id, exclusionPercentage: 25 })
      await change(lab)
      const answer = await lab.vote(changeRequest.id)
      expect([what, answer.__typename]).toEqual([what, 'ChangeRequestStaleError'])
      expect(answer.changeRequest.staleReasons.map((reason: { path: string[] }) => reason.path.join('.'))).toContain(path)
    }
  })

  it('does not go stale with a rename, or other values of a flag', async () => {
    const { id, mutate, vote, flag, flagRow } = await guarded()
    const { changeRequest } = await mutate('updateHoldout', { id, exclusionPercentage: 25 })
    await mutate('updateHoldout', { id, name: 'Renamed' })
    await db.featureFlag.update({ where: { id: flag.id }, data: { name: 'Renamed', version: 5 } })
    expect(await vote(changeRequest.id)).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
    expect(await flagRow(flag)).toMatchObject({ version: 6, name: 'Renamed', filters: { holdout: { exclusion_percentage: 25 } } })
  })

  it('a deletion is gone when the holdout is', async () => {
    const { id, mutate, vote, holdout } = await guarded('EXPERIMENT_HOLDOUT_DELETE')
    const { changeRequest } = await mutate('deleteHoldout', { id, detach: true })
    expect(changeRequest.description).toBe("Delete holdout 'Everybody' (1 experiment): holdout.exclusion_percentage 10% -> N/A")
    await db.experiment.updateMany({ where: { holdoutId: holdout.id }, data: { holdoutId: null } })
    await db.holdout.delete({ where: { id: holdout.id } })
    expect(await vote(changeRequest.id)).toMatchObject({ __typename: 'ChangeRequestStaleError' })
  })

  it('for flags alone, a holdout that no flag carries is free', async () => {
    const lab = await seedLab()
    const approver = await seedColleague(db, lab)
    for (const action of ['EXPERIMENT_UPDATE', 'FEATURE_FLAG_UPDATE'] as const) await seedPolicy(db, lab, action, [approver])
    expect(await lab.mutate('updateHoldout', { id: lab.id, exclusionPercentage: 25 })).toMatchObject({ __typename: 'Holdout' })
    expect(await lab.mutate('deleteHoldout', { id: lab.id })).toMatchObject({ __typename: 'DeleteSuccess' })
  })

  it('with a condition on the percentage, guards what meets it', async () => {
    const conditions = { type: 'change_amount', field: 'rollout_percentage', operator: '>', value: 20 }
    const { id, mutate } = await guarded('EXPERIMENT_UPDATE', { conditions })
    expect(await mutate('updateHoldout', { id, exclusionPercentage: 30 })).toMatchObject({ __typename: 'Holdout' })
    expect(await mutate('updateHoldout', { id, exclusionPercentage: 60 })).toMatchObject({ actionKey: 'EXPERIMENT_UPDATE' })
  })
})
