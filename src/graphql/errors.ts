import { GraphQLError } from 'graphql'
import type { DatabaseTimeout } from '../database/faults.ts'

// The errors that any field may throw. All values of `extensions.code` are here, except INTERNAL_SERVER_ERROR and PERSISTED_QUERY_NOT_FOUND.
// All other errors are internal, and masked (src/server/maskError.ts).

/** The API key is missing or not valid. */
export class UnauthenticatedError extends GraphQLError {
  constructor(message: string) {
    super(message, { extensions: { code: 'UNAUTHENTICATED' } })
  }
}

/** The key or its user may not do this. If a scope is missing, `requiredScope` is the first missing one. */
export class ForbiddenError extends GraphQLError {
  constructor(message: string, requiredScope?: string) {
    super(message, { extensions: { code: 'FORBIDDEN', ...(requiredScope === undefined ? {} : { requiredScope }) } })
  }
}

/** The request may not be sent this way, whatever its key. */
export class ForbiddenRequestError extends GraphQLError {
  constructor(message: string) {
    super(message, { extensions: { code: 'FORBIDDEN', http: { status: 403 } } })
  }
}

/** The object does not exist, or the viewer may not see it. The error does not tell which. */
export class NotFoundError extends GraphQLError {
  constructor(what: string) {
    super(`${what} not found.`, { extensions: { code: 'NOT_FOUND' } })
  }
}

/**
 * An argument or the request is wrong. The message says what would be right.
 *
 * @param argument null if the error is about the request itself
 * @param status the HTTP status, for errors about the request itself
 */
export class BadUserInputError extends GraphQLError {
  constructor(argument: string | null, message: string, status?: number) {
    super(message, {
      extensions: {
        code: 'BAD_USER_INPUT',
        ...(argument === null ? {} : { argument }),
        ...(status === undefined ? {} : { http: { status } }),
      },
    })
  }
}

/** The operation would cost more than the configuration allows. It was not executed. */
export class OperationTooExpensiveError extends GraphQLError {
  constructor(message: string) {
    super(message, { extensions: { code: 'OPERATION_TOO_EXPENSIVE' } })
  }
}

/** The answer would be larger than the configuration allows. It was not built to its end. */
export class AnswerTooLargeError extends GraphQLError {
  constructor(maxBytes: number) {
    super(`The answer is larger than ${maxBytes} bytes. Select fewer fields, smaller pages, or fewer operations at once.`, {
      extensions: { code: 'ANSWER_TOO_LARGE', maxBytes },
    })
  }
}

/** What the request needs cannot be reached, is too busy or about to stop. Nothing is wrong with the request. `retryAfter` is in seconds. */
export class ServiceUnavailableError extends GraphQLError {
  constructor(message: string) {
    super(message, { extensions: { code: 'SERVICE_UNAVAILABLE', retryAfter: 1 } })
  }
}

/** A limit of time was reached. `timeout` names the limit. */
export class TimeoutError extends GraphQLError {
  constructor(timeout: 'REQUEST' | DatabaseTimeout, message: string) {
    super(message, { extensions: { code: 'TIMEOUT', timeout } })
  }
}

/** The API key has reached its rate limit. `retryAfter` is in seconds. */
export class RateLimitedError extends GraphQLError {
  constructor(retryAfter: number) {
    super(`Request was throttled. Expected available in ${retryAfter} seconds.`, {
      extensions: { code: 'RATE_LIMITED', retryAfter, http: { status: 429, headers: { 'retry-after': String(retryAfter) } } },
    })
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
