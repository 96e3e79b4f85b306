import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import compression from 'compression'
import type { Config } from '../platform/config.ts'
import type { Server } from './createServer.ts'

/**
 * The server for Node's HTTP. What cannot be made a URL of is refused here: the server would fail at it before it can mask its failure.
 * Answers are compressed here, where it costs least, for those who ask for it; what is sent in parts is not, so that no part waits for the next.
 */
export function createNodeHandler(server: Server, config: Pick<Config, 'compression'>): RequestListener {
  const compress = compression({ filter: isJsonResponse }) as unknown as (
    request: IncomingMessage,
    response: ServerResponse,
    next: () => void,
  ) => void
  // Most requests come to the same host, and ask for a path.
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
  const error = { message: 'The address and the Host header of the request must make a URL.', extensions: { code: 'BAD_USER_INPUT' } }
  request.resume()
  response.writeHead(400, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify({ errors: [error] }))
}
