import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import compression from 'compression'
import type { Config } from '../platform/config.ts'
import type { Server } from './createServer.ts'

/**
 * Creates the request listener for Node's HTTP server. It rejects requests whose host and path are not a URL, because the server would fail
 * before it can mask the error. It compresses JSON for clients that accept that. Responses in parts are not compressed, so that no part
 * is delayed.
 */
export function createNodeHandler(server: Server, config: Pick<Config, 'compression'>): RequestListener {
  const compress = compression({ filter: isJsonResponse }) as unknown as (
    request: IncomingMessage,
    response: ServerResponse,
    next: () => void,
  ) => void
  // Most requests have the same host and a plain path. They need no check.
  let lastHost = 'localhost'
  return (request, response) => {
    const { host = 'localhost' } = request.headers
    const { url = '/' } = request
    if (host !== lastHost || !/^\/(?![/\\])/.test(url)) {
      if (!URL.canParse(url, `http://${host}`)) return rejectRequest(request, response)
      lastHost = host
    }
    const handle = () => void server(request, response)
    if (config.compression && request.headers['accept-encoding'] !== undefined) compress(request, response, handle)
    else handle()
  }
}

function isJsonResponse(_request: unknown, response: ServerResponse): boolean {
  return /^application\/([\w-]+\+)?json\b/.test(String(response.getHeader('content-type')))
}

function rejectRequest(request: IncomingMessage, response: ServerResponse): void {
  const error = { message: 'The path and the Host header of the request must form a URL.', extensions: { code: 'BAD_USER_INPUT' } }
  request.resume()
  response.writeHead(400, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify({ errors: [error] }))
}
