import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { requestId, withRequestId } from '../../platform/requestId.ts'

const requestIdPattern = /^[A-Za-z0-9_.-]{1,100}$/

/**
 * Gives every request an id: the `x-request-id` header if a proxy set a valid one, or a new id. The response and every log line have it. This
 * plugin is the last, so that the others also have the id when they process the later parts of a result.
 */
export function useRequestId(): Plugin {
  return {
    instrumentation: {
      request: ({ request }, handle) => {
        const headerValue = request.headers.get('x-request-id') ?? ''
        return withRequestId(requestIdPattern.test(headerValue) ? headerValue : randomUUID(), handle)
      },
    },
    onResultProcess: ({ result, setResult }) => {
      if (isAsyncIterable(result)) setResult(bindToRequest(result))
    },
    onResponse: ({ response }) => {
      const id = requestId()
      if (id !== undefined) response.headers.set('x-request-id', id)
    },
  }
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
