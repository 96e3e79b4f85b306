import { setImmediate } from 'node:timers/promises'
import { threadId } from 'node:worker_threads'
import type { PrismaPg } from '@prisma/adapter-pg'
import pLimit from 'p-limit'
import pg from 'pg'
import { inject } from 'vitest'
import { createClient } from '../../src/database/client.ts'
import type { Database } from '../../src/database/database.ts'
import { pgliteClientOptions } from '../../src/database/pglite.ts'
import { postgresClientOptions } from '../../src/database/postgres.ts'
import { createPglitePubSub, createPostgresPubSub } from '../../src/database/pubsub/postgresPubSub.ts'
import type { PubSub } from '../../src/database/pubsub/pubSub.ts'
import { observeStatements } from '../../src/database/statements/observeStatements.ts'
import type { Observer } from '../../src/platform/activity.ts'
import { readConfig } from '../../src/platform/config.ts'
import { afterFile } from './cleanUp.ts'
import { borrowDatabase, returnDatabase } from './embeddedDatabases.ts'

export interface TestDatabase extends Database {
  /** The SQL statements since the last `clearStatements()`, without transaction control. */
  statements: string[]
  clearStatements(): void
  /**
   * How many statements a question takes when it is asked again; they stay in `statements`. They are sent one after the other: over several
   * connections, it is chance which results arrive together, and which loads make one batch.
   */
  countStatements(ask: () => Promise<unknown>): Promise<number>
  /** The same database as another server sees it: with its own client and, by default, its own pub/sub. */
  openSecondConnection(pubSub?: PubSub): Database
}

let copies = 0

/** A migrated, empty database for this test file, until the file is done. The observer is told of its statements. */
export async function openTestDatabase(observer?: Observer): Promise<TestDatabase> {
  const copy = inject('archive') === '' ? await postgresCopy() : await embeddedCopy()
  const options = copy.clientOptions()
  const queue = queueOf(options.adapter)
  const statements: string[] = []
  const onStatement: Observer['onStatement'] = (statement) => {
    if (!/^(BEGIN|COMMIT|ROLLBACK|DEALLOCATE)/.test(statement.sql)) statements.push(statement.sql)
    observer?.onStatement?.(statement)
  }
  observeStatements(options.adapter, { ...observer, onStatement })
  const db = createClient(options)
  afterFile(() => db.$disconnect())
  const countStatements = async (ask: () => Promise<unknown>) => {
    queue.isUsed = true
    try {
      // The first asking looks for the key, and notes its use. Nobody waits for that, so a statement behind it does.
      await ask()
      await db.$queryRaw`SELECT 1`
      statements.splice(0)
      await ask()
    } finally {
      queue.isUsed = false
    }
    return statements.length
  }
  const openSecondConnection = (pubSub = copy.pubSub()) => {
    const another = createClient(copy.clientOptions())
    afterFile(() => another.$disconnect())
    return { db: another, pubSub, transactionSlots: null }
  }
  return {
    db,
    pubSub: copy.pubSub(),
    transactionSlots: null,
    statements,
    clearStatements: () => void statements.splice(0),
    countStatements,
    openSecondConnection,
  }
}

/** Until those who wait for a result have it, and have asked for more. */
const turn = async () => {
  for (let n = 0; n < 5; n++) await setImmediate()
}

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>

/** A queue of the statements of an adapter, apart from those of transactions. While it is used, each waits for the one before. */
function queueOf(factory: { connect(): Promise<Pick<Adapter, 'queryRaw' | 'executeRaw'>> }) {
  const queue = { isUsed: false }
  const limit = pLimit(1)
  const send = <Result>(work: () => Promise<Result>) =>
    queue.isUsed ? new Promise<Result>((resolve, reject) => void limit(() => work().then(resolve, reject).then(turn))) : work()
  const connect = factory.connect.bind(factory)
  factory.connect = async () => {
    const adapter = await connect()
    const queryRaw = adapter.queryRaw.bind(adapter)
    const executeRaw = adapter.executeRaw.bind(adapter)
    adapter.queryRaw = (query) => send(() => queryRaw(query))
    adapter.executeRaw = (query) => send(() => executeRaw(query))
    return adapter
  }
  return queue
}

async function embeddedCopy() {
  const pglite = await borrowDatabase()
  // Runs after the client is disconnected: hooks run in reverse order.
  afterFile(() => returnDatabase(pglite))
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
  // Workers may be threads of one process.
  const name = `${inject('template')}_${process.pid}_${threadId}_${++copies}`
  await server.query(`CREATE DATABASE ${name} TEMPLATE ${inject('template')}`)
  // Results must not depend on the time zone of the database.
  await server.query(`ALTER DATABASE ${name} SET timezone = 'Asia/Tokyo'`)
  await server.end()
  const url = new URL(inject('serverUrl'))
  url.pathname = `/${name}`
  return url.href
}
