import { LRUCache } from 'lru-cache'
import type { Db } from '../database/client.ts'
import type { Project } from '../database/generated/client.ts'
import type { PubSub } from '../database/pubsub/pubSub.ts'
import type { Logger } from '../platform/logger.ts'
import type { Viewer } from './viewer.ts'

/** What every request reads before its question: whose key it is, and which project it asks about. */
export interface AccessLookup {
  /** By the hash of the key. */
  viewer(keyHash: string, read: () => Promise<Viewer | null>): Viewer | null | Promise<Viewer | null>
  /** By number. */
  project(id: number, read: () => Promise<Project | null>): Project | null | Promise<Project | null>
}

/** Reads each time. */
export const uncachedAccess: AccessLookup = { viewer: (_keyHash, read) => read(), project: (_id, read) => read() }

/** What the database says when a row changed that the above hangs on: triggers of the migration 20261126080000_access_signals say it. */
const invalidationMessage = 'access changed'

/** How many rows of each kind are kept. */
const maxEntries = 10_000
/** How long to wait before listening is tried again, in milliseconds. */
const retryDelayMs = 1_000

/**
 * Keeps it from one request to the next, until the database says that anything of it changed. What is not there is not kept. Nothing is kept
 * while the database is not heard, which is tried out first: a pooler may let nobody listen, and say nothing.
 *
 * @param seconds how long a row is kept at most: a connection may break without a word
 */
export function createAccessCache(db: Db, pubSub: PubSub, seconds: number, log: Logger): AccessLookup & { close(): Promise<void> } {
  const cacheOptions = { max: maxEntries, ttl: seconds * 1_000 }
  const viewers = new LRUCache<string, Viewer>(cacheOptions)
  const projects = new LRUCache<number, Project>(cacheOptions)
  const probeMessage = `heard by ${crypto.randomUUID()}`
  let isSubscribed = false
  /** Tells what was read before a change from what was read after it. */
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
    log.warn({ err }, 'The database is not heard: who may do what is read for every request.')
  }
  const subscribe = () => {
    subscription = pubSub.subscribe(onMessage, onDisconnect)
    subscription.then(() => pubSub.publish(db, [probeMessage])).catch(onDisconnect)
  }

  function getCached<Key extends string | number, Row extends object>(
    cache: LRUCache<Key, Row>,
    key: Key,
    read: () => Promise<Row | null>,
  ) {
    if (subscription === null && performance.now() >= nextRetryAt) subscribe()
    return cache.get(key) ?? loadAndCache(cache, key, read)
  }

  async function loadAndCache<Key extends string | number, Row extends object>(
    cache: LRUCache<Key, Row>,
    key: Key,
    read: () => Promise<Row | null>,
  ): Promise<Row | null> {
    const startGeneration = generation
    const row = await read()
    if (row !== null && isSubscribed && generation === startGeneration) cache.set(key, row)
    return row
  }

  return {
    viewer: (keyHash, read) => getCached(viewers, keyHash, read),
    project: (id, read) => getCached(projects, id, read),
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
