import { beforeEach, describe, expect, it } from 'vitest'
import type { FeatureFlag, Prisma } from '../../../src/database/generated/client.ts'
import { getErrors } from '../../support/lists.ts'
import { seedFlag } from '../../support/seed.ts'
import { createRecordingServer } from '../../support/statementRecorder.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, pubSub, countStatements } = await testServer()
let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  tenant = await seedTenant(db)
})

const needing = (...references: (string | number)[]) =>
  ({
    groups: references.map((key) => ({ properties: [{ type: 'flag', key, operator: 'flag_evaluates_to', value: true }] })),
  }) as Prisma.InputJsonObject
const seed = (key: string, filters: Prisma.InputJsonObject = {}, data: object = {}) =>
  seedFlag(db, tenant.project, { key, filters, ...data })
const update = (flag: FeatureFlag, filters: Prisma.InputJsonObject) => db.featureFlag.update({ where: { id: flag.id }, data: { filters } })

async function dependenciesOf({ id }: { id: number }) {
  const { data, errors } = await run(
    tenant.key,
    `{ featureFlag(id: ${id}) { dependencies { featureFlag { key } featureFlagId conditionIndexes problem } } }`,
  )
  expect(errors).toBeUndefined()
  return data.featureFlag.dependencies
}

describe('the dependencies of a flag', () => {
  it('are named by number or key, in the order of the conditions', async () => {
    const [a, b] = [await seed('a'), await seed('b')]
    const flag = await seed('flag', needing('b', a.id, 'b'))
    expect(await dependenciesOf(flag)).toEqual([
      { featureFlag: { key: 'b' }, featureFlagId: globalId('FeatureFlag', b.id), conditionIndexes: [0, 2], problem: null },
      { featureFlag: { key: 'a' }, featureFlagId: globalId('FeatureFlag', a.id), conditionIndexes: [1], problem: null },
    ])
    expect(await dependenciesOf(a)).toEqual([])
  })

  it('tell what is missing or deleted, also further down', async () => {
    const deleted = await seed('deleted', {}, { deleted: true })
    const flag = await seed('flag', needing('nothing', deleted.id, '2000000000', '99999999999'))
    const ends = { featureFlag: null, conditionIndexes: expect.any(Array) }
    expect(await dependenciesOf(flag)).toEqual([
      { ...ends, featureFlagId: 'nothing', problem: "No flag has the number or key 'nothing'." },
      { ...ends, featureFlagId: globalId('FeatureFlag', deleted.id), problem: "The flag 'deleted' is deleted." },
      { ...ends, featureFlagId: '2000000000', problem: "No flag has the number or key '2000000000'." },
      { ...ends, featureFlagId: '99999999999', problem: "No flag has the number or key '99999999999'." },
    ])
    expect(await dependenciesOf(await seed('above', needing('flag')))).toMatchObject([
      { featureFlag: { key: 'flag' }, problem: "The flag 'flag' depends on a missing flag: no flag has the number or key 'nothing'." },
    ])
  })

  it('tell of circles, also further down', async () => {
    const a = await seed('a', needing('b'))
    await seed('b', needing('c'))
    await seed('c', needing('a'))
    const self = await seed('self')
    await update(self, needing('self', self.id))
    const circle = "The flags depend on each other: 'a' → 'b' → 'c' → 'a'."
    expect(await dependenciesOf(a)).toMatchObject([{ featureFlag: { key: 'b' }, problem: circle }])
    expect(await dependenciesOf(await seed('above', needing('a')))).toMatchObject([{ featureFlag: { key: 'a' }, problem: circle }])
    expect(await dependenciesOf(self)).toMatchObject([
      { problem: "The flags depend on each other: 'self' → 'self'." },
      { problem: "The flags depend on each other: 'self' → 'self'." },
    ])
    // Two ways to one flag are no circle.
    await seed('end')
    await seed('left', needing('end'))
    await seed('right', needing('end'))
    expect(await dependenciesOf(await seed('both', needing('left', 'right', 'end')))).toMatchObject([
      { problem: null },
      { problem: null },
      { problem: null },
    ])
  })

  it('are never flags of other projects', async () => {
    const other = await seedTenant(db)
    const theirs = await seedFlag(db, other.project, { key: 'theirs' })
    expect(await dependenciesOf(await seed('flag', needing('theirs', theirs.id)))).toMatchObject([
      { featureFlag: null, featureFlagId: 'theirs' },
      { featureFlag: null, featureFlagId: String(theirs.id) },
    ])
  })

  it('are empty for malformed filters', async () => {
    const malformed = {
      groups: [null, { properties: {} }, { properties: [{ type: 'flag' }, { type: 'flag', key: null }] }],
    } as Prisma.InputJsonObject
    expect(await dependenciesOf(await seed('flag', malformed))).toEqual([])
  })
})

