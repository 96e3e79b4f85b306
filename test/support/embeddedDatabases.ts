import { readFile } from 'node:fs/promises'
import type { PGlite } from '@electric-sql/pglite'
import { inject } from 'vitest'
import { createPglite } from '../../src/database/pglite.ts'

// Opening an embedded database takes two seconds of CPU, emptying one a tenth of that. So the test files of a worker share what is left by
// those before them. A file gets a database that nobody else uses, and that cannot be told from a new one.

interface Migrated {
  pglite: PGlite
  /** What `describe` said when it was new. */
  description: string
}

const free: Migrated[] = []
const lent = new Map<PGlite, Migrated>()

/** A migrated, empty database, in memory. */
export async function borrowDatabase(): Promise<PGlite> {
  const migrated = free.pop() ?? (await openMigrated())
  lent.set(migrated.pglite, migrated)
  return migrated.pglite
}

/** Empties a database for the next file. One whose schema, settings or statistics changed is closed. */
export async function returnDatabase(pglite: PGlite): Promise<void> {
  const migrated = lent.get(pglite)
  lent.delete(pglite)
  if (migrated === undefined || pglite.closed) return
  const isSame = await empty(pglite).then(
    async () => (await describe(pglite)) === migrated.description,
    // A test can leave a transaction open, or damage the database on purpose.
    () => false,
  )
  if (isSame) free.push(migrated)
  else await pglite.close()
}

async function openMigrated(): Promise<Migrated> {
  const pglite = await createPglite({ loadDataDir: new Blob([await readFile(inject('archive'))]) })
  return { pglite, description: await describe(pglite) }
}

async function empty(pglite: PGlite): Promise<void> {
  const { rows: channels } = await pglite.query<{ name: string }>('SELECT pg_listening_channels() AS name')
  for (const { name } of channels) await pglite.unlisten(name)
  await pglite.exec('DISCARD ALL')
  const { rows: tables } = await pglite.query<{ name: string; isSmall: boolean }>(
    `SELECT relname AS name, pg_relation_size(oid) < 100000 AS "isSmall" FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> '_prisma_migrations' AND pg_relation_size(oid) > 0`,
  )
  // TRUNCATE makes new files for each table, which takes ten times as long as to delete a few rows.
  const large = tables.filter(({ isSmall }) => !isSmall)
  if (large.length > 0) await pglite.exec(`TRUNCATE ${large.map(({ name }) => `"${name}"`).join(', ')} CASCADE`)
  // Without triggers, the order of the tables does not matter.
  const deletions = tables.filter(({ isSmall }) => isSmall).map(({ name }) => `DELETE FROM "${name}";`)
  await pglite.exec(`BEGIN; SET LOCAL session_replication_role = replica; ${deletions.join(' ')} COMMIT`)
  await pglite.exec(`SELECT setval(oid, 1, false) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'`)
}

/** Everything that a test could change beside rows. */
async function describe(pglite: PGlite): Promise<string> {
  const { rows } = await pglite.query<{ description: string }>(`SELECT concat_ws(' ',
    (SELECT count(*) FROM pg_statistic),
    (SELECT md5(string_agg(concat(relname, relkind, relnatts), ' ' ORDER BY relname)) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
    (SELECT md5(string_agg(concat(tgname, tgenabled, tgrelid), ' ' ORDER BY oid)) FROM pg_trigger),
    (SELECT md5(string_agg(concat(conname, convalidated), ' ' ORDER BY oid)) FROM pg_constraint),
    (SELECT md5(string_agg(concat(proname, md5(prosrc)), ' ' ORDER BY oid)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
    (SELECT md5(string_agg(concat(attname, attnotnull, attnum), ' ' ORDER BY attrelid, attnum)) FROM pg_attribute
      JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace),
    (SELECT count(*) FROM pg_namespace), (SELECT count(*) FROM pg_roles), (SELECT count(*) FROM pg_db_role_setting),
    (SELECT count(*) FROM _prisma_migrations)) AS description`)
  return rows[0]?.description ?? ''
}
