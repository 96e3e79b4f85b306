import { describe, expect, it } from 'vitest'
import type { Prisma } from '../../../src/database/generated/client.ts'
import type { GatedAction } from '../../../src/features/approvals/rules/guardedChanges.ts'
import { seedColleague, seedPolicy, snapshotFlagsAndExperiments } from '../../support/approvals.ts'
import { asker } from '../../support/mutations.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey, seedProject } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

// `Experiment.actions` says beforehand what the mutations say.

const { db, run, time } = await testServer()
const ask = asker(run, 'databaseId')

const running = { startDate: new Date('2026-11-01') }
const stopped = { ...running, endDate: new Date('2026-11-10') }
const later = { startDate: new Date('2027-01-01') }
const legacy = { metrics: [{ kind: 'ExperimentTrendsQuery' }] }
const off = { active: false }
const ofCohort = { key: 'id', type: 'cohort', value: 5, operator: 'in' }
const stamped = { properties: [ofCohort], rollout_percentage: 100, exposure_frozen: true, exposure_frozen_cohort: 5 }
const frozen = { filters: { ...controlAndTest, groups: [stamped] } }

interface State {
  action: string
  allowed: boolean
  reason: string | null
  needsApproval: boolean
}

async function scene(experiment: object, flag: object, isNeeded = false) {
  const tenant = await seedTenant(db)
  const row = await seedFlag(db, tenant.project, flag)
  const condition = { key: String(row.id), type: 'flag', operator: 'flag_evaluates_to', value: true }
  if (isNeeded) await seedFlag(db, tenant.project, { key: 'needs', filters: { groups: [{ properties: [condition] }] } })
  const made = await seedExperiment(db, row, experiment)
  await seedExposure(tenant.project.id, row.key)
  const target = await seedProject(db, tenant.organization)
  return { ...tenant, flag: row, experiment: made, target, id: globalId('Experiment', made.id) }
}

const seedExposure = (projectId: number, flagKey: string) =>
  db.event.create({
    data: {
      projectId,
      id: crypto.randomUUID(),
      event: '$feature_flag_called',
      timestamp: new Date('2026-11-05'),
      distinctId: 'ada',
      properties: JSON.stringify({ $feature_flag: flagKey, $feature_flag_response: 'test' }),
    },
  })

async function statesOf(key: string, id: string): Promise<State[]> {
  const { data, errors } = await run(
    key,
    `query ($id: ID!) { node(id: $id) { ... on Experiment { actions { action allowed reason needsApproval } } } }`,
    { id },
  )
  expect(errors).toBeUndefined()
  return data.node.actions
}

type Scene = Awaited<ReturnType<typeof scene>>

const mutations: Record<string, [string, (made: Scene) => object]> = {
  LAUNCH: ['launchExperiment', () => ({})],
  PAUSE: ['pauseExperiment', () => ({})],
  RESUME: ['resumeExperiment', () => ({})],
  FREEZE_EXPOSURE: ['freezeExposure', () => ({})],
  UNFREEZE_EXPOSURE: ['unfreezeExposure', () => ({})],
  END: ['endExperiment', () => ({})],
  SHIP: ['shipExperimentVariant', () => ({ variantKey: 'test' })],
  ARCHIVE: ['archiveExperiment', () => ({})],
  UNARCHIVE: ['unarchiveExperiment', () => ({})],
  RESET: ['resetExperiment', () => ({})],
  DUPLICATE: ['duplicateExperiment', () => ({})],
  COPY: ['copyExperimentToProject', ({ target }) => ({ targetProjectId: target.id })],
  DELETE: ['updateExperiment', () => ({ deleted: true })],
}

/** Takes each action, and compares the answer with what was said beforehand. An allowed one is taken on a scene of its own. */
async function compare(make: () => Promise<Scene>) {
  const refused = await make()
  const before = await snapshotFlagsAndExperiments(db)
  const states = await statesOf(refused.key, refused.id)
  expect(await snapshotFlagsAndExperiments(db)).toBe(before)
  expect(states.map(({ action }) => action)).toEqual(Object.keys(mutations))
  for (const said of states) {
    const [mutation, input] = mutations[said.action] ?? ['', () => ({})]
    // What the other project says is not known.
    if (said.action === 'COPY' && said.allowed) continue
    const made = said.allowed ? await make() : refused
    const { __typename, message, errors } = await ask(made.key, mutation, { id: made.id, ...input(made) })
    expect(errors).toBeUndefined()
    const isGated = __typename === 'ApprovalRequiredError'
    const allowed = __typename === 'Experiment' || isGated
    expect(said).toEqual({
      action: said.action,
      allowed,
      reason: allowed ? null : message,
      needsApproval: isGated || ['ChangeRequestPendingError', 'PermissionDeniedError'].includes(__typename),
    })
  }
}

