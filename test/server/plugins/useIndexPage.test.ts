import { expect, it } from 'vitest'
import { testServer } from '../../support/testServer.ts'

const test = await testServer({ graphiql: true, webPage: false })
const get = (server: typeof test.server, headers: Record<string, string>, method = 'GET') =>
  server.fetch('http://localhost/', { method, headers })

it('tells programs in JSON what is where, and every address answers', async () => {
  const response = await get(test.server, { accept: 'application/json' })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  const { documentation, ...addresses } = (await response.json()) as Record<string, string>
  expect(addresses).toEqual({ graphql: '/graphql', graphiql: '/graphql', health: '/health', ready: '/ready' })
  expect(documentation).toContain('docs/')
  for (const address of Object.values(addresses)) {
    const query = address === '/graphql' ? '?query={__typename}' : ''
    expect((await test.server.fetch(`http://localhost${address}${query}`)).status).toBe(200)
  }
})

it('tells people in HTML, with links that also work behind a prefix', async () => {
  const response = await get(test.server, { accept: 'text/html,*/*;q=0.8' })
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  const html = await response.text()
  const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, link]) => link)
  expect(links).toEqual(['graphql', 'graphql', 'health', 'ready'])
})

it('does not name GraphiQL where it is off', async () => {
  const closed = test.serverOn(test, { graphiql: false })
  expect(await (await get(closed, { accept: 'text/html' })).text()).not.toContain('GraphiQL')
  expect(await (await get(closed, {})).json()).not.toHaveProperty('graphiql')
})

it('tells HEAD that it is there', async () => {
  expect((await get(test.server, {}, 'HEAD')).status).toBe(200)
})
