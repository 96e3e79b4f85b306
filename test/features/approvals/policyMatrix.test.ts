import { isUnionType } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { Experiment, FeatureFlag } from '../../../src/database/generated/client.ts'
import type { GatedAction } from '../../../src/features/approvals/rules/guardedChanges.ts'
import { schema } from '../../../src/schema/schema.ts'
import { seedColleague, seedPolicy, snapshotFlagsAndExperiments } from '../../support/approvals.ts'
import { controlAndTest, seedEvent, seedExperiment, seedFlag, seedProject } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

// For every route that can change a guarded value, with a policy on: refused, exactly one pending request, nothing changed; and what is
// approved is then done as a whole.

const { db, run, time } = await testServer()

type Tenant = Awaited<ReturnType<typeof seedTenant>>
interface Scene {
  tenant: Tenant
  flag: FeatureFlag
  experiment: Experiment
}
interface Route {
  name: string
  mutation: string
  action: GatedAction
  /** Others that may govern it too. */
  also?: readonly GatedAction[]
  /** The state that the flag and its experiment are in. */
  flag?: object
  experiment?: object | null
  input(scene: Scene): Promise<object> | object
  /** What is true once it is approved. */
  done(scene: Scene): Promise<boolean>
}

const now = time.now
const running = { startDate: new Date('2026-11-01') }
const ended = { startDate: new Date('2026-11-01'), endDate: new Date('2026-11-10') }
const splits = (control: number) => [
  { key: 'control', rolloutPercentage: control },
  { key: 'test', rolloutPercentage: 100 - control },
]
const stored = ({ flag }: Scene) => db.featureFlag.findUniqueOrThrow({ where: { id: flag.id } })
const storedExperiment = ({ experiment }: Scene) => db.experiment.findUniqueOrThrow({ where: { id: experiment.id } })
const made = async ({ tenant }: Scene, key: string) => (await db.featureFlag.count({ where: { projectId: tenant.project.id, key } })) === 1
const flagId = ({ flag }: Scene) => ({ id: globalId('FeatureFlag', flag.id) })
const experimentId = ({ experiment }: Scene) => ({ id: globalId('Experiment', experiment.id) })
/** A holdout that the experiment is in and its flag carries. */
const holdoutId = async ({ tenant, flag, experiment }: Scene) => {
  const { id } = await db.holdout.create({ data: { projectId: tenant.project.id, name: 'H', filters: [{ rollout_percentage: 10 }] } })
  await db.experiment.update({ where: { id: experiment.id }, data: { holdoutId: id } })
  const holdout = { id, exclusion_percentage: 10 }
  await db.featureFlag.update({ where: { id: flag.id }, data: { filters: { ...controlAndTest, holdout } } })
  return { id: globalId('Holdout', id) }
}
const filters = (percentage: number) => ({ groups: [{ properties: [], rollout_percentage: percentage }] })

