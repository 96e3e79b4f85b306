import { expect, it } from 'vitest'
import { maxCalls } from '../../../src/features/events/flagCalls.ts'
import { getErrors } from '../../support/lists.ts'
import { seedFlag } from '../../support/seed.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, time } = await testServer()
time.now = new Date('2026-10-27T12:00:00Z')

it('the usage of a flag is refused where there are too many calls to count', async () => {
  const tenant = await seedTenant(db, { timezone: 'Europe/Berlin' })
  const flag = await seedFlag(db, tenant.project, { key: 'busy' })
  await db.$executeRaw`
    INSERT INTO events (project_id, id, event, timestamp, distinct_id, properties)
    SELECT ${tenant.project.id}::int, gen_random_uuid(), '$feature_flag_called', timestamptz '2026-10-26 12:00Z', 'p', '{"$feature_flag":"busy"}'
    FROM generate_series(1, ${maxCalls + 1}::int)`
  const ask = (args: string) => run(tenant.key, `{ featureFlag(id: ${flag.id}) { usage(${args}) { calls } } }`)
  expect(getErrors(await ask('days: 2'))).toMatchObject([{ code: 'OPERATION_TOO_EXPENSIVE' }])
  expect((await ask('days: 1')).data.featureFlag.usage.calls).toBe(0)
})
