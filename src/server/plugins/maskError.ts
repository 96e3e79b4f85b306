import { GraphQLError } from 'graphql'
import type { Logger } from '../../platform/logger.ts'
import { requestId } from '../../platform/requestId.ts'

/**
 * Turns what a resolver threw into what the caller may read: refusals and GraphQL's own complaints pass; anything else is our bug or
 * our database's, logged whole and answered by the id that the log carries too.
 */
export function createErrorMasker(log: Logger): (error: unknown) => Error {
  return (error) => {
    if (error instanceof GraphQLError && isExposedError(error)) return error
    const original = error instanceof GraphQLError ? (error.originalError ?? error) : error
    const path = error instanceof GraphQLError ? (error.path ?? null) : null
    if (isClientDisconnect(original)) log.debug({ err: original }, 'The caller hung up.')
    else log.error({ err: original, path }, 'A field failed.')
    const { nodes = null } = error instanceof GraphQLError ? error : {}
    return new GraphQLError('Something went wrong on our side. Tell us the request id.', {
      nodes,
      path,
      extensions: {
        code: 'INTERNAL_SERVER_ERROR',
        requestId: requestId(),
        // No field was reached, so that nothing in the answer stands: proxies and probes should know.
        ...(path == null ? { http: { status: 500 } } : {}),
      },
    })
  }
}

/** The connection ended before its request did. */
function isClientDisconnect(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === 'ECONNRESET'))
}

/** An error that was made to be read: by us, or by GraphQL about the operation. */
function isExposedError(error: GraphQLError): boolean {
  const { originalError } = error
  if (originalError instanceof GraphQLError) return isExposedError(originalError) && !isInvalidResult(error, originalError)
  return originalError === undefined || originalError === null
}

/**
 * Whether GraphQL complains about what a resolver gave, say a number that is no Int. Of what the caller wrote it complains at a place in
 * the operation; here only the field, which wraps the complaint, has one.
 */
function isInvalidResult(error: GraphQLError, original: GraphQLError): boolean {
  return error.path !== undefined && original.nodes === undefined && original.extensions.code === undefined
}
