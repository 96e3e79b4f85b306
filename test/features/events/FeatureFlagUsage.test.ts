import { beforeEach, describe, expect, it } from 'vitest'
import { getErrors } from '../../support/lists.ts'
import { seedFlag } from '../../support/seed.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, time } = await testServer()
time.now = new Date('2026-10-27T12:00:00Z')

let tenant: Awaited<ReturnType<typeof seedTenant>>
beforeEach(async () => {
  // Clocks go back on 25 October 2026: that day has 25 hours.
  tenant = await seedTenant(db, { timezone: 'Europe/Berlin' })
})

async function call(key: string, at: string, answer: unknown, person = 'somebody', project = tenant.project) {
  const properties = JSON.stringify({ $feature_flag: key, ...(answer === undefined ? {} : { $feature_flag_response: answer }) })
  const event = {
    projectId: project.id,
    id: crypto.randomUUID(),
    event: '$feature_flag_called',
    timestamp: new Date(at),
    distinctId: person,
  }
  await db.event.create({ data: { ...event, properties } })
}
const ask = ({ id }: { id: number }, args = '(days: 4)') =>
  run(tenant.key, `{ featureFlag(id: ${id}) { usage${args} { asOf source calls persons days { day answer calls persons } } } }`)

describe('the usage of a flag', () => {
  it('is unknown while the project has no such events', async () => {
    const flag = await seedFlag(db, tenant.project, { lastCalledAt: new Date('2026-10-26') })
    expect((await ask(flag)).data.featureFlag).toEqual({ usage: null })
  })

  it('is counted by day and answer in the zone of the project, and leaves out no day', async () => {
    const flag = await seedFlag(db, tenant.project, { key: 'flag' })
    await call('flag', '2026-10-23T21:59:59Z', true)
    // The 24th begins at 22:00 UTC, the 26th at 23:00 UTC.
    await call('flag', '2026-10-23T22:00:00Z', true, 'a')
    await call('flag', '2026-10-24T21:59:59.999Z', true, 'a')
    await call('flag', '2026-10-24T22:00:00Z', 'test', 'a')
    await call('flag', '2026-10-25T22:59:59.999Z', 'test', 'b')
    await call('flag', '2026-10-25T12:00:00Z', 'control', 'b')
    await call('flag', '2026-10-25T12:00:00Z', undefined, 'c')
    await call('flag', '2026-10-27T11:00:00Z', false, 'd')
    await call('other', '2026-10-27T11:59:00Z', true, 'e')
    const { data, errors } = await ask(flag)
    expect(errors).toBeUndefined()
    expect(data.featureFlag.usage).toEqual({
      asOf: '2026-10-27T11:59:00.000Z',
      source: 'events',
      calls: 7,
      persons: 4,
      days: [
        { day: '2026-10-24', answer: 'true', calls: 2, persons: 1 },
        { day: '2026-10-25', answer: 'test', calls: 2, persons: 2 },
        { day: '2026-10-25', answer: 'control', calls: 1, persons: 1 },
        { day: '2026-10-25', answer: '', calls: 1, persons: 1 },
        { day: '2026-10-26', answer: '', calls: 0, persons: 0 },
        { day: '2026-10-27', answer: 'false', calls: 1, persons: 1 },
      ],
    })
  })

  it('covers 1 to 90 days, 30 by default', async () => {
    const flag = await seedFlag(db, tenant.project, { key: 'flag' })
    await call('flag', '2026-10-27T11:00:00Z', true)
    expect((await ask(flag, '')).data.featureFlag.usage.days).toHaveLength(30)
    expect((await ask(flag, '(days: null)')).data.featureFlag.usage.days).toHaveLength(30)
    expect((await ask(flag, '(days: 90)')).data.featureFlag.usage.days).toHaveLength(90)
    expect((await ask(flag, '(days: 1)')).data.featureFlag.usage.days).toEqual([
      { day: '2026-10-27', answer: 'true', calls: 1, persons: 1 },
    ])
    for (const days of [0, -1, 91]) {
      expect(getErrors(await ask(flag, `(days: ${days})`))).toEqual([{ code: 'BAD_USER_INPUT', argument: 'days' }])
    }
  })

  it('is zero for a flag that was not called, and does not count other projects', async () => {
    const flag = await seedFlag(db, tenant.project, { key: 'quiet' })
    const other = await seedTenant(db)
    await call('quiet', '2026-10-27T11:00:00Z', true, 'x', other.project)
    await call('loud', '2026-10-27T10:00:00Z', true)
    expect((await ask(flag, '(days: 1)')).data.featureFlag.usage).toEqual({
      asOf: '2026-10-27T10:00:00.000Z',
      source: 'events',
      calls: 0,
      persons: 0,
      days: [{ day: '2026-10-27', answer: '', calls: 0, persons: 0 }],
    })
  })
})
