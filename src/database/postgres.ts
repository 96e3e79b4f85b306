import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { Config } from '../platform/config.ts'
import { preparedStatementNames } from './statements/preparedStatements.ts'

/** The settings of the connections to PostgreSQL. */
export type ConnectionSettings = Pick<
  Config,
  'databasePoolSize' | 'preparedStatements' | 'connectionTimeoutMs' | 'statementTimeoutMs' | 'lockTimeoutMs' | 'transactionTimeoutMs'
>

/** How much longer the service waits for a statement than PostgreSQL does, so that PostgreSQL's own error comes first. */
const answerMarginMs = 1_000
/** How long a connection may be quiet before the operating system probes it. */
const keepAliveDelayMs = 10_000

/** The options of Prisma's client for PostgreSQL: its pool of connections, and the limit of transactions. */
export function postgresClientOptions(connectionString: string, settings: ConnectionSettings) {
  const adapter = new PrismaPg(createPool(connectionString, settings), {
    disposeExternalPool: true,
    // The pool replaces idle connections that fail. Without this listener, such an error would end the process.
    onPoolError: () => {},
    onConnectionError: () => {},
    ...(settings.preparedStatements ? { statementNameGenerator: preparedStatementNames() } : {}),
  })
  // The pool limits the wait for a connection, so `maxWait` is only a backstop.
  const { transactionTimeoutMs: timeout } = settings
  return { adapter, transactionOptions: { maxWait: timeout, timeout } }
}

/**
 * Creates the pool. Every wait ends: for a connection, for a lock, for a statement, and for an answer from a network that went silent.
 *
 * The sessions use the time zone UTC, because Prisma's adapter sends and reads times without an offset. In another time zone, all times would
 * be shifted.
 */
function createPool(connectionString: string, settings: ConnectionSettings): pg.Pool {
  const { databasePoolSize, connectionTimeoutMs, statementTimeoutMs, lockTimeoutMs, transactionTimeoutMs } = settings
  const sessionSettings = {
    TimeZone: 'UTC',
    statement_timeout: statementTimeoutMs,
    lock_timeout: lockTimeoutMs,
    idle_in_transaction_session_timeout: transactionTimeoutMs,
  }
  const pool = new pg.Pool({
    connectionString,
    max: databasePoolSize,
    connectionTimeoutMillis: connectionTimeoutMs,
    ...(statementTimeoutMs > 0 ? { query_timeout: statementTimeoutMs + answerMarginMs } : {}),
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelayMs,
    application_name: 'experiments-graph',
    options: Object.entries(sessionSettings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  })
  // After a time-out, the rollback can fail too. Prisma then returns a connection that still waits for an answer, or is in a transaction.
  pool.on('release', (_error, client) => {
    if (client.getTransactionStatus() !== 'I') void client.end()
  })
  return pool
}
