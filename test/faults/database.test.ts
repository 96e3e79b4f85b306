import { describe, expect, inject, it, vi } from 'vitest'
import { seedFlag } from '../support/seed.ts'
import { seedTenant } from '../support/testServer.ts'
import { type FaultServer, faultServer, holdLock, type Reply, untilLocked } from './support/faultServer.ts'

// What a database does to its clients: it is silent, it breaks connections, it has none left, it waits. The network of these tests can do all of
// that. The limits are short, so that the tests are.

const viewer = '{ viewer { scopes } }'
const codes = ({ errors = [] }: Reply) => errors.map(({ extensions }) => extensions.code)

describe.skipIf(inject('serverUrl') === '')('a database that fails', async () => {
  const faults: FaultServer = inject('serverUrl') === '' ? ({} as FaultServer) : await faultServer()
  const { db, network, ask, lines, time } = faults
  const { key, project } = db === undefined ? ({ key: '', project: { id: 0 } } as never) : await seedTenant(db)

  const recovered = () =>
    vi.waitFor(async () => expect(await ask(key, viewer)).toMatchObject({ status: 200 }), { timeout: 10_000, interval: 50 })

  /** Each request gets an answer, and the answer says that it can be tried again. */
  const expectUnavailable = (reply: Reply) => {
    expect(reply.status).toBe(503)
    expect(codes(reply)).toEqual(['SERVICE_UNAVAILABLE'])
    expect(reply.headers.get('retry-after')).toBe('1')
    expect(JSON.stringify(reply.errors)).not.toMatch(/prisma|pg_|127\.0\.0\.1|connect|node_modules/i)
  }

  it('is silent: requests end, the connections are replaced, and later requests do not meet the dead ones', async () => {
    await Promise.all([1, 2, 3, 4].map(() => ask(key, viewer)))
    network.mode = 'silent'
    for (const reply of await Promise.all([1, 2, 3, 4, 5, 6].map(() => ask(key, viewer)))) expectUnavailable(reply)
    network.mode = 'pass'
    for (const reply of await Promise.all([1, 2, 3, 4, 5, 6].map(() => ask(key, viewer)))) expect(codes(reply)).toEqual([])
  })

  it('becomes silent in a transaction: the connection does not come back into the pool', async () => {
    const flag = await seedFlag(db, project)
    const lock = await holdLock(db, `SELECT FROM feature_flags WHERE id = ${flag.id} FOR UPDATE`)
    const write = ask(key, rename(flag, 'silent'))
    await untilLocked(db)
    network.mode = 'silent'
    expectUnavailable(await write)
    network.mode = 'pass'
    await lock()
    expect(await db.featureFlag.findUnique({ where: { id: flag.id } })).toMatchObject({ name: flag.name })
    for (let n = 0; n < 6; n++) expect(codes(await ask(key, viewer))).toEqual([])
  })

  it('cuts a connection in the middle of a write: nothing of it is left', async () => {
    const flag = await seedFlag(db, project)
    const lock = await holdLock(db, `SELECT FROM feature_flags WHERE id = ${flag.id} FOR UPDATE`)
    const write = ask(key, rename(flag, 'cut'))
    await untilLocked(db)
    network.cut()
    expectUnavailable(await write)
    await lock()
    await recovered()
    expect(await db.featureFlag.findUnique({ where: { id: flag.id } })).toMatchObject({ name: flag.name })
  })

  it.each(['refuse', 'silent'] as const)('lets nobody in (%s), and is back', async (mode) => {
    network.mode = mode
    network.cut()
    for (const reply of await Promise.all([1, 2, 3].map(() => ask(key, viewer)))) expectUnavailable(reply)
    network.mode = 'pass'
    await recovered()
  })

  it('ends its sessions, as at a restart', async () => {
    const flag = await seedFlag(db, project)
    const lock = await holdLock(db, `SELECT FROM feature_flags WHERE id = ${flag.id} FOR UPDATE`)
    const write = ask(key, rename(flag, 'terminated'))
    await untilLocked(db)
    await db.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'experiments-graph' AND query LIKE '%FOR%UPDATE%' AND wait_event_type = 'Lock'`
    expectUnavailable(await write)
    await lock()
    await recovered()
  })

  it('has a lock that others wait for: the writers get TIMEOUT, and other tenants their answers', async () => {
    const other = await seedTenant(db)
    const flag = await seedFlag(db, project)
    const lock = await holdLock(db, `SELECT FROM feature_flags WHERE id = ${flag.id} FOR UPDATE`)
    const writes = Array.from({ length: 10 }, () => ask(key, rename(flag, 'waited')))
    await untilLocked(db)
    const reads = await Promise.all(Array.from({ length: 5 }, () => ask(other.key, viewer)))
    expect(reads.map(({ status, data }) => [status, data])).toEqual(reads.map(() => [200, { viewer: { scopes: ['*'] } }]))
    for (const write of await Promise.all(writes)) {
      expect([503, 504]).toContain(write.status)
      expect(['TIMEOUT', 'SERVICE_UNAVAILABLE']).toContain(codes(write)[0])
      // A writer behind other writers waits for more than one lock.
      if (write.status === 504) expect(write.errors?.[0]?.extensions.timeout).toMatch(/^(LOCK|STATEMENT)$/)
    }
    await lock()
    expect(codes(await ask(key, rename(flag, 'free')))).toEqual([])
    expect(await db.featureFlag.findUnique({ where: { id: flag.id } })).toMatchObject({ name: 'free' })
  })

  it('is too slow for a statement: a partial answer stands, and names the limit', async () => {
    // A table lock keeps the reader waiting, as a huge table would. The wait for a lock has a limit of its own, so that one is named.
    const lock = await holdLock(db, 'LOCK TABLE experiments IN ACCESS EXCLUSIVE MODE')
    const query = `{ viewer { scopes } stats(projectId: ${project.id}) { activeExperiments } }`
    const partial = await ask(key, query)
    expect(partial).toMatchObject({ status: 200, data: { viewer: { scopes: ['*'] }, stats: null } })
    expect(partial.errors).toMatchObject([{ path: ['stats'], extensions: { code: 'TIMEOUT', timeout: 'LOCK' } }])
    const nothing = await ask(key, `{ stats(projectId: ${project.id}) { activeExperiments } }`)
    expect(nothing).toMatchObject({ status: 504, data: { stats: null } })
    await lock()
  })

  it('is slow, but within the limits: everything is answered', async () => {
    network.delayMs = 50
    for (const reply of await Promise.all([1, 2, 3].map(() => ask(key, viewer)))) expect(reply).toMatchObject({ status: 200 })
    network.delayMs = 0
  })

  it('logs an outage once, and then its count', async () => {
    time.now = new Date(time.now.getTime() + 3_600_000)
    lines.length = 0
    network.mode = 'refuse'
    network.cut()
    for (let n = 0; n < 5; n++) expectUnavailable(await ask(key, viewer))
    expect(lines).toMatchObject([{ level: 50, fault: 'unavailable' }])
    time.now = new Date(time.now.getTime() + 10_000)
    expectUnavailable(await ask(key, viewer))
    expect(lines).toMatchObject([{}, { fault: 'unavailable', unreported: 4 }])
    network.mode = 'pass'
    await recovered()
  })

  it('is seen by /ready: what fails, and when it is well again', async () => {
    const ready = async () => {
      const response = await fetch(new URL('/ready', faults.url))
      return { status: response.status, ...((await response.json()) as object) }
    }
    expect(await ready()).toEqual({ status: 200, ready: true, checks: { database: 'ok', migrations: 'ok', stopping: false } })
    network.mode = 'silent'
    expect(await ready()).toMatchObject({ status: 503, ready: false, checks: { migrations: 'unknown' } })
    network.mode = 'pass'
    network.cut()
    await vi.waitFor(async () => expect(await ready()).toMatchObject({ status: 200 }), { timeout: 10_000 })
    await db.$executeRaw`UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)`
    expect(await ready()).toMatchObject({ status: 503, checks: { database: 'ok', migrations: 'missing' } })
    await db.$executeRaw`UPDATE _prisma_migrations SET rolled_back_at = NULL`
    expect((await fetch(new URL('/health', faults.url))).status).toBe(200)
  })

  function rename(flag: { id: number }, name: string): string {
    return `mutation { updateFeatureFlag(input: { id: ${flag.id}, name: "${name}" }) { __typename ... on FeatureFlag { name } } }`
  }
})
