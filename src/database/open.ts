import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { Observer } from '../platform/activity.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import { errorMessage, OperatorError } from '../platform/operatorError.ts'
import type { OpenDatabase } from './database.ts'
import { PrismaClient } from './generated/client.ts'
import { migrate } from './migrations.ts'
import { observeStatements } from './observeStatements.ts'
import { type ConnectionSettings, postgresClientOptions } from './postgres.ts'
import { createPostgresPubSub } from './pubsub/postgresPubSub.ts'
import { createStartupWait, type WaitAtStart } from './startupWait.ts'
import { reserveConnectionsForReads } from './transactionSlots.ts'

/** The advisory lock that lets only one server at a time migrate a database. Any unique number will do; this is "exp" in ASCII. */
const migrationLock = 6_650_992

/** How long to wait until a connection is closed, in milliseconds. */
const closeLimitMs = 1_000

/**
 * Opens the configured database and applies pending migrations. It is PostgreSQL if `DATABASE_URL` is set. Otherwise it is PGlite in the data
 * folder, which only one process at a time can open.
 *
 * @throws OperatorError if the database or Redis cannot be reached, or the data folder cannot be used.
 * @throws DataDirInUseError if another process uses the data folder.
 */
export async function openDatabase(
  config: ConnectionSettings & Pick<Config, 'databaseUrl' | 'dataDir' | 'redisUrl' | 'redisChannel' | 'startupTimeoutSeconds'>,
  log: Logger,
  observer?: Observer,
): Promise<OpenDatabase> {
  const waitFor = createStartupWait(config.startupTimeoutSeconds, log)
  const database = await (config.databaseUrl
    ? openPostgres(config.databaseUrl, config, waitFor, observer)
    : (await import('./pglite.ts')).openPgliteDir(config.dataDir, observer))
  return config.redisUrl === null ? database : withRedisPubSub(database, config.redisUrl, config.redisChannel, log, waitFor)
}

/** Replaces the database's own pub/sub by Redis. */
async function withRedisPubSub(
  database: OpenDatabase,
  url: string,
  channel: string,
  log: Logger,
  waitFor: WaitAtStart,
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
  settings: ConnectionSettings,
  waitFor: WaitAtStart,
  observer: Observer | undefined,
): Promise<OpenDatabase> {
  const migrated = await migratePostgres(connectionString, waitFor)
  const options = postgresClientOptions(connectionString, settings)
  const pool = observer === undefined ? () => null : observeStatements(options.adapter, observer)
  const db = new PrismaClient(options)
  reserveConnectionsForReads(db, settings.databasePoolSize, settings.connectionTimeoutMs)
  return { db, pubSub: createPostgresPubSub(connectionString, settings), migrated, pool, close: () => db.$disconnect() }
}

async function migratePostgres(connectionString: string, waitFor: WaitAtStart): Promise<string[]> {
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
    // A script has a result for each of its statements.
    return await migrate(async (sql) => [await session.query(sql)].flat().at(-1)?.rows ?? [])
  } finally {
    // A database that is silent does not answer this either.
    await Promise.race([session.end().catch(() => {}), wait(closeLimitMs, undefined, { ref: false })])
  }
}
