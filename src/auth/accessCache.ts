import { LRUCache } from 'lru-cache'
import type { Project } from '../database/generated/client.ts'
import type { Db } from '../database/open.ts'
import type { Signals } from '../database/pubsub/pubSub.ts'
import type { Logger } from '../platform/logger.ts'
import type { Viewer } from './viewer.ts'

/** What every request reads before its question: whose key it is, and which project it asks about. */
export interface Access {
  /** By the hash of the key. */
  viewer(keyHash: string, read: () => Promise<Viewer | null>): Viewer | null | Promise<Viewer | null>
  /** By number. */
  project(id: number, read: () => Promise<Project | null>): Project | null | Promise<Project | null>
}

/** Reads each time. */
export const readAccess: Access = { viewer: (_keyHash, read) => read(), project: (_id, read) => read() }

/** What the database says when a row changed that the above hangs on: triggers of the migration 20261126080000_access_signals say it. */
const changed = 'access changed'

/** How many rows of each kind are kept. */
const most = 10_000
/** How long to wait before listening is tried again, in milliseconds. */
const patience = 1_000

/**
 * Keeps it from one request to the next, until the database says that anything of it changed. What is not there is not kept. Nothing is kept
 * while the database is not heard, which is tried out first: a pooler may let nobody listen, and say nothing.
 *
 * @param seconds how long a row is kept at most: a connection may break without a word
 */
export function keptAccess(db: Db, signals: Signals, seconds: number, log: Logger): Access & { close(): Promise<void> } {
  const bounds = { max: most, ttl: seconds * 1_000 }
  const viewers = new LRUCache<string, Viewer>(bounds)
  const projects = new LRUCache<number, Project>(bounds)
  const proof = `heard by ${crypto.randomUUID()}`
  let hears = false
  /** Tells what was read before a change from what was read after it. */
  let changes = 0
  let listening: Promise<() => Promise<void>> | null = null
  let nextTry = 0

  const forget = () => {
    changes++
    viewers.clear()
    projects.clear()
  }
  const heard = (text: string) => {
    if (text === changed) forget()
    if (text === proof) hears = true
  }
  const lost = (err: unknown) => {
    hears = false
    forget()
    listening = null
    nextTry = performance.now() + patience
    log.warn({ err }, 'The database is not heard: who may do what is read for every request.')
  }
  const listen = () => {
    listening = signals.listen(heard, lost)
    listening.then(() => signals.send(db, [proof])).catch(lost)
  }

  function kept<Key extends string | number, Row extends object>(rows: LRUCache<Key, Row>, key: Key, read: () => Promise<Row | null>) {
    if (listening === null && performance.now() >= nextTry) listen()
    return rows.get(key) ?? readToKeep(rows, key, read)
  }

  async function readToKeep<Key extends string | number, Row extends object>(
    rows: LRUCache<Key, Row>,
    key: Key,
    read: () => Promise<Row | null>,
  ): Promise<Row | null> {
    const before = changes
    const row = await read()
    if (row !== null && hears && changes === before) rows.set(key, row)
    return row
  }

  return {
    viewer: (keyHash, read) => kept(viewers, keyHash, read),
    project: (id, read) => kept(projects, id, read),
    close: async () => {
      const stop = await listening?.catch(() => null)
      nextTry = Number.POSITIVE_INFINITY
      hears = false
      forget()
      listening = null
      await stop?.()
    },
  }
}
