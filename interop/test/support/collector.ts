import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A span as OTLP carries it in JSON. */
export interface ReceivedSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: { key: string; value: { stringValue?: string; intValue?: number | string } }[]
  status: { code?: number }
}

interface Export {
  resourceSpans: { resource: { attributes: ReceivedSpan['attributes'] }; scopeSpans: { spans: ReceivedSpan[] }[] }[]
}

/** A collector of traces: it accepts OTLP over HTTP, and keeps what it got. */
export async function startCollector() {
  const spans: ReceivedSpan[] = []
  const services: string[] = []
  const paths: string[] = []
  const http = createServer(async (request: IncomingMessage, response) => {
    paths.push(`${request.method} ${request.url}`)
    const { resourceSpans } = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Export
    for (const { resource, scopeSpans } of resourceSpans) {
      services.push(resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '')
      spans.push(...scopeSpans.flatMap((scope) => scope.spans))
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    spans,
    services,
    paths,
    close: () => {
      http.closeAllConnections()
      http.close()
    },
  }
}
