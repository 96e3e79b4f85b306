import { createRequire, registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

// Loaded before the service: it finds an optional package of interop/ as if it were installed beside it, with the service's own copies of
// what both need.

const plugin = import.meta.resolve('@graphql-yoga/plugin-apollo-inline-trace')
const installedHere = new URL('../node_modules/', import.meta.url).href
const service = createRequire(new URL('../../package.json', import.meta.url))
const shared = new Map(['graphql', 'graphql-yoga'].map((name) => [name, pathToFileURL(service.resolve(name)).href]))

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === '@graphql-yoga/plugin-apollo-inline-trace') return { url: plugin, shortCircuit: true }
    const url = context.parentURL?.startsWith(installedHere) ? shared.get(specifier) : undefined
    return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true }
  },
})