const routes: Route[] = [
  {
    name: 'enabling a flag',
    mutation: 'updateFeatureFlag',
    action: 'FEATURE_FLAG_ENABLE',
    flag: { active: false },
    experiment: null,
    input: (scene) => ({ ...flagId(scene), active: true }),
    done: async (scene) => (await stored(scene)).active,
  },
  {
    name: 'disabling a flag',
    mutation: 'updateFeatureFlag',
    action: 'FEATURE_FLAG_DISABLE',
    experiment: null,
    input: (scene) => ({ ...flagId(scene), active: false }),
    done: async (scene) => !(await stored(scene)).active,
  },
  {
    name: 'archiving a flag that is on',
    mutation: 'updateFeatureFlag',
    action: 'FEATURE_FLAG_DISABLE',
    experiment: null,
    input: (scene) => ({ ...flagId(scene), active: false, archived: true }),
    done: async (scene) => (await stored(scene)).archived && !(await stored(scene)).active,
  },
  {
    name: 'changing the percentage of a flag',
    mutation: 'updateFeatureFlag',
    action: 'FEATURE_FLAG_UPDATE',
    experiment: null,
    input: (scene) => ({ ...flagId(scene), filters: filters(30), name: 'a rename in the same call' }),
    done: async (scene) => {
      const flag = await stored(scene)
      return JSON.stringify(flag.filters).includes('"rollout_percentage": 30') || JSON.stringify(flag.filters).includes(':30')
    },
  },
  {
    name: 'changing the release conditions of a flag',
    mutation: 'updateFeatureFlag',
    action: 'FEATURE_FLAG_UPDATE',
    experiment: null,
    input: (scene) => ({
      ...flagId(scene),
      filters: {
        groups: [{ properties: [{ key: 'country', type: 'person', value: ['DE'], operator: 'exact' }], rollout_percentage: 100 }],
      },
    }),
    done: async (scene) => JSON.stringify((await stored(scene)).filters).includes('country'),
  },
  {
    name: 'deleting a flag that is on',
    mutation: 'updateFeatureFlag',
    action: 'FEATURE_FLAG_DELETE',
    experiment: null,
    input: (scene) => ({ ...flagId(scene), deleted: true }),
    done: async (scene) => (await stored(scene)).deleted,
  },
  {
    name: 'restoring a deleted flag that is on',
    mutation: 'updateFeatureFlag',
    action: 'FEATURE_FLAG_ENABLE',
    flag: { deleted: true },
    experiment: null,
    input: (scene) => ({ ...flagId(scene), deleted: false }),
    done: async (scene) => !(await stored(scene)).deleted,
  },
  ...(
    [
      [
        'the typed conditions',
        { conditions: [{ properties: [{ person: { key: 'country', operator: 'EXACT', value: 'DE' } }] }] },
        'country',
      ],
      ['the share of all condition sets', { rolloutPercentage: 31 }, '31'],
      ['a condition set, by adding one', { addConditions: [{ rolloutPercentage: 32 }] }, '32'],
      ['the typed variants', { variants: splits(33), conditions: [{ rolloutPercentage: 100, properties: [] }] }, '33'],
      ['whether evaluation ends early', { earlyExit: true }, 'early_exit'],
    ] as const
  ).map(
    ([what, input, mark]): Route => ({
      name: `changing ${what} of a flag`,
      mutation: 'updateFeatureFlag',
      action: 'FEATURE_FLAG_UPDATE',
      experiment: null,
      input: (scene) => ({ ...flagId(scene), ...input }),
      done: async (scene) => JSON.stringify((await stored(scene)).filters).includes(mark),
    }),
  ),
  {
    name: 'making a flag with typed percentages',
    mutation: 'createFeatureFlag',
    action: 'FEATURE_FLAG_UPDATE',
    input: ({ tenant }) => ({
      projectId: tenant.project.id,
      key: 'brand-new',
      active: false,
      conditions: [{ rolloutPercentage: 10 }],
      variants: splits(40),
    }),
    done: (scene) => made(scene, 'brand-new'),
  },
  {
    name: 'archiving a flag that is on, and switching it off',
    mutation: 'archiveFeatureFlag',
    action: 'FEATURE_FLAG_DISABLE',
    experiment: null,
    input: (scene) => ({ ...flagId(scene), switchOff: true }),
    done: async (scene) => (await stored(scene)).archived && !(await stored(scene)).active,
  },
  {
    name: 'archiving the flag of an experiment that is on',
    mutation: 'archiveFeatureFlag',
    action: 'EXPERIMENT_PAUSE',
    experiment: running,
    input: (scene) => ({ ...flagId(scene), switchOff: true }),
    done: async (scene) => (await stored(scene)).archived,
  },
  {
    name: 'deleting a flag that is on, by its own mutation',
    mutation: 'deleteFeatureFlag',
    action: 'FEATURE_FLAG_DELETE',
    experiment: null,
    input: flagId,
    done: async (scene) => (await stored(scene)).deleted,
  },
  {
    name: 'restoring a flag that was on, under another key',
    mutation: 'restoreFeatureFlag',
    action: 'FEATURE_FLAG_ENABLE',
    flag: { deleted: true },
    experiment: null,
    input: (scene) => ({ ...flagId(scene), key: 'back-again' }),
    done: async (scene) => !(await stored(scene)).deleted && (await stored(scene)).key === 'back-again',
  },
  {
    name: 'making a flag that is on',
    mutation: 'createFeatureFlag',
    action: 'FEATURE_FLAG_ENABLE',
    input: ({ tenant }) => ({ projectId: tenant.project.id, key: 'brand-new' }),
    done: (scene) => made(scene, 'brand-new'),
  },
  {
    name: 'making a flag with percentages',
    mutation: 'createFeatureFlag',
    action: 'FEATURE_FLAG_UPDATE',
    input: ({ tenant }) => ({ projectId: tenant.project.id, key: 'brand-new', active: false, filters: filters(10) }),
    done: (scene) => made(scene, 'brand-new'),
  },
  {
    name: 'making a draft with its flag',
    mutation: 'createExperiment',
    action: 'FEATURE_FLAG_UPDATE',
    input: ({ tenant }) => ({ projectId: tenant.project.id, name: 'New', featureFlagKey: 'brand-new' }),
    done: (scene) => made(scene, 'brand-new'),
  },
  ...(['EXPERIMENT_LAUNCH', 'FEATURE_FLAG_ENABLE'] as const).map(
    (action): Route => ({
      name: `making an experiment that runs at once, under ${action}`,
      mutation: 'createExperiment',
      action,
      input: ({ tenant }) => ({ projectId: tenant.project.id, name: 'New', featureFlagKey: 'brand-new', startDate: now.toISOString() }),
      done: (scene) => made(scene, 'brand-new'),
    }),
  ),
  {
    name: 'making an experiment from a prompt',
    mutation: 'createExperimentFromPrompt',
    action: 'FEATURE_FLAG_UPDATE',
    input: async ({ tenant }) => {
      const version = (version: number) => ({ projectId: tenant.project.id, name: 'greeter', prompt: {}, version })
      await db.prompt.createMany({ data: [version(1), version(2)] })
      return { projectId: tenant.project.id, promptName: 'greeter', versions: [1, 2], templates: ['COST'], featureFlagKey: 'brand-new' }
    },
    done: (scene) => made(scene, 'brand-new'),
  },
  {
    name: 'launching',
    mutation: 'launchExperiment',
    action: 'EXPERIMENT_LAUNCH',
    flag: { active: false },
    input: experimentId,
    done: async (scene) => (await stored(scene)).active && (await storedExperiment(scene)).startDate !== null,
  },
  {
    name: 'launching by a start date',
    mutation: 'updateExperiment',
    action: 'EXPERIMENT_LAUNCH',
    flag: { active: false },
    input: (scene) => ({ ...experimentId(scene), startDate: '2026-11-19T00:00:00Z' }),
    done: async (scene) =>
      (await stored(scene)).active && (await storedExperiment(scene)).startDate?.getTime() === Date.parse('2026-11-19'),
  },
  {
    name: 'enabling the flag of a draft',
    mutation: 'updateFeatureFlag',
    action: 'EXPERIMENT_LAUNCH',
    flag: { active: false },
    input: (scene) => ({ ...flagId(scene), active: true }),
    done: async (scene) => (await stored(scene)).active,
  },
  {
    name: 'pausing',
    mutation: 'pauseExperiment',
    action: 'EXPERIMENT_PAUSE',
    experiment: running,
    input: experimentId,
    done: async (scene) => !(await stored(scene)).active,
  },
  {
    name: 'disabling the flag of a running experiment',
    mutation: 'updateFeatureFlag',
    action: 'EXPERIMENT_PAUSE',
    experiment: running,
    input: (scene) => ({ ...flagId(scene), active: false }),
    done: async (scene) => !(await stored(scene)).active,
  },
  {
    name: 'resuming',
    mutation: 'resumeExperiment',
    action: 'EXPERIMENT_LAUNCH',
    flag: { active: false },
    experiment: running,
    input: experimentId,
    done: async (scene) => (await stored(scene)).active,
  },
  {
    name: 'shipping a variant',
    mutation: 'shipExperimentVariant',
    action: 'EXPERIMENT_UPDATE',
    experiment: running,
    input: (scene) => ({ ...experimentId(scene), variantKey: 'test', conclusion: 'WON' }),
    done: async (scene) => {
      const { endDate, conclusion } = await storedExperiment(scene)
      return endDate !== null && conclusion === 'won' && JSON.stringify((await stored(scene)).filters).includes('100')
    },
  },
  {
    name: 'shipping to everyone on a stopped experiment',
    mutation: 'shipExperimentVariant',
    action: 'EXPERIMENT_UPDATE',
    experiment: ended,
    input: (scene) => ({ ...experimentId(scene), variantKey: 'control', releaseToEveryone: true }),
    done: async (scene) => JSON.stringify((await stored(scene)).filters).includes('Added automatically'),
  },
  {
    name: 'changing the split of a running experiment',
    mutation: 'updateExperiment',
    action: 'EXPERIMENT_UPDATE',
    experiment: running,
    input: (scene) => ({ ...experimentId(scene), variants: splits(90) }),
    done: async (scene) => JSON.stringify((await stored(scene)).filters).includes('90'),
  },
  {
    name: 'changing the percentage of a running experiment',
    mutation: 'updateExperiment',
    action: 'EXPERIMENT_UPDATE',
    experiment: running,
    input: (scene) => ({ ...experimentId(scene), rolloutPercentage: 40 }),
    done: async (scene) => JSON.stringify((await stored(scene)).filters).includes('40'),
  },
  {
    name: "changing the split of an experiment's flag",
    mutation: 'updateFeatureFlag',
    action: 'EXPERIMENT_UPDATE',
    experiment: running,
    input: (scene) => ({
      ...flagId(scene),
      filters: {
        multivariate: { variants: splits(70).map(({ key, rolloutPercentage }) => ({ key, rollout_percentage: rolloutPercentage })) },
      },
    }),
    done: async (scene) => JSON.stringify((await stored(scene)).filters).includes('70'),
  },
  {
    name: 'changing the percentage of a deleted flag, to restore it then',
    mutation: 'updateFeatureFlag',
    action: 'FEATURE_FLAG_UPDATE',
    flag: { deleted: true },
    experiment: null,
    input: (scene) => ({ ...flagId(scene), filters: filters(30) }),
    done: async (scene) => JSON.stringify((await stored(scene)).filters).includes('30'),
  },
  {
    name: 'pausing by the flag while the experiment is deleted, to restore it then',
    mutation: 'updateFeatureFlag',
    action: 'EXPERIMENT_PAUSE',
    also: ['FEATURE_FLAG_DISABLE'],
    experiment: { ...running, deleted: true },
    input: (scene) => ({ ...flagId(scene), active: false }),
    done: async (scene) => !(await stored(scene)).active,
  },
  {
    name: 'archiving an experiment along with a flag that is on',
    mutation: 'archiveExperiment',
    action: 'EXPERIMENT_PAUSE',
    experiment: ended,
    input: (scene) => ({ ...experimentId(scene), disableFeatureFlag: true }),
    done: async (scene) => (await storedExperiment(scene)).archived && (await stored(scene)).archived,
  },
  {
    name: 'duplicating with a flag of its own',
    mutation: 'duplicateExperiment',
    action: 'FEATURE_FLAG_UPDATE',
    input: (scene) => ({ ...experimentId(scene), featureFlagKey: 'brand-new' }),
    done: (scene) => made(scene, 'brand-new'),
  },
  {
    name: 'copying to another project',
    mutation: 'copyExperimentToProject',
    action: 'FEATURE_FLAG_UPDATE',
    input: async (scene) => ({
      ...experimentId(scene),
      targetProjectId: (await seedProject(db, scene.tenant.organization)).id,
      featureFlagKey: 'brand-new',
    }),
    done: async () => (await db.featureFlag.count({ where: { key: 'brand-new', active: false, deleted: false } })) > 0,
  },
]

