import { createRequire, registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

// Loaded before the service: it finds an optional package of interop/ as if it were installed beside it, with the service's own copies of
// what both need.

const optional = '@graphql-yoga/plugin-apollo-inline-trace'
const installedHere = new URL('../node_modules/', import.meta.url).href
const found = (name: string, folder: string) =>
  pathToFileURL(createRequire(new URL(`${folder}/package.json`, import.meta.url)).resolve(name)).href
const plugin = found(optional, '..')
const shared: Record<string, string> = { graphql: found('graphql', '../..'), 'graphql-yoga': found('graphql-yoga', '../..') }

registerHooks({
  resolve(specifier, context, nextResolve) {
    const url = specifier === optional ? plugin : context.parentURL?.startsWith(installedHere) ? shared[specifier] : undefined
    return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true }
  },
})
