import type pg from 'pg'
import { startEmbedded } from './embedded.ts'
import { openSession } from './session.ts'

/** A PostgreSQL server for temporary databases, which are dropped after the run. */
export interface DatabaseServer {
  /** The version and origin of PostgreSQL, for display. */
  description: string
  /** A new empty database. */
  create(name: string): Promise<TemporaryDatabase>
  close(): Promise<void>
}

interface TemporaryDatabase {
  url: string
  drop(): Promise<void>
}

/** Connects to the server of `BENCH_DATABASE_URL`. Without a URL, starts PostgreSQL from an npm package. */
export async function openServer(givenUrl: string | undefined): Promise<DatabaseServer> {
  const embedded = givenUrl ? null : await startEmbedded()
  const url = embedded?.url ?? givenUrl ?? ''
  let session: pg.Client
  try {
    session = await openSession(url)
  } catch (error) {
    await embedded?.stop()
    throw new Error(`BENCH_DATABASE_URL cannot be used: ${error instanceof Error ? error.message : error}`)
  }
  const { server_version: version } = (await session.query('SHOW server_version')).rows[0]
  const made = new Set<string>()
  const drop = async (name: string) => {
    await session.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    made.delete(name)
  }
  const close = async () => {
    for (const name of made) await drop(name)
    await session.end()
    await embedded?.stop()
  }
  // An interrupted run drops its databases, too.
  const onSignal = () => void close().finally(() => process.exit(130))
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  return {
    description: `PostgreSQL ${version}${embedded ? ', embedded' : ''}`,
    async create(label) {
      const name = `bench_${process.pid}_${label}`
      await session.query(`CREATE DATABASE ${name}`)
      made.add(name)
      const own = new URL(url)
      own.pathname = `/${name}`
      return { url: own.href, drop: () => drop(name) }
    },
    async close() {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
      await close()
    },
  }
}
