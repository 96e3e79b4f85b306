import type { Logger } from '../../platform/logger.ts'
import { type ChangeEvent, decodeChangeEvent } from './changeEvent.ts'
import type { PubSub } from './pubSub.ts'

/** A subscriber to the changes of one kind of object in one project. */
export interface ChangeSubscriber extends Pick<ChangeEvent, 'kind' | 'projectId'> {
  /** The hash of the subscriber's API key. */
  keyHash: string
  onChange(id: number): void
  /** Called when the feed closes: with an error, or with null if the server stops. No event follows. */
  onClose(error: Error | null): void
}

export interface ChangeFeed {
  /** How many subscribers use an API key. */
  count(keyHash: string): number
  /** How many subscribers there are. */
  size(): number
  /** Sends a subscriber all matching changes that any server commits from now on. Returns a function that ends the subscription. */
  subscribe(subscriber: ChangeSubscriber): Promise<() => void>
  /** Ends all subscriptions. */
  close(): Promise<void>
}

/** Creates the change feed of this server. It listens to pub/sub from the first subscriber on. */
export function createChangeFeed(pubSub: PubSub, log: Logger): ChangeFeed {
  const subscribers = new Set<ChangeSubscriber>()
  let subscription: Promise<() => Promise<void>> | null = null

  const onMessage = (message: string) => {
    const event = decodeChangeEvent(message)
    if (event === null) return
    for (const subscriber of subscribers) {
      if (subscriber.kind === event.kind && subscriber.projectId === event.projectId) subscriber.onChange(event.id)
    }
  }
  const closeAll = (error: Error | null) => {
    subscription = null
    for (const subscriber of [...subscribers]) subscriber.onClose(error)
    subscribers.clear()
  }
  // Events may be lost while the connection is down, so subscribers must read again and subscribe again.
  const onDisconnect = (error: Error) => {
    log.warn({ err: error }, 'Pub/sub connection lost: closed all subscriptions.')
    closeAll(new Error('The pub/sub connection was lost. Change events may be missing.', { cause: error }))
  }

  return {
    count: (keyHash) => [...subscribers].filter((subscriber) => subscriber.keyHash === keyHash).length,
    size: () => subscribers.size,
    subscribe: async (subscriber) => {
      subscribers.add(subscriber)
      subscription ??= pubSub.subscribe(onMessage, onDisconnect)
      const pending = subscription
      try {
        await pending
      } catch (error) {
        // Another subscriber that awaited the same promise may have started a new connection.
        if (subscription === pending) subscription = null
        subscribers.delete(subscriber)
        throw error
      }
      return () => void subscribers.delete(subscriber)
    },
    close: async () => {
      const unsubscribe = await subscription?.catch(() => null)
      closeAll(null)
      await unsubscribe?.()
    },
  }
}
