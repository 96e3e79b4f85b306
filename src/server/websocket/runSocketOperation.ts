import type { IncomingMessage } from 'node:http'
import type { GraphQLError } from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import type { GraphQLParams } from 'graphql-yoga'
import type { Server } from '../createServer.ts'
import { type OperationResult, readErrors } from '../delivery/publicResult.ts'
import { handedOverType, type SocketContext, type SocketOperation } from '../delivery/useSocketOperations.ts'

/** Results in parts are sent as they come. */
const accept = 'text/event-stream, multipart/mixed, application/json'

/**
 * Runs an operation of a WebSocket as a request of its own.
 *
 * @param signal cancels it, as a client that hangs up does
 * @param refusal why it may not run, or null
 */
export async function runSocketOperation(
  server: Server,
  { request, authorization }: { request: IncomingMessage; authorization: string | null },
  { query, ...params }: SubscribePayload,
  signal: AbortSignal,
  refusal: GraphQLError | null,
): Promise<OperationResult | AsyncIterable<OperationResult>> {
  // Clients that send the hash of an operation leave its text empty.
  const operation: SocketOperation = { params: (query === '' ? params : { ...params, query }) as GraphQLParams, refusal, result: null }
  const headers = { accept, 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) }
  const context: SocketContext = { req: request, socketOperation: operation }
  const response = await server.fetch(new server.fetchAPI.Request('http://localhost/graphql', { method: 'POST', headers, signal }), context)
  if (response.headers.get('content-type') === handedOverType && operation.result !== null) return operation.result
  // It was refused before it ran, or was not answered in time.
  return { errors: readErrors((await response.json()) as object) }
}
