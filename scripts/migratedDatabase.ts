import { PGlite } from '@electric-sql/pglite'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { openPglite, pgliteExtensions } from '../src/database/pglite.ts'

// Embedded databases for the tools. They are made here, so that the tools use the service's own copy of PGlite.

/** An empty embedded database in memory, and Prisma's adapter for it. */
export async function emptyDatabase() {
  const pglite = await PGlite.create({ extensions: pgliteExtensions })
  return { pglite, adapter: new PrismaPGlite(pglite) }
}

/** The same with all migrations. */
export async function migratedDatabase() {
  const empty = await emptyDatabase()
  const { migrated, close } = await openPglite(empty.pglite)
  return { ...empty, migrated, close }
}
