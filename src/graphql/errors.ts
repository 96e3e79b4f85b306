import { GraphQLError } from 'graphql'
import type { DatabaseTimeout } from '../database/faults.ts'

// The errors that any field may throw. All other errors are internal, and masked (src/server/maskError.ts).

/** All values of `extensions.code`. */
export const errorCodes = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'RATE_LIMITED',
  'OPERATION_TOO_EXPENSIVE',
  'ANSWER_TOO_LARGE',
  'SERVICE_UNAVAILABLE',
  'UPSTREAM_UNAVAILABLE',
  'TIMEOUT',
  'INTERNAL_SERVER_ERROR',
  // By this one, automatic persisted queries ask the client for the whole operation. Their plugin throws it.
  'PERSISTED_QUERY_NOT_FOUND',
] as const

type Code = (typeof errorCodes)[number]

/** An error that callers see as it is. */
class CodedError extends GraphQLError {
  constructor(code: Code, message: string, extensions: Record<string, unknown> = {}) {
    super(message, { extensions: { code, ...extensions } })
  }
}

/** The API key is missing or not valid. */
export class UnauthenticatedError extends CodedError {
  constructor(message: string) {
    super('UNAUTHENTICATED', message)
  }
}

/** The key or its user may not do this. If a scope is missing, `requiredScope` is the first missing one. */
export class ForbiddenError extends CodedError {
  constructor(message: string, requiredScope?: string) {
    super('FORBIDDEN', message, requiredScope === undefined ? {} : { requiredScope })
  }
}

/** The request may not be sent this way, whatever its key. */
export class ForbiddenRequestError extends CodedError {
  constructor(message: string) {
    super('FORBIDDEN', message, { http: { status: 403 } })
  }
}

/** The object does not exist, or the viewer may not see it. The error does not tell which. */
export class NotFoundError extends CodedError {
  constructor(what: string) {
    super('NOT_FOUND', `${what} not found.`)
  }
}

/**
 * An argument or the request is wrong. The message says what would be right.
 *
 * @param argument null if the error is about the request itself
 * @param status the HTTP status, for errors about the request itself
 */
export class BadUserInputError extends CodedError {
  constructor(argument: string | null, message: string, status?: number) {
    super('BAD_USER_INPUT', message, {
      ...(argument === null ? {} : { argument }),
      ...(status === undefined ? {} : { http: { status } }),
    })
  }
}

/** The operation would cost more than the configuration allows. It was not executed. */
export class OperationTooExpensiveError extends CodedError {
  constructor(message: string) {
    super('OPERATION_TOO_EXPENSIVE', message)
  }
}

/** The answer would be larger than the configuration allows. It was not built to its end. */
export class AnswerTooLargeError extends CodedError {
  constructor(maxBytes: number) {
    const message = `The answer is larger than ${maxBytes} bytes. Select fewer fields, smaller pages, or fewer operations at once.`
    super('ANSWER_TOO_LARGE', message, { maxBytes })
  }
}

/** What the request needs cannot be reached, is too busy or about to stop. Nothing is wrong with the request. `retryAfter` is in seconds. */
export class ServiceUnavailableError extends CodedError {
  constructor(message: string) {
    super('SERVICE_UNAVAILABLE', message, { retryAfter: 1 })
  }
}

/** PostHog cannot be reached, has a fault, or refuses the key of the project. `retryAfter` is in seconds, if anybody knows. */
export class UpstreamUnavailableError extends CodedError {
  constructor(message: string, retryAfter: number | null) {
    super('UPSTREAM_UNAVAILABLE', message, retryAfter === null ? {} : { retryAfter })
  }
}

/** A limit of time was reached. `timeout` names the limit. */
export class TimeoutError extends CodedError {
  constructor(timeout: 'REQUEST' | DatabaseTimeout, message: string) {
    super('TIMEOUT', message, { timeout })
  }
}

/** The API key has reached its rate limit. `retryAfter` is in seconds. */
export class RateLimitedError extends CodedError {
  constructor(retryAfter: number) {
    const http = { status: 429, headers: { 'retry-after': String(retryAfter) } }
    super('RATE_LIMITED', `Request was throttled. Expected available in ${retryAfter} seconds.`, { retryAfter, http })
  }
}

/** Returns a thrown error as a value, so that one invalid value of a list does not affect the others. */
export function toResult<Result>(compute: () => Result): Result | Error {
  try {
    return compute()
  } catch (error) {
    return error as Error
  }
}
