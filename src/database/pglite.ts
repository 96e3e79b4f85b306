import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import type { Database } from './client.ts'
import { lockDataDir } from './dataDirLock.ts'
import { PrismaClient } from './generated/client.ts'
import { applyMigrations, pendingMigrations, withScriptExecution } from './migrations.ts'
import { createPglitePubSub } from './pubsub/postgresPubSub.ts'
import { connectPubSub } from './pubsub/pubSub.ts'

// PostgreSQL in WebAssembly. A server on a PostgreSQL of its own never loads this file: it is tens of megabytes.

/** The database in a folder, which one process at a time may open. */
export async function openPgliteDir(folder: string): Promise<Database> {
  const unlock = lockDataDir(folder)
  try {
    const database = await openPglite(await PGlite.create({ dataDir: join(folder, 'pglite'), extensions: pgliteExtensions }))
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
export const pgliteExtensions = { pg_trgm, btree_gin }

/** The same on an embedded database that is already open: a test's, in memory. */
export async function openPglite(pglite: PGlite): Promise<Database> {
  const query = async (sql: string) => (await pglite.query<Record<string, unknown>>(sql)).rows
  const pending = await pendingMigrations(query)
  const migrated = pending.length === 0 ? [] : await applyMigrations(pgliteMigrationAdapter(pglite))
  const db = new PrismaClient({ adapter: new PrismaPGlite(pglite) })
  connectPubSub(db, createPglitePubSub(pglite))
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
export function pgliteMigrationAdapter(pglite: PGlite): SqlMigrationAwareDriverAdapterFactory {
  return withScriptExecution(new PrismaPGlite(pglite), async (sql) => void (await pglite.exec(sql)))
}
