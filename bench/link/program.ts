import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A program of this folder, in a process of its own, that answers what it is asked. */
export interface Program {
  ask<Answer>(question: object): Promise<Answer>
  stop(): void
}

/** Starts a program. It sends a first message when it is ready. */
export async function startProgram<Ready>(
  file: string,
  args: object,
  env: Record<string, string> = {},
): Promise<Program & { ready: Ready }> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(args)], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    execArgv: [],
  })
  const ready = await nextMessage<Ready>(child, file)
  return {
    ready,
    async ask<Answer>(question: object) {
      const answer = nextMessage<Answer>(child, file)
      child.send(question)
      return answer
    },
    stop: () => child.disconnect(),
  }
}

function nextMessage<Message>(child: ChildProcess, file: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`${file} ended with ${code}.`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as Message)
    })
  })
}

/** Milliseconds of CPU of this process. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

export const rounded = (value: number, digits = 1) => Number(value.toFixed(digits))
