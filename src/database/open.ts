import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { Observer } from '../platform/activity.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import { errorMessage, OperatorError } from '../platform/operatorError.ts'
import type { OpenDatabase } from './database.ts'
import { PrismaClient } from './generated/client.ts'
import { migrate } from './migrations.ts'
import { observeStatements } from './observeStatements.ts'
import { preparedStatementNames } from './preparedStatements.ts'
import { createPostgresPubSub } from './pubsub/postgresPubSub.ts'

/** The advisory lock that lets only one server at a time migrate a database. Any unique number will do; this is "exp" in ASCII. */
const migrationLock = 6_650_992

/**
 * Opens the configured database and applies pending migrations. It is PostgreSQL if `DATABASE_URL` is set. Otherwise it is PGlite in the data
 * folder, which only one process at a time can open.
 *
 * @throws OperatorError if the database or Redis cannot be reached, or the data folder cannot be used.
 * @throws DataDirInUseError if another process uses the data folder.
 */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'databasePoolSize' | 'preparedStatements' | 'dataDir' | 'redisUrl' | 'redisChannel'>,
  log: Logger,
  observer?: Observer,
): Promise<OpenDatabase> {
  const database = await (config.databaseUrl
    ? openPostgres(config.databaseUrl, config.databasePoolSize, config.preparedStatements, observer)
    : (await import('./pglite.ts')).openPgliteDir(config.dataDir, observer))
  return config.redisUrl === null ? database : withRedisPubSub(database, config.redisUrl, config.redisChannel, log)
}

/** Replaces the database's own pub/sub by Redis. */
async function withRedisPubSub(database: OpenDatabase, url: string, channel: string, log: Logger): Promise<OpenDatabase> {
  try {
    // Loaded only if it is used, because the Redis client is large.
    const { createRedisPubSub } = await import('./pubsub/redisPubSub.ts')
    const pubSub = await createRedisPubSub(url, channel, (err) =>
      log.error({ err }, 'Pub/sub: change events could not be sent to Redis. Subscribers miss them.'),
    )
    return { ...database, pubSub, close: () => pubSub.close().finally(database.close) }
  } catch (error) {
    await database.close()
    throw error
  }
}

async function openPostgres(connectionString: string, max: number, prepared: boolean, observer?: Observer): Promise<OpenDatabase> {
  const migrated = await migratePostgres(connectionString)
  const adapter = postgresAdapter(connectionString, max, prepared)
  const pool = observer === undefined ? () => null : observeStatements(adapter, observer)
  const db = new PrismaClient({ adapter })
  return { db, pubSub: createPostgresPubSub(connectionString), migrated, pool, close: () => db.$disconnect() }
}

/**
 * Creates Prisma's adapter for PostgreSQL. Its sessions use the time zone UTC, because the adapter sends and reads times without an offset. In
 * another time zone, all times would be shifted.
 */
export function postgresAdapter(connectionString: string, max: number, prepared = true): PrismaPg {
  // The pool replaces idle connections that fail. Without this listener, such an error would end the process.
  return new PrismaPg(
    { connectionString, max, options: '-c TimeZone=UTC' },
    {
      onPoolError: () => {},
      ...(prepared ? { statementNameGenerator: preparedStatementNames() } : {}),
    },
  )
}

async function migratePostgres(connectionString: string): Promise<string[]> {
  // One connection, because the lock belongs to the session that runs the migrations.
  const session = new pg.Pool({ connectionString, max: 1 })
  try {
    await session.query('SELECT pg_advisory_lock($1)', [migrationLock]).catch((error: unknown) => {
      throw new OperatorError(`The database of DATABASE_URL cannot be reached: ${errorMessage(error)}`)
    })
    // A script has a result for each of its statements.
    return await migrate(async (sql) => [await session.query(sql)].flat().at(-1)?.rows ?? [])
  } finally {
    await session.end()
  }
}
