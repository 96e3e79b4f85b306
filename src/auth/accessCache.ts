import { LRUCache } from 'lru-cache'
import type { Db } from '../database/client.ts'
import type { Project } from '../database/generated/client.ts'
import type { PubSub } from '../database/pubsub/pubSub.ts'
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
/** The wait before the next attempt to subscribe, in milliseconds. */
const retryDelayMs = 1_000

/**
 * Caches viewers and projects between requests. Any change of access in the database clears the cache. A missing row is not cached.
 * Caching starts when a probe message arrives, because a pooler can drop LISTEN without an error. It stops when the connection is lost.
 *
 * @param seconds the lifetime of an entry; it limits the damage if a connection breaks without notice
 */
export function createAccessCache(db: Db, pubSub: PubSub, seconds: number, log: Logger): AccessLookup & { close(): Promise<void> } {
  const cacheOptions = { max: maxEntries, ttl: seconds * 1_000 }
  const viewers = new LRUCache<string, Viewer>(cacheOptions)
  const projects = new LRUCache<number, Project>(cacheOptions)
  const probeMessage = `access cache probe ${crypto.randomUUID()}`
  let isSubscribed = false
  /** Grows with each clear, so that a row read before a change is not cached after it. */
  let generation = 0
  let subscription: Promise<() => Promise<void>> | null = null
  let nextRetryAt = 0

  const clear = () => {
    generation++
    viewers.clear()
    projects.clear()
  }
  const onMessage = (text: string) => {
    if (text === invalidationMessage) clear()
    if (text === probeMessage) isSubscribed = true
  }
  const onDisconnect = (err: unknown) => {
    isSubscribed = false
    clear()
    subscription = null
    nextRetryAt = performance.now() + retryDelayMs
    log.warn({ err }, 'Access cache off: the LISTEN connection was lost. Retrying.')
  }
  const subscribe = () => {
    subscription = pubSub.subscribe(onMessage, onDisconnect)
    subscription.then(() => pubSub.publish(db, [probeMessage])).catch(onDisconnect)
  }

  function cached<Key extends string | number, Row extends object>(cache: LRUCache<Key, Row>): Lookup<Key, Row> {
    const loadAndCache: Lookup<Key, Row> = async (key, read) => {
      const startGeneration = generation
      const row = await read()
      if (row !== null && isSubscribed && generation === startGeneration) cache.set(key, row)
      return row
    }
    return (key, read) => {
      if (subscription === null && performance.now() >= nextRetryAt) subscribe()
      return cache.get(key) ?? loadAndCache(key, read)
    }
  }

  return {
    viewer: cached(viewers),
    project: cached(projects),
    close: async () => {
      const unsubscribe = await subscription?.catch(() => null)
      nextRetryAt = Number.POSITIVE_INFINITY
      isSubscribed = false
      clear()
      subscription = null
      await unsubscribe?.()
    },
  }
}
