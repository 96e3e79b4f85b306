import { beforeEach, describe, expect, it } from 'vitest'
import { seedColleague, seedPolicy, snapshotFlagsAndExperiments } from '../../support/approvals.ts'
import { getErrors } from '../../support/lists.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, statements, clearStatements } = await testServer()

let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  tenant = await seedTenant(db)
})

type Json = Record<string, unknown>
const counts = 'sampleKind sampled undecided unchanged turnedOn turnedOff otherVariant moves { from to count }'
const impactFields = `${counts} dependents { key } experiments { name } warnings`
const everything = `changes { label before after guarded } guards { actionKey viewerBypasses } fieldErrors { path code message }
  impact { ${impactFields} }`
const query = (selection: string) => `query ($id: ID!, $change: FeatureFlagChangeInput!, $sample: ImpactSampleInput) {
  node(id: $id) { ... on FeatureFlag { preview(change: $change, sample: $sample) { ${selection} } } } }`
const ask = (flag: { id: number }, change: Json, sample?: Json | null, selection = everything, key = tenant.key) =>
  run(key, query(selection), { id: globalId('FeatureFlag', flag.id), change, ...(sample === undefined ? {} : { sample }) })
async function preview(flag: { id: number }, change: Json, sample?: Json | null) {
  const { data, errors } = await ask(flag, change, sample)
  expect(errors).toBeUndefined()
  return data.node.preview
}

const people = (...plans: (string | null)[]) => ({
  subjects: plans.map((plan, index) => ({ distinctId: `p${index}`, ...(plan === null ? {} : { personProperties: { plan } }) })),
})
const ofPlan = (plan: string) => ({ person: { key: 'plan', operator: 'EXACT', value: plan } })
const stored = (properties: Json[], more: Json = {}) => ({ groups: [{ properties, rollout_percentage: 100, ...more }] }) as object
const proOnly = stored([{ key: 'plan', type: 'person', operator: 'exact', value: 'pro' }])

