import { beforeEach, describe, expect, it } from 'vitest'
import type { Prisma } from '../../../src/database/generated/client.ts'
import { seedEvent, seedFlag, seedKey } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, time } = await testServer()
const daysAgo = (days: number, ms = 0) => new Date(time.now.getTime() - days * 24 * 60 * 60 * 1000 - ms)

let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  tenant = await seedTenant(db)
})
const seed = (data: Partial<Prisma.FeatureFlagUncheckedCreateInput> = {}) => seedFlag(db, tenant.project, data)
const read = async ({ id }: { id: number }, fields: string) => {
  const { data, errors } = await run(tenant.key, `{ node(id: "${globalId('FeatureFlag', id)}") { ... on FeatureFlag { ${fields} } } }`)
  expect(errors).toBeUndefined()
  return data.node
}

const variants = (...percentages: [string, number][]) => ({
  variants: percentages.map(([key, percentage]) => ({ key, rollout_percentage: percentage })),
})
const everybody = { properties: [], rollout_percentage: 100 }
const email = { type: 'person', key: 'email', value: 'a@example.com' }
const fullyRolledOut = { groups: [everybody] } as Prisma.InputJsonObject

describe('the status of a flag', () => {
  const fields = 'status staleReason statusReason lastCalledAt'

  it('is told by the first of deleted, archived, off', async () => {
    expect(await read(await seed({ deleted: true, active: false, archived: true }), fields)).toMatchObject({
      status: 'DELETED',
      staleReason: null,
    })
    expect(await read(await seed({ active: false, archived: true }), fields)).toMatchObject({ status: 'ARCHIVED', staleReason: null })
    const off = { active: false, filters: fullyRolledOut, createdAt: daysAgo(100), lastCalledAt: daysAgo(90) }
    expect(await read(await seed(off), fields)).toEqual({
      status: 'INACTIVE',
      staleReason: null,
      statusReason: 'The flag is off.',
      lastCalledAt: daysAgo(90).toISOString(),
    })
  })

  it('is STALE over 30 days after the last call, and not at 30 days', async () => {
    expect(await read(await seed({ lastCalledAt: daysAgo(30) }), fields)).toMatchObject({ status: 'ACTIVE', staleReason: null })
    expect(await read(await seed({ lastCalledAt: daysAgo(30, 1) }), fields)).toMatchObject({ status: 'STALE', staleReason: 'NOT_CALLED' })
    // A flag that is called is in use, however old and rolled out it is.
    const used = { lastCalledAt: daysAgo(1), createdAt: daysAgo(500), filters: fullyRolledOut }
    expect(await read(await seed(used), fields)).toMatchObject({ status: 'ACTIVE' })
  })

  it('is STALE 30 days after it was made, if it was never called and serves the same to everybody', async () => {
    const old = { createdAt: daysAgo(31) }
    expect(await read(await seed({ ...old, filters: fullyRolledOut }), fields)).toMatchObject({
      status: 'STALE',
      staleReason: 'FULLY_ROLLED_OUT',
      lastCalledAt: null,
    })
    expect(await read(await seed({ createdAt: daysAgo(30), filters: fullyRolledOut }), fields)).toMatchObject({ status: 'ACTIVE' })
    expect(await read(await seed(old), fields)).toMatchObject({ status: 'ACTIVE' })
  })

  it('moves with the clock, in the field and in the filter', async () => {
    const flag = await seed({ lastCalledAt: daysAgo(29) })
    const stale = `{ featureFlags(projectId: ${tenant.project.id}, statuses: [STALE]) { nodes { databaseId status } } }`
    expect((await run(tenant.key, stale)).data.featureFlags.nodes).toEqual([])
    const before = time.now
    time.now = new Date(before.getTime() + 2 * 24 * 60 * 60 * 1000)
    expect((await run(tenant.key, stale)).data.featureFlags.nodes).toEqual([{ databaseId: flag.id, status: 'STALE' }])
    time.now = before
  })

  it.each([
    ['without variants', { groups: [everybody] }, true],
    ['with a missing share', { groups: [{ properties: null }] }, true],
    ['with one variant at 100', { groups: [everybody], multivariate: variants(['a', 100], ['b', 0]) }, true],
    ['with a pinned variant', { groups: [{ ...everybody, variant: 'b' }], multivariate: variants(['a', 50], ['b', 50]) }, true],
    ['in any of its sets', { groups: [{ properties: [email] }, everybody] }, true],
    ['with shares for several variants', { groups: [everybody], multivariate: variants(['a', 50], ['b', 50]) }, false],
    ['with an unknown pinned variant', { groups: [{ ...everybody, variant: 'c' }], multivariate: variants(['a', 50], ['b', 50]) }, false],
    ['with properties', { groups: [{ properties: [email], rollout_percentage: 100 }] }, false],
    ['below 100', { groups: [{ properties: [], rollout_percentage: 99.9 }] }, false],
    ['without sets', { groups: [] }, false],
    ['with a malformed share', { groups: [{ properties: [], rollout_percentage: '100' }] }, false],
    ['with malformed properties', { groups: [{ properties: 'all', rollout_percentage: 100 }] }, false],
  ])('counts a flag %s as fully rolled out: %j', async (_what, filters, isStale) => {
    const flag = await seed({ createdAt: daysAgo(31), filters: filters as Prisma.InputJsonObject })
    expect((await read(flag, 'status')).status).toBe(isStale ? 'STALE' : 'ACTIVE')
  })
})

