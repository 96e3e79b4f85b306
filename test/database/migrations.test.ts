import { PGlite } from '@electric-sql/pglite'
import { expect, inject, it } from 'vitest'
import { migrationNames, pendingMigrations, schemaDrift } from '../../src/database/migrations.ts'
import { openDatabase } from '../../src/database/open.ts'
import { openPglite, pgliteExtensions, pgliteMigrationAdapter } from '../../src/database/pglite.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { OperatorError } from '../../src/platform/operatorError.ts'
import { openTestDatabase } from '../support/testDatabase.ts'

// Prisma's adapter for PostgreSQL cannot read all that the engine asks of a catalog; the migrations are the same on both databases.
it('finds the migrations and prisma/schema.prisma in agreement', async () => {
  const pglite = await PGlite.create({ extensions: pgliteExtensions })
  const { migrated, close } = await openPglite(pglite)
  expect(migrated).toEqual(await migrationNames())
  expect(await schemaDrift(pgliteMigrationAdapter(pglite))).toBe('')

  await pglite.exec('ALTER TABLE actions DROP COLUMN name')
  expect(await schemaDrift(pgliteMigrationAdapter(pglite))).toContain('ALTER TABLE "actions" ADD COLUMN')
  await close()
})

it('records every migration as Prisma’s command line would', async () => {
  const { db } = await openTestDatabase()
  const rows = await db.$queryRaw<
    { name: string }[]
  >`SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY 1`
  expect(rows.map(({ name }) => name)).toEqual(await migrationNames())
})

it.runIf(process.env.TEST_DATABASE_URL)('lets servers that start at once migrate a new database once', async () => {
  const { db } = await openTestDatabase()
  const name = `${inject('template')}_together`
  await db.$executeRawUnsafe(`CREATE DATABASE ${name}`)
  const url = new URL(inject('serverUrl'))
  url.pathname = `/${name}`
  const opened = await Promise.all(
    [1, 2, 3].map(() =>
      openDatabase({ ...readConfig({}), databaseUrl: url.href, databasePoolSize: 1 }, createLogger({ logLevel: 'silent' })),
    ),
  )
  expect(opened.map(({ migrated }) => migrated).filter((names) => names.length > 0)).toEqual([await migrationNames()])
  await Promise.all(opened.map(({ close }) => close()))
})

it('says what to do where a start was killed in the middle of a migration', async () => {
  const pglite = await PGlite.create({ extensions: pgliteExtensions })
  await openPglite(pglite)
  const query = async (sql: string) => (await pglite.query<Record<string, unknown>>(sql)).rows
  expect(await pendingMigrations(query)).toEqual([])
  const last = (await migrationNames()).at(-1) ?? ''
  await pglite.exec(`UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '${last}'`)
  const refusal = await pendingMigrations(query).catch((error: Error) => error)
  expect(refusal).toBeInstanceOf(OperatorError)
  expect(String(refusal)).toContain(`The migration ${last} of the database was begun and not ended`)

  // What it says to do.
  const [rollBack = '', finish = ''] = String(refusal).match(/UPDATE .*;/g) ?? []
  await pglite.exec(finish)
  expect(await pendingMigrations(query)).toEqual([])
  await pglite.exec(`UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '${last}'`)
  await pglite.exec(rollBack)
  expect(await pendingMigrations(query)).toEqual([last])
  await pglite.close()
})
