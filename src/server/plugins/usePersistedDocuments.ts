import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations'
import type { GraphQLParams, Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import { BadUserInputError } from '../../graphql/errors.ts'
import { useApqIfRequested } from './conditionalPlugins.ts'
import type { TrustedDocuments } from './trustedDocuments.ts'

/** The size of the cache of automatic persisted queries, in characters. */
const maxCachedCharacters = 10_000_000

/**
 * Lets clients send the id of an operation instead of its text: as `documentId`, or as the hash in `extensions.persistedQuery`. With
 * `onlyTrusted`, all operations but the trusted documents are rejected. Otherwise clients can also register an operation: they send it
 * once with its hash (automatic persisted queries).
 */
export function usePersistedDocuments(trusted: TrustedDocuments, onlyTrusted: boolean): Plugin[] {
  return [useDocumentId(), onlyTrusted ? useTrustedOnly(trusted) : useAutomaticPersistedQueries(trusted)]
}

function useAutomaticPersistedQueries(trusted: TrustedDocuments): Plugin {
  const cache = new LRUCache<string, string>({ maxSize: maxCachedCharacters, sizeCalculation: (text) => text.length + 64 })
  return useApqIfRequested({
    store: { get: (id) => trusted.get(id) ?? cache.get(id), set: (id, text) => cache.set(id, text) },
    // The protocol reports an unknown hash with status 200, and some gateways read no other response.
    responseConfig: { forceStatusCodeOk: true },
  })
}

function useTrustedOnly(trusted: TrustedDocuments): Plugin {
  const onlyTrusted = 'This service accepts only trusted documents'
  const createError = (reason: string) => () => new BadUserInputError(null, `${onlyTrusted}: ${reason}`, 400)
  return usePersistedOperations({
    getPersistedOperation: (id) => trusted.get(id) ?? null,
    customErrors: {
      keyNotFound: createError('send the id of one as `documentId`, or as `extensions.persistedQuery.sha256Hash`.'),
      notFound: createError('none has this id.'),
      persistedQueryOnly: createError('send the id of one, and no `query`.'),
    },
  })
}

/**
 * Converts the `documentId` of GraphQL over HTTP to the older extension, which the plugins understand. Yoga itself does not read it from
 * URLs.
 */
function useDocumentId(): Plugin {
  return {
    onRequestParse: ({ request, url, requestParser, setRequestParser }) => {
      if (request.method !== 'GET' || requestParser === undefined) return
      const documentId = url.searchParams.get('documentId')
      if (documentId !== null) setRequestParser(async (original) => ({ ...(await requestParser(original)), documentId }))
    },
    onParams: ({ params, setParams }) => {
      const { documentId, ...rest } = params as GraphQLParams & { documentId?: unknown }
      if (typeof documentId !== 'string') return
      const persistedQuery = { version: 1, sha256Hash: documentId.replace(/^sha256:/, '') }
      setParams({ ...rest, extensions: { ...rest.extensions, persistedQuery } })
    },
  }
}
