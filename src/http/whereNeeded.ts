import { useDeferStream } from '@graphql-yoga/plugin-defer-stream'
import { type Plugin, useReadinessCheck } from 'graphql-yoga'

// Plugins of Yoga's that do for every request what few need.

/** `@defer` and `@stream`. Only operations with directives have to be valid by their rules too. */
export function useDefer(): Plugin {
  const { onValidate, ...plugin } = useDeferStream() as Plugin
  return {
    ...plugin,
    onValidate: (given) => (given.params.documentAST.loc?.source.body.includes('@') === false ? undefined : onValidate?.(given)),
  }
}

/** `/ready` answers when this does. The plugin compares every address with a pattern. */
export function useReadiness(check: () => Promise<boolean>): Plugin {
  const { onRequest, ...plugin } = useReadinessCheck({ check })
  return { ...plugin, onRequest: (given) => (given.url.pathname === '/ready' ? onRequest?.(given) : undefined) }
}
