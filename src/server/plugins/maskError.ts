import { GraphQLError } from 'graphql'
import type { Logger } from '../../platform/logger.ts'
import { requestId } from '../../platform/requestScope.ts'

/**
 * Hides internal errors from callers. Errors with a code of ours and GraphQL's errors about the request pass unchanged. Any other error is
 * logged in full, and replaced by an INTERNAL_SERVER_ERROR with the request id.
 */
export function createErrorMasker(log: Logger): (error: unknown) => GraphQLError {
  return (error) => {
    if (error instanceof GraphQLError && isExposedError(error)) return error
    const original = error instanceof GraphQLError ? (error.originalError ?? error) : error
    const path = error instanceof GraphQLError ? (error.path ?? null) : null
    if (isClientDisconnect(original)) log.debug({ err: original }, 'Request aborted: the caller closed the connection.')
    else log.error({ err: original, path }, 'Request failed: the caller gets INTERNAL_SERVER_ERROR.')
    const { nodes = null } = error instanceof GraphQLError ? error : {}
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
