// Runs in the browser after graphiql.js.
const page = JSON.parse(document.getElementById('options').textContent)

self.MonacoEnvironment = { getWorkerUrl: (_module, label) => `graphiql/${label}.worker.js` }

// By default, the browser does not store the headers, which contain the key. People can turn that on in the settings.
const persistHeaders = 'graphiql:shouldPersistHeaders'
if (localStorage.getItem(persistHeaders) === null) localStorage.setItem(persistHeaders, 'false')

shareKey()
const restored = readTabs()
const link = readLink()
// A link opens in a tab of its own. Otherwise the tab that was open last is opened again.
const opened = link ?? restored ?? page.defaultTabs[0]

self.YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
  ...page,
  defaultTabs: link === null ? page.defaultTabs : [link, ...page.defaultTabs],
  initialQuery: opened.query ?? undefined,
  initialVariables: opened.variables ?? undefined,
  // The default copies every operation into the URL, which then becomes too long to load.
  onEditQuery: () => {},
})

/** The operation in the URL: `?query=…&variables=…&operationName=…`. Null without one. It is taken out of the URL, so that it opens only once. */
function readLink() {
  const url = new URL(location.href)
  const query = url.searchParams.get('query')
  if (query === null || query.trim() === '') return null
  const variables = url.searchParams.get('variables') ?? ''
  const operationName = url.searchParams.get('operationName') ?? ''
  for (const name of ['query', 'variables', 'operationName', 'extensions']) url.searchParams.delete(name)
  history.replaceState(null, '', url)
  return { query: withFirst(query, operationName), variables: indent(variables), headers: page.defaultHeaders }
}

/** A document with the named operation first. That is the one that GraphiQL runs, as long as nobody chooses another. */
function withFirst(document, operationName) {
  const definitions = []
  let named = -1
  let depth = 0
  let start = 0
  let previous = ''
  // Each definition ends with the brace of its selection. Braces of values are in parentheses.
  for (const { 0: token, index } of document.matchAll(/"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|\w+|[{}()]/g)) {
    if (depth === 0 && token === operationName && /^(query|mutation|subscription)$/.test(previous)) named = definitions.length
    previous = token
    if (token === '{' || token === '(') depth++
    if (token === '}' || token === ')') depth--
    if (token !== '}' || depth !== 0) continue
    definitions.push(document.slice(start, index + 1).trim())
    start = index + 1
  }
  if (named < 1 || document.slice(start).trim() !== '') return document
  return [definitions[named], ...definitions.toSpliced(named, 1)].join('\n\n')
}

function indent(json) {
  try {
    return JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    return json
  }
}

/** The tab that was open last. Null on the first visit. */
function readTabs() {
  try {
    const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState'))
    return tabs[activeTabIndex] ?? null
  } catch {
    return null
  }
}

/**
 * Sends the key that was used last where a tab still has the placeholder. A new tab begins with it. The key stays in the memory of open pages,
 * which tell it to each other, and in that of this browser tab.
 */
function shareKey() {
  const stored = 'experiments-graph:authorization'
  const pages = new BroadcastChannel(stored)
  let lastUsed = sessionStorage.getItem(stored)
  const keep = (authorization) => {
    lastUsed = authorization
    sessionStorage.setItem(stored, authorization)
  }
  pages.onmessage = ({ data }) => {
    if (data !== null) keep(data)
    else if (lastUsed !== null) pages.postMessage(lastUsed)
  }
  pages.postMessage(null)

  const send = self.fetch
  self.fetch = (input, init = {}) => {
    const headers = new Headers(init.headers)
    const authorization = headers.get('authorization')
    if (authorization === null) return send(input, init)
    if (authorization === page.placeholder) {
      if (lastUsed !== null) headers.set('authorization', lastUsed)
    } else if (authorization !== lastUsed) {
      keep(authorization)
      pages.postMessage(authorization)
    }
    return send(input, { ...init, headers })
  }
}
