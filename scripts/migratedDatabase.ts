import { PGlite } from '@electric-sql/pglite'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { openPglite, pgliteExtensions } from '../src/database/pglite.ts'

// Embedded databases for the tools. This file is not in tools/, so that they use the service's copy of PGlite.

/** Creates an empty embedded database in memory, and Prisma's adapter for it. */
export async function emptyDatabase() {
  const pglite = await PGlite.create({ extensions: pgliteExtensions })
  return { pglite, adapter: new PrismaPGlite(pglite) }
}

/** Creates the same, with all migrations applied. */
export async function migratedDatabase() {
  const empty = await emptyDatabase()
  const { migrated, close } = await openPglite(empty.pglite)
  return { ...empty, migrated, close }
}
