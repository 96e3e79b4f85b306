import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../data/embedded.ts'
import type { CpuProfile } from '../profile/hotSpots.ts'
import { runs, type System } from './systems.ts'

/** What a process has used since it began. */
interface Usage {
  /** Milliseconds; those in the kernel (sockets, memory) are among them. */
  cpu: number
  kernel: number
  /** Bytes. */
  rss: number
}

export interface RunningServer {
  system: System
  url: string
  /** From the start of the process until it took a connection, in milliseconds. */
  startedIn: number
  usage(): Promise<Usage>
  /** Begins to note where time goes; the function it gives ends that. */
  profile(): Promise<() => Promise<CpuProfile>>
  stop(): Promise<void>
}

const probe = fileURLToPath(new URL('../measure/probe.ts', import.meta.url))

/** @param settings of this run, beside the system's own */
export async function startServer(system: System, databaseUrl: string, settings: Record<string, string> = {}): Promise<RunningServer> {
  const { module, options = [], path, env } = runs[system]
  const port = await freePort()
  const began = performance.now()
  const child = spawn(process.execPath, [...options, '--import', probe, module], {
    // Nothing of this shell's settings may change what is measured.
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      ...env,
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-4_000)
  })
  try {
    await listening(child, port)
  } catch (error) {
    child.kill()
    throw new Error(`${system} did not start: ${error instanceof Error ? error.message : error}\n${said}`)
  }
  return {
    system,
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
      const patience = setTimeout(() => child.kill('SIGKILL'), 5_000)
      await ended
      clearTimeout(patience)
    },
  }
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + 60_000
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
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
  throw new Error('it took no connection within a minute')
}

function ask<Answer>(child: ChildProcess, question: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    child.once('message', (answer) => resolve(answer as Answer))
    child.send(question, (error) => {
      if (error) reject(error)
    })
  })
}
