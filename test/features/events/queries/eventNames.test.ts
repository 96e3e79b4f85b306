import { beforeAll, expect, it } from 'vitest'
import { getErrors } from '../../../support/lists.ts'
import { seedEvent, seedKey } from '../../../support/seed.ts'
import { createRecordingServer } from '../../../support/statementRecorder.ts'
import { seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, pubSub, countStatements } = await testServer()
let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeAll(async () => {
  tenant = await seedTenant(db)
  const other = await seedTenant(db)
  await seedEvent(db, other.project, 'theirs', '2026-11-01T00:00:00Z', { theirs: 1 })
  await seedEvent(db, tenant.project, 'purchase', '2026-11-01T00:00:00Z', { price: 1, Plan: 'a' })
  await seedEvent(db, tenant.project, 'purchase', '2026-11-03T00:00:00Z', { price: 2, $lib: 'web' })
  await seedEvent(db, tenant.project, 'Signed up', '2026-11-02T00:00:00Z', 'no JSON')
  await seedEvent(db, tenant.project, '$pageview', '2026-11-02T00:00:00Z', [])
})

const ask = (fields: string, key = tenant.key) => run(key, `{ project(id: ${tenant.project.id}) { ${fields} } }`)
const names = async (args = '') => (await ask(`eventNames${args} { name lastSeenAt properties }`)).data.project.eventNames

it('the event names of a project are by code point, with when they were last seen and what they carry', async () => {
  expect(await names()).toEqual([
    { name: '$pageview', lastSeenAt: '2026-11-02T00:00:00.000Z', properties: [] },
    { name: 'Signed up', lastSeenAt: '2026-11-02T00:00:00.000Z', properties: [] },
    { name: 'purchase', lastSeenAt: '2026-11-03T00:00:00.000Z', properties: ['$lib', 'Plan', 'price'] },
  ])
})

it('are searched and limited, and so are their properties', async () => {
  expect((await names('(search: "P")')).map(({ name }: { name: string }) => name)).toEqual(['$pageview', 'Signed up', 'purchase'])
  expect((await names('(search: "PURCH")')).map(({ name }: { name: string }) => name)).toEqual(['purchase'])
  expect(await names('(search: "%")')).toEqual([])
  expect(await names('(first: 1)')).toHaveLength(1)
  const properties = async (args: string) =>
    (await ask(`eventNames(search: "purchase") { properties${args} }`)).data.project.eventNames[0].properties
  expect(await properties('(search: "PL")')).toEqual(['Plan'])
  expect(await properties('(first: 2)')).toEqual(['$lib', 'Plan'])
  for (const fields of ['eventNames(first: 0) { name }', 'eventNames(first: 101) { name }']) {
    expect(getErrors(await ask(fields))).toMatchObject([{ code: 'BAD_USER_INPUT', argument: 'first' }])
  }
})

it('need the scope', async () => {
  const key = await seedKey(db, tenant.user, { scopes: ['feature_flag:read'] })
  expect(getErrors(await ask('eventNames { name }', key))).toMatchObject([{ code: 'FORBIDDEN' }])
})

it('take as many statements for many names as for one', async () => {
  const record = createRecordingServer({ db, pubSub, transactionSlots: null }, new Date('2026-11-20T12:00:00Z'))
  const counts = []
  for (const first of [1, 3]) {
    const query = `{ project(id: ${tenant.project.id}) { eventNames(first: ${first}) { name properties } } }`
    counts.push(await countStatements(() => record(tenant.key, query)))
  }
  expect(counts[1]).toBe(counts[0])
})
