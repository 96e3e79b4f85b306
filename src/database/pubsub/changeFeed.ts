import type { Logger } from '../../platform/logger.ts'
import { readUpdate, type Update } from './changeEvent.ts'
import type { Signals } from './pubSub.ts'

/** Whoever wants to know what changes of one kind in one project. */
export interface Follower extends Pick<Update, 'kind' | 'projectId'> {
  /** The key it follows with. */
  keyHash: string
  changed(id: number): void
  /** Nothing more will be told: because of an error, or because the server stops. */
  ended(error: Error | null): void
}

export interface Followers {
  /** How many follow with a key. */
  count(keyHash: string): number
  /** Tells a follower of everything that any server commits from now on; gives what ends it. */
  follow(follower: Follower): Promise<() => void>
  /** Ends all of them. */
  close(): Promise<void>
}

/** Those who follow updates on this server. It listens to the others while there is anybody. */
export function followers(signals: Signals, log: Logger): Followers {
  const all = new Set<Follower>()
  let listening: Promise<() => Promise<void>> | null = null

  const heard = (text: string) => {
    const update = readUpdate(text)
    if (update === null) return
    for (const follower of all) {
      if (follower.kind === update.kind && follower.projectId === update.projectId) follower.changed(update.id)
    }
  }
  const endAll = (error: Error | null) => {
    listening = null
    for (const follower of [...all]) follower.ended(error)
    all.clear()
  }
  // What was sent meanwhile cannot be known: whoever followed has to read anew, and follow again.
  const lost = (error: Error) => {
    log.warn({ err: error }, 'Updates are not heard any more; subscriptions were ended.')
    endAll(new Error('Updates may have been missed.', { cause: error }))
  }

  return {
    count: (keyHash) => [...all].filter((follower) => follower.keyHash === keyHash).length,
    follow: async (follower) => {
      all.add(follower)
      listening ??= signals.listen(heard, lost)
      const awaited = listening
      try {
        await awaited
      } catch (error) {
        // Others who waited for the same may have begun to listen anew.
        if (listening === awaited) listening = null
        all.delete(follower)
        throw error
      }
      return () => void all.delete(follower)
    },
    close: async () => {
      const stop = await listening?.catch(() => null)
      endAll(null)
      await stop?.()
    },
  }
}
