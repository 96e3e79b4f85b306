import { createRequire, registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

// Load this before the service. It then finds the optional packages of interop/ as if the service had installed them. They use the
// service's copies of what they share with it.

const installed = new Map([
  ['@graphql-yoga/plugin-apollo-inline-trace', import.meta.resolve('@graphql-yoga/plugin-apollo-inline-trace')],
  ['@opentelemetry/exporter-trace-otlp-http', import.meta.resolve('@opentelemetry/exporter-trace-otlp-http')],
  ['@opentelemetry/resources', import.meta.resolve('@opentelemetry/resources')],
  ['@opentelemetry/sdk-trace', import.meta.resolve('@opentelemetry/sdk-trace')],
])
const installedHere = new URL('../../node_modules/', import.meta.url).href
const service = createRequire(new URL('../../../package.json', import.meta.url))
const shared = new Map(['graphql', 'graphql-yoga', '@opentelemetry/api'].map((name) => [name, pathToFileURL(service.resolve(name)).href]))

registerHooks({
  resolve(specifier, context, nextResolve) {
    const isInstalledHere = context.parentURL?.startsWith(installedHere)
    const url = (isInstalledHere ? shared : installed).get(specifier)
    return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true }
  },
})
