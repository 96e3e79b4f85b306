import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { parseTraceParent, RequestActivity } from '../../platform/activity.ts'
import { inScope, type RequestScope, requestId, unobservedScope } from '../../platform/requestScope.ts'

const requestIdPattern = /^[A-Za-z0-9_.-]{1,100}$/

/**
 * Gives every request an id: the `x-request-id` header if a proxy set a valid one, else the trace id of a valid `traceparent` header, or a new
 * id. The response and every log line have it. This plugin is the last, so that the others also have the id when they process the later
 * parts of a result.
 *
 * @param observed whether what the request does is recorded
 */
export function useRequestId(observed: boolean): Plugin {
  return {
    instrumentation: { request: ({ request }, handle) => inScope(createScope(request, observed), handle) },
    onResultProcess: ({ result, setResult }) => {
      if (isAsyncIterable(result)) setResult(bindToRequest(result))
    },
    onResponse: ({ response }) => {
      const id = requestId()
      if (id !== undefined) response.headers.set('x-request-id', id)
    },
  }
}

function createScope({ headers, method, url }: Request, observed: boolean): RequestScope {
  const headerValue = headers.get('x-request-id') ?? ''
  const ownId = requestIdPattern.test(headerValue) ? headerValue : null
  const traceParent = observed || ownId === null ? parseTraceParent(headers.get('traceparent')) : null
  const id = ownId ?? traceParent?.traceId ?? randomUUID()
  if (!observed) return unobservedScope(id)
  const request = new RequestActivity(id, method, new URL(url).pathname, traceParent)
  return { id, request, operation: null, tallies: [request.statements] }
}

/** Binds the later parts of a result to the request, because they are computed after its handler has returned. */
function bindToRequest<Part>(parts: AsyncIterable<Part>): AsyncIterable<Part> {
  const inRequest = AsyncLocalStorage.snapshot()
  const iterator = parts[Symbol.asyncIterator]()
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => inRequest(() => iterator.next()),
      return: () => inRequest(async () => (await iterator.return?.()) ?? { done: true as const, value: undefined }),
    }),
  }
}
