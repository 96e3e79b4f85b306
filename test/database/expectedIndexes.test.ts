import { expect, it } from 'vitest'
import { expectedIndexes } from '../../src/database/inspection/expectedIndexes.ts'
import { migrationNames, readMigration } from '../../src/database/migrations.ts'
import { openTestDatabase } from '../support/testDatabase.ts'

it('are exactly the indexes that a migrated database has', async () => {
  const { db } = await openTestDatabase()
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relname <> '_prisma_migrations_pkey'`
  const scripts = await Promise.all((await migrationNames()).map(readMigration))
  expect(expectedIndexes(scripts)).toEqual(rows.map(({ name }) => name).sort())
})

it('leave out what a later migration dropped, and keep what was made again', () => {
  const scripts = [
    'CREATE INDEX "a" ON "t" ("x");\nCREATE UNIQUE INDEX "b" ON "t" ("y");',
    'DROP INDEX "a";\nDROP INDEX "b";\nCREATE INDEX "b" ON "t" ("z");',
  ]
  expect(expectedIndexes(scripts)).toEqual(['b'])
})
