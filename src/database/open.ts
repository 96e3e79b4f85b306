import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import { errorMessage, OperatorError } from '../platform/operatorError.ts'
import { PrismaClient } from './generated/client.ts'
import { migrate } from './migrations.ts'
import { preparedStatementNames } from './preparedStatements.ts'
import { createPostgresPubSub } from './pubsub/postgresPubSub.ts'
import { connectPubSub } from './pubsub/pubSub.ts'

/** What the rest of the service knows of its database. */
export type Db = PrismaClient

/** The client inside a transaction. */
export type Transaction = Omit<Db, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>

export interface Database {
  db: Db
  /** The names of the migrations that opening applied, oldest first. */
  migrated: string[]
  /** Waits for what is under way, then lets the database go. */
  close(): Promise<void>
}

/** Serialises servers that start at once on one PostgreSQL: "exp" in ASCII, any number that nobody else uses. */
const migrationLock = 6_650_992

/**
 * Opens the database that the settings name, brought up to date: PostgreSQL where `DATABASE_URL` is set, else PGlite in the data
 * folder, which one process at a time may open.
 *
 * @throws UserMistake when the database or Redis cannot be reached, or the folder cannot be used (DataFolderInUse: by another process).
 */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'databasePoolSize' | 'preparedStatements' | 'dataDir' | 'redisUrl' | 'redisChannel'>,
  log: Logger,
): Promise<Database> {
  const database = await (config.databaseUrl
    ? openPostgres(config.databaseUrl, config.databasePoolSize, config.preparedStatements)
    : (await import('./pglite.ts')).openPgliteDir(config.dataDir))
  return config.redisUrl === null ? database : withRedisPubSub(database, config.redisUrl, config.redisChannel, log)
}

/** Lets servers tell each other of updates through Redis instead of the database. */
async function withRedisPubSub(database: Database, url: string, channel: string, log: Logger): Promise<Database> {
  try {
    // Read only where it is used: it is not small.
    const { createRedisPubSub } = await import('./pubsub/redisPubSub.ts')
    const pubSub = await createRedisPubSub(url, channel, (err) => log.error({ err }, 'Updates could not be sent.'))
    connectPubSub(database.db, pubSub)
    return { ...database, close: () => pubSub.close().finally(database.close) }
  } catch (error) {
    await database.close()
    throw error
  }
}

async function openPostgres(connectionString: string, max: number, prepared: boolean): Promise<Database> {
  const migrated = await migratePostgres(connectionString)
  const db = new PrismaClient({ adapter: postgresAdapter(connectionString, max, prepared) })
  connectPubSub(db, createPostgresPubSub(connectionString))
  return { db, migrated, close: () => db.$disconnect() }
}

/**
 * Prisma's adapter for PostgreSQL, in sessions whose time zone is UTC: the adapter sends and reads times without an offset, so that a
 * database with a zone of its own would shift every one of them.
 */
export function postgresAdapter(connectionString: string, max: number, prepared = true): PrismaPg {
  // Pool errors of idle connections are the pool's to mend; without a listener they would end the process.
  return new PrismaPg(
    { connectionString, max, options: '-c TimeZone=UTC' },
    {
      onPoolError: () => {},
      ...(prepared ? { statementNameGenerator: preparedStatementNames() } : {}),
    },
  )
}

async function migratePostgres(connectionString: string): Promise<string[]> {
  // One session, so that the lock and the migrations are in the same one.
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
