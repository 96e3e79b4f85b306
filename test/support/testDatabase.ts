import pg from 'pg'
import { afterAll, inject } from 'vitest'
import type { Database } from '../../src/database/database.ts'
import { PrismaClient } from '../../src/database/generated/client.ts'
import { observeStatements } from '../../src/database/observeStatements.ts'
import { pgliteClientOptions } from '../../src/database/pglite.ts'
import { postgresClientOptions } from '../../src/database/postgres.ts'
import { createPglitePubSub, createPostgresPubSub } from '../../src/database/pubsub/postgresPubSub.ts'
import type { PubSub } from '../../src/database/pubsub/pubSub.ts'
import type { Observer } from '../../src/platform/activity.ts'
import { readConfig } from '../../src/platform/config.ts'
import { borrowDatabase, returnDatabase } from './embeddedDatabases.ts'

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
  const options = copy.clientOptions()
  if (observer !== undefined) observeStatements(options.adapter, observer)
  const db = new PrismaClient({ ...options, log: [{ emit: 'event', level: 'query' }] })
  const statements: string[] = []
  db.$on('query', ({ query }) => {
    if (!/^(BEGIN|COMMIT|ROLLBACK|DEALLOCATE)/.test(query)) statements.push(query)
  })
  afterAll(() => db.$disconnect())
  const openSecondConnection = (pubSub = copy.pubSub()) => {
    const another = new PrismaClient(copy.clientOptions())
    afterAll(() => another.$disconnect())
    return { db: another, pubSub, transactionSlots: null }
  }
  return {
    db,
    pubSub: copy.pubSub(),
    transactionSlots: null,
    statements,
    clearStatements: () => void statements.splice(0),
    openSecondConnection,
  }
}

async function embeddedCopy() {
  const pglite = await borrowDatabase()
  // Runs after the client is disconnected: hooks run in reverse order.
  afterAll(() => returnDatabase(pglite))
  return { clientOptions: () => pgliteClientOptions(pglite), pubSub: () => createPglitePubSub(pglite) }
}

async function postgresCopy() {
  const url = await copyPostgres()
  // Rows for plans take longer than any request may. test/faults has the limits.
  const config = { ...readConfig({}), databasePoolSize: 5, statementTimeoutMs: 0, lockTimeoutMs: 0, transactionTimeoutMs: 60_000 }
  return { clientOptions: () => postgresClientOptions(url, config), pubSub: () => createPostgresPubSub(url, config) }
}

/** Copies the migrated, empty database on PostgreSQL. Returns the URL of the copy. */
export async function copyPostgres(): Promise<string> {
  const server = new pg.Client({ connectionString: inject('serverUrl') })
  await server.connect()
  const name = `${inject('template')}_${process.pid}_${++copies}`
  await server.query(`CREATE DATABASE ${name} TEMPLATE ${inject('template')}`)
  // Results must not depend on the time zone of the database.
  await server.query(`ALTER DATABASE ${name} SET timezone = 'Asia/Tokyo'`)
  await server.end()
  const url = new URL(inject('serverUrl'))
  url.pathname = `/${name}`
  return url.href
}
