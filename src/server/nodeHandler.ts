import { randomUUID } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { sendNodeResponse } from '@whatwg-node/server'
import compression from 'compression'
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
 */
export function createNodeHandler(server: Server, config: Pick<Config, 'compression'>): RequestListener {
  const compress = compression({ filter: isJsonResponse }) as unknown as (
    request: IncomingMessage,
    response: ServerResponse,
    next: () => void,
  ) => void
  const findHeadProblem = createHeadCheck()

  /** Yoga's own listener would answer an error outside of GraphQL with its stack. */
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<Response> {
    const problem = findHeadProblem(request)
    if (problem !== null) return errorResponse(400, problem, { code: 'BAD_USER_INPUT' })
    const context: object = { req: request } satisfies NodeContext
    try {
      return await server.handleNodeRequestAndResponse(request, response, context)
    } catch (error) {
      return withRequestId(randomUUID(), () => {
        const { message, extensions } = server.maskError(error)
        return errorResponse(500, message, { code: extensions.code, requestId: extensions.requestId })
      })
    }
  }

  return async (request, response) => {
    try {
      const result = await answer(request, response)
      if (hasUnreadBody(request)) return await answerEarly(result, request, response)
      const send = () => sendNodeResponse(result, response, request, true)
      if (!config.compression || request.headers['accept-encoding'] === undefined) return await send()
      await new Promise<void>((resolve, reject) => compress(request, response, () => Promise.resolve(send()).then(resolve, reject)))
    } catch (error) {
      server.maskError(error)
      response.destroy()
    }
  }
}

function isJsonResponse(_request: unknown, response: ServerResponse): boolean {
  return /^application\/([\w-]+\+)?json\b/.test(String(response.getHeader('content-type')))
}