const frozenFilters = (cohort: number) => ({
  ...controlAndTest,
  groups: [
    {
      properties: [{ key: 'id', type: 'cohort', value: cohort, operator: 'in' }],
      rollout_percentage: 100,
      exposure_frozen: true,
      exposure_frozen_cohort: cohort,
    },
  ],
})
const isFrozen = async (scene: Scene) => (await stored(scene)).exposureFrozen
routes.push(
  {
    name: 'freezing exposure',
    mutation: 'freezeExposure',
    action: 'EXPERIMENT_UPDATE',
    experiment: running,
    input: async (scene) => {
      const properties = JSON.stringify({ $feature_flag: scene.flag.key, $feature_flag_response: 'test' })
      await seedEvent(db, scene.tenant.project, '$feature_flag_called', '2026-11-02T00:00:00Z', properties)
      return experimentId(scene)
    },
    done: isFrozen,
  },
  {
    name: 'unfreezing exposure',
    mutation: 'unfreezeExposure',
    action: 'EXPERIMENT_UPDATE',
    experiment: { ...running, exposureCohortId: 7 },
    flag: { filters: frozenFilters(7) },
    input: experimentId,
    done: async (scene) => !(await isFrozen(scene)),
  },
  {
    name: 'resetting an experiment whose exposure is frozen',
    mutation: 'resetExperiment',
    action: 'EXPERIMENT_UPDATE',
    experiment: { ...running, exposureCohortId: 7 },
    flag: { filters: frozenFilters(7) },
    input: experimentId,
    done: async (scene) => !(await isFrozen(scene)) && (await storedExperiment(scene)).startDate === null,
  },
)
const holdoutActions = ['EXPERIMENT_UPDATE', 'FEATURE_FLAG_UPDATE'] as const
for (const action of ['EXPERIMENT_HOLDOUT_UPDATE', ...holdoutActions] as const) {
  routes.push({
    name: `changing the percentage of a holdout, under ${action}`,
    mutation: 'updateHoldout',
    action,
    also: ['EXPERIMENT_HOLDOUT_UPDATE', ...holdoutActions],
    experiment: running,
    input: async (scene) => ({ ...(await holdoutId(scene)), exclusionPercentage: 25, name: 'a rename in the same call' }),
    done: async (scene) => JSON.stringify((await stored(scene)).filters).includes('"exclusion_percentage":25'),
  })
}
for (const action of ['EXPERIMENT_HOLDOUT_DELETE', ...holdoutActions] as const) {
  routes.push({
    name: `deleting a holdout, under ${action}`,
    mutation: 'deleteHoldout',
    action,
    also: ['EXPERIMENT_HOLDOUT_DELETE', ...holdoutActions],
    experiment: running,
    input: async (scene) => ({ ...(await holdoutId(scene)), detach: true }),
    done: async (scene) =>
      (await storedExperiment(scene)).holdoutId === null && !JSON.stringify((await stored(scene)).filters).includes('exclusion'),
  })
}

