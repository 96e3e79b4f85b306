import type { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import type { Observer } from '../../platform/activity.ts'
import type { Config } from '../../platform/config.ts'
import type { Logger } from '../../platform/logger.ts'
import { createClient, type Db, type ReadPool } from '../client.ts'
import { type ConnectionSettings, postgresClientOptions } from '../postgres.ts'
import { observeStatements, type PoolState } from '../statements/observeStatements.ts'
import { type CheckConnection, checkConnection } from './checkConnection.ts'
import { fallBackToPrimary } from './primaryFallback.ts'
import { chooseReplica, freshAsOf, mayRead, type PrimaryPosition, type ReplicaState } from './replicaChoice.ts'

/** How often each replica is checked, in milliseconds. */
const checkIntervalMs = 1_000

/** The streaming replicas of the primary. */
export interface ReadReplicas {
  /** The client of the replica that a key reads from; null if the key must read from the primary, because no replica may be used now. */
  clientFor(keyHash: string): ReadPool | null
  /** How many replicas may be read from, and how many may not. */
  count(): { used: number; unused: number }
  /** How many statements the primary has answered instead of a replica that failed. */
  fallbacks(): number
  pools(): (PoolState | null)[]
  close(): Promise<void>
}

interface Replica extends ReplicaState {
  /** Names it in the log, without user and password. */
  host: string
  client: Db
  checks: CheckConnection
  checking: boolean
  /** Why it is not used, as the log has said last; null if it is used. */
  problem: string | null
  pool(): PoolState | null
}

export interface ReplicaOptions {
  urls: readonly string[]
  /** The primary, and an adapter of its pool. */
  primaryUrl: string
  primary: Awaited<ReturnType<PrismaPg['connect']>>
  settings: ConnectionSettings & Pick<Config, 'replicaMaxLagSeconds'>
  log: Logger
  observer: Observer | undefined
}

/** Opens the replicas, and checks each of them once. One that does not answer is tried again at intervals. */
export async function openReplicas(options: ReplicaOptions): Promise<ReadReplicas> {
  const { urls, primaryUrl, settings, log } = options
  const { connectionTimeoutMs } = settings
  const maxLagMs = settings.replicaMaxLagSeconds * 1_000
  const now = () => performance.now()
  let fallbacks = 0

  /** Migrations have random ids, so the first one tells databases apart. */
  const identitySql = 'SELECT id FROM _prisma_migrations ORDER BY migration_name, started_at LIMIT 1'
  const primaryChecks = checkConnection(primaryUrl, connectionTimeoutMs)
  const { id: identity } = await primaryChecks.ask<{ id: string }>(identitySql)
  const replicas = urls.map(openReplica)
  let positions: PrimaryPosition[] = []
  let asking = false

  function openReplica(url: string): Replica {
    const { adapter, ...clientOptions } = postgresClientOptions(url, settings)
    const pool = options.observer === undefined ? () => null : observeStatements(adapter, options.observer)
    fallBackToPrimary(adapter, {
      primary: options.primary,
      isOut: () => replica.failed,
      onFallback: () => {
        fallbacks++
      },
    })
    const onOpen = async (session: Pick<pg.Client, 'query'>) => {
      const { rows } = await session.query<{ id: string }>(identitySql)
      if (rows[0]?.id !== identity) throw new Error('It has another database than DATABASE_URL.')
    }
    const replica: Replica = {
      host: new URL(url).host,
      client: createClient({ adapter, ...clientOptions }),
      checks: checkConnection(url, connectionTimeoutMs, {
        onOpen,
        onEnd: () => setFailed(replica, new Error('The server ended the connection.')),
      }),
      checking: false,
      freshAsOf: null,
      failed: true,
      problem: '',
      pool,
    }
    return replica
  }

  /** Logs when a replica goes out of use, and when it is back. */
  function report(replica: Replica, problem: string | null, err?: unknown): void {
    const { host, problem: reported } = replica
    replica.problem = problem
    if (problem === reported) return
    if (problem !== null) log.warn({ replica: host, err }, `Read replica not used: ${problem}. Others or the primary answer instead.`)
    else log.info({ replica: host }, 'Read replica in use.')
  }

  function setFailed(replica: Replica, err: unknown): void {
    replica.failed = true
    report(replica, 'its check failed', err)
  }

  async function check(replica: Replica): Promise<void> {
    if (replica.checking) return
    replica.checking = true
    try {
      const { replayed } = await replica.checks.ask<{ replayed: string | null }>(
        `SELECT CASE WHEN pg_is_in_recovery() THEN (pg_last_wal_replay_lsn() - '0/0')::text END AS replayed`,
      )
      // A server that takes writes has left its primary.
      if (replayed === null) throw new Error('It is no replica: it takes writes.')
      replica.failed = false
      replica.freshAsOf = freshAsOf(positions, BigInt(replayed))
      report(replica, mayRead(replica, now(), maxLagMs) ? null : `it is more than ${settings.replicaMaxLagSeconds} seconds behind`)
    } catch (error) {
      setFailed(replica, error)
    } finally {
      replica.checking = false
    }
  }

  async function checkAll(): Promise<void> {
    if (asking) return
    asking = true
    try {
      const at = now()
      const { position } = await primaryChecks.ask<{ position: string }>(`SELECT (pg_current_wal_flush_lsn() - '0/0')::text AS position`)
      // A replica that is behind all of these is too far behind.
      positions = [...positions.filter((one) => at - one.at <= maxLagMs), { at, position: BigInt(position) }]
    } catch (err) {
      // Requests report an outage of the primary. Without it, the replicas age, and are not used any more.
      log.debug({ err }, 'Read replicas: the primary cannot be asked for its position.')
    } finally {
      asking = false
    }
    await Promise.all(replicas.map(check))
  }

  await checkAll()
  const timer = setInterval(() => void checkAll(), checkIntervalMs)
  timer.unref()

  const isUsable = (replica: Replica) => mayRead(replica, now(), maxLagMs)
  return {
    clientFor: (keyHash) => chooseReplica(replicas, keyHash, isUsable)?.client ?? null,
    count: () => {
      const used = replicas.filter(isUsable).length
      return { used, unused: replicas.length - used }
    },
    fallbacks: () => fallbacks,
    pools: () => replicas.map(({ pool }) => pool()),
    close: async () => {
      clearInterval(timer)
      await Promise.all([primaryChecks.close(), ...replicas.flatMap(({ checks, client }) => [checks.close(), client.$disconnect()])])
    },
  }
}
