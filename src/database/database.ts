import type { Db } from './client.ts'
import type { PoolState } from './observeStatements.ts'
import type { PubSub } from './pubsub/pubSub.ts'

/** A database client, and the pub/sub that carries change events between servers. */
export interface Database {
  db: Db
  pubSub: PubSub
}

export interface OpenDatabase extends Database {
  /** The names of the migrations that opening applied, oldest first. */
  migrated: string[]
  /** The state of the connection pool; null if nobody observes the service, and for PGlite. */
  pool(): PoolState | null
  /** Waits for running queries, then closes the connections. */
  close(): Promise<void>
}
