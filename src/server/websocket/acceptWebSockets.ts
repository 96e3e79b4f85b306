import type { IncomingMessage, Server as NodeServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws'
import { type ServerOptions, WebSocketServer } from 'ws'
import type { Refusal, RefusalReason } from '../../platform/activity.ts'
import type { Config } from '../../platform/config.ts'
import type { Server } from '../createServer.ts'
import { rawAnswer } from '../errorResponse.ts'
import { createHeadCheck } from '../requestHead.ts'
import { createSocketProtocol, type SocketConfig } from './socketProtocol.ts'

export type WebSocketConfig = SocketConfig & Pick<Config, 'corsOrigins'>

export interface WebSockets {
  /** Takes no more WebSockets, and closes each one as soon as its operations have ended. */
  endWebSockets(): Promise<void>
}

/** How long a client may take to answer that a connection ends. */
const closeTimeoutMs = 1_000

export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

/**
 * Accepts WebSockets at `/graphql` that speak `graphql-transport-ws`. The server's limit of connections counts them.
 *
 * @param onRefusal is told of each handshake that is refused
 */
export function acceptWebSockets(
  http: NodeServer,
  server: Server,
  config: WebSocketConfig,
  onRefusal: (refusal: Refusal) => void,
): WebSockets {
  // The types of `ws` lack `closeTimeout`.
  const options: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    maxPayload: config.maxBodyBytes,
    // Messages are small, and compressed ones could become very large.
    perMessageDeflate: false,
    handleProtocols,
    closeTimeout: closeTimeoutMs,
  }
  const sockets = new WebSocketServer(options)
  const protocol = createSocketProtocol(server, config)
  const findHeadProblem = createHeadCheck()
  let ending = false

  function refuse(connection: Duplex, reason: RefusalReason, status: number, message: string): void {
    onRefusal({ reason, status })
    connection.end(rawAnswer(status, message, { 'sec-websocket-version': '13' }), () => connection.destroy())
  }

  function findProblem(request: IncomingMessage): [status: number, message: string] | null {
    if (ending) return [503, 'The server stops. Try again: another one may answer.']
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== '/graphql') {
      return [404, 'There is nothing at this path. GraphQL answers at /graphql.']
    }
    if (handleProtocols(request.headers['sec-websocket-protocol'] ?? '') === false) {
      return [400, `Only the WebSocket subprotocol ${GRAPHQL_TRANSPORT_WS_PROTOCOL} is supported. Use the package graphql-ws.`]
    }
    if (!isAllowedOrigin(request, config.corsOrigins))
      return [403, 'Pages of this origin may not connect. CORS_ORIGINS lists those that may.']
    return null
  }

  // What the library itself refuses: a missing key, another version.
  sockets.on('wsClientError', ({ message }, connection) => refuse(connection, 'invalid_handshake', 400, `${message}.`))
  http.on('upgrade', (request, connection, head) => {
    connection.on('error', () => connection.destroy())
    const headProblem = findHeadProblem(request)
    if (headProblem !== null) return refuse(connection, 'invalid_head', 400, headProblem)
    const problem = findProblem(request)
    if (problem !== null) return refuse(connection, 'invalid_handshake', ...problem)
    sockets.handleUpgrade(request, connection, head, (socket) => protocol.serve(socket, request))
  })
  return {
    endWebSockets: async () => {
      ending = true
      await protocol.end()
      await new Promise((resolve) => sockets.close(resolve))
    },
  }
}

/** CORS does not hold for WebSockets, so the same rule is applied here. Programs that are no browser send no origin. */
function isAllowedOrigin({ headers: { origin, host } }: IncomingMessage, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true
  return URL.parse(origin)?.host === host?.toLowerCase()
}
