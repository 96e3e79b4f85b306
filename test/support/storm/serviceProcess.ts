import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

/** The service as `npm start` runs it, in a process that can be killed at any moment. */
export interface Service {
  url: string
  pid: number
  output(): string
  isRunning(): boolean
  /** Ends it without any warning, as `kill -9` does. */
  kill(): Promise<void>
}

const { scripts } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { scripts: { start: string } }
const command = scripts.start.replace(/^exec /, '').split(' ')

export async function startService(settings: Record<string, string>): Promise<Service> {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, command.slice(1), {
    cwd: new URL('../../..', import.meta.url),
    env: { PATH, PORT: '0', DEMO_DATA: 'false', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // It does not outlive a storm that was interrupted.
  const endWithParent = () => void child.kill('SIGKILL')
  process.once('exit', endWithParent)
  let text = ''
  const exit = once(child, 'exit').finally(() => process.off('exit', endWithParent))
  let isKilled = false
  const isRunning = () => !isKilled && child.exitCode === null && child.signalCode === null
  const url = await new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-20_000)
      const found = /GraphQL answers at (\S+)/.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    exit.then(([code]) => reject(new Error(`The service ended with ${code}: ${text}`)))
  })
  const kill = async () => {
    isKilled = true
    child.kill('SIGKILL')
    await exit
  }
  return { url, pid: child.pid ?? 0, output: () => text, isRunning, kill }
}