describe('FeatureFlag.preview', () => {
  it('counts who would be switched, by hand: two of five get the flag, and one other person would', async () => {
    const flag = await seedFlag(db, tenant.project, { filters: proOnly })
    const sample = people('pro', 'pro', 'free', null, 'team')
    const { changes, guards, fieldErrors, impact } = await preview(flag, { addConditions: [{ properties: [ofPlan('team')] }] }, sample)
    expect({ guards, fieldErrors }).toEqual({ guards: [], fieldErrors: [] })
    expect(changes).toMatchObject([{ before: null, guarded: true }])
    expect(impact).toEqual({
      ...{ sampleKind: 'SUBJECTS', sampled: 5, undecided: 0, unchanged: 4, turnedOn: 1, turnedOff: 0, otherVariant: 0 },
      ...{ moves: [{ from: null, to: 'true', count: 1 }], dependents: [], experiments: [], warnings: [] },
    })
    const off = await preview(flag, { active: false }, sample)
    expect(off.changes).toEqual([{ label: expect.any(String), before: true, after: false, guarded: true }])
    expect(off.impact).toMatchObject({ unchanged: 3, turnedOff: 2, moves: [{ from: 'true', to: null, count: 2 }] })
    const other = await preview(flag, { conditions: [{ properties: [ofPlan('free')] }] }, sample)
    expect(other.impact).toMatchObject({ unchanged: 2, turnedOn: 1, turnedOff: 2 })
    expect(other.impact.moves).toEqual([
      { from: 'true', to: null, count: 2 },
      { from: null, to: 'true', count: 1 },
    ])
  })

  it('counts who would get another variant, and names what else changes', async () => {
    const flag = await seedFlag(db, tenant.project)
    await seedExperiment(db, flag, { name: 'Runs', startDate: new Date('2026-11-01') })
    await seedExperiment(db, flag, { name: 'Ended', startDate: new Date('2026-11-01'), endDate: new Date('2026-11-02') })
    const onFlag = stored([{ key: String(flag.id), type: 'flag', operator: 'flag_evaluates_to', value: 'test' }])
    const dependent = await seedFlag(db, tenant.project, { filters: onFlag })
    await seedFlag(db, tenant.project, { filters: onFlag, active: false })
    const { impact } = await preview(flag, { conditions: [{ variantKey: 'test' }] }, { synthetic: 1_000 })
    expect(impact).toMatchObject({ sampleKind: 'SYNTHETIC', sampled: 1_000, undecided: 0, turnedOn: 0, turnedOff: 0 })
    expect(impact.otherVariant).toBeGreaterThan(400)
    expect(impact.otherVariant).toBeLessThan(600)
    expect(impact.moves).toEqual([{ from: 'control', to: 'test', count: impact.otherVariant }])
    expect(impact).toMatchObject({ dependents: [{ key: dependent.key }], experiments: [{ name: 'Runs' }] })
  })

  it('judges a condition on another flag that the flag did not name before, by number or key, and a cohort', async () => {
    const other = await seedFlag(db, tenant.project, { filters: proOnly })
    const cohort = await db.cohort.create({ data: { projectId: tenant.project.id, isStatic: true, name: 'Testers' } })
    await db.cohortMember.create({ data: { cohortId: cohort.id, distinctId: 'p1' } })
    const flag = await seedFlag(db, tenant.project, { filters: { groups: [] } })
    const byFlag = { conditions: [{ properties: [{ flag: { featureFlagId: globalId('FeatureFlag', other.id), value: true } }] }] }
    expect((await preview(flag, byFlag, people('pro', null))).impact).toMatchObject({ turnedOn: 1, unchanged: 1 })
    const byCohort = { conditions: [{ properties: [{ cohort: { cohortId: cohort.id } }] }] }
    expect((await preview(flag, byCohort, people(null, null, null))).impact).toMatchObject({ turnedOn: 1, unchanged: 2 })
    // Nothing but the id is known of a made-up person.
    expect((await preview(flag, byFlag, { synthetic: 10 })).impact).toMatchObject({ undecided: 10 })
    expect((await preview(flag, byCohort, { synthetic: 10 })).impact).toMatchObject({ undecided: 10 })
  })

  it('shows whose consent this change needs, and not that of other changes', async () => {
    const approver = await seedColleague(db, tenant)
    const flag = await seedFlag(db, tenant.project, { filters: proOnly })
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [approver])
    await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [approver], { bypassMembershipLevels: [1, 8, 15] })
    const guards = async (change: Json) => (await preview(flag, change, { synthetic: 1 })).guards
    expect(await guards({ active: false })).toEqual([{ actionKey: 'FEATURE_FLAG_DISABLE', viewerBypasses: false }])
    expect(await guards({ rolloutPercentage: 5 })).toEqual([{ actionKey: 'FEATURE_FLAG_UPDATE', viewerBypasses: true }])
    expect(await guards({ rolloutPercentage: 100 })).toEqual([])
    expect(await guards({ payload: { a: 1 } })).toEqual([])
    expect(await guards({ active: false, rolloutPercentage: 5 })).toHaveLength(2)
  })

  it('writes nothing', async () => {
    const approver = await seedColleague(db, tenant)
    await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [approver])
    const flag = await seedFlag(db, tenant.project)
    const rows = async () =>
      JSON.stringify([
        await snapshotFlagsAndExperiments(db),
        await db.activity.count(),
        await db.changeRequest.count(),
        await db.event.count(),
      ])
    const before = await rows()
    clearStatements()
    await preview(flag, { active: false, rolloutPercentage: 1, payload: null })
    expect(
      statements.filter(
        (sql) => /^\s*(INSERT|UPDATE|DELETE|BEGIN)|pg_advisory|FOR (NO KEY )?UPDATE/i.test(sql) && !sql.includes('last_used_at'),
      ),
    ).toEqual([])
    expect(await rows()).toBe(before)
  })

  it.each<[string, Json, string[]]>([
    ['a share over 100', { rolloutPercentage: 101 }, ['rolloutPercentage']],
    ['conditions and a share', { conditions: [], rolloutPercentage: 5 }, ['rolloutPercentage']],
    ['a cohort that does not exist', { conditions: [{ properties: [{ cohort: { cohortId: '999999' } }] }] }, ['cohortId']],
    ['variants that do not add up', { variants: [{ key: 'a', rolloutPercentage: 5 }] }, ['variants']],
    ['too many conditions', { conditions: Array.from({ length: 101 }, () => ({})) }, ['conditions']],
  ])('tells what is wrong: %s', async (_name, change, path) => {
    const flag = await seedFlag(db, tenant.project)
    const { fieldErrors, ...rest } = await preview(flag, change)
    expect(fieldErrors.flatMap((error: { path: string[] }) => error.path)).toEqual(expect.arrayContaining(path))
    expect(rest).toEqual({
      changes: [],
      guards: [],
      impact: {
        ...{ sampleKind: null, sampled: 0, undecided: 0, unchanged: 0, turnedOn: 0, turnedOff: 0, otherVariant: 0, moves: [] },
        ...{ dependents: [], experiments: [], warnings: [] },
      },
    })
  })

  it('tells what the mutation would refuse: a flag that others need, a circle, a flag of another tenant', async () => {
    const flag = await seedFlag(db, tenant.project)
    const onFlag = stored([{ key: String(flag.id), type: 'flag', operator: 'flag_evaluates_to', value: true }])
    const dependent = await seedFlag(db, tenant.project, { filters: onFlag })
    const strange = await seedFlag(db, (await seedTenant(db)).project)
    expect((await preview(flag, { active: false })).fieldErrors).toMatchObject([{ path: ['active'] }])
    const onOther = (id: number) => ({ conditions: [{ properties: [{ flag: { featureFlagId: String(id), value: true } }] }] })
    expect((await preview(flag, onOther(dependent.id))).fieldErrors).toMatchObject([{ code: 'circular' }])
    expect((await preview(flag, onOther(strange.id))).fieldErrors).toMatchObject([{ code: 'does_not_exist' }])
  })

  it('an empty change changes nothing', async () => {
    const flag = await seedFlag(db, tenant.project)
    const { changes, fieldErrors, impact } = await preview(flag, { active: null }, { synthetic: 7 })
    expect({ changes, fieldErrors }).toEqual({ changes: [], fieldErrors: [] })
    expect(impact).toMatchObject({ sampled: 7, unchanged: 7, moves: [] })
  })
})

