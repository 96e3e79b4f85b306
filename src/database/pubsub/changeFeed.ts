import type { Logger } from '../../platform/logger.ts'
import { type ChangeEvent, decodeChangeEvent } from './changeEvent.ts'
import type { PubSub } from './pubSub.ts'

/** Whoever wants to know what changes of one kind in one project. */
export interface ChangeSubscriber extends Pick<ChangeEvent, 'kind' | 'projectId'> {
  /** The key it follows with. */
  keyHash: string
  onChange(id: number): void
  /** Nothing more will be told: because of an error, or because the server stops. */
  onClose(error: Error | null): void
}

export interface ChangeFeed {
  /** How many follow with a key. */
  count(keyHash: string): number
  /** Tells a follower of everything that any server commits from now on; gives what ends it. */
  subscribe(follower: ChangeSubscriber): Promise<() => void>
  /** Ends all of them. */
  close(): Promise<void>
}

/** Those who follow updates on this server. It listens to the others while there is anybody. */
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
  // What was sent meanwhile cannot be known: whoever followed has to read anew, and follow again.
  const onDisconnect = (error: Error) => {
    log.warn({ err: error }, 'Updates are not heard any more; subscriptions were ended.')
    closeAll(new Error('Updates may have been missed.', { cause: error }))
  }

  return {
    count: (keyHash) => [...subscribers].filter((subscriber) => subscriber.keyHash === keyHash).length,
    subscribe: async (subscriber) => {
      subscribers.add(subscriber)
      subscription ??= pubSub.subscribe(onMessage, onDisconnect)
      const pending = subscription
      try {
        await pending
      } catch (error) {
        // Others who waited for the same may have begun to listen anew.
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
