import type { IncomingMessage, ServerResponse } from 'node:http'

/** How much of a body is discarded after its answer, and for how long. */
const maxDiscardedBytes = 32_000_000
const maxDiscardMs = 5_000

/** Whether a part of the body has not been read. */
export function hasUnreadBody({ complete, headers }: IncomingMessage): boolean {
  return !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0)
}

/**
 * Answers before the body of the request has come. Many clients read only once they have sent everything, and a connection that is closed
 * with unread bytes loses the answer. So the rest of the body is discarded, within bounds, before the connection is closed.
 */
export async function answerEarly(answer: Response, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer())
  response.setHeaders(answer.headers)
  response.setHeader('connection', 'close')
  if (body.length > 0) response.setHeader('content-length', body.length)
  response.writeHead(answer.status).flushHeaders()
  if (body.length > 0) response.write(body)
  await discard(request)
  response.end()
}

/** Discards the rest of a body, up to the bounds. */
function discard(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0
    const timer = setTimeout(resolve, maxDiscardMs)
    // Not `resume`, which does nothing once another reader has waited for the event `readable`.
    const read = () => {
      for (let chunk = request.read(); chunk !== null; chunk = request.read()) bytes += chunk.length
      if (bytes > maxDiscardedBytes) finish()
    }
    const finish = () => {
      clearTimeout(timer)
      request.off('readable', read)
      resolve()
    }
    request.on('error', finish).on('close', finish).on('end', finish).on('readable', read)
    read()
  })
}
