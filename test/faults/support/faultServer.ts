import { afterAll, expect, vi } from 'vitest'
import type { Db } from '../../../src/database/client.ts'
import { createClient } from '../../../src/database/client.ts'
import type { Database } from '../../../src/database/database.ts'
import { openDatabase } from '../../../src/database/open.ts'
import { postgresClientOptions } from '../../../src/database/postgres.ts'
import { type Config, readConfig } from '../../../src/platform/config.ts'
import { createServer, type Server } from '../../../src/server/createServer.ts'
import { listen } from '../../support/listen.ts'
import { recordingLog } from '../../support/recordingLog.ts'
import { copyPostgres } from '../../support/testDatabase.ts'
import type { Answer } from '../../support/testServer.ts'
import { type TcpProxy, tcpProxy } from './tcpProxy.ts'

/** Short limits, so that faults end soon. Their order is that of the defaults. */
const shortLimits = {
  connectionTimeoutMs: 1_200,
  lockTimeoutMs: 1_000,
  statementTimeoutMs: 1_500,
  transactionTimeoutMs: 3_000,
  requestTimeoutMs: 8_000,
}

export interface Reply extends Answer {
  status: number
  headers: Headers
}

export interface FaultServer {
  url: string
  server: Server
  /** The network between the server and its database. */
  network: TcpProxy
  /** The URL of the same database, without that network. */
  databaseUrl: string
  /** The same database, without that network and without limits. */
  db: Db
  lines: Record<string, unknown>[]
  time: { now: Date }
  ask(key: string | null, query: string, init?: RequestInit): Promise<Reply>
}

/** The real server on its own database on PostgreSQL, through a network that the test can break. */
export async function faultServer(settings: Partial<Config> = {}): Promise<FaultServer> {
  const databaseUrl = await copyPostgres()
  const network = await tcpProxy(databaseUrl)
  const config: Config = {
    ...readConfig({}),
    rateLimitPerMinute: 0,
    rateLimitPerHour: 0,
    accessCacheSeconds: 0,
    databasePoolSize: 4,
    ...shortLimits,
    ...settings,
    databaseUrl: network.url,
  }
  const { log, lines } = recordingLog()
  const time = { now: new Date('2026-11-20T12:00:00Z') }
  const database: Database & { close(): Promise<void> } = await openDatabase(config, log)
  const server = createServer({ database, config, clock: () => time.now, log, demoKey: null })
  const unlimited = { ...config, statementTimeoutMs: 0, lockTimeoutMs: 0, transactionTimeoutMs: 600_000, connectionTimeoutMs: 10_000 }
  const db = createClient(postgresClientOptions(databaseUrl, unlimited))
  afterAll(async () => {
    network.mode = 'pass'
    network.cut()
    await Promise.all([database.close(), db.$disconnect()])
  })
  const url = await listen(server)
  const ask = async (key: string | null, query: string, init: RequestInit = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify({ query }),
      ...init,
      headers: { 'content-type': 'application/json', ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...init.headers },
    })
    return { ...((await response.json()) as Answer), status: response.status, headers: response.headers }
  }
  return { url, server, network, databaseUrl, db, lines, time, ask }
}

/** Holds locks in a transaction until it is released. */
export async function holdLock(db: Db, sql: string): Promise<() => Promise<void>> {
  const locked = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const held = db.$transaction(async (tx) => {
    await tx.$executeRawUnsafe(sql)
    locked.resolve()
    await released.promise
  })
  await Promise.race([locked.promise, held])
  return async () => {
    released.resolve()
    await held
  }
}

/** Until a statement of the server waits for a lock. One that only runs may not wait yet. */
export async function untilLocked(db: Db): Promise<void> {
  const isLocked = async () =>
    expect(
      await db.$queryRaw<object[]>`SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'experiments-graph' AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()`,
    ).not.toEqual([])
  await vi.waitFor(isLocked, { interval: 5, timeout: 10_000 })
}

/** The statements of the server that run now, by their text. */
export async function runningStatements(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ query: string }[]>`
    SELECT query FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'experiments-graph' AND state = 'active' AND pid <> pg_backend_pid()`
  return rows.map(({ query }) => query)
}
