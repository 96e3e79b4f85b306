import { type APQOptions, useAPQ } from '@graphql-yoga/plugin-apq'
import { useDeferStream } from '@graphql-yoga/plugin-defer-stream'
import type { DocumentNode } from 'graphql'
import { type Plugin, useReadinessCheck } from 'graphql-yoga'

// Plugins of Yoga's that do for every request what few need.

/** `@defer` and `@stream`. Only operations with directives have to be valid by their rules too. */
export function useDefer(): Plugin {
  const { onValidate, ...plugin } = useDeferStream() as Plugin
  return {
    ...plugin,
    onValidate: (payload) => (payload.params.documentAST.loc?.source.body.includes('@') === false ? undefined : onValidate?.(payload)),
  }
}

/**
 * What is wrong with an operation, looked for once. Yoga's own cache lists the names of all rules each time, to tell one set of them from
 * another; here they hang on the document alone.
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

/** Automatic persisted queries. The plugin lets every request wait. */
export function useApqWhenAsked(options: APQOptions): Plugin {
  const { onParams, ...plugin } = useAPQ(options)
  return { ...plugin, onParams: (payload) => (payload.params.extensions?.persistedQuery == null ? undefined : onParams?.(payload)) }
}

/** `/ready` answers when this does. The plugin compares every address with a pattern. */
export function useReadiness(check: () => Promise<boolean>): Plugin {
  const { onRequest, ...plugin } = useReadinessCheck({ check })
  return { ...plugin, onRequest: (payload) => (payload.url.pathname === '/ready' ? onRequest?.(payload) : undefined) }
}
