import { expect, it, vi } from 'vitest'
import { expireChangeRequests, revalidateChangeRequests } from '../../../../src/features/approvals/data/jobs.ts'
import { createLogger } from '../../../../src/platform/logger.ts'
import { startScheduler } from '../../../../src/platform/scheduler.ts'
import { jobs } from '../../../../src/server/jobs.ts'
import { seedColleague, seedPolicy } from '../../../support/approvals.ts'
import { seedFlag } from '../../../support/seed.ts'
import { seedTenant, testServer } from '../../../support/testServer.ts'

const { db, pubSub, run, server, time } = await testServer()
const log = createLogger({ logLevel: 'silent' })

it('expires and revalidates on a schedule, until it is stopped', async () => {
  const tenant = await seedTenant(db)
  const approver = await seedColleague(db, tenant)
  await seedPolicy(db, tenant, 'FEATURE_FLAG_DISABLE', [approver], { expiresAfterSeconds: 60 })
  const [first, second] = [await seedFlag(db, tenant.project), await seedFlag(db, tenant.project)]
  const disable = (id: number) => run(tenant.key, `mutation { updateFeatureFlag(input: { id: ${id}, active: false }) { __typename } }`)
  const states = async () => (await db.changeRequest.findMany({ orderBy: { id: 'asc' } })).map(({ state }) => state)
  await disable(first.id)

  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const stop = startScheduler(jobs({ database: { db, pubSub, transactionSlots: null }, clock: () => time.now, log, server }), {
      log,
      interval: 300,
    })
    time.now = new Date(time.now.getTime() + 61_000)
    vi.advanceTimersByTime(299_999)
    expect(await states()).toEqual(['PENDING'])
    vi.advanceTimersByTime(1)
    await stop()
    expect(await states()).toEqual(['EXPIRED'])

    await disable(second.id)
    time.now = new Date(time.now.getTime() + 61_000)
    vi.advanceTimersByTime(900_000)
    await startScheduler(jobs({ database: { db, pubSub, transactionSlots: null }, clock: () => time.now, log, server }), {
      log,
      interval: 0,
    })()
    expect(await states()).toEqual(['EXPIRED', 'PENDING'])
  } finally {
    vi.useRealTimers()
  }
})

it('goes on with the others when one request fails, and counts it', async () => {
  const open = await db.changeRequest.findFirstOrThrow({ where: { state: 'PENDING' } })
  const { id: _, ...columns } = open
  await db.changeRequest.create({ data: { ...columns, targetKey: 'broken', input: { id: 'none' } } as never })
  expect(await revalidateChangeRequests({ db, pubSub, transactionSlots: null }, time.now, log)).toMatchObject({ checked: 1, errors: 1 })
  expect(await expireChangeRequests({ db, pubSub, transactionSlots: null }, time.now, log)).toEqual({ expired: 2, errors: 0 })
})
