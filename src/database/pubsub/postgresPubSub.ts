import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import type { Transaction } from '../client.ts'
import type { PubSub } from './pubSub.ts'

const channel = 'experiments_graph'

/** By PostgreSQL itself: NOTIFY is part of the transaction. */
const notifyPublisher = {
  publish: async (tx: Transaction, texts: readonly string[]) => {
    await tx.$executeRaw`SELECT pg_notify(${channel}, text) FROM unnest(${[...texts]}::text[]) AS text`
  },
  afterCommit: () => {},
}

/** Listens in a session of its own, which is opened only when somebody listens. */
export function createPostgresPubSub(connectionString: string): PubSub {
  return {
    ...notifyPublisher,
    subscribe: async (onMessage, onDisconnect) => {
      const session = new pg.Client({ connectionString, keepAlive: true, application_name: 'experiments-graph signals' })
      // Until it listens, there is nothing to lose.
      let open = false
      const end = (error: Error) => {
        if (open) onDisconnect(error)
        open = false
      }
      session.on('error', end)
      session.on('end', () => end(new Error('The session that listens ended.')))
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

/** The same on the embedded database, which has one session. */
export function createPglitePubSub(pglite: PGlite): PubSub {
  return { ...notifyPublisher, subscribe: (onMessage) => pglite.listen(channel, onMessage), close: () => Promise.resolve() }
}
