import { GraphQLError } from 'graphql'
import { EventsTooLargeError } from '../database/events/eventStoreErrors.ts'
import type { DatabaseTimeout, Fault } from '../database/faults.ts'
import {
  BadUserInputError,
  OperationTooExpensiveError,
  ServiceUnavailableError,
  TimeoutError,
  UpstreamUnavailableError,
} from '../graphql/errors.ts'
import type { Logger } from '../platform/logger.ts'
import { requestId } from '../platform/requestScope.ts'
import { UpstreamError } from '../platform/upstreamError.ts'
import type { FaultLog } from './faultLog.ts'

/** No answer is sent to a caller who left. Proxies log this status for it. */
const leftStatus = 499

/**
 * Hides internal errors from callers. Errors with a code of ours and GraphQL's errors about the request pass unchanged. A fault becomes
 * SERVICE_UNAVAILABLE or TIMEOUT. Any other error is logged in full, and replaced by an INTERNAL_SERVER_ERROR with the request id.
 */
export function createErrorMasker(log: Logger, faults: FaultLog): (error: unknown) => GraphQLError {
  return (error) => {
    if (error instanceof GraphQLError && isExposedError(error)) return error
    const original = error instanceof GraphQLError ? (error.originalError ?? error) : error
    const path = error instanceof GraphQLError ? (error.path ?? null) : null
    const { nodes = null } = error instanceof GraphQLError ? error : {}
    const fault = faults.logIfFault(original)
    if (fault !== null) {
      const { message, extensions } = toFaultError(fault)
      return new GraphQLError(message, { nodes, path, extensions: { ...extensions, requestId: requestId() } })
    }
    if (original instanceof EventsTooLargeError) {
      log.warn({ err: original, path }, 'A query of events is too large: the caller gets OPERATION_TOO_EXPENSIVE.')
      const { message, extensions } = new OperationTooExpensiveError(tooManyEvents)
      return new GraphQLError(message, { nodes, path, extensions })
    }
    if (original instanceof UpstreamError) {
      const { kind, status, retryAfter, outcomeUnknown, isQuery } = original
      log.warn(
        { kind, status, outcomeUnknown, path, reason: original.message },
        `PostHog did not answer a ${isQuery ? 'query of events' : 'write'}: the caller gets UPSTREAM_UNAVAILABLE.`,
      )
      const { message, extensions } = toUpstreamFault(original, retryAfter)
      return new GraphQLError(message, { nodes, path, extensions: { ...extensions, requestId: requestId() } })
    }
    if (isClientDisconnect(original)) {
      // Nobody reads this error. It tells the access log that the fault is not ours.
      return new BadUserInputError(null, 'The caller closed the connection before the request was complete.', leftStatus)
    }
    log.error({ err: original, path }, 'Request failed: the caller gets INTERNAL_SERVER_ERROR.')
    return new GraphQLError('Something went wrong on our side. Tell us the request id.', {
      nodes,
      path,
      extensions: {
        code: 'INTERNAL_SERVER_ERROR',
        requestId: requestId(),
        // Without a path, the whole request failed, so that proxies and probes need the status.
        ...(path == null ? { http: { status: 500 } } : {}),
      },
    })
  }
}

const tooManyEvents =
  'The events that this needs take more memory, or have more different values, than one query may use. Ask for fewer names or days.'

const timeoutMessages: Record<DatabaseTimeout, string> = {
  STATEMENT: 'A statement of the database took too long, and was cancelled. Nothing was written. Try again, or ask for less.',
  LOCK: 'Another write holds what this one needs, and did not end in time. Nothing was written. Try again.',
  TRANSACTION: 'The transaction took too long, and was rolled back. Nothing was written. Try again.',
}

function toFaultError(fault: Fault): GraphQLError {
  if (fault.kind === 'timeout') return new TimeoutError(fault.timeout, timeoutMessages[fault.timeout])
  return new ServiceUnavailableError(
    fault.kind === 'conflict'
      ? 'Concurrent writes got in the way of this one. Nothing was written. Try again.'
      : 'The service cannot reach what it needs right now. Try again. After a mutation, look first whether it was carried out.',
  )
}

/** Callers are not told the addresses of a private network, nor texts that PostHog wrote for others. */
function toUpstreamFault({ kind, status, outcomeUnknown, isQuery, missingScope }: UpstreamError, retryAfter: number | null): GraphQLError {
  const reasons: Partial<Record<typeof kind, string>> = {
    throttled: 'PostHog takes no more requests with this key for now.',
    payment_required: 'The plan of the organization in PostHog does not have what this needs.',
    unauthenticated: 'PostHog refuses the key of the project. An admin must store another one.',
    forbidden: `The key of the project lacks ${missingScope === null ? 'a permission' : `the scope ${missingScope}`} in PostHog. An admin must store another one.`,
    malformed: 'PostHog answers in a form that this service does not know.',
    host_refused: 'The host of PostHog may not be used. An operator must allow it.',
  }
  const reason = reasons[kind] ?? (status === null ? 'PostHog cannot be reached.' : `PostHog has a fault (${status}).`)
  const outcome = outcomeUnknown
    ? 'It is not known whether the change was made. Look before you try again: it is cleared up by reading, never by a second write.'
    : isQuery
      ? 'The events of the project are there.'
      : 'Nothing was written.'
  return new UpstreamUnavailableError(
    `${reason} ${outcome}`,
    ['unavailable', 'throttled', 'malformed'].includes(kind) ? (retryAfter ?? 5) : retryAfter,
  )
}

/** Whether the caller closed the connection before the request was complete. */
function isClientDisconnect(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === 'ECONNRESET'))
}

/** Whether callers may see the error: it is a GraphQLError of ours, or GraphQL's own about the operation. */
function isExposedError(error: GraphQLError): boolean {
  const { originalError } = error
  if (originalError instanceof GraphQLError) return isExposedError(originalError) && !isInvalidResult(error, originalError)
  return originalError === undefined || originalError === null
}

/**
 * Whether GraphQL rejected the result of a resolver, for example a number that is not an Int. Such an error has no nodes of its own, only
 * the wrapping error of the field has. Errors about the caller's input have nodes.
 */
function isInvalidResult(error: GraphQLError, original: GraphQLError): boolean {
  return error.path !== undefined && original.nodes === undefined && original.extensions.code === undefined
}
