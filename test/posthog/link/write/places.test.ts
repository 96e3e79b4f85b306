import { describe, expect, it } from 'vitest'
import { linkedServer } from '../../../support/linkedServer.ts'
import { controlAndTest, seedFlag, seedProject } from '../../../support/seed.ts'
import { globalId } from '../../../support/testServer.ts'

// Numbers that are taken here, other projects, and writers at the same time.

const linked = await linkedServer({
  before: async (db, organization) => {
    const other = await seedProject(db, organization)
    for (let count = 0; count < 3; count++) await seedFlag(db, other)
    await db.holdout.create({ data: { projectId: other.id, name: 'Elsewhere', filters: [] } })
  },
  fill: ({ person }) => {
    person.createFlag({ key: 'plain' })
    person.createFlag({ key: 'of-draft', filters: { ...controlAndTest, payloads: {} }, active: false })
    person.createExperiment({ name: 'draft', feature_flag_key: 'of-draft' })
    person.createHoldout('Holdout', 10)
  },
})
const { posthog, mutate, differences, db, organization } = linked
const projectId = String(linked.project.id)

describe('a row with another number here', () => {
  it('is named by its number in PostHog', async () => {
    const holdout = await db.holdout.findFirstOrThrow({ where: { projectId: linked.project.id } })
    expect(holdout.id).not.toBe(holdout.importedId)
    const id = await linked.experimentId(1)
    const result = await mutate('updateExperiment', { id, holdoutId: globalId('Holdout', holdout.id) })
    expect(result).toMatchObject({ __typename: 'Experiment' })
    expect(posthog.person.experiment(1).holdout_id).toBe(1)
    expect(posthog.person.flag(2).filters.holdout).toMatchObject({ id: 1 })
    const updated = await mutate('updateHoldout', { id: globalId('Holdout', holdout.id), exclusionPercentage: 12 })
    expect(updated).toMatchObject({ __typename: 'Holdout' })
    expect(posthog.person.flag(2).filters.holdout).toMatchObject({ exclusion_percentage: 12 })
    expect(await differences()).toEqual({})
  })

  it('is depended on by its number in PostHog', async () => {
    const plain = await linked.flagOf(1)
    const filters = {
      groups: [
        { properties: [{ type: 'flag', key: String(plain.id), operator: 'flag_evaluates_to', value: true }], rollout_percentage: 100 },
      ],
    }
    const result = await mutate('createFeatureFlag', { projectId, key: 'dependent', filters })
    expect(result).toMatchObject({ __typename: 'FeatureFlag' })
    const [dependent] = posthog.state.flags.where(({ key }) => key === 'dependent')
    expect(JSON.stringify(dependent?.filters)).toContain('"key":"1"')
    expect(await differences()).toEqual({})
  })
})

describe('writers of one flag', () => {
  it('go one after the other, and none is lost', async () => {
    const id = await linked.flagId(1)
    const { version } = posthog.person.flag(1)
    const changes = [{ name: 'A name' }, { tags: ['a'] }, { evaluationRuntime: 'SERVER' }, { ensureExperienceContinuity: true }]
    const results = await Promise.all(changes.map((change) => mutate('updateFeatureFlag', { id, ...change })))
    expect(results.map(({ __typename }) => __typename)).toEqual(changes.map(() => 'FeatureFlag'))
    expect(posthog.person.flag(1)).toMatchObject({
      ...{ name: 'A name', tags: ['a'], evaluation_runtime: 'server', ensure_experience_continuity: true, version: (version ?? 0) + 4 },
    })
    expect(await differences()).toEqual({})
  })
})

describe('copies', () => {
  it('of experiments go to another project of the same PostHog', async () => {
    const target = await seedProject(db, organization)
    await linked.link(target, posthog.addProject())
    const result = await mutate('copyExperimentToProject', {
      id: await linked.experimentId(1),
      targetProjectId: String(target.id),
      name: 'Copied',
    })
    expect(result).toMatchObject({ __typename: 'Experiment' })
    const [copy] = posthog.state.experiments.where(({ name }) => name === 'Copied')
    expect(copy?.team_id).not.toBe(posthog.project.id)
    expect(await db.experiment.findMany({ where: { projectId: target.id } })).toMatchObject([{ name: 'Copied', importedId: copy?.id }])
  })

  it('of flags go where they are linked to, and into projects of this service', async () => {
    const own = await seedProject(db, organization)
    const target = await seedProject(db, organization)
    const upstream = posthog.addProject()
    await linked.link(target, upstream)
    const targetProjectIds = [String(own.id), String(target.id)]
    const fields = '... on CopyFeatureFlagSuccess { results { created refusal { code message } } }'
    const copied = await mutate('copyFeatureFlag', { id: await linked.flagId(2), targetProjectIds }, { fields })
    expect(copied).toMatchObject({
      results: [
        { created: true, refusal: null },
        { created: true, refusal: null },
      ],
    })
    expect(posthog.state.flags.where(({ team_id }) => team_id === upstream.id)).toMatchObject([{ key: 'of-draft' }])
    const replaced = await mutate(
      'copyFeatureFlag',
      { id: await linked.flagId(2), targetProjectIds, onExisting: 'REPLACE', switchedOff: true },
      { fields },
    )
    expect(replaced).toMatchObject({ results: [{ created: false }, { created: false, refusal: null }] })
  })

  it('from a project of this service cannot be experiments', async () => {
    const own = await seedProject(db, organization)
    const flag = await seedFlag(db, own, { key: 'own' })
    const experiment = await db.experiment.create({ data: { name: 'Own', projectId: own.id, featureFlagId: flag.id } })
    const refused = await mutate('copyExperimentToProject', { id: globalId('Experiment', experiment.id), targetProjectId: projectId })
    expect(refused).toMatchObject({ __typename: 'LinkedReadOnlyError', reason: 'NOT_POSSIBLE' })
  })
})

it('what was left open is cleared up by the job', async () => {
  const flag = await linked.flagOf(1)
  posthog.person.updateFlag(1, { name: 'Made by a server that was killed' })
  const sent = {
    projectId: linked.project.id,
    command: 'updateFeatureFlag',
    input: {},
    requestSummary: '',
    resource: `feature_flags/${flag.id}`,
  }
  await db.linkOperation.create({ data: { ...sent, createdAt: new Date(linked.time.now.getTime() - 3_600_000) } })
  expect(await linked.server.settleOperations()).toEqual({ settled: 1, errors: 0 })
  expect(await linked.flagOf(1)).toMatchObject({ name: 'Made by a server that was killed' })
  expect(await db.linkOperation.count({ where: { state: { in: ['sent', 'unknown'] } } })).toBe(0)
})
