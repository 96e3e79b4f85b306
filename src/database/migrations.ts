import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { SqlDriverAdapterFactory, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type { MigrationList } from '@prisma/schema-engine-wasm'
import { OperatorError } from '../platform/operatorError.ts'
import { openSchemaEngine, readSchema } from './schemaEngine.ts'

const migrationsFolder = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
const noFilters = { externalTables: [], externalEnums: [] }

/** The names of the migrations in prisma/migrations, oldest first. */
export async function migrationNames(): Promise<string[]> {
  const entries = await readdir(migrationsFolder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

async function migrationList(): Promise<MigrationList> {
  const names = await migrationNames()
  return {
    baseDir: migrationsFolder,
    lockfile: { path: 'migration_lock.toml', content: await readFile(`${migrationsFolder}/migration_lock.toml`, 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(`${migrationsFolder}/${name}/migration.sql`, 'utf8') },
        },
      })),
    ),
  }
}

/** Runs one statement and answers its rows. */
type RunQuery = (sql: string) => Promise<Record<string, unknown>[]>

/**
 * The names of the migrations that the database has not applied yet. Asked in plain SQL, because loading the engine takes longer than
 * everything else at a start.
 *
 * @throws UserMistake when one was begun and not ended.
 */
export async function pendingMigrations(query: RunQuery): Promise<string[]> {
  const names = await migrationNames()
  const [table] = await query(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS "exists"`)
  if (!table?.exists) return names
  const rows = await query(
    'SELECT migration_name AS name, finished_at IS NOT NULL AS done FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  )
  const interrupted = rows.find(({ done }) => !done)
  if (interrupted !== undefined) throw new OperatorError(interruptedMigrationMessage(String(interrupted.name)))
  const applied = new Set(rows.map(({ name }) => name))
  return names.filter((name) => !applied.has(name))
}

/** Nobody else is at it: whoever asks holds the lock. Only a look at the database tells whether it was the script or its record that is missing. */
function interruptedMigrationMessage(name: string): string {
  const repairStatement = (column: string) =>
    `UPDATE _prisma_migrations SET ${column} = now() WHERE migration_name = '${name}' AND finished_at IS NULL;`
  return (
    `The migration ${name} of the database was begun and not ended: a start was killed, or it failed. Its script is one transaction, so either ` +
    `all of it is there or nothing. Look for what prisma/migrations/${name}/migration.sql makes, and start again after\n` +
    `  ${repairStatement('rolled_back_at')}   where nothing of it is there, or\n  ${repairStatement('finished_at')}   where it is.`
  )
}

/**
 * Applies what is new in prisma/migrations, by Prisma's own engine, and records it in `_prisma_migrations` as Prisma's
 * command line would. Answers the names it applied. One caller at a time: the one who opens the database holds a lock.
 */
export async function applyMigrations(adapter: SqlMigrationAwareDriverAdapterFactory): Promise<string[]> {
  const engine = await openSchemaEngine(adapter)
  try {
    return (await engine.applyMigrations({ migrationsList: await migrationList(), filters: noFilters })).appliedMigrationNames
  } finally {
    engine.free()
  }
}

/** The SQL that would bring the connected database to what prisma/schema.prisma says; empty when they agree. */
export async function schemaDrift(adapter: SqlMigrationAwareDriverAdapterFactory): Promise<string> {
  const files = [{ path: 'schema.prisma', content: await readSchema() }]
  const engine = await openSchemaEngine(adapter)
  try {
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: migrationsFolder },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: noFilters,
    })
    return (stdout ?? '').replaceAll(/^-- This is an empty migration\.\s*/gm, '').trim()
  } finally {
    engine.free()
  }
}

/**
 * The adapters run a migration's script cut at every semicolon (pg), or without waiting for its end (PGlite): both lose the body of a
 * function. Here the whole script goes to the database, which knows where a statement ends, and its error comes back.
 */
export function withScriptExecution(
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
