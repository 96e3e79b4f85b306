import { type APQOptions, useAPQ } from '@graphql-yoga/plugin-apq'
import { useDeferStream } from '@graphql-yoga/plugin-defer-stream'
import type { DocumentNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'

// Plugins of Yoga, limited to the requests that need them. On their own, they do work for every request.

/** `@defer` and `@stream`. Their validation rules run only for operations with directives. */
export function useDefer(): Plugin {
  const { onValidate, ...plugin } = useDeferStream() as Plugin
  return {
    ...plugin,
    onValidate: (payload) => (payload.params.documentAST.loc?.source.body.includes('@') === false ? undefined : onValidate?.(payload)),
  }
}

/**
 * Caches the validation errors of each document. Yoga's own cache builds a key from the names of all rules for each request. Here the
 * document is the key, because the rules depend on nothing else.
 */
export function useValidationCache(): Plugin {
  const cache = new WeakMap<DocumentNode, readonly Error[]>()
  return {
    onValidate: ({ params: { documentAST }, setResult }) => {
      const cached = cache.get(documentAST)
      if (cached === undefined) return ({ result }) => void cache.set(documentAST, result)
      setResult(cached)
      return undefined
    },
  }
}

/** Automatic persisted queries, only for requests that use them. The plugin would make every request asynchronous. */
export function useApqIfRequested(options: APQOptions): Plugin {
  const { onParams, ...plugin } = useAPQ(options)
  return { ...plugin, onParams: (payload) => (payload.params.extensions?.persistedQuery == null ? undefined : onParams?.(payload)) }
}
