import type { Logger } from '../../platform/logger.ts'
import type { Transaction } from '../client.ts'
import type { PubSub } from '../pubsub/pubSub.ts'
import { createVerifiedSubscription } from '../pubsub/verifiedSubscription.ts'

/** The most keys that are remembered. If more write, all keys count as writers for a while. */
const defaultMaxWriters = 100_000
const messagePrefix = 'writes '
/** How long messages may take to arrive at first, in milliseconds. */
const noticeMs = 10_000

/** The keys that have written lately, on any server. A replica may not show their writes yet. */
export interface RecentWriters {
  /** Whether the key may have written. True if that is not known, because the messages of other servers do not arrive. */
  mayHaveWritten(keyHash: string): boolean
  /** Tells all servers that a key is about to write. Call it before the write, and wait for it. */
  announce(keyHash: string): Promise<void>
  close(): Promise<void>
}

interface RecentWritersOptions {
  database: { db: Transaction; pubSub: PubSub }
  /** How long a key counts as a writer: the time of a mutation, and the lag of a replica. */
  memoryMs: number
  /** The time in milliseconds. */
  now(): number
  log: Logger
  maxWriters?: number
}

export function createRecentWriters({ database, memoryMs, now, log, maxWriters = defaultMaxWriters }: RecentWritersOptions): RecentWriters {
  const { db, pubSub } = database
  /** Until when a key counts, the oldest first. */
  const writers = new Map<string, number>()
  /** Until when all keys count: others may have written before this server listened. */
  let unknownUntil = Number.POSITIVE_INFINITY
  let failing = false
  /** Since when no messages arrive, as far as anybody asked; null while they do. */
  let deafSince: number | null = null
  let deafnessReported = false

  const forget = () => {
    writers.clear()
    unknownUntil = now() + memoryMs
  }
  const remember = (keyHash: string) => {
    for (const [key, until] of writers) {
      if (until > now()) break
      writers.delete(key)
    }
    // Moves it to the end.
    writers.delete(keyHash)
    if (writers.size >= maxWriters) return forget()
    writers.set(keyHash, now() + memoryMs)
  }
  const subscription = createVerifiedSubscription(database, {
    onMessage: (message) => {
      if (message.startsWith(messagePrefix)) remember(message.slice(messagePrefix.length))
    },
    onListening: () => {
      forget()
      deafSince = null
      deafnessReported = false
    },
    onLost: reportDeafness,
  })

  function reportDeafness(err?: unknown): void {
    if (!deafnessReported) {
      log.warn({ err }, 'Read replicas not used: the messages about writes of other servers do not arrive. The primary answers instead.')
    }
    deafnessReported = true
  }
  function isDeaf(): boolean {
    if (subscription.isListening()) return false
    deafSince ??= now()
    // A pooler can drop LISTEN without an error.
    if (now() - deafSince >= noticeMs) reportDeafness()
    return true
  }

  return {
    mayHaveWritten: (keyHash) => isDeaf() || now() < unknownUntil || now() < (writers.get(keyHash) ?? 0),
    announce: async (keyHash) => {
      remember(keyHash)
      const message = messagePrefix + keyHash
      try {
        await pubSub.publish(db, [message])
        void pubSub.afterCommit([message])
        failing = false
      } catch (err) {
        // The write goes on: it needs the same database, and reports its own failure.
        if (!failing)
          log.warn({ err }, 'Read replicas: other servers could not be told of a write. Its key may not see it there for a while.')
        failing = true
      }
    },
    close: subscription.close,
  }
}
