import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'

// Serves the page index.html, which asks the service from the browser. The key never comes here.

const graphqlUrl = process.env.GRAPHQL_URL || 'http://localhost:4000/graphql'
const port = Number(process.env.PORT || 4020)
if (!URL.canParse(graphqlUrl)) throw new Error('GRAPHQL_URL must be a URL.')
if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) throw new Error('PORT must be a whole number up to 65535.')

const files: Record<string, { file: string; type: string }> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/page.js': { file: 'page.js', type: 'text/javascript; charset=utf-8' },
}
const headers = {
  // The page may load its own files, and ask the service. A script that slips into it can send the key nowhere else.
  'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; connect-src 'self' ${new URL(graphqlUrl).origin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

const server = createServer(async ({ url = '/' }, response) => {
  const path = url.split('?')[0] ?? '/'
  if (path === '/settings.json') {
    response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify({ graphqlUrl }))
    return
  }
  const { file, type } = files[path] ?? { file: null, type: 'text/plain' }
  if (file === null) response.writeHead(404, { ...headers, 'content-type': type }).end('Not found.')
  else response.writeHead(200, { ...headers, 'content-type': type }).end(await readFile(fileURLToPath(new URL(file, import.meta.url))))
})
server.once('error', (error) => {
  console.error(`Port ${port} cannot be used: ${error.message}`)
  process.exitCode = 1
})
server.listen(port, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') console.log(`Open http://localhost:${address.port}/. Press Ctrl-C to stop.`)
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    server.close()
    server.closeAllConnections()
  })
}
