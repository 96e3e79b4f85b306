import type { Transaction } from '../client.ts'

/**
 * Sends short messages from transactions to all servers on the same database, including the sender. A message arrives only if its transaction
 * commits. Messages are not stored: only current subscribers get them.
 */
export interface PubSub {
  /** Publishes messages of at most 7,900 bytes each. Call it at the end of the transaction. */
  publish(tx: Transaction, messages: readonly string[]): Promise<void>
  /** Must be called after the transaction of these messages has committed. Resolves with whether they were sent, and never rejects. */
  afterCommit(messages: readonly string[]): Promise<boolean>
  /** Whether messages are sent only after the commit, so that a server that is killed may leave them unsent. */
  sendsAfterCommit: boolean
  /**
   * Subscribes to all messages from now on. Rejects, without a call of `onDisconnect`, if there is no connection.
   *
   * @param onDisconnect called once if the connection is lost; no message follows
   * @returns a function that ends the subscription
   */
  subscribe(onMessage: (message: string) => void, onDisconnect: (error: Error) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}
