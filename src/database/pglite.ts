import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { lockDataDir } from './dataDirLock.ts'
import { PrismaClient } from './generated/client.ts'
import { migrate } from './migrations.ts'
import type { Database } from './open.ts'
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
  const migrated = await migrate(async (sql) => (await pglite.exec(sql)).at(-1)?.rows ?? [])
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