const mutations = Object.values(schema.getMutationType()?.getFields() ?? {})
const membersOf = (name: string) => {
  const type = schema.getType(`${name.charAt(0).toUpperCase()}${name.slice(1)}Result`)
  return isUnionType(type) ? type.getTypes().map((member) => member.name) : []
}
const gateMembers = ['ApprovalRequiredError', 'ChangeRequestPendingError', 'PolicyConflictError']

const documentOf = (mutation: string) => {
  const input = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  return `mutation ($input: ${input}!) { ${mutation}(input: $input) {
    __typename
    ... on Error { code message }
    ${membersOf(mutation).includes('ValidationError') ? '... on ValidationError { fieldErrors { path message } }' : ''}
    ${membersOf(mutation).includes('ApprovalRequiredError') ? waiting : ''}
  } }`
}
const waiting = `
    ... on ApprovalRequiredError { actionKey resourceType changeRequest { id state } }
    ... on ChangeRequestPendingError { changeRequest { id } }`
const approve = `mutation ($id: ID!) { approveChangeRequest(input: { id: $id }) {
  __typename ... on Error { message }
  ... on ApproveChangeRequestSuccess { outcome { __typename ... on ApplyFailed { reason message } } changeRequest { resourceId } }
} }`

async function scene({
  flag = {},
  experiment = {},
}: Pick<Route, 'flag' | 'experiment'>): Promise<Scene & { approver: Awaited<ReturnType<typeof seedColleague>> }> {
  const tenant = await seedTenant(db)
  const row = await seedFlag(db, tenant.project, { filters: controlAndTest, ...flag })
  const made = experiment === null ? ({ id: 0 } as Experiment) : await seedExperiment(db, row, experiment)
  return { tenant, flag: row, experiment: made, approver: await seedColleague(db, tenant) }
}

