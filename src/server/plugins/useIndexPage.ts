import type { Plugin } from 'graphql-yoga'
import type { Config } from '../../platform/config.ts'

interface Entry {
  name: string
  path: string
  about: string
}

/** Answers `/` with what is where: HTML for browsers, JSON for others. */
export function useIndexPage({ graphiql }: Pick<Config, 'graphiql'>): Plugin {
  const entries: Entry[] = [
    {
      name: 'graphql',
      path: '/graphql',
      about: 'GraphQL, by POST, GET or WebSocket. Send a personal API key as `Authorization: Bearer phx_…`.',
    },
    ...(graphiql ? [{ name: 'graphiql', path: '/graphql', about: 'GraphiQL, in a browser: example operations and the schema.' }] : []),
    { name: 'health', path: '/health', about: 'Succeeds while the process runs.' },
    { name: 'ready', path: '/ready', about: 'Succeeds while the database answers.' },
  ]
  const documentation = 'The source has the documentation: README.md and docs/. Every field of the schema has a description.'
  const json = JSON.stringify({ ...Object.fromEntries(entries.map(({ name, path }) => [name, path])), documentation })
  const html = renderPage(entries, documentation)

  return {
    onRequest: ({ request, url, fetchAPI, endResponse }) => {
      if (url.pathname !== '/' || (request.method !== 'GET' && request.method !== 'HEAD')) return
      const wantsPage = request.headers.get('accept')?.includes('text/html') === true
      const headers = {
        'content-type': `${wantsPage ? 'text/html' : 'application/json'}; charset=utf-8`,
        'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        vary: 'accept',
      }
      endResponse(new fetchAPI.Response(wantsPage ? html : json, { headers }))
    },
  }
}

/** The links are relative, so that they also work behind a proxy that adds a prefix. */
function renderPage(entries: Entry[], documentation: string): string {
  const rows = entries.map(({ name, path, about }) => `      <dt><a href="${path.slice(1)}">${name}</a></dt>\n      <dd>${about}</dd>`)
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Experiments and feature flags</title>
  </head>
  <body>
    <h1>Experiments and feature flags</h1>
    <dl>
${rows.join('\n')}
    </dl>
    <p>${documentation}</p>
  </body>
</html>
`
}
