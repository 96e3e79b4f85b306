import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Server } from '../server.ts'

/** The server for Node's HTTP. What cannot be made a URL of is refused here: the server would fail at it before it can mask its failure. */
export function listener(server: Server): RequestListener {
  return (request, response) => {
    const { host = 'localhost' } = request.headers
    if (URL.canParse(request.url ?? '/', `http://${host}`)) void server(request, response)
    else refuse(request, response)
  }
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  const error = { message: 'The address and the Host header of the request must make a URL.', extensions: { code: 'BAD_USER_INPUT' } }
  request.resume()
  response.writeHead(400, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify({ errors: [error] }))
}