describe('the union of a mutation', () => {
  it.each(mutations.map(({ name }) => name))('%s has all members of the gate, or none, and the matrix knows which', (name) => {
    const members = membersOf(name)
    const gated = routes.some(({ mutation }) => mutation === name)
    expect(gateMembers.filter((member) => members.includes(member))).toEqual(gated ? gateMembers : [])
    expect(members).toContain('NotFoundError')
  })
})

describe('under a policy', () => {
  it.each(routes)('$name waits for consent, and is then done as a whole', async (route) => {
    const there = await scene(route)
    const { tenant, approver } = there
    // Copies go to another project: the policy is the organization's.
    await seedPolicy(db, tenant, route.action, [approver], route.mutation === 'copyExperimentToProject' ? { projectId: null } : {})
    const input = await route.input(there)
    const before = await snapshotFlagsAndExperiments(db)

    const ask = async () => (await run(tenant.key, documentOf(route.mutation), { input })).data[route.mutation]
    const refused = await ask()
    expect(refused).toMatchObject({ __typename: 'ApprovalRequiredError', actionKey: route.action, changeRequest: { state: 'PENDING' } })
    expect(await ask()).toMatchObject({ __typename: 'ChangeRequestPendingError', changeRequest: { id: refused.changeRequest.id } })
    expect(await snapshotFlagsAndExperiments(db)).toBe(before)
    expect(await db.changeRequest.count({ where: { project: { organizationId: tenant.organization.id } } })).toBe(1)

    const approved = (await run(approver.key, approve, { id: refused.changeRequest.id })).data.approveChangeRequest
    expect(approved).toMatchObject({ outcome: { __typename: 'ChangeApplied' } })
    expect(approved.changeRequest.resourceId).not.toBeNull()
    expect(await route.done(there)).toBe(true)
  })

  it.each(routes)('$name is not held up by policies for other actions', async (route) => {
    const there = await scene(route)
    const others = [
      'FEATURE_FLAG_ENABLE',
      'FEATURE_FLAG_DISABLE',
      'FEATURE_FLAG_UPDATE',
      'FEATURE_FLAG_DELETE',
      'EXPERIMENT_LAUNCH',
    ] as const
    const born = ['createFeatureFlag', 'createExperiment', 'createExperimentFromPrompt', 'duplicateExperiment', 'copyExperimentToProject']
    const ofExperiments = ['EXPERIMENT_PAUSE', 'EXPERIMENT_UPDATE', 'EXPERIMENT_HOLDOUT_UPDATE', 'EXPERIMENT_HOLDOUT_DELETE'] as const
    for (const action of [...others, ...ofExperiments]) {
      // What is born is born with percentages, perhaps on: several policies guard that.
      if (action !== route.action && !route.also?.includes(action) && !born.includes(route.mutation))
        await seedPolicy(db, there.tenant, action, [there.approver])
    }
    const input = await route.input(there)
    const answer = (await run(there.tenant.key, documentOf(route.mutation), { input })).data[route.mutation]
    expect(answer.message ?? '').toBe('')
    expect(await route.done(there)).toBe(true)
    expect(await db.changeRequest.count({ where: { projectId: there.tenant.project.id } })).toBe(0)
  })

  it('what cannot change a guarded value is let through', async () => {
    for (const [mutation, experiment] of [
      ['endExperiment', running],
      ['unarchiveExperiment', { ...ended, archived: true, featureFlagAutoArchived: true }],
      ['resetExperiment', running],
    ] as const) {
      const there = await scene({ experiment, flag: mutation === 'unarchiveExperiment' ? { active: false, archived: true } : {} })
      for (const action of ['FEATURE_FLAG_ENABLE', 'EXPERIMENT_LAUNCH', 'EXPERIMENT_PAUSE', 'EXPERIMENT_UPDATE'] as const) {
        await seedPolicy(db, there.tenant, action, [there.approver])
      }
      const { active, filters } = await stored(there)
      const answer = await run(there.tenant.key, documentOf(mutation), { input: experimentId(there) })
      expect(answer.data[mutation]).toEqual({ __typename: 'Experiment' })
      expect(await stored(there)).toMatchObject({ active, filters })
    }
  })
})

