import { GraphQLError } from 'graphql'
import type { Logger } from '../log.ts'
import { requestId } from './useRequestId.ts'

/**
 * Turns what a resolver threw into what the caller may read: refusals and GraphQL's own complaints pass; anything else is our bug or
 * our database's, logged whole and answered by the id that the log carries too.
 */
export function errorMask(log: Logger): (error: unknown) => Error {
  return (error) => {
    if (error instanceof GraphQLError && isRefusal(error)) return error
    const original = error instanceof GraphQLError ? (error.originalError ?? error) : error
    log.error({ err: original, path: error instanceof GraphQLError ? error.path : undefined }, 'A field failed.')
    const { nodes = null, path = null } = error instanceof GraphQLError ? error : {}
    return new GraphQLError('Something went wrong on our side. Tell us the request id.', {
      nodes,
      path,
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: requestId() },
    })
  }
}

/** An error that was made to be read: by us, or by GraphQL about the operation. */
function isRefusal(error: GraphQLError): boolean {
  if (error.originalError === undefined || error.originalError === null) return true
  return error.originalError instanceof GraphQLError && isRefusal(error.originalError)
}
