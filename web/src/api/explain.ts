import type { CombinedError } from '@urql/core'

/** An error in words: what happened, and what to do. */
export interface Explanation {
  title: string
  advice: string
  /** Seconds until it makes sense to try again; null if trying again does not help. */
  retryAfter: number | null
}

/** One of the errors of an answer, as far as the page looks at it. */
export interface ApiError {
  message: string
  extensions?: Record<string, unknown> | undefined
}

/** How long to wait after each failure in a row, in seconds. */
const waits = [1, 2, 5, 10, 30]

/** @param failures how many tries failed in a row */
export function explain({ message, extensions = {} }: ApiError, failures = 1): Explanation {
  const told = typeof extensions.retryAfter === 'number' ? extensions.retryAfter : null
  const wait = told ?? waits[Math.min(failures, waits.length) - 1] ?? 30
  const final = { retryAfter: null }
  switch (extensions.code) {
    case 'UNAUTHENTICATED':
      return { title: 'This key is not valid', advice: 'It may have been revoked. Sign out, and enter another one.', ...final }
    case 'FORBIDDEN': {
      const scope = extensions.requiredScope
      if (typeof scope !== 'string') return { title: 'Your key may not see this', advice: message, ...final }
      return { title: `Your key lacks the scope ${scope}`, advice: `To see this, use a key that has ${scope}.`, ...final }
    }
    case 'NOT_FOUND':
      return { title: message, advice: 'It may have been deleted, or it belongs to a project that your key cannot see.', ...final }
    case 'RATE_LIMITED':
      return { title: 'Too many requests', advice: message, retryAfter: wait }
    case 'SERVICE_UNAVAILABLE':
      return { title: 'The service is not available right now', advice: 'Its database cannot be reached, or it is busy.', retryAfter: wait }
    case 'TIMEOUT':
      return { title: 'The answer took too long', advice: message, retryAfter: wait }
    case 'UPSTREAM_UNAVAILABLE':
      return { title: 'PostHog does not answer', advice: message, retryAfter: wait }
    case 'INTERNAL_SERVER_ERROR':
      return { title: 'The service failed', advice: `Tell an operator the request id: ${extensions.requestId ?? 'unknown'}.`, ...final }
    case undefined:
      return { title: 'The service cannot be reached', advice: 'Check that it runs, and that you are connected.', retryAfter: wait }
    default:
      return { title: 'The request was refused', advice: message, ...final }
  }
}

/** The errors of an answer. If nothing came back at all, an error without a code. */
export function errorsOf(error: CombinedError | undefined): ApiError[] {
  if (error === undefined) return []
  return error.graphQLErrors.length > 0 ? error.graphQLErrors : [{ message: error.message }]
}

/** Explanations of all errors of an answer, each of them once. */
export function explainAll(error: CombinedError | undefined, failures = 1): Explanation[] {
  const explanations = errorsOf(error).map((one) => explain(one, failures))
  return explanations.filter(({ title }, index) => explanations.findIndex((other) => other.title === title) === index)
}
