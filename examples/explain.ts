/** An entry of `errors`, as every client returns it. */
interface GraphQLFailure {
  message: string
  extensions?: Record<string, unknown> | undefined
}

/** Explains an error to the person at the terminal. Depends on the code; the message is only printed. */
export function explain({ message, extensions = {} }: GraphQLFailure): string {
  switch (extensions.code) {
    case 'UNAUTHENTICATED':
      return 'The server does not accept this key: set GRAPHQL_KEY to one that is valid.'
    case 'FORBIDDEN':
      return extensions.requiredScope === undefined ? message : `This key lacks the scope ${extensions.requiredScope}.`
    case 'BAD_USER_INPUT':
      return extensions.argument === undefined ? message : `The argument ${extensions.argument} is wrong: ${message}`
    case 'RATE_LIMITED':
      return `Too many requests: try again in ${extensions.retryAfter} seconds.`
    case 'INTERNAL_SERVER_ERROR':
      return `The server failed. See its log for the request ${extensions.requestId}.`
    default:
      return message
  }
}
