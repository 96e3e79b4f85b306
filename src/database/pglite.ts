import { join, resolve } from 'node:path'
import { type ParserOptions, PGlite, type PGliteOptions, type QueryOptions } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import type { Observer } from '../platform/activity.ts'
import { errorMessage, explainSystemError, OperatorError } from '../platform/operatorError.ts'
import { createClient } from './client.ts'
import type { OpenDatabase } from './database.ts'
import { lockDataDir } from './dataDirLock.ts'
import { migrate } from './migrations.ts'
import { createPglitePubSub } from './pubsub/postgresPubSub.ts'
import { observeStatements } from './statements/observeStatements.ts'

// PGlite, which is PostgreSQL in WebAssembly. Loaded only if it is used, because it is tens of megabytes.

/** Opens the embedded database in a data folder, which only one process at a time can use. */
export async function openPgliteDir(folder: string, observer?: Observer): Promise<OpenDatabase> {
  const unlock = lockDataDir(folder)
  try {
    const place = join(folder, 'pglite')
    const pglite = await createPglite({ dataDir: place }).catch((error: unknown) => {
      throw explainOpening(error, resolve(place))
    })
    const database = await openPglite(pglite, observer)
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

/** The numbers of errors of the operating system in WebAssembly (WASI). */
const wasiErrors: Readonly<Record<number, string>> = { 2: 'EACCES', 31: 'EISDIR', 51: 'ENOSPC', 54: 'ENOTDIR', 63: 'EPERM', 69: 'EROFS' }

/** The error for a folder that PGlite cannot open. Bugs stay as they are. */
function explainOpening(error: unknown, place: string): unknown {
  const { name, errno } = error as { name?: string; errno?: number }
  const code = name === 'ErrnoError' ? wasiErrors[errno ?? 0] : undefined
  if (code !== undefined) return new OperatorError(`DATA_DIR cannot be used: ${explainSystemError({ code, syscall: 'open' }, place)}`)
  if (!errorMessage(error).includes('failed to initialize')) return error
  return new OperatorError(
    `DATA_DIR cannot be used: ${place} cannot be opened. Either its disk is full, or it is damaged or of another version. Free some space, ` +
      'name another folder, or restore it from a backup.',
  )
}

/** Creates a PGlite instance with the extensions that the migrations need. Without `dataDir` it is in memory. */
export async function createPglite(options: Pick<PGliteOptions, 'dataDir' | 'loadDataDir'> = {}): Promise<PGlite> {
  const pglite = await PGlite.create({ ...options, extensions: { pg_trgm, btree_gin } })
  joinParsers(pglite)
  return pglite
}

/**
 * Prisma's adapter gives its parsers of values to each query, and PGlite joins them with its own each time. That takes a third of the CPU of a
 * small statement, so here they become PGlite's own.
 */
function joinParsers(pglite: PGlite): void {
  let joined: ParserOptions | undefined
  const withoutParsers = ({ parsers, ...options }: QueryOptions = {}): QueryOptions => {
    if (parsers !== undefined && parsers !== joined) {
      Object.assign(pglite.parsers, parsers)
      joined = parsers
    }
    return options
  }
  const joinQueries = (session: Pick<PGlite, 'query'>) => {
    const query = session.query.bind(session)
    session.query = (sql, values, options) => query(sql, values, withoutParsers(options))
  }
  joinQueries(pglite)
  const transaction = pglite.transaction.bind(pglite)
  pglite.transaction = (work) =>
    transaction((session) => {
      joinQueries(session)
      return work(session)
    })
}

/** The options of Prisma's client. Transactions wait for each other, because there is one session. So their limits are generous. */
export function pgliteClientOptions(pglite: PGlite) {
  return { adapter: new PrismaPGlite(pglite), transactionOptions: { maxWait: 20_000, timeout: 30_000 } }
}

/** Sets up a PGlite instance: applies migrations and creates the client. */
export async function openPglite(pglite: PGlite, observer?: Observer): Promise<OpenDatabase> {
  const migrated = await migrate(async (sql) => (await pglite.exec(sql)).at(-1)?.rows ?? [])
  // PGlite learns at its start how lists of each type are written. The migrations add types.
  if (migrated.length > 0) await pglite.refreshArrayTypes()
  const options = pgliteClientOptions(pglite)
  if (observer !== undefined) observeStatements(options.adapter, observer)
  const db = createClient(options)
  return {
    db,
    transactionSlots: null,
    pubSub: createPglitePubSub(pglite),
    migrated,
    pool: () => null,
    close: async () => {
      await db.$disconnect()
      await pglite.close()
    },
  }
}
