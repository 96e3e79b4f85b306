import { type DocumentNode, GraphQLError, Kind, parse, type Source, visit } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/** Every code an error of ours can have. */
const codes = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'RATE_LIMITED',
  'OPERATION_TOO_EXPENSIVE',
  'INTERNAL_SERVER_ERROR',
])

/**
 * Gives one of our codes to what GraphQL and HTTP themselves find wrong with a request: a body that is no JSON, text that is no GraphQL,
 * unknown fields, values of the wrong type. They are the caller's, so BAD_USER_INPUT, and name the argument the wrong value stands in.
 */
export function useErrorCodes(): Plugin {
  return {
    onResultProcess: ({ result, setResult }) => {
      if (Array.isArray(result) || !('errors' in result) || result.errors === undefined) return
      if (result.errors.some((error) => !codes.has(String(error.extensions.code)))) {
        const documents = new Map<Source, DocumentNode>()
        setResult({ ...result, errors: result.errors.map((error) => coded(error, documents)) })
      }
    },
  }
}

function coded(error: GraphQLError, documents: Map<Source, DocumentNode>): GraphQLError {
  if (codes.has(String(error.extensions.code))) return error
  const argument = argumentAround(error, documents)
  const { nodes, source, positions, path, extensions } = error
  return new GraphQLError(error.message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions: { ...extensions, code: 'BAD_USER_INPUT', ...(argument === null ? {} : { argument }) },
  })
}

/** The argument in whose value an error was found, or the variable it is about; null when it is about something else. */
function argumentAround({ nodes }: GraphQLError, documents: Map<Source, DocumentNode>): string | null {
  const node = nodes?.[0]
  const at = node?.loc
  if (at === undefined || node?.kind === Kind.FIELD) return null
  if (node?.kind === Kind.VARIABLE_DEFINITION) return node.variable.name.value

  const document = documents.get(at.source) ?? parse(at.source)
  documents.set(at.source, document)
  let found: string | null = null
  visit(document, {
    Argument: ({ name, loc }) => {
      if (loc !== undefined && loc.start <= at.start && at.end <= loc.end) found = name.value
    },
  })
  return found
}
