import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { json } from 'node:stream/consumers'
import type { Answer } from './testServer.ts'

/** Sends a query from an address of this machine, such as 127.0.0.2, with these headers. */
export async function sendFrom(localAddress: string, url: string, query: string, headers: Record<string, string> = {}) {
  const sent = request(url, { method: 'POST', localAddress, agent: false, headers: { 'content-type': 'application/json', ...headers } })
  sent.end(JSON.stringify({ query }))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, answer: (await json(response)) as Answer }
}
