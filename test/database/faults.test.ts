import { Redis } from 'ioredis'
import { describe, expect, inject, it } from 'vitest'
import { createClient } from '../../src/database/client.ts'
import { faultOf } from '../../src/database/faults.ts'
import { postgresClientOptions } from '../../src/database/postgres.ts'
import { readConfig } from '../../src/platform/config.ts'
import { UpstreamError } from '../../src/platform/upstreamError.ts'
import { copyPostgres, openTestDatabase } from '../support/testDatabase.ts'

// Errors as they really come: what Prisma and its adapter make of them is not in their documentation.

/** The fault behind the error with which work fails. */
const faultOfFailure = (work: PromiseLike<unknown>) =>
  work.then(
    () => 'no failure',
    (error: unknown) => faultOf(error),
  )

it('takes mistakes and bugs for no fault', async () => {
  const { db } = await openTestDatabase()
  expect(await faultOfFailure(db.$queryRaw`SELECT nonsense`)).toBeNull()
  expect(await faultOfFailure(db.$queryRaw`SELECT 1 / 0`)).toBeNull()
  expect(await faultOfFailure(db.project.create({ data: { name: 'x', organizationId: crypto.randomUUID() } }))).toBeNull()
  expect(faultOf(new Error('Connection to the past'))).toBeNull()
  expect(faultOf('text')).toBeNull()
  // PostHog is not there.
  const cause = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' })
  expect(faultOf(new UpstreamError('PostHog cannot be reached.', { kind: 'unavailable', cause }))).toBeNull()
  // The caller went away: nothing of ours failed.
  expect(faultOf(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))).toBeNull()
})

it.each(['127.0.0.1:1', 'no-such-host.invalid:5432'])('names a database that is not there: %s', async (host) => {
  const db = createClient(postgresClientOptions(`postgres://postgres@${host}/none`, readConfig({})))
  const unavailable = { kind: 'unavailable' }
  expect(await faultOfFailure(db.$queryRaw`SELECT 1`)).toEqual(unavailable)
  expect(await faultOfFailure(db.project.count())).toEqual(unavailable)
  expect(await faultOfFailure(db.$transaction((tx) => tx.project.count()))).toEqual(unavailable)
})

it('names a Redis that is not there', async () => {
  const redis = new Redis('redis://127.0.0.1:1', { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null })
  redis.on('error', () => {})
  expect(await faultOfFailure(redis.connect())).toEqual({ kind: 'unavailable' })
})

describe.skipIf(inject('serverUrl') === '')('on PostgreSQL', async () => {
  const url = inject('serverUrl') === '' ? 'postgres://nowhere/none' : await copyPostgres()
  const client = (settings: object = {}) => createClient(postgresClientOptions(url, { ...readConfig({}), ...settings }))

  it.each([
    ['SELECT pg_sleep(5)::text', { statementTimeoutMs: 100 }, { kind: 'timeout', timeout: 'STATEMENT' }],
    ['SELECT pg_cancel_backend(pg_backend_pid())::text', {}, { kind: 'timeout', timeout: 'STATEMENT' }],
    ['SELECT pg_terminate_backend(pg_backend_pid())::text', {}, { kind: 'unavailable' }],
    ["DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$", {}, { kind: 'unavailable' }],
    ["DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$", {}, { kind: 'conflict' }],
    ["DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$", {}, { kind: 'conflict' }],
  ])('names the fault of %s', async (sql, settings, fault) => {
    const db = client(settings)
    expect(await faultOfFailure(db.$executeRawUnsafe(sql))).toEqual(fault)
    expect(await faultOfFailure(db.$transaction((tx) => tx.$executeRawUnsafe(sql)))).toEqual(fault)
    await db.$disconnect()
  })

  it('names the lock, the transaction and the pool that were waited for', async () => {
    const holder = client()
    const db = client({ lockTimeoutMs: 100, transactionTimeoutMs: 400, connectionTimeoutMs: 1_000, databasePoolSize: 1 })
    const organization = await holder.organization.create({ data: { name: 'locked' } })
    const change = { where: { id: organization.id }, data: { name: 'changed' } }
    const outcome = await holder.$transaction(async (tx) => {
      await tx.organization.update(change)
      return faultOfFailure(db.organization.update(change))
    })
    expect(outcome).toEqual({ kind: 'timeout', timeout: 'LOCK' })

    const idle = db.$transaction(async (tx) => {
      await tx.organization.count()
      // Takes the only connection, for longer than the transaction may be idle.
      const waiting = await faultOfFailure(db.organization.count())
      await holder.$queryRaw`SELECT pg_sleep(0.5)::text`
      await tx.organization.count()
      return waiting
    })
    expect(await faultOfFailure(idle)).toEqual({ kind: 'timeout', timeout: 'TRANSACTION' })
    expect(await db.organization.count()).toBeGreaterThan(0)
    const both = await Promise.all([faultOfFailure(db.$queryRaw`SELECT pg_sleep(2)::text`), faultOfFailure(db.organization.count())])
    expect(both).toEqual(['no failure', { kind: 'unavailable' }])
    await Promise.all([db.$disconnect(), holder.$disconnect()])
  })
})