describe('the dependents of a flag', () => {
  const read = async ({ id }: { id: number }, args = '') => {
    const answer = await run(tenant.key, `{ featureFlag(id: ${id}) { dependents${args} { totalCount nodes { key } } } }`)
    return { ...answer, keys: answer.data.featureFlag?.dependents.nodes.map((node: { key: string }) => node.key) }
  }

  it('are the flags that name it, the newest first, without deleted ones', async () => {
    const flag = await seed('flag')
    await seed('by-key', needing('flag'))
    await seed('by-number', needing(flag.id), { active: false, archived: true })
    await seed('deleted', needing('flag'), { deleted: true })
    await seed('indirect', needing('by-key'))
    const other = await seedTenant(db)
    await seedFlag(db, other.project, { filters: needing('flag', flag.id) })
    const all = await read(flag)
    expect([all.keys.sort(), all.data.featureFlag.dependents.totalCount]).toEqual([['by-key', 'by-number'], 2])
    await update(flag, needing('flag'))
    expect((await read(flag, '(active: true)')).keys.sort()).toEqual(['by-key', 'flag'])
    expect((await read(flag, '(active: false)')).keys).toEqual(['by-number'])
    expect(getErrors(await run(tenant.key, `{ featureFlag(id: ${flag.id}) { dependents(first: 0) { totalCount } } }`))).toEqual([
      { code: 'BAD_USER_INPUT', argument: 'first' },
    ])
  })

  it('are in pages', async () => {
    const flag = await seed('flag')
    for (let n = 0; n < 5; n++) await seed(`d${n}`, needing('flag'), { createdAt: new Date(Date.UTC(2026, 0, 1 + Math.floor(n / 2))) })
    const found: string[] = []
    let after = ''
    for (;;) {
      const { data } = await run(
        tenant.key,
        `query { featureFlag(id: ${flag.id}) { dependents(first: 2${after}) { nodes { key } pageInfo { endCursor hasNextPage } } } }`,
      )
      const { nodes, pageInfo } = data.featureFlag.dependents
      found.push(...nodes.map(({ key }: { key: string }) => key))
      if (!pageInfo.hasNextPage) break
      after = `, after: "${pageInfo.endCursor}"`
    }
    expect(found).toEqual(['d4', 'd3', 'd2', 'd1', 'd0'])
  })
})

describe('flags of the same key', () => {
  it('are those of other projects of the organization that the viewer may read', async () => {
    const flag = await seed('same')
    await seed('same-not')
    const sibling = await db.project.create({ data: { organizationId: tenant.organization.id, name: 'Sibling' } })
    const gone = await db.project.create({ data: { organizationId: tenant.organization.id, name: 'Gone' } })
    const found = await seedFlag(db, sibling, { key: 'same' })
    await seedFlag(db, gone, { key: 'same', deleted: true })
    const stranger = await seedTenant(db)
    await seedFlag(db, stranger.project, { key: 'same' })
    const query = `{ featureFlag(id: ${flag.id}) { sameKeyElsewhere { databaseId } } }`
    expect((await run(tenant.key, query)).data.featureFlag.sameKeyElsewhere).toEqual([{ databaseId: found.id }])
    await db.personalApiKey.updateMany({ where: { userId: tenant.user.id }, data: { scopedProjects: [tenant.project.id] } })
    const record = createRecordingServer({ db, pubSub, transactionSlots: null }, new Date('2026-11-20T12:00:00Z'))
    expect((await record(tenant.key, query)).data.featureFlag.sameKeyElsewhere).toEqual([])
  })
})

it('what is read of a flag’s dependencies takes as many statements for fifty flags as for one', async () => {
  await seed('base', {}, { createdAt: new Date('2026-01-01') })
  await seed('flag-0', needing('base'))
  const record = createRecordingServer({ db, pubSub, transactionSlots: null }, new Date('2026-11-20T12:00:00Z'))
  const fields = `dependencies { featureFlag { key } problem } dependents { totalCount nodes { key } } sameKeyElsewhere { key }
    surveys { role survey { name } } productTours { name } usage { calls } type status rollout`
  const count = () =>
    countStatements(async () => {
      const { errors } = await record(tenant.key, `{ featureFlags(projectId: ${tenant.project.id}, first: 100) { nodes { ${fields} } } }`)
      expect(errors).toBeUndefined()
    })
  const one = await count()
  for (let n = 1; n < 50; n++) await seed(`flag-${n}`, needing('base', `flag-${n - 1}`))
  expect(await count()).toBe(one)
})
