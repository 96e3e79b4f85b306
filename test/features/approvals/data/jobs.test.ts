import { expect, it, vi } from 'vitest'
import type { ChangeRequest } from '../../../../src/database/generated/client.ts'
import { expireChangeRequests, revalidateChangeRequests } from '../../../../src/features/approvals/data/jobs.ts'
import { createLogger } from '../../../../src/platform/logger.ts'
import { startScheduler } from '../../../../src/platform/scheduler.ts'
import { jobs } from '../../../../src/server/jobs.ts'
import { seedColleague, seedPolicy } from '../../../support/approvals.ts'
import { recordingLog } from '../../../support/recordingLog.ts'
import { seedFlag } from '../../../support/seed.ts'
import { seedTenant, testServer } from '../../../support/testServer.ts'

const { db, pubSub, run, server, time } = await testServer()
const database = { db, pubSub, transactionSlots: null }
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
    const stop = startScheduler(jobs({ database, clock: () => time.now, log, server }), {
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
    await startScheduler(jobs({ database, clock: () => time.now, log, server }), {
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
  await copyRequest(open, { targetKey: 'broken', input: { id: 'none' } })
  const { log, lines } = recordingLog()
  expect(await revalidateChangeRequests(database, time.now, log)).toMatchObject({ checked: 1, errors: 1 })
  expect(lines).toMatchObject([
    { msg: 'Change request skipped: its job failed. The next run tries again.', changeRequestId: expect.any(Number), err: {} },
  ])
  expect(await expireChangeRequests(database, time.now, log)).toEqual({ expired: 2, errors: 0 })
})

/** Another request like this one. */
function copyRequest({ id: _, ...columns }: ChangeRequest, more: object) {
  return db.changeRequest.create({ data: { ...columns, ...more } as never })
}

it('leaves requests of PostHog as they are', async () => {
  const some = await db.changeRequest.findFirstOrThrow()
  await copyRequest(some, { state: 'PENDING', targetKey: 'own' })
  const mirrored = await copyRequest(some, { state: 'PENDING', targetKey: 'mirrored', importedId: crypto.randomUUID() })
  expect(await expireChangeRequests(database, time.now, log)).toEqual({ expired: 1, errors: 0 })
  expect(await db.changeRequest.findUniqueOrThrow({ where: { id: mirrored.id } })).toMatchObject({ state: 'PENDING' })
})
