import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { onTestFinished, vi } from 'vitest'
import { freePort } from './freePort.ts'

/** Why no Redis of our own can be started. Null if it can. */
export const noRedisServer = spawnSync('redis-server', ['--version']).status === 0 ? null : 'redis-server is not installed'

export interface RedisServer {
  url: string
  /** Kills it. Nothing is saved. */
  kill(): Promise<void>
  /** Starts it again on the same port. */
  start(): Promise<void>
}

/** Starts a Redis that the test can kill. It is there until the test is done. */
export async function redisServer(): Promise<RedisServer> {
  const port = await freePort()
  const start = async () => {
    const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'])
    await vi.waitFor(() => canConnect(port), { timeout: 20_000, interval: 20 })
    return child
  }
  let child = await start()
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  onTestFinished(kill)
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    start: async () => {
      child = await start()
    },
  }
}

async function canConnect(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect').finally(() => socket.destroy())
}
