import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import type { Transaction } from '../open.ts'
import type { Signals } from './pubSub.ts'

const channel = 'experiments_graph'

/** By PostgreSQL itself: NOTIFY is part of the transaction. */
const byNotify = {
  send: async (tx: Transaction, texts: readonly string[]) => {
    await tx.$executeRaw`SELECT pg_notify(${channel}, text) FROM unnest(${[...texts]}::text[]) AS text`
  },
  committed: () => {},
}

/** Listens in a session of its own, which is opened only when somebody listens. */
export function postgresSignals(connectionString: string): Signals {
  return {
    ...byNotify,
    listen: async (heard, lost) => {
      const session = new pg.Client({ connectionString, keepAlive: true, application_name: 'experiments-graph signals' })
      // Until it listens, there is nothing to lose.
      let open = false
      const end = (error: Error) => {
        if (open) lost(error)
        open = false
      }
      session.on('error', end)
      session.on('end', () => end(new Error('The session that listens ended.')))
      session.on('notification', ({ payload = '' }) => heard(payload))
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
export function embeddedSignals(pglite: PGlite): Signals {
  return { ...byNotify, listen: (heard) => pglite.listen(channel, heard), close: () => Promise.resolve() }
}