describe('without policies', () => {
  it.each<[string, object, object, boolean?]>([
    ['a draft', {}, off],
    ['a draft whose flag is on', {}, {}],
    ['a draft with an archived flag', {}, { ...off, archived: true }],
    ['a draft with a deleted flag', {}, { ...off, deleted: true }],
    ['a draft with malformed filters', {}, { ...off, filters: { ...controlAndTest, groups: [{ rollout_percentage: 'x' }] } }],
    ['a draft without its baseline', { statsConfig: { baseline_variant_key: 'blue' } }, off],
    ['a draft with an end that has passed', { endDate: new Date('2026-11-10') }, off],
    ['a draft with legacy metrics', legacy, off],
    ['a running one', running, {}],
    ['a running one that another flag needs', running, {}, true],
    ['one that starts in the future', later, {}],
    ['a running one with a deleted flag', running, { deleted: true }],
    ['a paused one', running, off],
    ['a frozen one', running, frozen],
    ['a frozen one that ended', stopped, frozen],
    ['one without release conditions', running, { filters: { ...controlAndTest, groups: [] } }],
    ['one whose flag divides groups', running, { filters: { ...controlAndTest, aggregation_group_type_index: 0 } }],
    ['one whose exposure cannot be judged', { ...running, exposureCriteria: { exposure_config: { kind: 'Unknown' } } }, {}],
    ['a paused one with an archived flag', running, { ...off, archived: true }],
    ['a stopped one', stopped, {}],
    ['a stopped one, archived', { ...stopped, archived: true }, off],
  ])('%s', async (_what, experiment, flag, isNeeded) => {
    await compare(() => scene(experiment, flag, isNeeded))
  })
})

describe('with policies', () => {
  const guarded =
    (action: GatedAction, experiment: object, flag: object, more: object = {}) =>
    async () => {
      const made = await scene(experiment, flag)
      const colleague = await seedColleague(db, made)
      await seedPolicy(db, made, action, [colleague], more)
      return made
    }

  it.each<[GatedAction, object, object]>([
    ['EXPERIMENT_LAUNCH', {}, off],
    ['EXPERIMENT_LAUNCH', running, off],
    ['EXPERIMENT_PAUSE', running, {}],
    ['EXPERIMENT_UPDATE', running, {}],
    ['EXPERIMENT_UPDATE', stopped, {}],
    ['EXPERIMENT_UPDATE', running, frozen],
    ['EXPERIMENT_UPDATE', { ...running, exposureCohortId: 5 }, frozen],
    ['FEATURE_FLAG_ENABLE', {}, off],
  ])('%s guards what it guards, of %j on %j', (action, experiment, flag) => compare(guarded(action, experiment, flag)))

  it('a bypass needs no approval', () => compare(guarded('EXPERIMENT_LAUNCH', {}, off, { bypassMembershipLevels: [1] })))

  it('a policy that is off, or of another project, guards nothing', async () => {
    await compare(guarded('EXPERIMENT_LAUNCH', {}, off, { enabled: false }))
    const made = await scene({}, off)
    await seedPolicy(db, { ...made, project: made.target }, 'EXPERIMENT_LAUNCH', [made])
    expect((await statesOf(made.key, made.id))[0]).toMatchObject({ action: 'LAUNCH', allowed: true, needsApproval: false })
  })

  it('a policy that nobody can satisfy refuses', () => compare(guarded('EXPERIMENT_LAUNCH', {}, off, { quorum: 2 })))

  it('an open request refuses, until it expires', async () => {
    const make = async () => {
      const made = await guarded('EXPERIMENT_LAUNCH', {}, off)()
      expect(await ask(made.key, 'launchExperiment', { id: made.id })).toMatchObject({ __typename: 'ApprovalRequiredError' })
      return made
    }
    await compare(make)
    const made = await make()
    await db.changeRequest.updateMany({ where: { featureFlagId: made.flag.id }, data: { expiresAt: time.now } })
    expect((await statesOf(made.key, made.id))[0]).toMatchObject({ allowed: true, needsApproval: true })
  })
})

