import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { OperatorError } from '../platform/operatorError.ts'

const migrationsFolder = new URL('../../prisma/migrations/', import.meta.url)

/** Runs SQL, one statement or a script. All calls use the same session. Returns the rows of the last statement. */
export type RunSql = (sql: string) => Promise<Record<string, unknown>[]>

/** Applies one migration. It must call `apply`. */
type AroundMigration = (name: string, apply: () => Promise<void>) => Promise<void>

/**
 * Applies the pending migrations of prisma/migrations, each in its own transaction, and records them as Prisma's command line does.
 * A migration must not contain statements that cannot run in a transaction. The caller holds a lock, so that only one caller runs at a time.
 *
 * @param around called for each migration, to tell of it
 * @returns the names of the applied migrations, oldest first
 * @throws OperatorError if the database has tables that are not from these migrations, an unfinished migration, or a newer one.
 */
export async function migrate(run: RunSql, around: AroundMigration = (_name, apply) => apply()): Promise<string[]> {
  const pending = await pendingMigrations(run)
  if (pending.length > 0) await run(createMigrationsTable)
  for (const name of pending) await around(name, () => applyMigration(run, name))
  return pending
}

/** The same table as Prisma creates. */
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
  const script = await readMigration(name)
  const checksum = createHash('sha256').update(script).digest('hex')
  try {
    await run('BEGIN')
    await run(script)
    // now() is the start time of the transaction.
    await run(`INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
      VALUES ('${randomUUID()}', '${checksum}', '${name}', now(), clock_timestamp(), 1)`)
    await run('COMMIT')
  } catch (cause) {
    await run('ROLLBACK').catch(() => {})
    throw new Error(`The migration ${name} failed. Nothing of it was applied.`, { cause })
  }
}

/**
 * The names of the migrations that are not applied to the database yet, oldest first.
 *
 * @throws OperatorError as `migrate`
 */
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
  const applied = new Set(rows.map(({ name }) => String(name)))
  const [newestKnown = '', newestApplied = ''] = [names.at(-1), [...applied].sort().at(-1)]
  if (newestApplied > newestKnown) {
    throw new OperatorError(
      `The database is newer than this program: its newest migration is ${newestApplied}, and the newest that the program knows is ` +
        `${newestKnown}. Start a newer version of the program.`,
    )
  }
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

/** The SQL of a migration. */
export function readMigration(name: string): Promise<string> {
  return readFile(new URL(`${name}/migration.sql`, migrationsFolder), 'utf8')
}

/** Earlier versions recorded a migration before its script ran. So the operator must check whether the script ran. */
function interruptedMigrationMessage(name: string): string {
  const repairStatement = (column: string) =>
    `UPDATE _prisma_migrations SET ${column} = now() WHERE migration_name = '${name}' AND finished_at IS NULL;`
  return (
    `The migration ${name} was started but not finished: the process was killed, or the migration failed. Its script is one transaction, so ` +
    `it was applied completely or not at all. Check whether the database has what prisma/migrations/${name}/migration.sql creates. If not, run\n` +
    `  ${repairStatement('rolled_back_at')}\nIf so, run\n  ${repairStatement('finished_at')}\nThen start again.`
  )
}
