import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** The service as a program of its own. */
export interface Service {
  origin: string
  /** Stops it, and waits until it has ended. */
  stop(): Promise<void>
}

/** Starts the service, and waits until it says where it answers. */
export async function startService(env: Record<string, string>): Promise<Service> {
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { PATH: process.env.PATH, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  let output = ''
  const origin = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk
      const found = /GraphQL answers at (http:\/\/localhost:\d+)\/graphql\n[\s\S]*\n\n/.exec(output)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    ended.then(([code]) => reject(new Error(`The service ended with ${code}: ${output}`)))
  })
  return {
    origin,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Runs a program of the project until it ends, and returns what it printed. @throws Error if it fails. */
export async function runToEnd(args: string[], env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (errors += chunk))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${output}${errors}`)
  return output
}
