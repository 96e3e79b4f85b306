import type { FormattedExecutionResult } from 'graphql'
import { type Client, createClient, type SubscribePayload } from 'graphql-ws'
import { WebSocket } from 'ws'

// biome-ignore lint/suspicious/noExplicitAny: the shape is the operation's own
type SocketEvent = FormattedExecutionResult<any>

/** A real client over WebSockets, with a key unless it is null. */
export function socketClient(url: string, key: string | null, options: Partial<Parameters<typeof createClient>[0]> = {}): Client {
  return createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(key === null ? {} : { connectionParams: { authorization: `Bearer ${key}` } }),
    ...options,
  })
}

/** The only result of an operation. */
export async function askBySocket(client: Client, payload: SubscribePayload): Promise<SocketEvent> {
  for await (const result of client.iterate<SocketEvent['data'], unknown>(payload)) return result as SocketEvent
  throw new Error('The operation ended without a result.')
}