describe('how many people get a flag', () => {
  const two = variants(['a', 50], ['b', 50])
  it.each([
    ['EVERYBODY', null, { groups: [everybody] }],
    ['EVERYBODY', null, { groups: [{ properties: [email] }, everybody] }],
    ['EVERYBODY', null, { groups: [everybody], multivariate: two }],
    ['EVERYBODY', 'a', { groups: [everybody], multivariate: variants(['a', 100], ['b', 0]) }],
    ['EVERYBODY', 'b', { groups: [{ ...everybody, variant: 'b' }], multivariate: two }],
    [
      'EVERYBODY',
      'b',
      {
        groups: [
          { properties: [email], variant: 'b' },
          { ...everybody, variant: 'b' },
        ],
        multivariate: two,
      },
    ],
    // Somebody gets another one first.
    [
      'EVERYBODY',
      null,
      {
        groups: [
          { properties: [email], variant: 'a' },
          { ...everybody, variant: 'b' },
        ],
        multivariate: two,
      },
    ],
    // Nobody gets as far as the last set.
    [
      'EVERYBODY',
      'b',
      {
        groups: [
          { ...everybody, variant: 'b' },
          { properties: [email], variant: 'a' },
        ],
        multivariate: two,
      },
    ],
    [
      'EVERYBODY',
      'b',
      {
        groups: [
          { rollout_percentage: 0, variant: 'a' },
          { ...everybody, variant: 'b' },
        ],
        multivariate: two,
      },
    ],
    ['SOMEBODY', null, { groups: [{ properties: [], rollout_percentage: 99 }] }],
    ['SOMEBODY', null, { groups: [{ properties: [email], variant: 'a' }], multivariate: two }],
    ['NOBODY', null, { groups: [{ properties: [], rollout_percentage: 0 }] }],
    ['NOBODY', null, { groups: [] }],
    ['NOBODY', null, {}],
    ['NOBODY', null, { groups: [null, 'x', { rollout_percentage: 'x' }], multivariate: { variants: 'x' } }],
  ])('is %s, with the variant %s, for %j', async (rollout, servedVariantKey, filters) => {
    const flag = await seed({ filters: filters as Prisma.InputJsonObject })
    expect(await read(flag, 'rollout servedVariantKey')).toEqual({ rollout, servedVariantKey })
  })

  it('is NOBODY for a flag that is off or deleted', async () => {
    const filters = { groups: [everybody], multivariate: variants(['a', 100]) } as Prisma.InputJsonObject
    for (const state of [{ active: false }, { deleted: true }]) {
      expect(await read(await seed({ filters, ...state }), 'rollout servedVariantKey')).toEqual({
        rollout: 'NOBODY',
        servedVariantKey: null,
      })
    }
  })
})

