import { GraphQLError } from 'graphql'

// The refusals that any field may give. Their codes are the whole vocabulary of `extensions.code`, INTERNAL_SERVER_ERROR aside;
// what is not one of these is our own fault, and masked (src/server/plugins/maskError.ts).

/** Nobody is known to be asking, or the key is not valid. */
export class UnauthenticatedError extends GraphQLError {
  constructor(message: string) {
    super(message, { extensions: { code: 'UNAUTHENTICATED' } })
  }
}

/** The key or its user may not do this. `requiredScope` is the first scope that the key lacks, where it is a scope. */
export class ForbiddenError extends GraphQLError {
  constructor(message: string, requiredScope?: string) {
    super(message, { extensions: { code: 'FORBIDDEN', ...(requiredScope === undefined ? {} : { requiredScope }) } })
  }
}

/** The request, whoever sent it, may not be sent this way. */
export class ForbiddenRequestError extends GraphQLError {
  constructor(message: string) {
    super(message, { extensions: { code: 'FORBIDDEN', http: { status: 403 } } })
  }
}

/** There is no such thing, or the viewer may not see it: nobody can tell which. */
export class NotFoundError extends GraphQLError {
  constructor(what: string) {
    super(`${what} not found.`, { extensions: { code: 'NOT_FOUND' } })
  }
}

/**
 * An argument is wrong; the message says what would be right. `argument` is null where the request itself is at fault, which then has an
 * HTTP status.
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

/** The operation would cost more than the settings allow; nothing of it was done. */
export class OperationTooExpensiveError extends GraphQLError {
  constructor(message: string) {
    super(message, { extensions: { code: 'OPERATION_TOO_EXPENSIVE' } })
  }
}

/** The key has used up its requests. `retryAfter` is in seconds. */
export class RateLimitedError extends GraphQLError {
  constructor(retryAfter: number) {
    super(`Request was throttled. Expected available in ${retryAfter} seconds.`, {
      extensions: { code: 'RATE_LIMITED', retryAfter, http: { status: 429, headers: { 'retry-after': String(retryAfter) } } },
    })
  }
}