describe('a change that several policies guard', () => {
  it('is rejected as a conflict when each would really ask for an approval, and stores nothing', async () => {
    const there = await scene({ flag: { active: false }, experiment: null })
    await seedPolicy(db, there.tenant, 'FEATURE_FLAG_ENABLE', [there.approver])
    const update = await seedPolicy(db, there.tenant, 'FEATURE_FLAG_UPDATE', [there.approver])
    const before = await snapshotFlagsAndExperiments(db)
    const input = { ...flagId(there), active: true, filters: filters(20) }
    const conflict = `mutation ($input: UpdateFeatureFlagInput!) { updateFeatureFlag(input: $input) {
      __typename ... on Error { message } ... on PolicyConflictError { guidance conflictingPolicies { actionKey quorum } } } }`
    const { data } = await run(there.tenant.key, conflict, { input })
    expect(data.updateFeatureFlag).toMatchObject({
      __typename: 'PolicyConflictError',
      message: 'This change requires approval under multiple policies',
      guidance: 'Split your changes into separate API calls to address each policy independently',
    })
    expect(data.updateFeatureFlag.conflictingPolicies.map((policy: { actionKey: string }) => policy.actionKey).sort()).toEqual([
      'FEATURE_FLAG_ENABLE',
      'FEATURE_FLAG_UPDATE',
    ])
    expect(await snapshotFlagsAndExperiments(db)).toBe(before)
    expect(await db.changeRequest.count({ where: { projectId: there.tenant.project.id } })).toBe(0)

    // One of them does not match this change: the other governs, and its request carries the whole change.
    await db.approvalPolicy.update({
      where: { id: update.id },
      data: { conditions: { type: 'before_after', field: 'rollout_percentage', operator: '>', value: 50 } },
    })
    const again = await run(there.tenant.key, documentOf('updateFeatureFlag'), { input })
    expect(again.data.updateFeatureFlag).toMatchObject({ __typename: 'ApprovalRequiredError', actionKey: 'FEATURE_FLAG_ENABLE' })
    await run(there.approver.key, approve, { id: again.data.updateFeatureFlag.changeRequest.id })
    expect(await stored(there)).toMatchObject({ active: true })
    expect(JSON.stringify((await stored(there)).filters)).toContain('20')
  })
})
