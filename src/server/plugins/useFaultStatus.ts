import type { ExecutionResult } from 'graphql'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'

/** The HTTP status of a result that has nothing but faults. Its code says that the operation can be tried again. */
const statuses = new Map<unknown, number>([
  ['SERVICE_UNAVAILABLE', 503],
  ['UPSTREAM_UNAVAILABLE', 503],
  ['TIMEOUT', 504],
])

/**
 * Sets the HTTP status of an operation that could not be answered at all, because of faults: proxies and clients then try again. A partial
 * answer keeps the status 200, as GraphQL over HTTP demands.
 */
export function useFaultStatus(): Plugin {
  return {
    onResultProcess: ({ request, result, setResult }) => {
      // Clients of event streams read errors as events only from a stream that has opened.
      const wantsEvents = /^\s*text\/event-stream\b/.test(request.headers.get('accept') ?? '')
      if (Array.isArray(result) || isAsyncIterable(result) || wantsEvents) return
      const http = faultResponse(result)
      if (http !== null) setResult({ ...result, extensions: { ...result.extensions, http } })
    },
  }
}

function faultResponse({ data, errors = [] }: Pick<ExecutionResult, 'data' | 'errors'>) {
  if (errors.length === 0 || Object.values(data ?? {}).some((value) => value !== null)) return null
  const faults = errors.map(({ extensions }) => ({ status: statuses.get(extensions.code), retryAfter: extensions.retryAfter }))
  if (faults.some(({ status }) => status === undefined)) return null
  const { status, retryAfter } = faults.find(({ status }) => status === 503) ?? faults[0] ?? {}
  return { status, headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) } }
}
