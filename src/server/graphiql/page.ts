import { readFile } from 'node:fs/promises'
import type { PageFile } from '../files/fileAnswers.ts'
import { toScriptJson } from '../files/scriptJson.ts'
import { exampleGroups } from './examples/examples.ts'
import { mainOperations } from './examples/mainOperations.ts'
import { renderExamplesPage } from './examplesPage.ts'

/** Stands where the key must be. While it does, the page sends the key that was used last. */
const placeholder = 'Bearer YOUR-PERSONAL-API-KEY'

const title = 'Experiments and feature flags'
const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="20"><path fill="#e10098" d="M3 1h1v14H3zM5 2h9l-3 3.5L14 9H5z"/></svg>'

/** GraphiQL moves a tab when the mouse button is first pressed, so that the click misses it. This style prevents that. */
const tabStyles = '.graphiql-tab { transform: none !important }'

/** The links to the map and the examples lie in the margin that GraphiQL leaves below its panes. It follows GraphiQL's own choice of light and dark. */
const linkStyles = `
#links { position: fixed; z-index: 1; bottom: 0; right: 20px; display: flex; gap: 16px; font: 600 13px/16px system-ui, sans-serif }
#links a { color: #b8047a }
@media (prefers-color-scheme: dark) { body:not(.graphiql-light) #links a { color: #ff8ad0 } }
body.graphiql-dark #links a { color: #ff8ad0 }
`

const htmlType = 'text/html; charset=utf-8'
const javascriptType = 'text/javascript; charset=utf-8'
const loadBundle = () => import('@graphql-yoga/render-graphiql/graphiql')

/**
 * The files of GraphiQL, by path: the page of examples, and its scripts and styles. No file comes from another server, so GraphiQL works
 * without an internet connection.
 */
export const pageFiles: ReadonlyMap<string, PageFile> = new Map<string, PageFile>([
  ['/graphiql/examples', { type: htmlType, read: () => renderExamplesPage(title, exampleGroups) }],
  ['/graphiql/start.js', { type: javascriptType, read: () => readFile(new URL('start.js', import.meta.url), 'utf8') }],
  ['/graphiql/graphiql.js', { type: javascriptType, read: async () => (await loadBundle()).js }],
  ['/graphiql/graphiql.css', { type: 'text/css; charset=utf-8', read: async () => (await loadBundle()).css }],
  ['/graphiql/editorWorkerService.worker.js', { type: javascriptType, read: async () => (await loadBundle()).editorWorkerService }],
  ['/graphiql/json.worker.js', { type: javascriptType, read: async () => (await loadBundle()).jsonWorker }],
  ['/graphiql/graphql.worker.js', { type: javascriptType, read: async () => (await loadBundle()).graphqlWorker }],
])

/**
 * The page at `/graphql`.
 *
 * @param demoKey the API key in the page, for everyone who opens it; null for a placeholder
 * @param withMap whether it links to the map of the schema
 */
export function createPage(demoKey: string | null, withMap: boolean): PageFile {
  return { type: htmlType, read: () => renderPage(demoKey, withMap) }
}

function renderPage(demoKey: string | null, withMap: boolean): string {
  const headers = prettyJson({ Authorization: demoKey === null ? placeholder : `Bearer ${demoKey}` })
  const options = {
    title,
    logo,
    placeholder: demoKey === null ? placeholder : null,
    defaultHeaders: headers,
    defaultTabs: mainOperations.map(({ query, variables }) => ({ query, variables: prettyJson(variables), headers })),
  }
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>${title}</title>
    <link rel="icon" href="data:image/svg+xml,${encodeURIComponent(logo)}">
    <link rel="stylesheet" href="graphiql/graphiql.css">
    <style>${tabStyles}${linkStyles}</style>
    <script type="application/json" id="options">${toScriptJson(options)}</script>
    <script defer src="graphiql/graphiql.js"></script>
    <script defer src="graphiql/start.js"></script>
  </head>
  <body class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <nav id="links" aria-label="Help">${withMap ? '<a href="graphiql/map">Map of the schema</a>' : ''}<a href="graphiql/examples">Examples</a></nav>
    <div id="root"></div>
  </body>
</html>
`
}

const prettyJson = (value: unknown) => JSON.stringify(value, null, 2)
