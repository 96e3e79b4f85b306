import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { requestId, withRequestId } from '../../platform/requestId.ts'

const requestIdPattern = /^[A-Za-z0-9_.-]{1,100}$/

/**
 * Names every request: by its `x-request-id` header where a proxy set one, else anew. The answer and every log line carry the name. The last
 * of the plugins, so that what they do with the parts of an answer carries it too.
 */
export function useRequestId(): Plugin {
  return {
    instrumentation: {
      request: ({ request }, answer) => {
        const headerValue = request.headers.get('x-request-id') ?? ''
        return withRequestId(requestIdPattern.test(headerValue) ? headerValue : randomUUID(), answer)
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

/** Parts of an answer that are made when somebody reads on, which is outside of the request. */
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
