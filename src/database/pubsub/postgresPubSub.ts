import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import type { Config } from '../../platform/config.ts'
import type { Transaction } from '../client.ts'
import type { PubSub } from './pubSub.ts'

const channel = 'experiments_graph'

/** Publishes with NOTIFY, which PostgreSQL sends when the transaction commits. */
const notifyPublisher = {
  publish: async (tx: Transaction, texts: readonly string[]) => {
    await tx.$executeRaw`SELECT pg_notify(${channel}, text) FROM unnest(${[...texts]}::text[]) AS text`
  },
  afterCommit: () => Promise.resolve(true),
  sendsAfterCommit: false,
}

/** How often a listening connection is checked, in milliseconds. It is silent by nature, so a dead one is not noticed otherwise. */
const heartbeatMs = 10_000

/** Pub/sub with LISTEN and NOTIFY. Each subscription opens a connection of its own. */
export function createPostgresPubSub(connectionString: string, { connectionTimeoutMs }: Pick<Config, 'connectionTimeoutMs'>): PubSub {
  return {
    ...notifyPublisher,
    subscribe: async (onMessage, onDisconnect) => {
      const session = new pg.Client({
        connectionString,
        keepAlive: true,
        connectionTimeoutMillis: connectionTimeoutMs,
        query_timeout: connectionTimeoutMs,
        application_name: 'experiments-graph signals',
      })
      // pg destroys a connection that still waits for an answer.
      const heartbeat = setInterval(() => session.query('SELECT 1').catch(() => session.end()), heartbeatMs)
      heartbeat.unref()
      // Failures before LISTEN succeeds reject the subscription instead of calling `onDisconnect`.
      let open = false
      const end = (error: Error) => {
        clearInterval(heartbeat)
        if (open) onDisconnect(error)
        open = false
      }
      session.on('error', end)
      session.on('end', () => end(new Error('The LISTEN connection was closed.')))
      session.on('notification', ({ payload = '' }) => onMessage(payload))
      try {
        await session.connect()
        await session.query(`LISTEN ${channel}`)
      } catch (error) {
        clearInterval(heartbeat)
        session.end().catch(() => {})
        throw error
      }
      open = true
      return () => {
        open = false
        clearInterval(heartbeat)
        return session.end()
      }
    },
    close: () => Promise.resolve(),
  }
}

/** Pub/sub on the embedded database, whose only session also listens. */
export function createPglitePubSub(pglite: PGlite): PubSub {
  return { ...notifyPublisher, subscribe: (onMessage) => pglite.listen(channel, onMessage), close: () => Promise.resolve() }
}
