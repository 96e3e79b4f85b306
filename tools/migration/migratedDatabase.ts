import { PrismaPGlite } from 'pglite-prisma-adapter'
import { createPglite, openPglite } from '../../src/database/pglite.ts'

/** Creates an empty embedded database in memory, and Prisma's adapter for it. */
export async function emptyDatabase() {
  const pglite = await createPglite()
  return { pglite, adapter: new PrismaPGlite(pglite) }
}

/** Creates the same, with all migrations applied. */
export async function migratedDatabase() {
  const empty = await emptyDatabase()
  const { migrated, close } = await openPglite(empty.pglite)
  return { ...empty, migrated, close }
}
