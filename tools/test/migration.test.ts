import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { migrationNames } from '../../src/database/migrations.ts'
import { openPglite } from '../../src/database/pglite.ts'
import { driftFrom } from '../migration/drift.ts'
import { emptyDatabase, migratedDatabase } from '../migration/migratedDatabase.ts'
import { openSchemaEngine } from '../migration/schemaEngine.ts'

const schema = readFileSync('prisma/schema.prisma', 'utf8')
const withTeams = `${schema}\nmodel Team {\n  id   Int    @id\n  name String\n\n  @@map("teams")\n}\n`

const folder = mkdtempSync(join(tmpdir(), 'experiments-graph-migration-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('finds the migrations and prisma/schema.prisma in agreement', async () => {
  expect(await driftFrom(schema)).toBe('')
})

it('finds what the migrations lack', async () => {
  expect(await driftFrom(withTeams)).toContain('CREATE TABLE "teams"')
})

it('begins a migration with what prisma/schema.prisma has and the migrations have not', () => {
  mkdirSync(join(folder, 'prisma/migrations'), { recursive: true })
  writeFileSync(join(folder, 'prisma/schema.prisma'), withTeams)
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [resolve('tools/migration/newMigration.ts'), ...args], { cwd: folder, encoding: 'utf8' })

  expect(run('add_teams')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^prisma\/migrations\/\d{14}_add_teams\/migration\.sql\n$/),
  })
  const [made = ''] = readdirSync(join(folder, 'prisma/migrations'))
  const sql = readFileSync(join(folder, 'prisma/migrations', made, 'migration.sql'), 'utf8')
  expect(sql).toContain('CREATE TABLE "teams"')
  expect(sql).not.toContain('feature_flags')

  expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining('npm run migration -- add_teams') })
  expect(run('Add Teams').status).toBe(1)
})

// Prisma's own engine reads and writes the table of applied migrations as the service does.
const migrations = {
  migrationsList: {
    baseDir: 'prisma/migrations',
    lockfile: { path: 'migration_lock.toml', content: readFileSync('prisma/migrations/migration_lock.toml', 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: (await migrationNames()).map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: readFileSync(`prisma/migrations/${name}/migration.sql`, 'utf8') },
      },
    })),
  },
  filters: { externalTables: [], externalEnums: [] },
}
type Pglite = Awaited<ReturnType<typeof emptyDatabase>>['pglite']

async function recordedMigrations(database: Pglite) {
  const columns = `SELECT column_name, data_type, character_maximum_length, is_nullable, column_default
    FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`
  const rows = 'SELECT migration_name, checksum, length(id), logs, rolled_back_at, applied_steps_count FROM _prisma_migrations ORDER BY 1'
  return [(await database.query(columns)).rows, (await database.query(rows)).rows]
}

it('takes what the service recorded for its own', async () => {
  const { adapter, migrated, close } = await migratedDatabase()
  expect(migrated).toEqual(await migrationNames())
  const engine = await openSchemaEngine(adapter, schema)
  expect(await engine.diagnoseMigrationHistory({ ...migrations, optInToShadowDatabase: false })).toEqual({
    ...{ editedMigrationNames: [], failedMigrationNames: [], hasMigrationsTable: true, history: null },
  })
  expect(await engine.applyMigrations(migrations)).toEqual({ appliedMigrationNames: [] })
  engine.free()
  await close()
})

it('leaves records that the service reads, as its former versions did', async () => {
  const byEngine = await emptyDatabase()
  const engine = await openSchemaEngine(byEngine.adapter, schema)
  await engine.applyMigrations(migrations)
  engine.free()
  const opened = await openPglite(byEngine.pglite)
  expect(opened.migrated).toEqual([])

  const byService = await migratedDatabase()
  expect(await recordedMigrations(byEngine.pglite)).toEqual(await recordedMigrations(byService.pglite))
  await opened.close()
  await byService.close()
})
