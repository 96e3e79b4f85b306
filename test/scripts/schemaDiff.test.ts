import { readFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import type { MigrationList } from '@prisma/schema-engine-wasm'
import { afterAll, expect, it } from 'vitest'
import { openSchemaEngine, schemaDiff } from '../../scripts/schemaDiff.ts'
import { migrationNames } from '../../src/database/migrations.ts'
import { openPglite, pgliteExtensions } from '../../src/database/pglite.ts'

// Prisma's adapter for PostgreSQL cannot read all that the engine asks of a catalog; the migrations are the same on both databases.
const pglite = await PGlite.create({ extensions: pgliteExtensions })
const { migrated, close } = await openPglite(pglite)
afterAll(close)

const migrations = { migrationsList: migrationsList(await migrationNames()), filters: { externalTables: [], externalEnums: [] } }

it('takes what the service recorded for its own', async () => {
  const engine = await openSchemaEngine(pglite)
  expect(await engine.diagnoseMigrationHistory({ ...migrations, optInToShadowDatabase: false })).toEqual({
    ...{ editedMigrationNames: [], failedMigrationNames: [], hasMigrationsTable: true, history: null },
  })
  expect(await engine.applyMigrations(migrations)).toEqual({ appliedMigrationNames: [] })
  engine.free()
})

it('leaves records that the service reads, as its former versions did', { timeout: 120_000 }, async () => {
  const other = await PGlite.create({ extensions: pgliteExtensions })
  const engine = await openSchemaEngine(other)
  await engine.applyMigrations(migrations)
  engine.free()
  const opened = await openPglite(other)
  expect(opened.migrated).toEqual([])

  const recorded = async (database: PGlite) => {
    const columns = `SELECT column_name, data_type, character_maximum_length, is_nullable, column_default
      FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`
    const rows = 'SELECT migration_name, checksum, length(id), logs, rolled_back_at, applied_steps_count FROM _prisma_migrations ORDER BY 1'
    return [(await database.query(columns)).rows, (await database.query(rows)).rows]
  }
  expect(await recorded(other)).toEqual(await recorded(pglite))
  await opened.close()
})

it('finds the migrations and prisma/schema.prisma in agreement', { timeout: 120_000 }, async () => {
  expect(migrated).toEqual(await migrationNames())
  expect(await schemaDiff(pglite)).toBe('')

  await pglite.exec('ALTER TABLE actions DROP COLUMN name')
  expect(await schemaDiff(pglite)).toContain('ALTER TABLE "actions" ADD COLUMN')
})

function migrationsList(names: readonly string[]): MigrationList {
  const read = (path: string) => readFileSync(`prisma/migrations/${path}`, 'utf8')
  return {
    baseDir: 'prisma/migrations',
    lockfile: { path: 'migration_lock.toml', content: read('migration_lock.toml') },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: read(`${name}/migration.sql`) } },
    })),
  }
}
