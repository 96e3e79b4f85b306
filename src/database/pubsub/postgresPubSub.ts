import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import type { Transaction } from '../client.ts'
import type { PubSub } from './pubSub.ts'

const channel = 'experiments_graph'

/** Publishes with NOTIFY, which PostgreSQL sends when the transaction commits. */
const notifyPublisher = {
  publish: async (tx: Transaction, texts: readonly string[]) => {
    await tx.$executeRaw`SELECT pg_notify(${channel}, text) FROM unnest(${[...texts]}::text[]) AS text`
  },
  afterCommit: () => {},
}

/** Pub/sub with LISTEN and NOTIFY. Each subscription opens a connection of its own. */
export function createPostgresPubSub(connectionString: string): PubSub {
  return {
    ...notifyPublisher,
    subscribe: async (onMessage, onDisconnect) => {
      const session = new pg.Client({ connectionString, keepAlive: true, application_name: 'experiments-graph signals' })
      // Failures before LISTEN succeeds reject the subscription instead of calling `onDisconnect`.
      let open = false
      const end = (error: Error) => {
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
        await session.end().catch(() => {})
        throw error
      }
      open = true
      return () => {
        open = false
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
