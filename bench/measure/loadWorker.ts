import { Client } from 'undici'
import type { Load, Loaded } from './load.ts'

// A separate process, so that sending does not count as CPU of the measured servers. Each connection sends its next request after the last
// response. The round ends when all requests are answered, so that no work is counted without its response.

async function run({ urls, bodies, headers, connections, milliseconds, atLeast = 0 }: Load): Promise<Loaded> {
  const { pathname } = new URL(urls[0] ?? '')
  const origin = (connection: number) => new URL(urls[connection % urls.length] ?? '').origin
  const clients = Array.from(
    { length: connections },
    (_, connection) => new Client(origin(connection), { pipelining: 1, bodyTimeout: 120_000, headersTimeout: 120_000 }),
  )
  const latencies: number[] = []
  let failure: string | null = null
  let turn = 0
  const began = performance.now()
  const goesOn = () => {
    const passed = performance.now() - began
    return passed < milliseconds || (latencies.length < atLeast && passed < 3 * milliseconds)
  }
  await Promise.all(
    clients.map(async (client) => {
      while (failure === null && goesOn()) {
        const sent = performance.now()
        const body = bodies[turn++ % bodies.length] ?? ''
        const response = await client.request({ method: 'POST', path: pathname, headers, body })
        const text = await response.body.text()
        latencies.push(performance.now() - sent)
        if (response.statusCode !== 200 || text.includes('"errors":[')) failure = `${response.statusCode} ${text.slice(0, 1_000)}`
      }
    }),
  )
  const seconds = (performance.now() - began) / 1_000
  await Promise.all(clients.map((client) => client.close()))
  latencies.sort((a, b) => a - b)
  const percentile = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  return { failure, requests: latencies.length, seconds, p50: percentile(0.5), p99: percentile(0.99) }
}

process.on('message', (load) => {
  run(load as Load).then(
    (loaded) => process.send?.(loaded),
    (error: unknown) => process.send?.({ failure: String(error), requests: 0, seconds: 0, p50: 0, p99: 0 } satisfies Loaded),
  )
})
process.on('disconnect', () => process.exit())
