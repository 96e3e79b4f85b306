import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The requests for one system, which are repeated. */
export interface Load {
  /** One, or several processes that share the requests. */
  urls: readonly string[]
  /** Sent in turn. */
  bodies: string[]
  headers: Record<string, string>
  connections: number
  milliseconds: number
  /** Continues until this many were answered, for at most three times as long. */
  atLeast?: number
}

export interface Loaded {
  /** The first response with an error. Null when there was none. */
  failure: string | null
  requests: number
  seconds: number
  /** Milliseconds. */
  p50: number
  p99: number
}

export interface Loader {
  run(load: Load): Promise<Loaded>
  stop(): void
}

export function startLoader(): Loader {
  const worker = fork(fileURLToPath(new URL('loadWorker.ts', import.meta.url)), { env: { PATH: process.env.PATH, NODE_ENV: 'production' } })
  return {
    async run(load) {
      const loaded = await new Promise<Loaded>((resolve, reject) => {
        const died = (code: number | null) => reject(new Error(`The load generator ended with ${code}.`))
        worker.once('exit', died)
        worker.once('message', (message) => {
          worker.off('exit', died)
          resolve(message as Loaded)
        })
        worker.send(load)
      })
      if (loaded.failure !== null) throw new Error(`${load.urls[0]} failed under load: ${loaded.failure}`)
      return loaded
    },
    stop: () => void worker.kill(),
  }
}
