import { type DocumentNode, GraphQLError, Kind, parse, type Source, visit } from 'graphql'
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga'
import { errorCodes } from '../../graphql/errors.ts'

const knownCodes: ReadonlySet<unknown> = new Set(errorCodes)

const maxMessageLength = 1_000

/** The result of an operation, or a later part of it. */
interface Payload {
  errors?: readonly GraphQLError[] | undefined
  extensions?: Record<string, unknown>
  incremental?: readonly Payload[] | undefined
}

/**
 * Adds the code BAD_USER_INPUT to errors of GraphQL and Yoga about the request: malformed JSON or GraphQL, unknown fields, values of the
 * wrong type. Such an error also names the argument that holds the wrong value.
 *
 * Long messages are cut. At most `maxErrors` are listed. `extensions.omittedErrors` says how many are not.
 *
 * @param mask hides internal errors; called here for the later parts of a result, which Yoga does not mask
 */
export function useErrorCodes(mask: (error: unknown) => Error, maxErrors: number): Plugin {
  const withCodes = <Part extends Payload>(payload: Part): Part => {
    const { errors, incremental } = payload
    if (errors === undefined && incremental === undefined) return payload
    const documents = new Map<Source, DocumentNode>()
    return {
      ...payload,
      ...(errors === undefined ? {} : { errors: errors.slice(0, maxErrors).map((error) => addCode(error, documents)) }),
      ...((errors?.length ?? 0) <= maxErrors
        ? {}
        : { extensions: { ...payload.extensions, omittedErrors: (errors?.length ?? 0) - maxErrors } }),
      ...(incremental === undefined ? {} : { incremental: incremental.map((part) => withCodes(maskPart(part))) }),
    }
  }
  const maskPart = (part: Payload): Payload =>
    part.errors === undefined ? part : { ...part, errors: part.errors.map((error) => mask(error) as GraphQLError) }

  return {
    onResultProcess: ({ result, setResult }) => {
      if (Array.isArray(result)) setResult(result.map(withCodes))
      else if (isAsyncIterable<Payload>(result)) setResult(mapAsyncIterator(result, withCodes))
      else setResult(withCodes(result))
    },
  }
}

function addCode(error: GraphQLError, documents: Map<Source, DocumentNode>): GraphQLError {
  if (knownCodes.has(error.extensions.code)) return error
  const argument = findArgument(error, documents)
  const { nodes, source, positions, path, extensions } = error
  return new GraphQLError(shorten(error.message), {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions: { ...extensions, code: 'BAD_USER_INPUT', ...(argument === null ? {} : { argument }) },
  })
}

/** GraphQL and Yoga put whole values of the caller into their messages. Keys of PostHog are among them, and are left out. */
function shorten(text: string): string {
  const message = text.replace(/\bph[a-z]_[A-Za-z0-9]{8,}/g, 'phx_…')
  return message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)}…` : message
}

/** The name of the argument that holds the error, or of the variable that the error is about. Null if there is neither. */
function findArgument({ nodes }: GraphQLError, documents: Map<Source, DocumentNode>): string | null {
  const node = nodes?.[0]
  const location = node?.loc
  if (location === undefined || node?.kind === Kind.FIELD) return null
  if (node?.kind === Kind.VARIABLE_DEFINITION) return node.variable.name.value

  const document = documents.get(location.source) ?? parse(location.source)
  documents.set(location.source, document)
  let found: string | null = null
  visit(document, {
    Argument: ({ name, loc }) => {
      if (loc !== undefined && loc.start <= location.start && location.end <= loc.end) found = name.value
    },
  })
  return found
}
