import { createRequire, registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

// Load this before the service. It then finds an optional package of interop/ as if the service had installed it. The package uses the
// service's copies of `graphql` and `graphql-yoga`.

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
