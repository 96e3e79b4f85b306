import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlDriverAdapterFactory, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import pg from 'pg'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import type { Config } from '../config.ts'
import { reasonOf, UserMistake } from '../errors/UserMistake.ts'
import type { Logger } from '../log.ts'
import { embeddedSignals, postgresSignals } from '../signals/databaseSignals.ts'
import { connectSignals } from '../signals/signals.ts'
import { PrismaClient } from './generated/client.ts'
import { lockFolder } from './lockFolder.ts'
import { applyMigrations, pendingMigrations } from './migrate.ts'

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
  config: Pick<Config, 'databaseUrl' | 'databasePoolSize' | 'dataDir' | 'redisUrl' | 'redisChannel'>,
  log: Logger,
): Promise<Database> {
  const database = await (config.databaseUrl
    ? openPostgres(config.databaseUrl, config.databasePoolSize)
    : openEmbeddedFolder(config.dataDir))
  return config.redisUrl === null ? database : withRedis(database, config.redisUrl, config.redisChannel, log)
}

/** Lets servers tell each other of updates through Redis instead of the database. */
async function withRedis(database: Database, url: string, channel: string, log: Logger): Promise<Database> {
  try {
    // Read only where it is used: it is not small.
    const { redisSignals } = await import('../signals/redisSignals.ts')
    const signals = await redisSignals(url, channel, (err) => log.error({ err }, 'Updates could not be sent.'))
    connectSignals(database.db, signals)
    return { ...database, close: () => signals.close().finally(database.close) }
  } catch (error) {
    await database.close()
    throw error
  }
}

async function openPostgres(connectionString: string, max: number): Promise<Database> {
  const migrated = await migratePostgres(connectionString)
  const db = new PrismaClient({ adapter: postgresAdapter(connectionString, max) })
  connectSignals(db, postgresSignals(connectionString))
  return { db, migrated, close: () => db.$disconnect() }
}

/**
 * Prisma's adapter for PostgreSQL, in sessions whose time zone is UTC: the adapter sends and reads times without an offset, so that a
 * database with a zone of its own would shift every one of them.
 */
export function postgresAdapter(connectionString: string, max: number): PrismaPg {
  // Pool errors of idle connections are the pool's to mend; without a listener they would end the process.
  return new PrismaPg({ connectionString, max, options: '-c TimeZone=UTC' }, { onPoolError: () => {} })
}

async function migratePostgres(connectionString: string): Promise<string[]> {
  // One session, so that the lock and the migrations are in the same one.
  const session = new pg.Pool({ connectionString, max: 1 })
  try {
    await session.query('SELECT pg_advisory_lock($1)', [migrationLock]).catch((error: unknown) => {
      throw new UserMistake(`The database of DATABASE_URL cannot be reached: ${reasonOf(error)}`)
    })
    const query = async (sql: string) => (await session.query(sql)).rows
    if ((await pendingMigrations(query)).length === 0) return []
    return await applyMigrations(withScripts(new PrismaPg(session), async (sql) => void (await session.query(sql))))
  } finally {
    await session.end()
  }
}

async function openEmbeddedFolder(folder: string): Promise<Database> {
  const unlock = lockFolder(folder)
  try {
    const database = await openEmbedded(await PGlite.create({ dataDir: join(folder, 'pglite'), extensions: embeddedExtensions }))
    return {
      ...database,
      close: async () => {
        await database.close()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

/** The contrib modules that the migrations create; PGlite has to be given them when it opens. */
export const embeddedExtensions = { pg_trgm, btree_gin }

/** The same on an embedded database that is already open: a test's, in memory. */
export async function openEmbedded(pglite: PGlite): Promise<Database> {
  const query = async (sql: string) => (await pglite.query<Record<string, unknown>>(sql)).rows
  const pending = await pendingMigrations(query)
  const migrated = pending.length === 0 ? [] : await applyMigrations(embeddedMigrationAdapter(pglite))
  const db = new PrismaClient({ adapter: new PrismaPGlite(pglite) })
  connectSignals(db, embeddedSignals(pglite))
  return {
    db,
    migrated,
    close: async () => {
      await db.$disconnect()
      await pglite.close()
    },
  }
}

/** Prisma's adapter for PGlite, fit for the schema engine. */
export function embeddedMigrationAdapter(pglite: PGlite): SqlMigrationAwareDriverAdapterFactory {
  return withScripts(new PrismaPGlite(pglite), async (sql) => void (await pglite.exec(sql)))
}

/**
 * The adapters run a migration's script cut at every semicolon (pg), or without waiting for its end (PGlite): both lose the body of a
 * function. Here the whole script goes to the database, which knows where a statement ends, and its error comes back.
 */
function withScripts(
  factory: SqlDriverAdapterFactory,
  executeScript: (sql: string) => Promise<void>,
): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => Object.assign(await factory.connect(), { executeScript }),
    connectToShadowDb: () => Promise.reject(new Error('no shadow database is used')),
  }
}