describe('the sample', () => {
  it('of recent people has each by what the newest of its events carries', async () => {
    const { project } = tenant
    const flag = await seedFlag(db, project, { filters: proOnly })
    const event = (distinctId: string, at: string, properties: object, name = '$pageview') =>
      db.event.create({
        data: {
          ...{ projectId: project.id, id: crypto.randomUUID(), event: name, timestamp: new Date(`2026-11-19T${at}:00Z`) },
          ...{ distinctId, properties: JSON.stringify(properties) },
        },
      })
    await event('ada', '10:00', { $set: { plan: 'pro' } })
    await event('bob', '10:01', { $set: { plan: 'free' }, $set_once: { plan: 'pro' } })
    await event('cy', '10:02', { $set_once: { plan: 'pro' } }, '$feature_flag_called')
    // Properties of the event alone are not those of the person.
    await event('dan', '10:03', { plan: 'pro' })
    await event('eve', '10:04', { $set: { plan: 'pro' } })
    await event('eve', '10:05', {}, '$feature_flag_called')
    await event('flo', '10:06', { $set: { plan: 'pro' }, text: 'x'.repeat(20_000) })
    await db.event.updateMany({ where: { projectId: project.id, distinctId: 'dan' }, data: { properties: '{"$set": [} not JSON' } })
    await event('gus', '10:07', { $set: { plan: 'pro' } }, 'paid')
    const { impact } = await preview(flag, { active: false }, { recent: 100 })
    expect(impact).toMatchObject({ sampleKind: 'RECENT', sampled: 6, turnedOff: 2, unchanged: 4 })
    expect(impact.warnings).toEqual(['Recent events tell of 6 people only.'])
    expect((await preview(flag, { active: false }, { recent: 1 })).impact).toMatchObject({ sampled: 1, turnedOff: 0 })
    expect((await preview(flag, { active: false })).impact).toMatchObject({ sampleKind: 'RECENT', sampled: 6 })
    // Another project's people are not there.
    const elsewhere = await seedTenant(db)
    const theirs = await seedFlag(db, elsewhere.project)
    const { data } = await ask(theirs, { active: false }, null, everything, elsewhere.key)
    expect(data.node.preview.impact).toMatchObject({ sampleKind: 'SYNTHETIC', sampled: 1_000 })
  })

  it('of made-up ids is undecided only where a property would decide', async () => {
    const share = (percent: number) => ({ properties: [], rollout_percentage: percent })
    const pro = { properties: [{ key: 'plan', type: 'person', operator: 'exact', value: 'pro' }], rollout_percentage: 100 }
    const shares = await seedFlag(db, tenant.project, { filters: { groups: [share(10)] } })
    const widened = (await preview(shares, { rolloutPercentage: 50 }, { synthetic: 1_000 })).impact
    expect(widened).toMatchObject({ undecided: 0, turnedOff: 0, warnings: [] })
    expect(widened.turnedOn).toBeGreaterThan(300)
    expect(widened.turnedOn).toBeLessThan(500)
    // Who is in the set for everybody is served whatever their plan.
    const mixed = await seedFlag(db, tenant.project, { filters: { groups: [pro, share(50)] } as object })
    const off = (await preview(mixed, { active: false }, { synthetic: 1_000 })).impact
    expect(off.turnedOff + off.undecided).toBe(1_000)
    expect(off.turnedOff).toBeGreaterThan(400)
    expect(off.turnedOff).toBeLessThan(600)
    expect(off.warnings).toHaveLength(1)
  })

  it('of made-up ids divides groups and devices', async () => {
    await db.groupType.create({ data: { projectId: tenant.project.id, index: 0, name: 'company' } })
    const groups = { aggregation_group_type_index: 0, groups: [{ properties: [], rollout_percentage: 100 }] }
    const ofCompanies = await seedFlag(db, tenant.project, { filters: groups })
    const ofDevices = await seedFlag(db, tenant.project, { filters: stored([]), bucketingIdentifier: 'device_id' })
    for (const flag of [ofCompanies, ofDevices]) {
      expect((await preview(flag, { active: false }, { synthetic: 5 })).impact).toMatchObject({ turnedOff: 5, undecided: 0 })
    }
  })

  it.each<[string, Json]>([
    ['no people', { subjects: [] }],
    ['too many people', { subjects: Array.from({ length: 1_001 }, () => ({ distinctId: 'a' })) }],
    ['a long id', { subjects: [{ distinctId: 'a'.repeat(1_001) }] }],
    ['an id with NUL', { subjects: [{ distinctId: 'a\0' }] }],
    ['properties that are no object', { subjects: [{ distinctId: 'a', personProperties: [] }] }],
    ['large properties', { subjects: [{ distinctId: 'a', personProperties: { text: 'a'.repeat(70_000) } }] }],
    ['group properties that are no objects', { subjects: [{ distinctId: 'a', groupProperties: { company: 5 } }] }],
    ['no recent people', { recent: 0 }],
    ['too many recent people', { recent: 1_001 }],
    ['fewer than none', { synthetic: -1 }],
    ['too many made-up ids', { synthetic: 1_001 }],
  ])('must not be: %s', async (_name, sample) => {
    const flag = await seedFlag(db, tenant.project)
    expect(getErrors(await ask(flag, { active: false }, sample))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'sample' }])
  })

  it('is cut where there are too many conditions, and the answer says so', async () => {
    const properties = Array.from({ length: 100 }, () => ({ key: 'plan', type: 'person', operator: 'exact', value: 'pro' }))
    const groups = Array.from({ length: 100 }, () => ({ properties, rollout_percentage: 100 }))
    const flag = await seedFlag(db, tenant.project, { filters: { groups } as object })
    const sample = {
      subjects: Array.from({ length: 1_000 }, (_, index) => ({ distinctId: `p${index}`, personProperties: { plan: 'pro' } })),
    }
    const { impact } = await preview(flag, { active: false }, sample)
    expect(impact.sampled).toBeLessThan(20)
    expect(impact.turnedOff).toBe(impact.sampled)
    expect(impact.warnings).toHaveLength(1)
  })
})

