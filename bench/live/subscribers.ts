import { Agent, request } from 'node:http'
import { headers } from '../measure/ask.ts'

/** Clients that follow the experiments of project 1, each on a connection of its own. */
export interface Subscribers {
  /** Waits until each subscriber has got an experiment with this name. Returns when the last one had it (`performance.now`). */
  lastToSee(name: string): Promise<number>
  close(): void
}

const query = `subscription { experimentUpdated(projectId: "${btoa('Project:1')}") { id name status } }`
const maxWaitMs = 30_000

/** Opens subscriptions as server-sent events. Resolves when the server has accepted all of them. */
export async function openSubscribers(url: string, count: number): Promise<Subscribers> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const seen = new Map<string, { left: number; done: PromiseWithResolvers<number> }>()
  const waitFor = (name: string) => {
    const entry = seen.get(name) ?? { left: count, done: Promise.withResolvers<number>() }
    seen.set(name, entry)
    return entry
  }

  const onText = (text: string) => {
    for (const [, name] of text.matchAll(/"name":"([^"]+)"/g)) {
      const entry = waitFor(name as string)
      if (--entry.left === 0) entry.done.resolve(performance.now())
    }
  }
  const open = () =>
    new Promise<void>((resolve, reject) => {
      const sent = request(url, { method: 'POST', agent, headers: { ...headers, accept: 'text/event-stream' } }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`A subscription was answered with ${response.statusCode}.`))
        response.setEncoding('utf8')
        let rest = ''
        response.on('data', (chunk: string) => {
          const events = (rest + chunk).split('\n\n')
          rest = events.pop() ?? ''
          onText(events.join('\n'))
        })
        resolve()
      })
      sent.on('error', reject)
      sent.end(JSON.stringify({ query }))
    })
  for (let opened = 0; opened < count; opened += 50) await Promise.all(Array.from({ length: Math.min(50, count - opened) }, open))

  return {
    lastToSee: (name) => {
      const late = AbortSignal.timeout(maxWaitMs)
      const { done } = waitFor(name)
      late.addEventListener('abort', () => done.reject(new Error(`${waitFor(name).left} of ${count} subscribers saw nothing of ${name}.`)))
      return done.promise
    },
    close: () => agent.destroy(),
  }
}
