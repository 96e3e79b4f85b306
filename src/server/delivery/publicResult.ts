import { type FormattedExecutionResult, GraphQLError } from 'graphql'

/** A result of an operation, or a part of it. */
export interface OperationResult {
  errors?: readonly GraphQLError[] | undefined
  extensions?: Record<string, unknown> | undefined
}

/** Removes the HTTP status and headers that errors and results carry for Yoga. Yoga removes them only from the answers that it writes itself. */
export function publicResult<Result extends OperationResult>({ errors, extensions, ...rest }: Result): Result {
  const { http, ...shown } = extensions ?? {}
  return {
    ...rest,
    ...(errors === undefined ? {} : { errors: errors.map(publicError) }),
    ...(Object.keys(shown).length === 0 ? {} : { extensions: shown }),
  } as OperationResult as Result
}

function publicError({ message, nodes, source, positions, path, extensions: { http, ...extensions } }: GraphQLError): GraphQLError {
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions,
  })
}

/** The errors of an answer in JSON. */
export function readErrors(answer: Pick<FormattedExecutionResult, 'errors'>): GraphQLError[] {
  return (answer.errors ?? []).map(
    ({ message, path, extensions }) => new GraphQLError(message, { path: path ?? null, extensions: extensions ?? null }),
  )
}
