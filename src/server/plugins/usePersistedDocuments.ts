import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations'
import type { GraphQLParams, Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import { BadUserInputError } from '../../graphql/errors.ts'
import { useApqWhenAsked } from './conditionalPlugins.ts'
import type { TrustedDocuments } from './trustedDocuments.ts'

/** How much text of operations that clients made known is kept, in characters. */
const maxCachedCharacters = 10_000_000

/**
 * Lets clients name an operation instead of sending it: by `documentId`, or by the hash in `extensions.persistedQuery`. Where only
 * trusted documents are answered, those alone; else also what a client has sent once together with its hash (automatic persisted queries).
 */
export function usePersistedDocuments(trusted: TrustedDocuments, onlyTrusted: boolean): Plugin[] {
  return [useDocumentId(), onlyTrusted ? useTrustedOnly(trusted) : useAutomaticPersistedQueries(trusted)]
}

function useAutomaticPersistedQueries(trusted: TrustedDocuments): Plugin {
  const cache = new LRUCache<string, string>({ maxSize: maxCachedCharacters, sizeCalculation: (text) => text.length + 64 })
  return useApqWhenAsked({
    store: { get: (id) => trusted.get(id) ?? cache.get(id), set: (id, text) => cache.set(id, text) },
    // The protocol's own way to say so; some gateways read nothing else than an answer of 200.
    responseConfig: { forceStatusCodeOk: true },
  })
}

function useTrustedOnly(trusted: TrustedDocuments): Plugin {
  const onlyTrusted = 'This service answers trusted documents only'
  const createError = (reason: string) => () => new BadUserInputError(null, `${onlyTrusted}: ${reason}`, 400)
  return usePersistedOperations({
    getPersistedOperation: (id) => trusted.get(id) ?? null,
    customErrors: {
      keyNotFound: createError('name one by `documentId`, or by `extensions.persistedQuery.sha256Hash`.'),
      notFound: createError('there is none with this id.'),
      persistedQueryOnly: createError('name one by its id, and send no `query`.'),
    },
  })
}

/** The parameter of GraphQL over HTTP, told to plugins that know the older extension. */
function useDocumentId(): Plugin {
  return {
    onParams: ({ params, setParams }) => {
      const { documentId, ...rest } = params as GraphQLParams & { documentId?: unknown }
      if (typeof documentId !== 'string') return
      const persistedQuery = { version: 1, sha256Hash: documentId.replace(/^sha256:/, '') }
      setParams({ ...rest, extensions: { ...rest.extensions, persistedQuery } })
    },
  }
}
