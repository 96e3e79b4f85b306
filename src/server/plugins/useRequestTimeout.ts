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
      const refuse = (error: TimeoutError, accept: string | null): Response => {
        const type = accept?.includes('application/graphql-response+json') ? 'application/graphql-response+json' : 'application/json'
        const headers = { 'content-type': `${type}; charset=utf-8` }
        return new fetchAPI.Response(JSON.stringify({ errors: [error] }), { status: 504, headers })
      }
      setRequestHandler((request, serverContext) => {
        const cancelled = new AbortController()
        request.signal.addEventListener('abort', () => cancelled.abort(request.signal.reason), { once: true })
        // One promise for all of it, because every request comes through here.
        return new Promise<Response>((resolve, reject) => {
          let isLate = false
          const timer = setTimeout(() => {
            isLate = true
            const error = new TimeoutError('REQUEST', `The request took longer than ${limitMs / 1000} seconds, and was cancelled.`)
            cancelled.abort(error)
            onTimeout(error)
            resolve(refuse(error, request.headers.get('accept')))
          }, limitMs)
          const answer = (response: Response) => {
            clearTimeout(timer)
            // Nobody reads an answer that comes too late.
            if (isLate) response.body?.cancel().catch(() => {})
            else resolve(response)
          }
          const fail = (error: unknown) => {
            clearTimeout(timer)
            reject(error)
          }
          try {
            Promise.resolve(withCancellation(cancelled.signal, () => requestHandler(request, serverContext))).then(answer, fail)
          } catch (error) {
            fail(error)
          }
        })
      })
    },
  }
}