it('a key that only reads may do nothing, and learns why', async () => {
  const { user, id } = await scene({}, off)
  const reader = await seedKey(db, user, { scopes: ['experiment:read'] })
  for (const state of await statesOf(reader, id)) {
    expect(state).toMatchObject({ allowed: false, needsApproval: false, reason: "API key missing required scope 'experiment:write'" })
  }
  const { data } = await run(reader, 'query ($id: ID!) { node(id: $id) { ... on Experiment { viewerCanUpdate } } }', { id })
  expect(data.node.viewerCanUpdate).toBe(false)
})

it('is not told to another tenant', async () => {
  const { id } = await scene({}, off)
  const stranger = await seedTenant(db)
  const { data } = await run(stranger.key, 'query ($id: ID!) { node(id: $id) { ... on Experiment { actions { reason } } } }', { id })
  expect(data.node).toBeNull()
})

const set = (more: object = {}) => ({ properties: [], rollout_percentage: 100, ...more })
const served = (shares: Record<string, number>, groups: object[]) =>
  ({
    groups,
    multivariate: { variants: Object.entries(shares).map(([key, share]) => ({ key, rollout_percentage: share })) },
  }) as Prisma.InputJsonObject
const germany = [{ key: 'country', type: 'person', value: 'DE' }]

describe('shippedVariantKey', () => {
  it.each<[string, object, string | null]>([
    ['one variant for everybody', { filters: served({ control: 0, test: 100 }, [set()]) }, 'test'],
    ['a flag that is off', { filters: served({ control: 0, test: 100 }, [set()]), active: false }, null],
    ['a flag that is deleted', { filters: served({ control: 0, test: 100 }, [set()]), deleted: true }, null],
    ['a split', {}, null],
    ['a share of people', { filters: served({ control: 0, test: 100 }, [set({ rollout_percentage: 50 })]) }, null],
    ['conditions', { filters: served({ control: 0, test: 100 }, [set({ properties: germany })]) }, null],
    ['conditions before everybody', { filters: served({ control: 0, test: 100 }, [set({ properties: germany }), set()]) }, 'test'],
    ['another variant before', { filters: served({ a: 0, b: 100 }, [set({ properties: germany, variant: 'a' }), set()]) }, null],
    ['another variant after', { filters: served({ a: 0, b: 100 }, [set(), set({ variant: 'a' })]) }, 'b'],
    ['a variant that is forced on everybody', { filters: served({ a: 50, b: 50 }, [set({ variant: 'a' })]) }, 'a'],
    ['a forced variant that is none', { filters: served({ a: 50, b: 50 }, [set({ variant: 'c' })]) }, null],
    ['a set for nobody before', { filters: served({ a: 0, b: 100 }, [set({ rollout_percentage: 0, variant: 'a' }), set()]) }, 'b'],
    ['no sets', { filters: served({ a: 0, b: 100 }, []) }, null],
    ['no variants', { filters: { groups: [set()] } }, null],
    ['malformed filters', { filters: { groups: 7, multivariate: [] } }, null],
  ])('of %s', async (_what, flag, expected) => {
    const { key, id } = await scene(stopped, flag)
    const { data, errors } = await run(key, 'query ($id: ID!) { node(id: $id) { ... on Experiment { shippedVariantKey } } }', { id })
    expect(errors).toBeUndefined()
    expect(data.node.shippedVariantKey).toBe(expected)
  })

  it('follows a ship that releases to everyone', async () => {
    const { key, id } = await scene(running, { filters: { ...controlAndTest, groups: [set({ properties: germany })] } as object })
    const kept = asker(run, 'shippedVariantKey viewerCanUpdate featureFlag { filters }')
    const first = await kept(key, 'shipExperimentVariant', { id, variantKey: 'test' })
    expect(first).toMatchObject({ shippedVariantKey: null, viewerCanUpdate: true })
    // The release conditions stay unless the input says otherwise.
    expect(first.featureFlag.filters.groups).toEqual([set({ properties: germany })])
    const second = await kept(key, 'shipExperimentVariant', { id, variantKey: 'test', releaseToEveryone: true })
    expect(second).toMatchObject({ shippedVariantKey: 'test' })
    expect(second.featureFlag.filters.groups).toHaveLength(2)
  })
})
