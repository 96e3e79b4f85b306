import { describe, expect, inject, it, vi } from 'vitest'
import { seedFlag } from '../support/seed.ts'
import { seedTenant } from '../support/testServer.ts'
import { faultServer, holdLock, untilLocked } from './support/faultServer.ts'

// What becomes of the work for a caller who does not wait for it.

describe.skipIf(inject('serverUrl') === '')('a caller who leaves', async () => {
  const faults =
    inject('serverUrl') === '' ? null : await faultServer({ lockTimeoutMs: 6_000, statementTimeoutMs: 7_000, transactionTimeoutMs: 8_000 })
  const patient =
    inject('serverUrl') === '' ? null : await faultServer({ lockTimeoutMs: 6_000, statementTimeoutMs: 7_000, requestTimeoutMs: 1_000 })

  async function seeded(server: typeof faults) {
    if (server === null) throw new Error('no PostgreSQL')
    const { key, project } = await seedTenant(server.db)
    return { ...server, key, flag: await seedFlag(server.db, project), project }
  }
  const rename = (flag: { id: number }) => `mutation { updateFeatureFlag(input: { id: ${flag.id}, name: "unwanted" }) { __typename } }`

  it('writes nothing: the transaction that waited is rolled back when its statement ends', async () => {
    const { db, key, flag, ask } = await seeded(faults)
    const release = await holdLock(db, `SELECT FROM feature_flags WHERE id = ${flag.id} FOR UPDATE`)
    const caller = new AbortController()
    const left = expect(ask(key, rename(flag), { signal: caller.signal })).rejects.toThrow('aborted')
    await untilLocked(db)
    caller.abort()
    await left
    // The server has noticed when it answers the next request on its own behalf.
    await ask(key, '{ viewer { scopes } }')
    await release()
    await vi.waitFor(async () => expect(await openTransactions(db)).toBe(0), { interval: 20, timeout: 5_000 })
    expect(await db.featureFlag.findUnique({ where: { id: flag.id } })).toMatchObject({ name: flag.name })
  })

  it('does not take the shared statement of others along', async () => {
    const { db, key, ask, project } = await seeded(faults)
    const release = await holdLock(db, 'LOCK TABLE feature_flags IN ACCESS EXCLUSIVE MODE')
    const query = `{ eligibleFeatureFlags(projectId: ${project.id}) { totalCount } }`
    const caller = new AbortController()
    const left = expect(ask(key, query, { signal: caller.signal })).rejects.toThrow('aborted')
    const others = [ask(key, query), ask(key, query)]
    await untilLocked(db)
    caller.abort()
    await left
    await release()
    for (const other of await Promise.all(others))
      expect(other).toMatchObject({ status: 200, data: { eligibleFeatureFlags: { totalCount: 1 } } })
  })

  it('or who is told that the time is up: HTTP 504, and nothing is written', async () => {
    const { db, key, flag, ask, lines } = await seeded(patient)
    const release = await holdLock(db, `SELECT FROM feature_flags WHERE id = ${flag.id} FOR UPDATE`)
    const reply = await ask(key, rename(flag))
    expect(reply.status).toBe(504)
    expect(reply.errors).toMatchObject([
      { message: 'The request took longer than 1 seconds, and was cancelled.', extensions: { code: 'TIMEOUT', timeout: 'REQUEST' } },
    ])
    expect(reply.headers.get('x-request-id')).toMatch(/./)
    expect(lines).toMatchObject([{ fault: 'timeout REQUEST' }])
    await release()
    await vi.waitFor(async () => expect(await openTransactions(db)).toBe(0), { interval: 20, timeout: 5_000 })
    expect(await db.featureFlag.findUnique({ where: { id: flag.id } })).toMatchObject({ name: flag.name })
  })
})

/** How many transactions the server has open. */
async function openTransactions(db: Parameters<typeof untilLocked>[0]): Promise<number> {
  const rows = await db.$queryRaw<object[]>`
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()`
  return rows.length
}
