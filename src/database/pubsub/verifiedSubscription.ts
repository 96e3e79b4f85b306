import type { Transaction } from '../client.ts'
import type { PubSub } from './pubSub.ts'

/** The wait before the next attempt to subscribe, in milliseconds. */
const retryDelayMs = 1_000

interface SubscriptionEvents {
  onMessage(message: string): void
  /** Messages arrive from now on. */
  onListening?(): void
  /** Messages do not arrive any more, or the first attempt failed. Called once in an outage, not at each attempt. */
  onLost(error: unknown): void
}

/** A subscription to all messages that knows whether they arrive. */
export interface VerifiedSubscription {
  /** Whether messages arrive. If not, it subscribes. */
  isListening(): boolean
  close(): Promise<void>
}

/** Subscribes at the first use. It counts when a message of its own arrives, because a pooler can drop LISTEN without an error. */
export function createVerifiedSubscription(
  { db, pubSub }: { db: Transaction; pubSub: PubSub },
  { onMessage, onListening, onLost }: SubscriptionEvents,
): VerifiedSubscription {
  const probe = `probe ${crypto.randomUUID()}`
  let listening = false
  let failing = false
  let subscription: Promise<() => Promise<void>> | null = null
  let nextTryAt = 0

  const onAnyMessage = (message: string) => {
    if (message !== probe) return onMessage(message)
    listening = true
    failing = false
    onListening?.()
  }
  const onDisconnect = (error: unknown) => {
    if (subscription === null) return
    subscription = null
    listening = false
    nextTryAt = performance.now() + retryDelayMs
    if (!failing) onLost(error)
    failing = true
  }
  const subscribe = async () => {
    const unsubscribe = await pubSub.subscribe(onAnyMessage, onDisconnect)
    try {
      await pubSub.publish(db, [probe])
      void pubSub.afterCommit([probe])
    } catch (error) {
      unsubscribe().catch(() => {})
      throw error
    }
    return unsubscribe
  }

  return {
    isListening: () => {
      if (subscription === null && performance.now() >= nextTryAt) {
        subscription = subscribe()
        subscription.catch(onDisconnect)
      }
      return listening
    },
    close: async () => {
      const open = subscription
      nextTryAt = Number.POSITIVE_INFINITY
      subscription = null
      listening = false
      await open?.then((unsubscribe) => unsubscribe()).catch(() => {})
    },
  }
}
