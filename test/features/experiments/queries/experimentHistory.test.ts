import { describe, expect, it } from 'vitest'
import type { Prisma } from '../../../../src/database/generated/client.ts'
import { controlAndTest, seedExperiment, seedFlag, seedKey } from '../../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../support/testServer.ts'

const { db, run, time, countStatements } = await testServer()

const question = `query ($project: ID!, $months: Int) { project(id: $project) {
  experimentHistory(months: $months) { month launched completed }
  experimentCounts { draft running paused exposureFrozen stopped archived }
} }`

async function seedLab(timezone = 'UTC') {
  const tenant = await seedTenant(db, { timezone })
  const flag = await seedFlag(db, tenant.project)
  const has = (data: Partial<Prisma.ExperimentUncheckedCreateInput>) => seedExperiment(db, flag, data)
  const ask = (months: number | null, key = tenant.key) => run(key, question, { project: tenant.project.id, months })
  const read = async (months: number | null = null) => {
    const { data, errors } = await ask(months)
    expect(errors).toBeUndefined()
    return data.project
  }
  return { ...tenant, flag, has, ask, read }
}

describe('experimentHistory', () => {
  it('has each of the last twelve months, the current one last, also those without anything', async () => {
    time.now = new Date('2026-11-20T12:00:00Z')
    const { read, has } = await seedLab()
    await has({ startDate: new Date('2026-02-01T00:00:00Z'), endDate: new Date('2026-11-30T23:59:59.999Z') })
    await has({ startDate: new Date('2026-02-28T23:59:59.999Z'), archived: true })
    await has({ startDate: new Date('2026-03-01T00:00:00Z'), deleted: true })
    await has({ startDate: new Date('2025-11-30T23:59:59.999Z'), endDate: new Date('2025-12-01T00:00:00Z') })
    await has({ endDate: new Date('2026-03-01T00:00:00Z') })
    const { experimentHistory } = await read()
    expect(experimentHistory.map(({ month }: { month: string }) => month)).toEqual([
      '2025-12-01',
      ...Array.from({ length: 11 }, (_, index) => `2026-${String(index + 1).padStart(2, '0')}-01`),
    ])
    expect(
      experimentHistory.filter(({ launched, completed }: { launched: number; completed: number }) => launched + completed > 0),
    ).toEqual([
      { month: '2025-12-01', launched: 0, completed: 1 },
      { month: '2026-02-01', launched: 2, completed: 0 },
      { month: '2026-03-01', launched: 0, completed: 1 },
      { month: '2026-11-01', launched: 0, completed: 1 },
    ])
  })

  it('goes by the zone of the project, also where the clocks change', async () => {
    // In Auckland it is already December. In Los Angeles it is still October.
    const launch = new Date('2026-11-01T06:30:00Z')
    time.now = new Date('2026-11-30T11:00:00Z')
    const auckland = await seedLab('Pacific/Auckland')
    await auckland.has({ startDate: new Date('2026-10-31T11:00:00Z') })
    await auckland.has({ startDate: new Date('2026-10-31T10:59:59.999Z') })
    expect((await auckland.read(3)).experimentHistory).toEqual([
      { month: '2026-10-01', launched: 1, completed: 0 },
      { month: '2026-11-01', launched: 1, completed: 0 },
      { month: '2026-12-01', launched: 0, completed: 0 },
    ])
    const angeles = await seedLab('America/Los_Angeles')
    await angeles.has({ startDate: launch })
    expect((await angeles.read(2)).experimentHistory).toEqual([
      { month: '2026-10-01', launched: 1, completed: 0 },
      { month: '2026-11-01', launched: 0, completed: 0 },
    ])
    const nowhere = await seedLab('Mars/Phobos')
    await nowhere.has({ startDate: launch })
    expect((await nowhere.read(1)).experimentHistory).toEqual([{ month: '2026-11-01', launched: 1, completed: 0 }])
  })

  it('has 1 to 24 months', async () => {
    time.now = new Date('2026-03-31T12:00:00Z')
    const { ask, read } = await seedLab()
    expect((await read(1)).experimentHistory).toEqual([{ month: '2026-03-01', launched: 0, completed: 0 }])
    const { experimentHistory } = await read(24)
    expect([experimentHistory.length, experimentHistory[0].month]).toEqual([24, '2024-04-01'])
    for (const months of [0, -1, 25, 2_147_483_647]) {
      const { data, errors } = await ask(months)
      expect(data.project.experimentHistory).toBeNull()
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'months' })
    }
  })
})

describe('experimentCounts', () => {
  it('counts what the lists find: archived ones only as archived', async () => {
    time.now = new Date('2026-11-20T12:00:00Z')
    const { key, project, read, has } = await seedLab()
    const [startDate, endDate] = [new Date('2026-10-01'), new Date('2026-11-01')]
    const frozen = await seedFlag(db, project, { filters: { ...controlAndTest, groups: [{ exposure_frozen: true }] } })
    const off = await seedFlag(db, project, { active: false })
    for (const data of [{}, { endDate }, { startDate }, { startDate, endDate }, { archived: true }, { startDate, archived: true }])
      await has(data)
    for (const data of [{ startDate }, { startDate, deleted: true }]) await seedExperiment(db, frozen, data)
    for (let n = 0; n < 3; n++) await seedExperiment(db, off, { startDate })
    const { experimentCounts } = await read()
    expect(experimentCounts).toEqual({ draft: 2, running: 1, paused: 3, exposureFrozen: 1, stopped: 1, archived: 2 })
    const lists = ['DRAFT', 'RUNNING', 'PAUSED', 'EXPOSURE_FROZEN', 'STOPPED']
      .map((status) => `${status}: experiments(status: ${status}) { totalCount }`)
      .join(' ')
    const { data } = await run(key, `{ project(id: ${project.id}) { ${lists} archived: experiments(archived: true) { totalCount } } }`)
    expect(Object.values(data.project).map((list) => (list as { totalCount: number }).totalCount)).toEqual(Object.values(experimentCounts))
  })
})

it('both need the scope, and take one statement each for all projects', async () => {
  const { user, project, key, ask } = await seedLab()
  const { data, errors } = await ask(1, await seedKey(db, user, { scopes: ['feature_flag:read'] }))
  expect(data.project).toEqual({ experimentHistory: null, experimentCounts: null })
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN'])

  const other = await db.project.create({ data: { name: 'Other', organizationId: project.organizationId, timezone: 'Asia/Kolkata' } })
  const many = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Project {
    one: experimentHistory(months: 1) { launched } all: experimentHistory { launched } experimentCounts { draft } } } }`
  const count = (projects: { id: number }[]) =>
    countStatements(async () => {
      const answer = await run(key, many, { ids: projects.map(({ id }) => globalId('Project', id)) })
      expect(answer.errors).toBeUndefined()
    })
  expect(await count([project, other])).toBe(await count([project]))
})
