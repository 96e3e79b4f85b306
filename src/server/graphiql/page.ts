import { readFile } from 'node:fs/promises'
import { examples } from './exampleTabs.ts'

/** A file that a browser asks for, read only when it does. */
export interface PageFile {
  type: string
  text(): string | Promise<string>
}

const title = 'Experiments and feature flags'
const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="20"><path fill="#e10098" d="M3 1h1v14H3zM5 2h9l-3 3.5L14 9H5z"/></svg>'

/** GraphiQL moves a tab aside when it is first pressed, so that the click misses it. */
const tabStyles = '.graphiql-tab { transform: none !important }'

const javascriptType = 'text/javascript; charset=utf-8'
const loadBundle = () => import('@graphql-yoga/render-graphiql/graphiql')

/**
 * GraphiQL by the paths of its files: the page itself at `/graphql`, and all it needs beside it, so that it works without a network.
 *
 * @param demoKey written into the page, for whoever opens it to use
 */
export function pageFiles(demoKey: string | null): ReadonlyMap<string, PageFile> {
  return new Map<string, PageFile>([
    ['/graphql', { type: 'text/html; charset=utf-8', text: () => renderPage(demoKey) }],
    ['/graphiql/start.js', { type: javascriptType, text: () => readFile(new URL('start.js', import.meta.url), 'utf8') }],
    ['/graphiql/graphiql.js', { type: javascriptType, text: async () => (await loadBundle()).js }],
    ['/graphiql/graphiql.css', { type: 'text/css; charset=utf-8', text: async () => (await loadBundle()).css }],
    ['/graphiql/editorWorkerService.worker.js', { type: javascriptType, text: async () => (await loadBundle()).editorWorkerService }],
    ['/graphiql/json.worker.js', { type: javascriptType, text: async () => (await loadBundle()).jsonWorker }],
    ['/graphiql/graphql.worker.js', { type: javascriptType, text: async () => (await loadBundle()).graphqlWorker }],
  ])
}

function renderPage(demoKey: string | null): string {
  const headers = prettyJson({ Authorization: `Bearer ${demoKey ?? 'YOUR-PERSONAL-API-KEY'}` })
  const options = {
    title,
    logo,
    defaultHeaders: headers,
    defaultTabs: examples.map(({ query, variables }) => ({ query, variables: prettyJson(variables), headers })),
  }
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>${title}</title>
    <link rel="icon" href="data:image/svg+xml,${encodeURIComponent(logo)}">
    <link rel="stylesheet" href="graphiql/graphiql.css">
    <style>${tabStyles}</style>
    <script type="application/json" id="options">${toScriptJson(options)}</script>
    <script defer src="graphiql/graphiql.js"></script>
    <script defer src="graphiql/start.js"></script>
  </head>
  <body class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
  </body>
</html>
`
}

const prettyJson = (value: unknown) => JSON.stringify(value, null, 2)

/** JSON that cannot end the script element it stands in. */
function toScriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}
