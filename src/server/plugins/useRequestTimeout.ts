import type { Plugin } from 'graphql-yoga'
import { TimeoutError } from '../../graphql/errors.ts'
import { withCancellation } from '../../platform/cancellation.ts'

/**
 * Limits the time until an answer begins. Later parts of an answer, as of a subscription, have no limit. When the time is up, or the caller
 * leaves, the request is cancelled: it starts no further statement, and its transaction is rolled back.
 *
 * @param onTimeout called for each request that is not answered in time
 */
export function useRequestTimeout(limitMs: number, onTimeout: (error: Error) => void): Plugin {
  return {
    onRequest: ({ requestHandler, setRequestHandler, fetchAPI }) => {
      setRequestHandler((request, serverContext) => {
        const cancelled = new AbortController()
        request.signal.addEventListener('abort', () => cancelled.abort(request.signal.reason), { once: true })
        const { promise, resolve, reject } = Promise.withResolvers<Response>()
        const timer = setTimeout(() => {
          const error = new TimeoutError('REQUEST', `The request took longer than ${limitMs / 1000} seconds, and was cancelled.`)
          cancelled.abort(error)
          onTimeout(error)
          const accepted = request.headers.get('accept')?.includes('application/graphql-response+json')
          const type = accepted ? 'application/graphql-response+json' : 'application/json'
          const headers = { 'content-type': `${type}; charset=utf-8` }
          resolve(new fetchAPI.Response(JSON.stringify({ errors: [error] }), { status: 504, headers }))
        }, limitMs)
        void withCancellation(cancelled.signal, async () => requestHandler(request, serverContext))
          .then(async (response) => {
            // Nobody reads an answer that comes too late.
            if (cancelled.signal.reason instanceof TimeoutError) await response.body?.cancel()
            resolve(response)
          })
          .catch(reject)
          .finally(() => clearTimeout(timer))
        return promise
      })
    },
  }
}
