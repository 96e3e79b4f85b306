import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { OperatorError } from '../platform/operatorError.ts'

const migrationsFolder = new URL('../../prisma/migrations/', import.meta.url)

/** Runs SQL, one statement or a script, on a session of its own. Returns the rows of the last statement. */
export type RunSql = (sql: string) => Promise<Record<string, unknown>[]>

/**
 * Applies the new migrations of prisma/migrations, each in a transaction of its own, and records them as Prisma's command line does.
 * PostgreSQL refuses a statement that cannot run in a transaction. One caller at a time: whoever opens the database holds a lock.
 *
 * @returns the names of the applied migrations, oldest first
 * @throws OperatorError when the database holds tables of somebody else, or a migration that was not finished
 */
export async function migrate(run: RunSql): Promise<string[]> {
  const pending = await pendingMigrations(run)
  if (pending.length > 0) await run(createMigrationsTable)
  for (const name of pending) await applyMigration(run, name)
  return pending
}

/** As Prisma creates it. */
const createMigrationsTable = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`

async function applyMigration(run: RunSql, name: string): Promise<void> {
  const script = await readFile(new URL(`${name}/migration.sql`, migrationsFolder), 'utf8')
  const checksum = createHash('sha256').update(script).digest('hex')
  try {
    await run('BEGIN')
    await run(script)
    // now() is the start of the transaction.
    await run(`INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
      VALUES ('${randomUUID()}', '${checksum}', '${name}', now(), clock_timestamp(), 1)`)
    await run('COMMIT')
  } catch (cause) {
    await run('ROLLBACK').catch(() => {})
    throw new Error(`The migration ${name} failed. Nothing of it was applied.`, { cause })
  }
}

/** The names of the migrations that the database has not applied yet, oldest first. */
export async function pendingMigrations(run: RunSql): Promise<string[]> {
  const names = await migrationNames()
  const tables = await run('SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1')
  if (!tables.some(({ name }) => name === '_prisma_migrations')) {
    const [other] = tables
    if (other !== undefined) throw new OperatorError(`The database is not empty: it has a table '${other.name}'. Use a new database.`)
    return names
  }
  const rows = await run(
    'SELECT migration_name AS name, finished_at IS NOT NULL AS done FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  )
  const interrupted = rows.find(({ done }) => !done)
  if (interrupted !== undefined) throw new OperatorError(interruptedMigrationMessage(String(interrupted.name)))
  const applied = new Set(rows.map(({ name }) => name))
  return names.filter((name) => !applied.has(name))
}

/** The names of the migrations in prisma/migrations, oldest first. */
export async function migrationNames(): Promise<string[]> {
  const entries = await readdir(migrationsFolder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/** Former versions recorded a migration before its script ran. Only a look at the database tells whether the script ran. */
function interruptedMigrationMessage(name: string): string {
  const repairStatement = (column: string) =>
    `UPDATE _prisma_migrations SET ${column} = now() WHERE migration_name = '${name}' AND finished_at IS NULL;`
  return (
    `The migration ${name} of the database was begun and not ended: a start was killed, or it failed. Its script is one transaction, so either ` +
    `all of it is there or nothing. Look for what prisma/migrations/${name}/migration.sql makes, and start again after\n` +
    `  ${repairStatement('rolled_back_at')}   where nothing of it is there, or\n  ${repairStatement('finished_at')}   where it is.`
  )
}
