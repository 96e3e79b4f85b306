import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../data/embedded.ts'
import type { CpuProfile } from '../profile/hotSpots.ts'
import { type Program, runs, type System } from './systems.ts'

/** The resources of a process since its start. */
interface Usage {
  /** CPU milliseconds. `kernel` is the part spent in the kernel (sockets, memory). */
  cpu: number
  kernel: number
  /** Resident set, in bytes. */
  rss: number
}

export interface RunningServer<Of extends Program = System> {
  system: Of
  /** Another checkout of this service, to compare with. */
  isOther: boolean
  url: string
  /** Where several processes serve as one. */
  urls?: readonly string[]
  /** Milliseconds from the start of the process until it accepted a connection. */
  startedIn: number
  usage(): Promise<Usage>
  /** Starts a CPU profile. The returned function ends it and returns it. */
  profile(): Promise<() => Promise<CpuProfile>>
  stop(): Promise<void>
}

const probe = fileURLToPath(new URL('../measure/probe.ts', import.meta.url))

/**
 * @param settings environment variables in addition to those of the system
 * @param checkout the folder of another checkout of this service, which runs instead of this one
 */
export async function startServer<Of extends Program>(
  system: Of,
  databaseUrl: string,
  settings: Record<string, string> = {},
  checkout: string | null = null,
): Promise<RunningServer<Of>> {
  const { options = [], path, env, ...run } = runs[system]
  const module = checkout === null ? run.module : resolve(checkout, 'src/main.ts')
  const port = await freePort()
  const began = performance.now()
  const child = spawn(process.execPath, [...options, '--import', probe, module], {
    // The settings of this shell must not change the results.
    env: {
      PATH: process.env.PATH,
      // As run.mjs sets them, which starts the benchmark and the service.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      MALLOC_TRIM_THRESHOLD_: process.env.MALLOC_TRIM_THRESHOLD_,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      ...env,
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let output = ''
  child.stderr?.on('data', (text: Buffer) => {
    output = (output + text.toString()).slice(-4_000)
  })
  try {
    await listening(child, port)
  } catch (error) {
    child.kill()
    throw new Error(`${system} did not start: ${error instanceof Error ? error.message : error}\n${output}`)
  }
  return {
    system,
    isOther: checkout !== null,
    url: `http://127.0.0.1:${port}${path}`,
    startedIn: performance.now() - began,
    usage: () => ask<Usage>(child, 'usage'),
    async profile() {
      await ask(child, 'startProfile')
      return () => ask<CpuProfile>(child, 'stopProfile')
    },
    async stop() {
      if (child.exitCode !== null) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      const killTimer = setTimeout(() => child.kill('SIGKILL'), 5_000)
      await ended
      clearTimeout(killTimer)
    },
  }
}

/** Several processes of one system, which share the requests. */
export function joined<Of extends Program>(servers: readonly RunningServer<Of>[]): RunningServer<Of> {
  const [first] = servers
  if (first === undefined) throw new Error('There is no server to join.')
  return {
    ...first,
    urls: servers.map(({ url }) => url),
    async usage() {
      const all = await Promise.all(servers.map((server) => server.usage()))
      const sum = (of: (usage: Usage) => number) => all.reduce((total, usage) => total + of(usage), 0)
      return { cpu: sum(({ cpu }) => cpu), kernel: sum(({ kernel }) => kernel), rss: sum(({ rss }) => rss) }
    },
    async stop() {
      for (const server of servers) await server.stop()
    },
  }
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + 60_000
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`it exited with code ${child.exitCode}`)
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (open) return
    await sleep(10)
  }
  throw new Error('it accepted no connection within a minute')
}

function ask<Answer>(child: ChildProcess, question: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    child.once('message', (answer) => resolve(answer as Answer))
    child.send(question, (error) => {
      if (error) reject(error)
    })
  })
}
