import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { hashApiKey } from '../../src/auth/apiKey.ts'
import type { Db } from '../../src/database/client.ts'
import type { OpenDatabase } from '../../src/database/database.ts'
import { faultOf } from '../../src/database/faults.ts'
import { openDatabase } from '../../src/database/open.ts'
import { type Config, readConfig } from '../../src/platform/config.ts'
import { createServer } from '../../src/server/createServer.ts'
import { listen } from '../support/listen.ts'
import { patience } from '../support/patience.ts'
import { recordingLog } from '../support/recordingLog.ts'
import { seedExperiment, seedFlag, seedKey, seedProject } from '../support/seed.ts'
import { subscribe } from '../support/subscribe.ts'
import { type Answer, noRateLimits, seedTenant } from '../support/testServer.ts'
import { holdLock } from './support/faultServer.ts'
import { findPostgresBinaries, type PostgresPair, startPostgresPair } from './support/postgresPair.ts'
import { type TcpProxy, tcpProxy } from './support/tcpProxy.ts'

// A primary and its streaming replica. Replay is paused by hand, so that the replica shows nothing new. An answer then tells where it was read:
// what was written on the primary meanwhile is seen only there.

const binaries = findPostgresBinaries()
if (inject('serverUrl') === '') console.log('Read replicas are not tested: TEST_DATABASE_URL is not set.')
else if (binaries === null) console.log('Read replicas are not tested: there is no initdb. PGBINDIR can name its folder.')

const settings: Config = {
  ...readConfig({}),
  ...noRateLimits,
  databasePoolSize: 4,
  connectionTimeoutMs: 1_000,
  statementTimeoutMs: 3_000,
  // No lag is too much, except where a test says so.
  replicaMaxLagSeconds: 3_600,
}

interface Graph {
  url: string
  database: OpenDatabase
  lines: Record<string, unknown>[]
  ask(key: string, query: string): Promise<Answer & { status: number }>
  close(): Promise<void>
}