describe('who may preview', () => {
  it('a key that may read flags, and none without', async () => {
    const flag = await seedFlag(db, tenant.project)
    const reader = await seedKey(db, tenant.user, { scopes: ['feature_flag:read'] })
    const selection = `fieldErrors { path } impact { ${counts} }`
    expect((await ask(flag, { active: false }, { synthetic: 1 }, selection, reader)).data.node.preview.impact.sampled).toBe(1)
    const other = await seedKey(db, tenant.user, { scopes: ['experiment:read'] })
    expect(getErrors(await ask(flag, { active: false }, { synthetic: 1 }, selection, other))).toMatchObject([{ code: 'FORBIDDEN' }])
    const { data } = await ask(flag, { active: false }, { synthetic: 1 }, `impact { experiments { id } }`, reader)
    expect(data.node).toBeNull()
  })

  it('the names of experiments are for keys that may read those', async () => {
    const flag = await seedFlag(db, tenant.project)
    await seedExperiment(db, flag, { name: 'Secret', startDate: new Date('2026-11-01') })
    const reader = await seedKey(db, tenant.user, { scopes: ['feature_flag:read'] })
    const messages = async (key: string) => {
      const change = { variants: [{ key: 'control', rolloutPercentage: 100 }] }
      return (await ask(flag, change, { synthetic: 1 }, 'fieldErrors { message }', key)).data.node.preview.fieldErrors[0].message
    }
    expect(await messages(tenant.key)).toContain('experiment(s): "Secret"')
    expect(await messages(reader)).toContain('experiment(s). Please')
  })

  it("another tenant's flag is missing", async () => {
    const strange = await seedFlag(db, (await seedTenant(db)).project)
    const { data } = await ask(strange, { active: false }, { synthetic: 1 })
    expect(data.node).toBeNull()
  })

  it('ten in one operation, and no more', async () => {
    const flags = await Promise.all(Array.from({ length: 11 }, () => seedFlag(db, tenant.project)))
    const many = (ids: { id: number }[]) =>
      run(
        tenant.key,
        `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on FeatureFlag { preview(change: {}, sample: { synthetic: 1 }) { impact { sampled } } } } }`,
        {
          ids: ids.map(({ id }) => globalId('FeatureFlag', id)),
        },
      )
    expect((await many(flags.slice(1))).errors).toBeUndefined()
    expect(getErrors(await many(flags))).toMatchObject([{ code: 'OPERATION_TOO_EXPENSIVE' }])
  })
})

