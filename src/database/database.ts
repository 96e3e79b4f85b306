import type { Db } from './client.ts'
import type { EventsElsewhere } from './events/eventStore.ts'
import type { PubSub } from './pubsub/pubSub.ts'
import type { ReadReplicas } from './replicas/openReplicas.ts'
import type { PoolState } from './statements/observeStatements.ts'
import type { TransactionSlots } from './transactionSlots.ts'

/** The client of the primary, what limits its transactions, the pub/sub that carries messages between servers, the replicas, and events that are kept elsewhere. */
export interface Database {
  db: Db
  /** Null for PGlite, whose transactions wait for each other anyway. */
  transactionSlots: TransactionSlots | null
  pubSub: PubSub
  /** Undefined if there are none. */
  replicas?: ReadReplicas | undefined
  /** Events that are kept in ClickHouse. Undefined if all are in the database. */
  eventsElsewhere?: EventsElsewhere | undefined
}

export interface OpenDatabase extends Database {
  /** The names of the migrations that opening applied, oldest first. */
  migrated: string[]
  /** The state of the connection pools; null if nobody observes the service, and for PGlite. */
  pool(): PoolState | null
  /** Waits for running queries, then closes the connections. */
  close(): Promise<void>
}
