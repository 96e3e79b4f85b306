import type { Plugin } from 'graphql-yoga'
import { BadUserInputError, TimeoutError } from '../../graphql/errors.ts'
import { type Cancellable, withCancellation } from '../../platform/cancellation.ts'
import type { NodeContext } from '../limits/clientAddress.ts'

/** What the caller of a change of a linked project must know. */
const finished = ' A change that was sent to PostHog is finished there. Look before you try again.'

/**
 * Limits the time until an answer begins. Later parts of an answer, as of a subscription, have no limit. When the time is up, or the caller
 * leaves, the request is cancelled: it starts no further statement, and its transaction is rolled back. Only a change that was sent to PostHog
 * is finished. A request that has not come in by then
 * is the fault of its caller.
 *
 * @param onTimeout called for each request that is not answered in time
 */
export function useRequestTimeout(limitMs: number, onTimeout: (error: Error) => void): Plugin {
  return {
    onRequest: ({ requestHandler, setRequestHandler, fetchAPI }) => {
      const refuse = (error: Error, status: number, accept: string | null): Response => {
        const type = accept?.includes('application/graphql-response+json') ? 'application/graphql-response+json' : 'application/json'
        const headers = { 'content-type': `${type}; charset=utf-8` }
        return new fetchAPI.Response(JSON.stringify({ errors: [error] }), { status, headers })
      }
      setRequestHandler((request, serverContext) => {
        const cancelled = new AbortController()
        const work: Cancellable = { signal: cancelled.signal, endsAt: performance.now() + limitMs, goesOn: false }
        request.signal.addEventListener('abort', () => cancelled.abort(request.signal.reason), { once: true })
        // One promise for all of it, because every request comes through here.
        return new Promise<Response>((resolve, reject) => {
          let isLate = false
          const timer = setTimeout(() => {
            isLate = true
            const { req } = serverContext as NodeContext
            const isCallerLate = req?.complete === false
            const error = isCallerLate
              ? new BadUserInputError(null, `The request did not come in within ${limitMs / 1000} seconds.`)
              : new TimeoutError(
                  'REQUEST',
                  `The request took longer than ${limitMs / 1000} seconds, and was cancelled.${work.goesOn ? finished : ''}`,
                )
            cancelled.abort(error)
            if (!isCallerLate) onTimeout(error)
            resolve(refuse(error, isCallerLate ? 408 : 504, request.headers.get('accept')))
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
            Promise.resolve(withCancellation(work, () => requestHandler(request, serverContext))).then(answer, fail)
          } catch (error) {
            fail(error)
          }
        })
      })
    },
  }
}