describe('ChangeRequest.impact', () => {
  const askImpact = (id: number, key = tenant.key) =>
    run(key, `query ($id: ID!) { changeRequest(id: $id) { impact(sample: { synthetic: 20 }) { ${counts} } } }`, {
      id: globalId('ChangeRequest', id),
    })

  it('is what the request would do now, until it is closed, for keys that may read flags', async () => {
    const approver = await seedColleague(db, tenant)
    await seedPolicy(db, tenant, 'FEATURE_FLAG_UPDATE', [approver])
    const flag = await seedFlag(db, tenant.project, { filters: { groups: [{ properties: [], rollout_percentage: 0 }] } })
    const update = 'mutation ($id: ID!) { updateFeatureFlag(input: { id: $id, rolloutPercentage: 100 }) { __typename } }'
    await run(tenant.key, update, { id: flag.id })
    const request = await db.changeRequest.findFirstOrThrow({ where: { featureFlagId: flag.id } })
    const { data } = await askImpact(request.id)
    expect(data.changeRequest.impact).toMatchObject({ sampleKind: 'SYNTHETIC', sampled: 20, turnedOn: 20 })
    const reader = await seedKey(db, tenant.user, { scopes: ['approvals:read'] })
    expect(await askImpact(request.id, reader)).toMatchObject({ data: { changeRequest: { impact: null } } })
    await db.changeRequest.update({ where: { id: request.id }, data: { state: 'REJECTED' } })
    expect((await askImpact(request.id)).data.changeRequest.impact).toBeNull()
  })

  it('is that of the flag for a request on an experiment, and null for one on a flag that is yet to be created', async () => {
    const approver = await seedColleague(db, tenant)
    await seedPolicy(db, tenant, 'EXPERIMENT_PAUSE', [approver])
    await seedPolicy(db, tenant, 'FEATURE_FLAG_ENABLE', [approver])
    const flag = await seedFlag(db, tenant.project, { filters: controlAndTest })
    const experiment = await seedExperiment(db, flag, { startDate: new Date('2026-11-01') })
    await run(tenant.key, 'mutation ($id: ID!) { pauseExperiment(input: { id: $id }) { __typename } }', { id: experiment.id })
    const paused = await db.changeRequest.findFirstOrThrow({ where: { featureFlagId: flag.id } })
    expect((await askImpact(paused.id)).data.changeRequest.impact).toMatchObject({ turnedOff: 20 })
    const create = 'mutation ($in: CreateFeatureFlagInput!) { createFeatureFlag(input: $in) { __typename } }'
    await run(tenant.key, create, { in: { projectId: tenant.project.id, key: 'new', active: true } })
    const created = await db.changeRequest.findFirstOrThrow({ where: { projectId: tenant.project.id, featureFlagId: null } })
    expect((await askImpact(created.id)).data.changeRequest.impact).toBeNull()
  })
})