describe.skipIf(inject('serverUrl') === '' || binaries === null)('read replicas', () => {
  const time = { now: new Date('2026-11-20T12:00:00Z') }
  let pair: PostgresPair
  const opened: { close(): Promise<void> }[] = []
  afterAll(async () => {
    await Promise.all(opened.map(({ close }) => close()))
    await pair?.stop()
  })
  let network: TcpProxy
  /** On the primary, beside all servers. */
  let db: Db
  let here: Graph
  let there: Graph
  let tenant: Awaited<ReturnType<typeof seedTenant>>
  let otherKey: string
  let flag: Awaited<ReturnType<typeof seedFlag>>

  async function graph(config: Partial<Config> = {}, observer?: Parameters<typeof openDatabase>[2]): Promise<Graph> {
    const { log, lines } = recordingLog()
    const all = { ...settings, databaseUrl: pair.primary.url('service'), databaseReplicaUrls: [network.url], ...config }
    const database = await openDatabase(all, log, observer)
    const server = createServer({ database, config: all, clock: () => time.now, log, demoKey: null, observer })
    const url = await listen(server)
    let closing: Promise<void> | null = null
    const close = () => {
      closing ??= server.stopListening().then(() => database.close())
      return closing
    }
    opened.push({ close })
    const ask = async (key: string, query: string) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ query }),
      })
      return { ...((await response.json()) as Answer), status: response.status }
    }
    return { url, database, lines, ask, close }
  }

  /** The name of the flag, as a server shows it. */
  const nameFor = async ({ ask }: Graph, key: string): Promise<string> => {
    const { data, errors } = await ask(key, `{ project(id: ${tenant.project.id}) { eligibleFeatureFlags { edges { node { name } } } } }`)
    expect(errors).toBeUndefined()
    return data.project.eligibleFeatureFlags.edges[0].node.name
  }
  /** By another program than the service, so that no server knows who wrote. */
  const renameBeside = (name: string) => db.featureFlag.update({ where: { id: flag.id }, data: { name } })
  const rename = (name: string) =>
    `mutation { updateFeatureFlag(input: { id: ${flag.id}, name: "${name}" }) { ... on FeatureFlag { name } } }`
  const forgetWriters = () => {
    time.now = new Date(time.now.getTime() + settings.requestTimeoutMs + settings.replicaMaxLagSeconds * 1_000)
  }
  const waitFor = <Result>(check: () => Result | Promise<Result>) => vi.waitFor(check, { timeout: 20_000, interval: 50 })
  /** Waits until a server uses its replica for every key. */
  async function usesReplica(server: Graph): Promise<void> {
    await pair.resumeReplay()
    await waitFor(() => expect(server.database.replicas?.count()).toEqual({ used: 1, unused: 0 }))
    // The first question opens the subscription to the writes of others. It has opened when a key is known not to have written.
    await pair.pauseReplay()
    const name = `by hand ${randomUUID()}`
    await renameBeside(name)
    await waitFor(async () => {
      forgetWriters()
      expect(await nameFor(server, otherKey)).not.toBe(name)
    })
    await pair.resumeReplay()
  }

  beforeAll(async () => {
    pair = await startPostgresPair(binaries ?? '')
    await pair.primary.query('CREATE DATABASE service')
    network = await tcpProxy(pair.replica.url('service'))
    const beside = await openDatabase({ ...settings, databaseUrl: pair.primary.url('service') }, recordingLog().log)
    opened.push(beside)
    db = beside.db
    tenant = await seedTenant(db)
    otherKey = await seedKey(db, tenant.user)
    flag = await seedFlag(db, tenant.project)
    here = await graph()
    there = await graph()
    await usesReplica(here)
    await usesReplica(there)
  })

  it('answer queries: what they do not have yet is not seen, and is as soon as they have it', async () => {
    await renameBeside('before')
    await pair.resumeReplay()
    await pair.pauseReplay()
    await renameBeside('after')
    expect(await nameFor(here, otherKey)).toBe('before')
    await pair.resumeReplay()
    expect(await nameFor(here, otherKey)).toBe('after')
  })

  it('do not hide its own write from a key, on any server. Other keys see it when the replica has it', async () => {
    await renameBeside('old')
    await pair.resumeReplay()
    await pair.pauseReplay()
    expect((await here.ask(tenant.key, rename('own'))).data).toEqual({ updateFeatureFlag: { name: 'own' } })
    expect(await nameFor(there, tenant.key)).toBe('own')
    expect(await nameFor(here, tenant.key)).toBe('own')
    expect(await nameFor(here, otherKey)).toBe('old')
    expect(await nameFor(there, otherKey)).toBe('old')
    await pair.resumeReplay()
    for (const server of [here, there]) for (const key of [tenant.key, otherKey]) expect(await nameFor(server, key)).toBe('own')

    // The key is remembered for a while only.
    forgetWriters()
    await pair.pauseReplay()
    await renameBeside('later')
    for (const server of [here, there]) expect(await nameFor(server, tenant.key)).toBe('own')
    await pair.resumeReplay()
  })

  it('do not decide writes: a mutation sees the rows of the primary, in its payload too', async () => {
    await pair.pauseReplay()
    const unseen = await seedFlag(db, tenant.project, { key: 'not-replayed' })
    const taken = await here.ask(
      otherKey,
      `mutation { createFeatureFlag(input: { projectId: ${tenant.project.id}, key: "not-replayed" }) { __typename } }`,
    )
    expect(taken.data).toEqual({ createFeatureFlag: { __typename: 'ValidationError' } })
    const updated = await here.ask(
      otherKey,
      `mutation { updateFeatureFlag(input: { id: ${unseen.id}, name: "seen" }) { ... on FeatureFlag { key name activity { totalCount } } } }`,
    )
    expect(updated.data).toEqual({ updateFeatureFlag: { key: 'not-replayed', name: 'seen', activity: { totalCount: 1 } } })
    await pair.resumeReplay()
    await db.featureFlag.update({ where: { id: unseen.id }, data: { deleted: true } })
    forgetWriters()
  })

  it('do not keep a revoked key alive, nor access that was taken away', async () => {
    const revoked = await seedKey(db, tenant.user)
    const restricted = await seedKey(db, tenant.user)
    const moved = await seedProject(db, tenant.organization)
    const stranger = await seedTenant(db)
    await pair.resumeReplay()
    const codeFor = async (key: string, project = tenant.project) =>
      (await here.ask(key, `{ stats(projectId: ${project.id}) { activeExperiments } }`)).errors?.[0]?.extensions.code
    for (const key of [revoked, restricted]) expect(await codeFor(key)).toBeUndefined()
    expect(await codeFor(otherKey, moved)).toBeUndefined()
    await pair.pauseReplay()
    await db.personalApiKey.delete({ where: { secureValue: hashApiKey(revoked) } })
    await db.personalApiKey.update({ where: { secureValue: hashApiKey(restricted) }, data: { scopedProjects: [moved.id] } })
    await db.project.update({ where: { id: moved.id }, data: { organizationId: stranger.organization.id } })
    await waitFor(async () => expect(await codeFor(revoked)).toBe('UNAUTHENTICATED'))
    await waitFor(async () => expect(await codeFor(restricted)).toBe('FORBIDDEN'))
    await waitFor(async () => expect(await codeFor(otherKey, moved)).toBe('NOT_FOUND'))
    await pair.resumeReplay()
  })

  it('do not give subscribers old values: events are read from the primary', async () => {
    const experiment = await seedExperiment(db, flag)
    await pair.resumeReplay()
    const events = await subscribe(here.url, otherKey, `subscription { experimentUpdated(projectId: ${tenant.project.id}) { name } }`)
    await pair.pauseReplay()
    await there.ask(tenant.key, `mutation { updateExperiment(input: { id: ${experiment.id}, name: "told" }) { __typename } }`)
    expect(await events.next()).toMatchObject({ data: { experimentUpdated: { name: 'told' } } })
    await events.end()
    await pair.resumeReplay()
    forgetWriters()
  })

  it('need as many statements as the primary', async () => {
    const count = async (config: Partial<Config>) => {
      const statements: string[] = []
      const observed = await graph(config, { onStatement: ({ sql }) => statements.push(sql) })
      if (config.databaseReplicaUrls === undefined) await usesReplica(observed)
      // The first answers fill the access cache.
      await nameFor(observed, otherKey)
      await vi.waitFor(async () => {
        statements.length = 0
        await nameFor(observed, otherKey)
        expect(statements).toHaveLength(1)
      }, patience)
      await observed.close()
      return statements
    }
    expect(await count({})).toEqual(await count({ databaseReplicaUrls: null }))
  })

  it('are killed and come back: nothing is refused, and the log says it once', async () => {
    here.lines.length = 0
    await renameBeside('killed')
    await pair.resumeReplay()
    const figures = { answered: 0, refused: 0, fallbacks: 0 }
    let asking = true
    const reader = async () => {
      while (asking) {
        const { status, errors } = await here.ask(otherKey, `{ stats(projectId: ${tenant.project.id}) { activeExperiments } }`)
        figures[status === 200 && errors === undefined ? 'answered' : 'refused']++
      }
    }
    const readers = Array.from({ length: 8 }, reader)
    await waitFor(() => expect(figures.answered).toBeGreaterThan(20))
    await pair.replica.kill()
    await waitFor(() => expect(here.database.replicas?.count()).toEqual({ used: 0, unused: 1 }))
    const killedAt = figures.answered
    await waitFor(() => expect(figures.answered).toBeGreaterThan(killedAt + 20))
    await renameBeside('while it is away')
    expect(await nameFor(here, otherKey)).toBe('while it is away')
    await pair.replica.start()
    await waitFor(() => expect(here.database.replicas?.count()).toEqual({ used: 1, unused: 0 }))
    asking = false
    await Promise.all(readers)
    figures.fallbacks = here.database.replicas?.fallbacks() ?? 0
    console.log('A replica killed while it is read from:', JSON.stringify(figures))
    expect(figures.refused).toBe(0)

    await pair.pauseReplay()
    await renameBeside('back')
    expect(await nameFor(here, otherKey)).toBe('while it is away')
    await pair.resumeReplay()
    expect(here.lines.map(({ msg }) => msg)).toEqual([
      'Read replica not used: its check failed. Others or the primary answer instead.',
      'Read replica in use.',
    ])
  })

  it.each(['silent', 'refuse'] as const)('have no network (%s): nothing is refused', async (mode) => {
    await Promise.all([1, 2, 3, 4].map(() => nameFor(here, otherKey)))
    network.mode = mode
    if (mode === 'refuse') network.cut()
    const name = `without a network: ${mode}`
    await renameBeside(name)
    expect(await Promise.all([1, 2, 3, 4, 5, 6].map(() => nameFor(here, otherKey)))).toEqual([name, name, name, name, name, name])
    await waitFor(() => expect(here.database.replicas?.count()).toEqual({ used: 0, unused: 1 }))
    network.mode = 'pass'
    network.cut()
    await waitFor(() => expect(here.database.replicas?.count()).toEqual({ used: 1, unused: 0 }))
  })

  it('cancel a statement that is in the way of replay: the primary answers it', async () => {
    const client = here.database.replicas?.clientFor(hashApiKey(otherKey)) as Db
    const before = here.database.replicas?.fallbacks() ?? 0
    const running = client.$queryRaw`SELECT count(*)::int AS flags, pg_is_in_recovery() AS "onReplica" FROM feature_flags CROSS JOIN pg_sleep(1.5)`
    const answer = Promise.resolve(running)
    await waitFor(async () =>
      expect(
        await pair.replica.query(
          `SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(1.5)%' AND pid <> pg_backend_pid()`,
        ),
      ).toHaveLength(1),
    )
    await db.$executeRaw`ALTER TABLE feature_flags ADD COLUMN in_the_way int`
    expect(await answer).toMatchObject([{ onReplica: false }])
    expect(here.database.replicas?.fallbacks()).toBe(before + 1)
    await db.$executeRaw`ALTER TABLE feature_flags DROP COLUMN in_the_way`
    await pair.resumeReplay()
  })

  it('hold a lock that replay took, and paused with: the primary answers what would wait for it', async () => {
    const release = await holdLock(db, 'LOCK TABLE feature_flags IN ACCESS EXCLUSIVE MODE')
    // The lock is in the log, but only a commit flushes it.
    await pair.primary.query(`SELECT pg_logical_emit_message(true, 'flush', '')`)
    const locks = `SELECT FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND locktype = 'relation' AND granted`
    await waitFor(async () => expect(await pair.replica.query(locks)).not.toEqual([]))
    await pair.pauseReplay()
    await release()
    await renameBeside('not locked here')
    expect(await nameFor(here, otherKey)).toBe('not locked here')
    await pair.resumeReplay()
  })

  it('are not helped with a statement that takes too long: it would take as long on the primary', async () => {
    const hasty = await graph({ statementTimeoutMs: 300 })
    const client = await waitFor(
      () => hasty.database.replicas?.clientFor(hashApiKey(otherKey)) ?? Promise.reject(new Error('not used yet')),
    )
    const error = await client.$queryRaw`SELECT pg_sleep(2)::text`.then(
      () => null,
      (error: unknown) => error,
    )
    expect(faultOf(error)).toEqual({ kind: 'timeout', timeout: 'STATEMENT' })
    expect(hasty.database.replicas?.fallbacks()).toBe(0)
    await hasty.close()
  })

  it('take no writes', async () => {
    const client = here.database.replicas?.clientFor(hashApiKey(otherKey)) as Db
    await expect(client.featureFlag.updateMany({ where: { id: flag.id }, data: { name: 'lost' } })).rejects.toThrow(/takes no writes/)
    await expect(client.$transaction(async () => 1)).rejects.toThrow(/takes no writes/)
  })

  it('are too far behind: they are not used until they have caught up', async () => {
    const strict = await graph({ replicaMaxLagSeconds: 2 })
    await usesReplica(strict)
    await renameBeside('in time')
    await pair.resumeReplay()
    await pair.pauseReplay()
    await renameBeside('too late')
    const note = 'Read replica not used: it is more than 2 seconds behind. Others or the primary answer instead.'
    await waitFor(() => expect(strict.lines.map(({ msg }) => msg)).toContain(note))
    expect(strict.database.replicas?.count()).toEqual({ used: 0, unused: 1 })
    expect(await nameFor(strict, otherKey)).toBe('too late')
    await pair.resumeReplay()
    await waitFor(() => expect(strict.database.replicas?.count()).toEqual({ used: 1, unused: 0 }))
    await strict.close()
  })

  it('are none: a primary, another database, and nothing at all are not read from, and do not stop the start', async () => {
    await pair.primary.query('CREATE DATABASE another')
    const another = await openDatabase({ ...settings, databaseUrl: pair.primary.url('another') }, recordingLog().log)
    await another.close()
    await pair.resumeReplay()
    const wrong = await graph({
      databaseReplicaUrls: [
        pair.primary.url('service').replace('postgres@', 'postgres:secret@'),
        pair.replica.url('another'),
        pair.replica.url('missing'),
        'postgres://127.0.0.1:1/service',
      ],
    })
    await renameBeside('from the primary')
    forgetWriters()
    expect(await nameFor(wrong, otherKey)).toBe('from the primary')
    expect(wrong.database.replicas?.count()).toEqual({ used: 0, unused: 4 })
    const reasons = wrong.lines.map(({ err }) => (err as { message: string } | undefined)?.message).join('\n')
    expect(wrong.lines).toHaveLength(4)
    expect(reasons).toContain('It is no replica: it takes writes.')
    expect(reasons).toContain('It has another database than DATABASE_URL.')
    expect(reasons).toContain('database "missing" does not exist')
    expect(reasons).toContain('ECONNREFUSED')
    expect(JSON.stringify(wrong.lines)).not.toContain('secret')
    await wrong.close()
  })

  it.skipIf(!process.env.TEST_REDIS_URL)('do not hide its own write from a key where servers use Redis', async () => {
    const redis = { redisUrl: process.env.TEST_REDIS_URL ?? null, redisChannel: `test-${randomUUID()}` }
    const [first, second] = [await graph(redis), await graph(redis)]
    await usesReplica(first)
    await usesReplica(second)
    await pair.pauseReplay()
    await first.ask(tenant.key, rename('through Redis'))
    expect(await nameFor(second, tenant.key)).toBe('through Redis')
    expect(await nameFor(second, otherKey)).not.toBe('through Redis')
    await pair.resumeReplay()
    await Promise.all([first.close(), second.close()])
  })
})
