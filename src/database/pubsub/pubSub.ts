import type { Db, Transaction } from '../client.ts'

/**
 * Short texts that a transaction sends to every server on the same database, itself included: they arrive once it has committed, and never
 * when it has not. Nobody keeps them for who does not listen.
 */
export interface PubSub {
  /** Sends texts of at most 7,900 bytes, as the last thing that a transaction does. */
  publish(tx: Transaction, messages: readonly string[]): Promise<void>
  /** Called when the transaction of these texts has committed. */
  afterCommit(messages: readonly string[]): void
  /**
   * Hears every text from now on.
   *
   * @param onDisconnect called once when the connection ended: what comes later is not heard any more
   * @returns stops; rejects, and calls nobody, when there is no connection to be had
   */
  subscribe(onMessage: (message: string) => void, onDisconnect: (error: Error) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

const pubSubByDatabase = new WeakMap<Db, PubSub>()

/** A database and its signals go together: whoever writes on the one sends by the other. */
export function connectPubSub(db: Db, pubSub: PubSub): void {
  pubSubByDatabase.set(db, pubSub)
}

/** The signals of an open database. */
export function getPubSub(db: Db): PubSub {
  const pubSub = pubSubByDatabase.get(db)
  if (pubSub === undefined) throw new Error('This database was opened without signals.')
  return pubSub
}
