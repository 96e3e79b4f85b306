import { existsSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Config } from '../../platform/config.ts'
import { errorMessage, OperatorError } from '../../platform/operatorError.ts'
import { lockDataDir } from '../dataDirLock.ts'
import type { RunSql } from '../migrations.ts'

/** A session that only looks: it migrates nothing. */
export interface Inspection {
  run: RunSql
  close(): Promise<void>
}

/**
 * Opens the configured database to look at it. Null if it is the embedded one and does not exist yet: nothing is created.
 *
 * @param limitMs how long the connection, and each statement, may take
 * @throws OperatorError if it cannot be reached, or another process has the embedded database open.
 */
export async function inspectDatabase(
  { databaseUrl, dataDir }: Pick<Config, 'databaseUrl' | 'dataDir'>,
  limitMs: number,
): Promise<Inspection | null> {
  if (databaseUrl !== null) return inspectPostgres(databaseUrl, limitMs)
  if (!existsSync(join(dataDir, 'pglite'))) return null
  const unlock = lockDataDir(dataDir)
  try {
    const pglite = await (await import('../pglite.ts')).createPglite({ dataDir: join(dataDir, 'pglite') })
    const run: RunSql = async (sql) => (await pglite.exec(sql)).at(-1)?.rows ?? []
    return { run, close: () => pglite.close().finally(unlock) }
  } catch (error) {
    unlock()
    throw error
  }
}

async function inspectPostgres(connectionString: string, limitMs: number): Promise<Inspection> {
  const session = new pg.Client({
    connectionString,
    connectionTimeoutMillis: limitMs,
    query_timeout: limitMs,
    application_name: 'experiments-graph doctor',
    options: '-c default_transaction_read_only=on',
  })
  session.on('error', () => {})
  await session.connect().catch((error: unknown) => {
    throw new OperatorError(errorMessage(error))
  })
  return {
    run: async (sql) => [await session.query(sql)].flat().at(-1)?.rows ?? [],
    // A database that is silent does not answer this either.
    close: async () => void session.end().catch(() => {}),
  }
}
