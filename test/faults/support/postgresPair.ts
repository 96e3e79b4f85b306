import { execFile } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { expect, vi } from 'vitest'

const run = promisify(execFile)

/** A PostgreSQL server of the test's own. */
export interface OwnPostgres {
  url(database: string): string
  query<Row extends object>(sql: string): Promise<Row[]>
  start(): Promise<void>
  /** As in a crash: connections are cut, and nothing is saved. */
  kill(): Promise<void>
}

/** A primary, and its streaming replica. */
export interface PostgresPair {
  primary: OwnPostgres
  replica: OwnPostgres
  /** Stops the replay on the replica: it then receives changes, and does not show them. */
  pauseReplay(): Promise<void>
  /** Goes on with the replay, and waits until the replica shows all that the primary has. */
  resumeReplay(): Promise<void>
  /** Stops both servers, and removes their data. */
  stop(): Promise<void>
}

/** The folder with `initdb` and its like; null if there is none. PGBINDIR names another one. */
export function findPostgresBinaries(): string | null {
  const folders = [
    process.env.PGBINDIR ?? [],
    globSync('/usr/lib/postgresql/*/bin'),
    (process.env.PATH ?? '').split(delimiter),
    globSync('/usr/local/opt/postgresql*/bin'),
  ].flat()
  return folders.find((folder) => ['initdb', 'pg_ctl', 'pg_basebackup'].every((name) => existsSync(join(folder, name)))) ?? null
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  const { promise, resolve } = Promise.withResolvers<void>()
  server.once('listening', resolve)
  await promise
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}

/** Starts both servers in a temporary folder, until they are stopped. */
export async function startPostgresPair(binaries: string): Promise<PostgresPair> {
  const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-replica-'))
  // PostgreSQL refuses to run as root.
  const isRoot = process.getuid?.() === 0
  const postgres = async (name: string, ...args: string[]) => {
    const [program, ...rest] = isRoot ? ['runuser', '-u', 'postgres', '--', join(binaries, name), ...args] : [join(binaries, name), ...args]
    await run(program as string, rest, { cwd: folder })
  }
  if (isRoot) await run('chown', ['postgres', folder])
  else await chmod(folder, 0o700)

  const own = async (name: string, settings: Record<string, string | number>): Promise<OwnPostgres & { data: string; port: number }> => {
    const port = await freePort()
    const data = join(folder, name)
    const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`
    const options = Object.entries({ port, listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', ...settings })
      .map(([setting, value]) => `-c ${setting}='${value}'`)
      .join(' ')
    const stop = () => postgres('pg_ctl', 'stop', '-D', data, '-m', 'immediate')
    return {
      data,
      port,
      url,
      query: async <Row extends object>(sql: string) => {
        const session = new pg.Client({ connectionString: url('postgres') })
        await session.connect()
        try {
          return (await session.query<Row>(sql)).rows
        } finally {
          await session.end()
        }
      },
      start: () => postgres('pg_ctl', 'start', '-w', '-D', data, '-l', join(folder, `${name}.log`), '-o', options),
      kill: stop,
    }
  }

  const primary = await own('primary', {})
  // Replay cancels statements that are in its way at once.
  const replica = await own('replica', { max_standby_streaming_delay: 0 })
  const stop = async () => {
    for (const server of [replica, primary]) await server.kill().catch(() => {})
    await rm(folder, { recursive: true, force: true })
  }
  const startBoth = async () => {
    await postgres('initdb', '-D', primary.data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync')
    await primary.start()
    await postgres('pg_basebackup', '-d', primary.url('postgres'), '-D', replica.data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync')
    await replica.start()
  }
  await startBoth().catch(async (error: unknown) => {
    await stop()
    throw error
  })

  return {
    primary,
    replica,
    stop,
    pauseReplay: async () => {
      await replica.query('SELECT pg_wal_replay_pause()')
      await vi.waitFor(
        async () => expect(await replica.query('SELECT pg_get_wal_replay_pause_state() AS state')).toEqual([{ state: 'paused' }]),
        { timeout: 10_000, interval: 20 },
      )
    },
    resumeReplay: async () => {
      await replica.query('SELECT pg_wal_replay_resume()')
      const [{ position } = { position: '' }] = await primary.query<{ position: string }>('SELECT pg_current_wal_flush_lsn() AS position')
      await vi.waitFor(
        async () =>
          expect(await replica.query(`SELECT pg_last_wal_replay_lsn() >= '${position}' AS "isThere"`)).toEqual([{ isThere: true }]),
        { timeout: 10_000, interval: 20 },
      )
    },
  }
}
