/** What the server writes into the page. */
interface Options {
  /** The key of the demo data, for pages that this machine asks for by a local name. */
  demoKey?: string | null
  /** Whether GraphiQL is served. */
  graphiql?: boolean
  /** Whether the map of the schema is served. */
  map?: boolean
}

export const options = JSON.parse(document.getElementById('options')?.textContent ?? '{}') as Options

// The script is at <prefix>/page/main.js. A proxy may have added the prefix. The build would take a literal for the address of a file.
const parent = '..'
const root = new URL(parent, import.meta.url)

/** What addresses of the page begin with: '' or '/prefix'. */
export const basePath = root.pathname.replace(/\/$/, '')
export const endpoint = new URL('graphql', root).href
export const socketEndpoint = endpoint.replace(/^http/, 'ws')

/** An address that opens an operation in GraphiQL. */
export function graphiqlAddress(query: string, variables: object): string {
  return `${endpoint}?${new URLSearchParams({ query, variables: JSON.stringify(variables) })}`
}
