import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { sendNodeResponse } from '@whatwg-node/server'
import compression from 'compression'
import type { Refusal } from '../platform/activity.ts'
import type { Config } from '../platform/config.ts'
import { withRequestId } from '../platform/requestScope.ts'
import type { Server } from './createServer.ts'
import { answerEarly, hasUnreadBody } from './earlyAnswer.ts'
import { errorResponse } from './errorResponse.ts'
import type { NodeContext } from './limits/clientAddress.ts'
import { createHeadCheck } from './requestHead.ts'

/**
 * Creates the request listener for Node's HTTP server. It rejects requests whose host or path is wrong, because the server would fail
 * before it can mask the error. It compresses JSON for clients that accept that. Responses in parts are not compressed, so that no part
 * is delayed.
 *
 * @param onRefusal is told of each request that the server does not see, and of each that it fails to answer
 */
export function createNodeHandler(
  server: Server,
  config: Pick<Config, 'compression'>,
  onRefusal: (refusal: Refusal) => void = () => {},
): RequestListener {
  const compress = compression({ filter: isJsonResponse }) as unknown as (
    request: IncomingMessage,
    response: ServerResponse,
    next: () => void,
  ) => void
  const findHeadProblem = createHeadCheck()

  /** Yoga's own listener would answer an error outside of GraphQL with its stack. */
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<Response> {
    const problem = findHeadProblem(request)
    if (problem !== null) {
      onRefusal({ reason: 'invalid_head', status: 400 })
      return errorResponse(400, problem)
    }
    const context: object = { req: request } satisfies NodeContext
    try {
      return await server.handleNodeRequestAndResponse(request, response, context)
    } catch (error) {
      return withRequestId(randomUUID(), () => {
        onRefusal({ reason: 'internal_error', status: 500 })
        const { message, extensions } = server.maskError(error)
        return errorResponse(500, message, { code: extensions.code, requestId: extensions.requestId })
      })
    }
  }

  return async (request, response) => {
    try {
      const result = await answer(request, response)
      // An answer in parts must know that nobody reads it, or it stays open.
      if (response.closed) return await result.body?.cancel()
      if (hasUnreadBody(request) && !isStream(result)) return await answerEarly(result, request, response)
      const send = () => sendNodeResponse(result, response, request, true)
      if (!config.compression || request.headers['accept-encoding'] === undefined) return await send()
      await new Promise<void>((resolve, reject) => compress(request, response, () => Promise.resolve(send()).then(resolve, reject)))
    } catch (error) {
      server.maskError(error)
      response.destroy()
    }
  }
}

/** Whether the answer comes in parts, and may have no end. */
function isStream({ headers }: Response): boolean {
  return /^(text\/event-stream|multipart\/mixed)\b/.test(headers.get('content-type') ?? '')
}

function isJsonResponse(_request: unknown, response: ServerResponse): boolean {
  return /^application\/([\w-]+\+)?json\b/.test(String(response.getHeader('content-type')))
}
