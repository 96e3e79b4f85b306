import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { Observer } from '../platform/activity.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import { errorMessage, OperatorError } from '../platform/operatorError.ts'
import { createClient } from './client.ts'
import type { OpenDatabase } from './database.ts'
import { faultOf } from './faults.ts'
import { migrate, type RunSql } from './migrations.ts'
import { type ConnectionSettings, postgresClientOptions } from './postgres.ts'
import { createPostgresPubSub } from './pubsub/postgresPubSub.ts'
import { openReplicas } from './replicas/openReplicas.ts'
import { createStartupWait, type StartupWait, waitedTooLong } from './startupWait.ts'
import { observeStatements, sumPools } from './statements/observeStatements.ts'
import { createTransactionSlots } from './transactionSlots.ts'

/** The advisory lock that lets only one server at a time migrate a database. Any unique number will do; this is "exp" in ASCII. */
const migrationLock = 6_650_992

/** How long to wait until a connection is closed, in milliseconds. */
const closeLimitMs = 1_000

type EventsSettings = Pick<
  Config,
  'eventsUrl' | 'eventsTable' | 'eventsColumns' | 'eventsProjects' | 'eventsTimeoutMs' | 'eventsMaxMemoryBytes'
>
type PostgresSettings = ConnectionSettings & Pick<Config, 'databaseReplicaUrls' | 'replicaMaxLagSeconds'>

/**
 * Opens the configured database and applies pending migrations. It is PostgreSQL if `DATABASE_URL` is set. Otherwise it is PGlite in the data
 * folder, which only one process at a time can open.
 *
 * @throws OperatorError if the database or Redis cannot be reached, or the data folder cannot be used.
 * @throws DataDirInUseError if another process uses the data folder.
 */
export async function openDatabase(
  config: PostgresSettings &
    EventsSettings &
    Pick<Config, 'databaseUrl' | 'dataDir' | 'redisUrl' | 'redisChannel' | 'startupTimeoutSeconds'>,
  log: Logger,
  observer?: Observer,
): Promise<OpenDatabase> {
  const startup = createStartupWait(config.startupTimeoutSeconds, log)
  const database = await (config.databaseUrl
    ? openPostgres(config.databaseUrl, config, startup, log, observer)
    : (await import('./pglite.ts')).openPgliteDir(config.dataDir, observer))
  const withEvents = await openEvents(database, config, observer)
  return config.redisUrl === null ? withEvents : withRedisPubSub(withEvents, config.redisUrl, config.redisChannel, log, startup)
}

/** Adds the events that are kept in ClickHouse. Nothing is asked of it now, so that the service starts without it. */
async function openEvents(database: OpenDatabase, { eventsUrl, ...settings }: EventsSettings, observer?: Observer): Promise<OpenDatabase> {
  if (eventsUrl === null) return database
  const { openClickHouseEvents } = await import('./clickhouse/clickHouseEvents.ts')
  const eventsElsewhere = await openClickHouseEvents(eventsUrl, settings, observer)
  return { ...database, eventsElsewhere, close: () => eventsElsewhere.close().finally(database.close) }
}

/** Replaces the database's own pub/sub by Redis. */
async function withRedisPubSub(
  database: OpenDatabase,
  url: string,
  channel: string,
  log: Logger,
  { waitFor }: StartupWait,
): Promise<OpenDatabase> {
  try {
    // Loaded only if it is used, because the Redis client is large.
    const { createRedisPubSub } = await import('./pubsub/redisPubSub.ts')
    const pubSub = await waitFor('the Redis of REDIS_URL', createRedisPubSub(url, channel, log))
    return { ...database, pubSub, close: () => pubSub.close().finally(database.close) }
  } catch (error) {
    await database.close()
    throw error
  }
}

async function openPostgres(
  connectionString: string,
  settings: PostgresSettings & Pick<Config, 'startupTimeoutSeconds'>,
  startup: StartupWait,
  log: Logger,
  observer: Observer | undefined,
): Promise<OpenDatabase> {
  const migrated = await migratePostgres(connectionString, settings.startupTimeoutSeconds, startup)
  const options = postgresClientOptions(connectionString, settings)
  const pool = observer === undefined ? () => null : observeStatements(options.adapter, observer)
  const db = createClient(options)
  const transactionSlots = createTransactionSlots(settings.databasePoolSize, settings.connectionTimeoutMs)
  const pubSub = createPostgresPubSub(connectionString, settings)
  const database = { db, transactionSlots, pubSub, migrated, pool, close: () => db.$disconnect() }
  const { databaseReplicaUrls: urls } = settings
  if (urls === null) return database
  // After the migrations, so that a replica is used only once it has them.
  const primary = await options.adapter.connect()
  const replicas = await openReplicas({ urls, primaryUrl: connectionString, primary, settings, log, observer })
  return {
    ...database,
    replicas,
    pool: () => sumPools([pool(), ...replicas.pools()]),
    close: () => replicas.close().finally(database.close),
  }
}

async function migratePostgres(connectionString: string, limitSeconds: number, startup: StartupWait): Promise<string[]> {
  const { waitFor, carryOut } = startup
  // One connection, because the lock belongs to the session that runs the migrations.
  const session = new pg.Client({ connectionString, keepAlive: true, application_name: 'experiments-graph migrations' })
  session.on('error', () => {})
  try {
    await waitFor('the database of DATABASE_URL to answer', session.connect()).catch((error: unknown) => {
      if (error instanceof OperatorError) throw error
      throw new OperatorError(`The database of DATABASE_URL cannot be reached: ${errorMessage(error)}`)
    })
    await waitFor(
      'the migration lock of the database, which another process holds',
      session.query('SELECT pg_advisory_lock($1)', [migrationLock]),
    )
    // Only waits end: a migration that works is left alone, because nobody knows how long it needs.
    await session.query(`SET lock_timeout = '${limitSeconds}s'`)
    // A script has a result for each of its statements.
    const run: RunSql = async (sql) => [await session.query(sql)].flat().at(-1)?.rows ?? []
    return await migrate(run, (name, apply) => carryOut(`applies the migration ${name}`, apply().catch(explainLock(name, limitSeconds))))
  } finally {
    // A database that is silent does not answer this either.
    await Promise.race([session.end().catch(() => {}), wait(closeLimitMs, undefined, { ref: false })])
  }
}

/** Names the wait of a migration that needed a table which another process holds. */
function explainLock(migration: string, limitSeconds: number): (error: unknown) => never {
  return (error) => {
    const fault = faultOf(error)
    if (fault?.kind !== 'timeout' || fault.timeout !== 'LOCK') throw error
    throw waitedTooLong(`a lock that the migration ${migration} needs and another process holds`, limitSeconds)
  }
}
