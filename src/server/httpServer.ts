import { createServer as createNodeServer, type Server as NodeServer, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { BadUserInputError } from '../graphql/errors.ts'
import type { Observer, Refusal } from '../platform/activity.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import type { Server } from './createServer.ts'
import { errorBody, errorHeaders, rawAnswer } from './errorResponse.ts'
import { limitConnections } from './limits/connectionLimit.ts'
import { createNodeHandler } from './nodeHandler.ts'
import { acceptWebSockets, asksForWebSocket, type WebSocketConfig, type WebSockets } from './websocket/acceptWebSockets.ts'

/** Headers are small: a client that needs longer only holds the connection. */
const maxHeadersSeconds = 10
/** How often Node looks for requests that take too long, in milliseconds. Its default of 30 seconds would be added to every limit. */
const checkIntervalMs = 1_000

type HttpConfig = WebSocketConfig & Pick<Config, 'compression' | 'maxConnections' | 'maxConnectionsPerAddress' | 'trustedProxies'>

/** Node's HTTP server, and the WebSockets that began on it. */
export type HttpServer = NodeServer & WebSockets

/**
 * Creates Node's HTTP server around the service. It bounds the number of connections, of all clients and of each, and the time that a request
 * may take to come in.
 */
export function createHttpServer(server: Server, config: HttpConfig, log: Logger, observer?: Observer): HttpServer {
  const onRefusal = (refusal: Refusal) => observer?.onRefusal?.(refusal)
  const http = createNodeServer(
    {
      headersTimeout: Math.min(maxHeadersSeconds, config.receiveTimeoutSeconds) * 1_000,
      requestTimeout: config.receiveTimeoutSeconds * 1_000,
      keepAliveTimeout: config.keepAliveSeconds * 1_000,
      connectionsCheckingInterval: checkIntervalMs,
      // `createNodeHandler` checks the host, and explains what is wrong with it.
      requireHostHeader: false,
      // Other upgrades, for example to HTTP/2, are answered over HTTP/1.1.
      shouldUpgradeCallback: asksForWebSocket,
    },
    createNodeHandler(server, config, onRefusal),
  )
  http.maxConnections = config.maxConnections
  http.once('drop', () => log.warn('Connections are dropped: MAX_CONNECTIONS are open. This is logged once.'))
  http.on('drop', () => {
    onRefusal({ reason: 'too_many_connections', status: null })
    // Clients that wait with an open connection give way to those that ask.
    http.closeIdleConnections()
  })
  let isLogged = false
  limitConnections(http, config, (address) => {
    onRefusal({ reason: 'too_many_connections_of_address', status: 429 })
    if (!isLogged)
      log.warn({ address }, 'An address has MAX_CONNECTIONS_PER_ADDRESS open. Is it your proxy? Set TRUSTED_PROXIES. This is logged once.')
    isLogged = true
  })

  const responses = new WeakMap<Duplex, ServerResponse>()
  http.on('request', ({ socket }, response) => void responses.set(socket, response))
  http.on('connect', (_request, socket) => {
    onRefusal({ reason: 'connect', status: 405 })
    socket.end(rawAnswer(405, 'This service is no proxy. Send GET or POST to /graphql.'))
  })
  http.on('checkExpectation', (_request, response) => {
    onRefusal({ reason: 'unknown_expectation', status: 417 })
    const body = errorBody('The header `expect` can only be `100-continue`. Leave it out.')
    response.writeHead(417, { ...errorHeaders, connection: 'close' }).end(body)
  })
  http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const response = responses.get(socket)
    const isUnderWay = response?.writableFinished === false
    const { reason, status, message } = explain(error.code, config)
    const canAnswer = socket.writable && reason !== 'reset' && !(isUnderWay && response.headersSent)
    // A request that is under way has a line of its own.
    if (!isUnderWay) onRefusal({ reason, status: canAnswer ? status : null })
    if (!canAnswer) return void socket.destroy()
    socket.end(rawAnswer(status, message), () => {
      // Whoever reads the body hears what was answered, so that the request is recorded with it.
      if (isUnderWay) response.req.destroy(new BadUserInputError(null, message, status))
      socket.destroy()
    })
  })
  return Object.assign(http, acceptWebSockets(http, server, config, onRefusal))
}

/** Why Node could not read a request. */
function explain(code: string | undefined, { receiveTimeoutSeconds }: HttpConfig): Refusal & { status: number; message: string } {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT': {
      const limits = `Send its headers in ${maxHeadersSeconds} seconds, and all of it in ${receiveTimeoutSeconds}.`
      return { reason: 'too_slow', status: 408, message: `The request took too long. ${limits}` }
    }
    case 'HPE_HEADER_OVERFLOW':
      return { reason: 'headers_too_long', status: 431, message: 'The headers of the request are too long. Send at most 16 KB.' }
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { reason: 'invalid_http', status: 413, message: 'The chunk extensions of the request are too long. Leave them out.' }
    default: {
      const reason = code === 'ECONNRESET' ? 'reset' : 'invalid_http'
      return { reason, status: 400, message: 'The request is not valid HTTP/1.1.' }
    }
  }
}
