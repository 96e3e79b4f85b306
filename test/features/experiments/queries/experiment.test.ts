import { describe, expect, it } from 'vitest'
import { seedExperiment, seedFlag, seedKey, seedProject } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run } = await testServer()

const question = `query ($id: ID, $projectId: ID, $databaseId: Int) {
  experiment(id: $id, projectId: $projectId, databaseId: $databaseId) { databaseId name }
}`

async function seedLab() {
  const tenant = await seedTenant(db)
  const experiment = await seedExperiment(db, await seedFlag(db, tenant.project), { name: 'Checkout' })
  const found = { data: { experiment: { databaseId: experiment.id, name: 'Checkout' } } }
  return { ...tenant, experiment, found }
}

const refused = (code: string, argument?: string) => ({
  data: { experiment: null },
  errors: [{ extensions: { code, ...(argument === undefined ? {} : { argument }) } }],
})

describe('experiment', () => {
  it('finds an experiment by its global id, by its number, and by its project and number', async () => {
    const { key, project, experiment, found } = await seedLab()
    for (const named of [
      { id: globalId('Experiment', experiment.id) },
      { id: experiment.id },
      { id: String(experiment.id), projectId: null, databaseId: null },
      { projectId: project.id, databaseId: experiment.id },
      { id: null, projectId: globalId('Project', project.id), databaseId: experiment.id },
    ]) {
      expect(await run(key, question, named)).toEqual(found)
    }
  })

  it('finds an archived one, and no deleted one', async () => {
    const { key, project, experiment, found } = await seedLab()
    await db.experiment.update({ where: { id: experiment.id }, data: { archived: true } })
    expect(await run(key, question, { id: experiment.id })).toEqual(found)
    await db.experiment.update({ where: { id: experiment.id }, data: { deleted: true } })
    expect(await run(key, question, { id: experiment.id })).toMatchObject(refused('NOT_FOUND'))
    expect(await run(key, question, { projectId: project.id, databaseId: experiment.id })).toMatchObject(refused('NOT_FOUND'))
  })

  it('does not find what is not there, and what others have', async () => {
    const { key, organization, project, experiment } = await seedLab()
    const stranger = await seedLab()
    for (const id of [2_147_483_647, '9999999999999999', stranger.experiment.id, globalId('Experiment', stranger.experiment.id)]) {
      expect(await run(key, question, { id })).toMatchObject(refused('NOT_FOUND'))
    }
    const neighbour = await seedProject(db, organization)
    for (const named of [
      { projectId: project.id, databaseId: stranger.experiment.id },
      { projectId: neighbour.id, databaseId: experiment.id },
      { projectId: stranger.project.id, databaseId: stranger.experiment.id },
      { projectId: project.id, databaseId: -1 },
    ]) {
      expect(await run(key, question, named)).toMatchObject(refused('NOT_FOUND'))
    }
  })

  it.each([
    [{}, 'id'],
    [{ id: 'abc' }, 'id'],
    [{ id: globalId('FeatureFlag', 1) }, 'id'],
    [{ id: 1, projectId: 1 }, 'projectId'],
    [{ id: 1, databaseId: 1 }, 'databaseId'],
    [{ id: 1, projectId: 1, databaseId: 1 }, 'projectId'],
    [{ projectId: 1 }, 'databaseId'],
    [{ databaseId: 1 }, 'projectId'],
    [{ projectId: 'abc', databaseId: 1 }, 'projectId'],
  ])('refuses %j and names %s', async (named, argument) => {
    const { key } = await seedLab()
    expect(await run(key, question, named)).toMatchObject(refused('BAD_USER_INPUT', argument))
  })

  it('needs a key with the scope, for the project', async () => {
    const { organization, user, project, experiment } = await seedLab()
    const noScope = await seedKey(db, user, { scopes: ['feature_flag:read'] })
    expect(await run(noScope, question, { id: experiment.id })).toMatchObject(refused('FORBIDDEN'))
    expect(await run(noScope, question, { id: 2_147_483_647 })).toMatchObject(refused('FORBIDDEN'))
    expect(await run(null, question, {})).toMatchObject(refused('UNAUTHENTICATED'))
    const elsewhere = await seedKey(db, user, { scopedProjects: [(await seedProject(db, organization)).id] })
    expect(await run(elsewhere, question, { id: experiment.id })).toMatchObject(refused('NOT_FOUND'))
    expect(await run(elsewhere, question, { projectId: project.id, databaseId: experiment.id })).toMatchObject(refused('FORBIDDEN'))
  })
})
