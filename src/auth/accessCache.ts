import { LRUCache } from 'lru-cache'
import type { Db } from '../database/client.ts'
import type { Project } from '../database/generated/client.ts'
import type { PubSub } from '../database/pubsub/pubSub.ts'
import { createVerifiedSubscription } from '../database/pubsub/verifiedSubscription.ts'
import type { Logger } from '../platform/logger.ts'
import type { Viewer } from './viewer.ts'

type Lookup<Key, Row> = (key: Key, read: () => Promise<Row | null>) => Row | null | Promise<Row | null>

/** The two lookups of every request: the owner of the API key, and the project. */
export interface AccessLookup {
  /** The viewer with this key hash; null if the key is not valid. */
  viewer: Lookup<string, Viewer>
  /** The project with this number; null if it does not exist. */
  project: Lookup<number, Project>
}

/** Caches nothing: every lookup reads the database. */
export const uncachedAccess: AccessLookup = { viewer: (_keyHash, read) => read(), project: (_id, read) => read() }

/** The message that clears the cache. The triggers of the migration 20261126080000_access_signals send it. */
const invalidationMessage = 'access changed'

/** The most viewers in the cache, and the most projects. */
const maxEntries = 10_000

/**
 * Caches viewers and projects between requests. Any change of access in the database clears the cache. A missing row is not cached.
 * Nothing is cached while messages do not arrive.
 *
 * @param seconds the lifetime of an entry; it limits the damage if a connection breaks without notice
 */
export function createAccessCache(db: Db, pubSub: PubSub, seconds: number, log: Logger): AccessLookup & { close(): Promise<void> } {
  const cacheOptions = { max: maxEntries, ttl: seconds * 1_000 }
  const viewers = new LRUCache<string, Viewer>(cacheOptions)
  const projects = new LRUCache<number, Project>(cacheOptions)
  /** Grows with each clear, so that a row read before a change is not cached after it. */
  let generation = 0

  const clear = () => {
    generation++
    viewers.clear()
    projects.clear()
  }
  const subscription = createVerifiedSubscription(
    { db, pubSub },
    {
      onMessage: (text) => {
        if (text === invalidationMessage) clear()
      },
      // A row that was read before that may be old. Until then, nothing is taken from the cache.
      onListening: clear,
      onLost: (err) => log.warn({ err }, 'Access cache off: the LISTEN connection was lost. Retrying.'),
    },
  )

  function cached<Key extends string | number, Row extends object>(cache: LRUCache<Key, Row>): Lookup<Key, Row> {
    const loadAndCache = async (key: Key, read: () => Promise<Row | null>) => {
      const startGeneration = generation
      const row = await read()
      if (row !== null && generation === startGeneration) cache.set(key, row)
      return row
    }
    return (key, read) => (subscription.isListening() ? (cache.get(key) ?? loadAndCache(key, read)) : read())
  }

  return {
    viewer: cached(viewers),
    project: cached(projects),
    close: subscription.close,
  }
}