describe('what a flag tells of itself', () => {
  it('is its type', async () => {
    expect(await read(await seed(), 'type')).toEqual({ type: 'MULTIVARIATE' })
    expect(await read(await seed({ filters: {} }), 'type')).toEqual({ type: 'BOOLEAN' })
    expect(await read(await seed({ isRemoteConfiguration: true }), 'type')).toEqual({ type: 'REMOTE_CONFIG' })
  })

  it('is whether an experiment may use it, and whether the key may change it', async () => {
    const fields = 'eligibleForExperiment viewerCanUpdate'
    expect(await read(await seed(), fields)).toEqual({ eligibleForExperiment: true, viewerCanUpdate: true })
    const flag = await seed({ filters: {} })
    const reader = await seedKey(db, tenant.user, { scopes: ['feature_flag:read'] })
    const { data } = await run(reader, `{ featureFlag(id: ${flag.id}) { ${fields} } }`)
    expect(data.featureFlag).toEqual({ eligibleForExperiment: false, viewerCanUpdate: false })
  })
})

describe('the last call of a flag', () => {
  const call = (key: string, at: Date) => seedEvent(db, tenant.project, '$feature_flag_called', at, { $feature_flag: key })

  it('is the newest event, or what the import said', async () => {
    const flag = await seed({ key: 'called', lastCalledAt: daysAgo(40) })
    expect(await read(flag, 'status')).toEqual({ status: 'STALE' })
    await call('called', daysAgo(3))
    await call('called', daysAgo(5))
    await call('another', daysAgo(1))
    expect(await read(flag, 'status lastCalledAt')).toEqual({ status: 'ACTIVE', lastCalledAt: daysAgo(3).toISOString() })
    await db.featureFlag.update({ where: { id: flag.id }, data: { lastCalledAt: daysAgo(2) } })
    expect(await read(flag, 'lastCalledAt')).toEqual({ lastCalledAt: daysAgo(2).toISOString() })
    // An import that knows of no call takes nothing away.
    await db.featureFlag.update({ where: { id: flag.id }, data: { lastCalledAt: null } })
    expect(await read(flag, 'lastCalledAt')).toEqual({ lastCalledAt: daysAgo(3).toISOString() })
  })

  it('is known to a flag that was made, or got its key, after the event', async () => {
    await call('later', daysAgo(3))
    const flag = await seed({ key: 'later' })
    expect(await read(flag, 'lastCalledAt')).toEqual({ lastCalledAt: daysAgo(3).toISOString() })
    await db.featureFlag.update({ where: { id: flag.id }, data: { key: 'renamed' } })
    expect(await read(flag, 'lastCalledAt')).toEqual({ lastCalledAt: null })
  })

  it('is not told by events of another project, of other names or without a flag', async () => {
    const flag = await seed({ key: 'quiet' })
    const other = await seedTenant(db)
    await seedEvent(db, other.project, '$feature_flag_called', daysAgo(1), { $feature_flag: 'quiet' })
    await seedEvent(db, tenant.project, 'purchase', daysAgo(1), { $feature_flag: 'quiet' })
    for (const properties of ['', 'no JSON', '[]', '"quiet"', '{}', '{"$feature_flag":null}', '{"$feature_flag":"\\ud800"}']) {
      await seedEvent(db, tenant.project, '$feature_flag_called', daysAgo(1), properties)
    }
    expect(await read(flag, 'lastCalledAt')).toEqual({ lastCalledAt: null })
  })
})
