import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listenError } from '../../platform/operatorError.ts'
import type { Metrics } from './metrics.ts'

export interface MetricsEndpoint {
  url: string
  close(): Promise<void>
}

/**
 * Serves metrics on a port of their own, so that the port of the service does not show them.
 *
 * @throws OperatorError if the port cannot be used.
 */
export async function openMetricsEndpoint(metrics: Metrics, host: string, port: number): Promise<MetricsEndpoint> {
  const http = createServer((request, response) => {
    const isScrape = request.method === 'GET' && request.url?.split('?')[0] === '/metrics'
    if (isScrape) void answer(metrics, response)
    else response.writeHead(404).end()
  })
  http.listen(port, host)
  await once(http, 'listening').catch((error: unknown) => {
    throw listenError('METRICS_HOST or METRICS_PORT', error)
  })
  const { address, port: opened } = http.address() as AddressInfo
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${opened}/metrics`,
    close: async () => {
      http.close()
      http.closeAllConnections()
    },
  }
}

async function answer(metrics: Metrics, response: ServerResponse): Promise<void> {
  try {
    const text = await metrics.text()
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text)
  } catch {
    // The gauges handle errors of what they read, so this is a bug.
    response.writeHead(500).end()
  }
}
