import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, inject, it } from 'vitest'
import { migrate, migrationNames, pendingMigrations } from '../../src/database/migrations.ts'
import { openDatabase } from '../../src/database/open.ts'
import { createPglite, openPglite } from '../../src/database/pglite.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { OperatorError } from '../../src/platform/operatorError.ts'
import { borrowDatabase, returnDatabase } from '../support/embeddedDatabases.ts'
import { openTestDatabase } from '../support/testDatabase.ts'

it('records every migration as Prisma’s command line would', async () => {
  const { db } = await openTestDatabase()
  const rows = await db.$queryRaw<Record<string, unknown>[]>`
    SELECT migration_name, checksum, id ~ '^[0-9a-f-]{36}$' AS id, started_at <= finished_at AS timed, applied_steps_count, logs, rolled_back_at
    FROM _prisma_migrations ORDER BY started_at`
  const expected = (await migrationNames()).map((name) => ({
    migration_name: name,
    checksum: createHash('sha256')
      .update(readFileSync(`prisma/migrations/${name}/migration.sql`))
      .digest('hex'),
    ...{ id: true, timed: true, applied_steps_count: 1, logs: null, rolled_back_at: null },
  }))
  expect(rows).toEqual(expected)
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

// These are on an embedded database of their own, whatever database the suite runs on: once is enough.
const embedded = it.skipIf(process.env.TEST_DATABASE_URL)

embedded('rejects a database of somebody else; rolls back a migration that fails, and applies it when it is corrected', async () => {
  const pglite = await createPglite()
  await pglite.exec('CREATE TABLE theirs (id int)')
  await expect(openPglite(pglite)).rejects.toThrow(
    new OperatorError("The database is not empty: it has a table 'theirs'. Use a new database."),
  )
  await pglite.exec('DROP TABLE theirs')

  const [first = '', second = ''] = await migrationNames()
  // What the second one creates is in the way.
  const obstructed = async (sql: string) => {
    if (sql.includes('CREATE TYPE "approval_decision"')) await pglite.exec(`CREATE TYPE "approval_decision" AS ENUM ('NO')`)
    return (await pglite.exec(sql)).at(-1)?.rows ?? []
  }
  await expect(migrate(obstructed)).rejects.toMatchObject({
    message: `The migration ${second} failed. Nothing of it was applied.`,
    cause: { message: expect.stringContaining('already exists') },
  })
  const { rows } = await pglite.query('SELECT migration_name AS name FROM _prisma_migrations')
  expect(rows).toEqual([{ name: first }])
  const { migrated, close } = await openPglite(pglite)
  expect(migrated).toEqual((await migrationNames()).slice(1))
  await close()
})

embedded('says what to do where a start was killed in the middle of a migration', async () => {
  const pglite = await borrowDatabase()
  const query = async (sql: string) => (await pglite.query<Record<string, unknown>>(sql)).rows
  expect(await pendingMigrations(query)).toEqual([])
  const last = (await migrationNames()).at(-1) ?? ''
  await pglite.exec(`UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '${last}'`)
  const refusal = await pendingMigrations(query).catch((error: Error) => error)
  expect(refusal).toBeInstanceOf(OperatorError)
  expect(String(refusal)).toContain(`The migration ${last} was started but not finished`)

  // What it says to do.
  const [rollBack = '', finish = ''] = String(refusal).match(/UPDATE .*;/g) ?? []
  await pglite.exec(finish)
  expect(await pendingMigrations(query)).toEqual([])
  await pglite.exec(`UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '${last}'`)
  await pglite.exec(rollBack)
  expect(await pendingMigrations(query)).toEqual([last])
  // Nobody else is to have it.
  await pglite.close()
  await returnDatabase(pglite)
})
