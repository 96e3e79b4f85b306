import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, describe, expect, inject, it, vi } from 'vitest'
import { programs, seen } from '../support/program.ts'
import { copyPostgres } from '../support/testDatabase.ts'
import { tcpProxy } from './support/tcpProxy.ts'

// What the program does when it starts and something that it needs is not there.

vi.setConfig({ testTimeout: 120_000 })

const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-faults-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const { launch, serve } = programs({ DATA_DIR: join(folder, 'data'), STARTUP_TIMEOUT_SECONDS: '3', LOG_LEVEL: 'warn' })

const ask = (url: string) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer phx_unknown' },
    body: '{"query":"{ viewer { scopes } }"}',
  })

/** The first statement of a program can take longer than the check does. */
const isReady = (url: string) => vi.waitFor(async () => expect((await fetch(new URL('/ready', url))).status).toBe(200), 30_000)

/** Takes every connection and says nothing. */
async function silentPort(): Promise<number> {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  afterAll(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  return (server.address() as { port: number }).port
}

it.each([
  ['DATABASE_URL', 'postgres', 'the database of DATABASE_URL to answer'],
  ['REDIS_URL', 'redis', 'the Redis of REDIS_URL'],
])('says that it waits for what %s names, and gives up', async (setting, protocol, what) => {
  const others = inject('serverUrl') === '' ? {} : { DATABASE_URL: await copyPostgres() }
  const program = launch({ ...others, [setting]: `${protocol}://somebody:secret@127.0.0.1:${await silentPort()}` })
  await seen(program.child.stderr, `The start waits for ${what}`)
  expect(await program.exit).toBe(1)
  expect(program.output()).toContain(`The start waited for ${what}, and gave up after 3 seconds (STARTUP_TIMEOUT_SECONDS).`)
  expect(program.output()).not.toMatch(/secret|\n {4}at /)
})

describe.skipIf(inject('serverUrl') === '')('on PostgreSQL', () => {
  it('says that it waits for another process that migrates, and goes on when that one is done', async () => {
    const url = await copyPostgres()
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    await other.query('SELECT pg_advisory_lock(6650992)')
    const refused = launch({ DATABASE_URL: url })
    expect(await refused.exit).toBe(1)
    expect(refused.output()).toContain('The start waits for the migration lock of the database, which another process holds.')
    expect(refused.output()).toContain('The start waited for the migration lock of the database, which another process holds, and gave up')

    const patient = serve({ DATABASE_URL: url, STARTUP_TIMEOUT_SECONDS: '60' })
    await vi.waitFor(async () => {
      const { rows } = await other.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
      expect(rows).toHaveLength(1)
    }, 30_000)
    await other.end()
    await isReady((await patient).url)
  })

  it('names the migration that waits for a table, gives up and leaves nothing of it, and applies it once the table is free', async () => {
    const url = await copyPostgres()
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    // This migration can be applied twice.
    const name = '20261126121000_access_signals_always'
    await other.query('DELETE FROM _prisma_migrations WHERE migration_name = $1', [name])
    await other.query('BEGIN')
    await other.query('LOCK TABLE projects')
    const refused = launch({ DATABASE_URL: url })
    await seen(refused.child.stderr, `The start applies the migration ${name}.`)
    expect(await refused.exit).toBe(1)
    expect(refused.output()).toContain(
      `The start waited for a lock that the migration ${name} needs and another process holds, and gave up after 3 seconds (STARTUP_TIMEOUT_SECONDS).`,
    )
    const patient = serve({ DATABASE_URL: url, STARTUP_TIMEOUT_SECONDS: '60' })
    await vi.waitFor(async () => {
      const { rows } = await other.query('SELECT FROM pg_locks WHERE NOT granted')
      expect(rows).toHaveLength(1)
    }, 30_000)
    await other.query('COMMIT')
    await isReady((await patient).url)
    const { rows } = await other.query('SELECT FROM _prisma_migrations WHERE migration_name = $1 AND finished_at IS NOT NULL', [name])
    expect(rows).toHaveLength(1)
    await other.end()
  })

  it('refuses a database that is newer, and names both versions', async () => {
    const url = await copyPostgres()
    const session = new pg.Client({ connectionString: url })
    await session.connect()
    await session.query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
      VALUES ('x', '', '29990101000000_future', now(), 1)`)
    await session.end()
    const program = launch({ DATABASE_URL: url })
    expect(await program.exit).toBe(1)
    expect(program.output()).toMatch(
      /^The database is newer than this program: its newest migration is 29990101000000_future, and the newest that the program knows is 2026\d+_\w+\. /,
    )
  })

  it('stops with a silent database too, and says by its exit code that something was cut', async () => {
    const network = await tcpProxy(await copyPostgres())
    const program = await serve({ DATABASE_URL: network.url, SHUTDOWN_SECONDS: '2', LOG_LEVEL: 'info' })
    await isReady(program.url)
    network.mode = 'silent'
    // A request that waits for the database when the signal comes.
    const dropped = network.nextDropped()
    const cut = expect(ask(program.url)).rejects.toThrow()
    await dropped
    program.child.kill('SIGTERM')
    expect(await program.exit).toBe(1)
    await cut
    expect(program.output()).toContain('Server stopped before everything had ended')
  })
})
