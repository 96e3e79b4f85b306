import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { afterAll, inject } from 'vitest'
import type { Database } from '../../src/database/database.ts'
import { PrismaClient } from '../../src/database/generated/client.ts'
import { observeStatements } from '../../src/database/observeStatements.ts'
import { postgresAdapter } from '../../src/database/open.ts'
import { createPglite } from '../../src/database/pglite.ts'
import { createPglitePubSub, createPostgresPubSub } from '../../src/database/pubsub/postgresPubSub.ts'
import type { PubSub } from '../../src/database/pubsub/pubSub.ts'
import type { Observer } from '../../src/platform/activity.ts'

export interface TestDatabase extends Database {
  /** The SQL statements since the last `clearStatements()`, without transaction control. */
  statements: string[]
  clearStatements(): void
  /** The same database as another server sees it: with its own client and, by default, its own pub/sub. */
  openSecondConnection(pubSub?: PubSub): Database
}

let copies = 0

/** A migrated, empty database for this test file, until the file is done. The observer is told of its statements. */
export async function openTestDatabase(observer?: Observer): Promise<TestDatabase> {
  const copy = inject('archive') === '' ? await postgresCopy() : await embeddedCopy()
  const adapter = copy.adapter()
  if (observer !== undefined) observeStatements(adapter, observer)
  const db = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] })
  const statements: string[] = []
  db.$on('query', ({ query }) => {
    if (!/^(BEGIN|COMMIT|ROLLBACK|DEALLOCATE)/.test(query)) statements.push(query)
  })
  afterAll(() => db.$disconnect())
  const openSecondConnection = (pubSub = copy.pubSub()) => {
    const another = new PrismaClient({ adapter: copy.adapter() })
    afterAll(() => another.$disconnect())
    return { db: another, pubSub }
  }
  return { db, pubSub: copy.pubSub(), statements, clearStatements: () => void statements.splice(0), openSecondConnection }
}

async function embeddedCopy() {
  const loadDataDir = new Blob([await readFile(inject('archive'))])
  const pglite = await createPglite({ loadDataDir })
  // Runs after the client is disconnected: hooks run in reverse order.
  afterAll(() => pglite.close())
  return { adapter: () => new PrismaPGlite(pglite), pubSub: () => createPglitePubSub(pglite) }
}

async function postgresCopy() {
  const server = new pg.Client({ connectionString: inject('serverUrl') })
  await server.connect()
  const name = `${inject('template')}_${process.pid}_${++copies}`
  await server.query(`CREATE DATABASE ${name} TEMPLATE ${inject('template')}`)
  // Results must not depend on the time zone of the database.
  await server.query(`ALTER DATABASE ${name} SET timezone = 'Asia/Tokyo'`)
  await server.end()
  const url = new URL(inject('serverUrl'))
  url.pathname = `/${name}`
  return { adapter: () => postgresAdapter(url.href, 5), pubSub: () => createPostgresPubSub(url.href) }
}
