import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { afterEach } from 'vitest'

// The real program, in a process of its own.

export interface Program {
  child: ChildProcess
  /** Everything it printed so far. */
  output(): string
  exit: Promise<number | null>
}

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } }
/** Where `run.mjs` has Node keep compiled code: a start takes half the time then. */
export const compileCache = 'node_modules/.cache/experiments-graph'

/** `node` and what `npm start` gives it. */
const command = scripts.start.replace(/^exec /, '').split(' ')

/** Programs that a test left running are ended after it. */
export function programs(defaults: Record<string, string>) {
  const started: ChildProcess[] = []
  afterEach(() => {
    for (const process of started.splice(0)) process.kill('SIGKILL')
  })

  function launch(settings: Record<string, string>, output: 'pipe' | number = 'pipe'): Program {
    const { PATH = '' } = process.env
    const child = spawn(process.execPath, command.slice(1), {
      env: { PATH, PORT: '0', ...defaults, ...settings },
      stdio: ['pipe', output, 'pipe'],
    }) as ChildProcess
    started.push(child)
    let text = ''
    child.stdout?.on('data', (chunk) => (text += chunk))
    child.stderr?.on('data', (chunk) => (text += chunk))
    return { child, output: () => text, exit: once(child, 'exit').then(([code]) => code as number | null) }
  }

  /** Launches the program and waits until it says where it answers. */
  async function serve(settings: Record<string, string> = {}): Promise<Program & { url: string; key: string }> {
    const program = launch(settings)
    const url = await new Promise<string>((resolve, reject) => {
      program.child.stdout?.on('data', () => {
        const url = /GraphQL answers at (\S+)\n[\s\S]*\n\n/.exec(program.output())?.[1]
        if (url !== undefined) resolve(url)
      })
      program.exit.then((code) => reject(new Error(`ended with ${code}: ${program.output()}`)))
    })
    return { ...program, url, key: /Demo API key: +(\S+)/.exec(program.output())?.[1] ?? '' }
  }

  return { launch, serve }
}

/** Waits until a stream has brought a text. */
export async function seen(stream: Readable | null, text: string): Promise<void> {
  let brought = ''
  await new Promise<void>((resolve) =>
    stream?.on('data', (chunk) => {
      brought += chunk
      if (brought.includes(text)) resolve()
    }),
  )
}
