import { PGlite } from '@electric-sql/pglite'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { embeddedExtensions, openEmbedded } from '../src/db/embedded.ts'

/** An embedded database in memory with all migrations, and Prisma's adapter for it. It stands here for the service's own copy of PGlite. */
export async function migratedDatabase() {
  const pglite = await PGlite.create({ extensions: embeddedExtensions })
  const { close } = await openEmbedded(pglite)
  return { adapter: new PrismaPGlite(pglite), close }
}
