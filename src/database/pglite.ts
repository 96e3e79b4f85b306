import { join } from 'node:path'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import type { Observer } from '../platform/activity.ts'
import type { OpenDatabase } from './database.ts'
import { lockDataDir } from './dataDirLock.ts'
import { PrismaClient } from './generated/client.ts'
import { migrate } from './migrations.ts'
import { observeStatements } from './observeStatements.ts'
import { createPglitePubSub } from './pubsub/postgresPubSub.ts'

// PGlite, which is PostgreSQL in WebAssembly. Loaded only if it is used, because it is tens of megabytes.

/** Opens the embedded database in a data folder, which only one process at a time can use. */
export async function openPgliteDir(folder: string, observer?: Observer): Promise<OpenDatabase> {
  const unlock = lockDataDir(folder)
  try {
    const database = await openPglite(await createPglite({ dataDir: join(folder, 'pglite') }), observer)
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

/** Creates a PGlite instance with the extensions that the migrations need. Without `dataDir` it is in memory. */
export function createPglite(options: Pick<PGliteOptions, 'dataDir' | 'loadDataDir'> = {}): Promise<PGlite> {
  return PGlite.create({ ...options, extensions: { pg_trgm, btree_gin } })
}

/** The options of Prisma's client. Transactions wait for each other, because there is one session. So their limits are generous. */
export function pgliteClientOptions(pglite: PGlite) {
  return { adapter: new PrismaPGlite(pglite), transactionOptions: { maxWait: 20_000, timeout: 30_000 } }
}

/** Sets up a PGlite instance: applies migrations and creates the client. */
export async function openPglite(pglite: PGlite, observer?: Observer): Promise<OpenDatabase> {
  const migrated = await migrate(async (sql) => (await pglite.exec(sql)).at(-1)?.rows ?? [])
  const options = pgliteClientOptions(pglite)
  if (observer !== undefined) observeStatements(options.adapter, observer)
  const db = new PrismaClient(options)
  return {
    db,
    pubSub: createPglitePubSub(pglite),
    migrated,
    pool: () => null,
    close: async () => {
      await db.$disconnect()
      await pglite.close()
    },
  }
}
