import { createServer as createNodeServer, type Server as NodeServer, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import type { Server } from './createServer.ts'
import { errorBody, errorHeaders } from './errorResponse.ts'
import { createNodeHandler } from './nodeHandler.ts'

/** Headers are small: a client that needs longer only holds the connection. */
const maxHeadersSeconds = 10
/** How often Node looks for requests that take too long, in milliseconds. Its default of 30 seconds would be added to every limit. */
const checkIntervalMs = 1_000

type HttpConfig = Pick<Config, 'compression' | 'requestTimeoutSeconds' | 'keepAliveSeconds' | 'maxConnections'>

/** Creates Node's HTTP server around the service. It bounds the number of connections, and the time that a request may take to come in. */
export function createHttpServer(server: Server, config: HttpConfig, log: Logger): NodeServer {
  const http = createNodeServer(
    {
      headersTimeout: Math.min(maxHeadersSeconds, config.requestTimeoutSeconds) * 1_000,
      requestTimeout: config.requestTimeoutSeconds * 1_000,
      keepAliveTimeout: config.keepAliveSeconds * 1_000,
      connectionsCheckingInterval: checkIntervalMs,
      // `createNodeHandler` checks the host, and explains what is wrong with it.
      requireHostHeader: false,
    },
    createNodeHandler(server, config),
  )
  http.maxConnections = config.maxConnections
  http.once('drop', () => log.warn('Connections are dropped: MAX_CONNECTIONS are open. This is logged once.'))

  const responses = new WeakMap<Duplex, ServerResponse>()
  http.on('request', ({ socket }, response) => void responses.set(socket, response))
  http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const response = responses.get(socket)
    const isAnswering = response?.headersSent === true && !response.writableFinished
    if (!socket.writable || error.code === 'ECONNRESET' || isAnswering) return void socket.destroy()
    socket.end(rawAnswer(...explain(error.code, config)), () => socket.destroy())
  })
  return http
}

/** Why Node could not read a request. */
function explain(code: string | undefined, { requestTimeoutSeconds }: HttpConfig): [status: number, message: string] {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return [408, `The request took too long. Send its headers in ${maxHeadersSeconds} seconds, and all of it in ${requestTimeoutSeconds}.`]
  }
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'The headers of the request are too long. Send at most 16 KB.']
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return [413, 'The chunk extensions of the request are too long. Leave them out.']
  return [400, 'The request is not valid HTTP/1.1.']
}

function rawAnswer(status: number, message: string): string {
  const body = errorBody(message)
  const headers = { ...errorHeaders, 'content-length': Buffer.byteLength(body), connection: 'close' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n')
}
