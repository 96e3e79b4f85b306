import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePort } from './freePort.ts'

// A PostgreSQL server of our own, in a temporary folder, which a test can stop and start.

const debianFolder = '/usr/lib/postgresql'

/** The folder of the newest `initdb` and `pg_ctl`. Null if there is none. */
function findBinaries(): string | null {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map((version) => join(debianFolder, version, 'bin')), ...(process.env.PATH ?? '').split(':')]
  return folders.find((folder) => ['initdb', 'pg_ctl', 'postgres'].every((name) => existsSync(join(folder, name)))) ?? null
}

/** PostgreSQL refuses to run as root. Another user then runs it. */
function findOwner(): { uid: number; gid: number } | null | undefined {
  if (process.getuid?.() !== 0) return null
  const [, , uid, gid] = /^postgres:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':') ?? []
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
}

const binaries = findBinaries()
const owner = findOwner()

/** Why no cluster can be started. Null if one can. */
export const noPostgresCluster =
  binaries === null ? 'initdb and pg_ctl are not installed' : owner === undefined ? 'there is no user postgres to run it as' : null

export interface PostgresCluster {
  /** The URL of its empty database. */
  url: string
  /** `immediate` ends all processes without a checkpoint, as a crash does. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
  /** Resolves when it accepts connections. */
  start(): Promise<void>
}

/** Creates and starts a cluster, in a test. It is there until the test is done. */
export async function postgresCluster(settings: Record<string, string> = {}): Promise<PostgresCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'experiments-graph-postgres-'))
  if (owner) chownSync(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  const options = { cwd: folder, stdio: 'ignore' as const, ...(owner ?? {}) }
  const program = (name: string) => join(binaries ?? '', name)
  const pgCtl = async (...args: string[]) => {
    const [code] = await once(spawn(program('pg_ctl'), ['--pgdata', data, '--wait', ...args], options), 'exit')
    if (code !== 0) throw new Error(`pg_ctl ${args.join(' ')} ended with ${code}:\n${readFileSync(join(folder, 'log'), 'utf8')}`)
  }
  execFileSync(
    program('initdb'),
    ['--pgdata', data, '--auth', 'trust', '--username', 'postgres', '--encoding', 'UTF8', '--no-sync'],
    options,
  )
  const port = await freePort()
  const server = Object.entries({ port, listen_addresses: '127.0.0.1', unix_socket_directories: folder, ...settings })
  const flags = server.map(([name, value]) => `-c ${name}=${value}`).join(' ')
  const start = () => pgCtl('--log', join(folder, 'log'), '--options', flags, 'start')
  onTestFinished(async () => {
    await pgCtl('--mode', 'immediate', 'stop').catch(() => {})
    rmSync(folder, { recursive: true, force: true })
  })
  await start()
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, start, stop: (mode) => pgCtl('--mode', mode, 'stop') }
}
