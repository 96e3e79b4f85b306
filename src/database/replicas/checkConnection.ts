import pg from 'pg'

/** A connection for checks only: they do not wait for a busy pool, and they notice at once that the server ends the connection. */
export interface CheckConnection {
  /** Runs a statement, over a new connection if there is none. Returns its only row. */
  ask<Row extends object>(sql: string): Promise<Row>
  close(): Promise<void>
}

interface CheckOptions {
  /** Checks the server behind a new connection. If it throws, the connection is not used. */
  onOpen?(session: pg.Client): Promise<void>
  /** Called if the server ends the connection. */
  onEnd?(): void
}

export function checkConnection(
  connectionString: string,
  timeoutMs: number,
  { onOpen = async () => {}, onEnd = () => {} }: CheckOptions = {},
): CheckConnection {
  let current: pg.Client | null = null

  const connect = async () => {
    const session = new pg.Client({
      connectionString,
      keepAlive: true,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
      application_name: 'experiments-graph checks',
    })
    session.on('error', () => {})
    session.on('end', () => {
      if (current !== session) return
      current = null
      onEnd()
    })
    try {
      await session.connect()
      await onOpen(session)
    } catch (error) {
      session.end().catch(() => {})
      throw error
    }
    return session
  }
  const leave = async () => {
    const session = current
    current = null
    // A server that is silent does not answer this.
    await session?.end().catch(() => {})
  }
  return {
    ask: async <Row extends object>(sql: string) => {
      current ??= await connect()
      try {
        return (await current.query<Row>(sql)).rows[0] as Row
      } catch (error) {
        void leave()
        throw error
      }
    },
    close: leave,
  }
}
