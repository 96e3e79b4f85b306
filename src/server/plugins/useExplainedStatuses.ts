import type { Plugin } from 'graphql-yoga'
import { errorResponse } from '../errorResponse.ts'

/** What Yoga answers without a word. */
const explanations: Readonly<Record<number, string>> = {
  404: 'There is nothing at this path. GraphQL answers at /graphql.',
  406: 'No answer fits the header `accept`. Send `application/graphql-response+json`, `application/json` or `*/*`. A subscription needs `text/event-stream` or `multipart/mixed;subscriptionSpec=1.0`.',
}

/**
 * Explains the answers that Yoga leaves empty. Forbids browsers to guess the type of any answer, and caches to keep one that does not allow it:
 * what a key may see is not for others.
 */
export function useExplainedStatuses(): Plugin {
  return {
    onResponse: ({ response, setResponse }) => {
      if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'private, no-store')
      const explanation = explanations[response.status]
      if (explanation === undefined || response.headers.has('content-type')) {
        response.headers.set('x-content-type-options', 'nosniff')
        return
      }
      const explained = errorResponse(response.status, explanation)
      for (const [name, value] of response.headers) {
        // Yoga lists every type that it has, once for each type of the request.
        if (name !== 'accept' && name !== 'content-length') explained.headers.set(name, value)
      }
      setResponse(explained)
    },
  }
}
