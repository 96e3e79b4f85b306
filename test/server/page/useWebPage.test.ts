import { readdirSync } from 'node:fs'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/platform/config.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createServer, type Server } from '../../../src/server/createServer.ts'
import { testServer } from '../../support/testServer.ts'

// A key is letters and digits; this one would end the script that it is written into.
const demoKey = 'phx_</script><script>alert(1)</script>'
const assets = readdirSync('web/dist/page').map((name) => `/page/${name}`)

let open: Server
let withDemo: Server
let closed: Server
let options: Omit<Parameters<typeof createServer>[0], 'config'>

beforeAll(async () => {
  const test = await testServer()
  options = { database: test, clock: () => test.time.now, log: createLogger({ logLevel: 'silent' }), demoKey }
  open = test.server
  withDemo = createServer({ ...options, config: readConfig({}) })
  closed = createServer({ ...options, config: readConfig({ WEB_PAGE: 'false' }) })
})

function get(server: Server, path: string, headers: Record<string, string> = {}, method = 'GET') {
  return server.fetch(`http://localhost${path}`, { method, headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', ...headers } })
}

const optionsIn = (html: string) => JSON.parse(/<script type="application\/json" id="options">(.*?)<\/script>/s.exec(html)?.[1] ?? 'null')

describe('the web page', () => {
  it.each(['/', '/p/1', '/p/1/flags', '/p/1/flags/a%2Fb.c', '/p/1/experiments/7?tab=results'])('opens at %s', async (path) => {
    const response = await get(open, path)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    expect(await response.text()).toContain('<div id="root">')
  })

  it.each(['/', '/p/1', '/p/1/', '/p/1/flags/checkout'])('asks for files that are there, from %s, also behind a prefix', async (path) => {
    const html = await (await get(open, path)).text()
    const addresses = [...html.matchAll(/(?:src|href)="(?!data:)([^"]*)"/g)].map(([, address]) => address ?? '')
    expect(addresses).toHaveLength(2)
    for (const address of addresses) {
      expect(new URL(address, `http://localhost/prefix${path}`).pathname).toMatch(/^\/prefix\/page\//)
      expect(assets).toContain(new URL(address, `http://localhost${path}`).pathname)
    }
  })

  it.each(['/p', '/p/', '/x', '/p/1/2/3/4/5/6', '/page/', '/page/none.js', '/page/..%2f..%2fpackage.json', '/page/%2e%2e/index.html'])(
    'is not at %s',
    async (path) => {
      const response = await get(open, path, { accept: '*/*' })
      expect(response.headers.get('content-type')).toMatch(/^application\/json/)
      expect(response.status).toBe(404)
    },
  )

  it('leaves programs what they got', async () => {
    expect(await (await get(open, '/', { accept: 'application/json' })).json()).toMatchObject({ graphql: '/graphql', ready: '/ready' })
    expect((await get(open, '/p/1', { accept: 'application/json' })).status).toBe(404)
    expect((await get(open, '/', {}, 'POST')).status).toBe(404)
  })

  it('tells HEAD what GET would get, without the body', async () => {
    for (const path of ['/p/1', assets[0] ?? '']) {
      const [head, full] = [await get(open, path, {}, 'HEAD'), await get(open, path)]
      expect(head.status).toBe(200)
      for (const name of ['etag', 'content-length', 'content-type']) expect(head.headers.get(name)).toBe(full.headers.get(name))
      expect(await head.text()).toBe('')
    }
  })

  it('lets browsers keep its files for ever, because their names change with their content', async () => {
    for (const path of assets) {
      const response = await get(open, path, { accept: '*/*' })
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(response.headers.get('content-type')).toBe(`text/${path.endsWith('.css') ? 'css' : 'javascript'}; charset=utf-8`)
      expect(path).toMatch(/-[\w-]{8}\.(js|css)$/)
    }
  })

  it.each([
    { accepted: 'gzip, deflate, br, zstd', sent: 'br', unpack: brotliDecompressSync },
    { accepted: 'gzip', sent: 'gzip', unpack: gunzipSync },
  ])('sends its files as $sent', async ({ accepted, sent, unpack }) => {
    for (const path of assets) {
      const plain = await (await get(open, path)).text()
      const response = await get(open, path, { 'accept-encoding': accepted })
      expect(response.headers.get('content-encoding')).toBe(sent)
      expect(unpack(new Uint8Array(await response.arrayBuffer())).toString() === plain).toBe(true)
    }
  })

  it('does not send the page again to a browser that has it', async () => {
    const etag = (await get(open, '/p/1')).headers.get('etag') ?? ''
    expect((await get(open, '/p/2', { 'if-none-match': etag })).status).toBe(304)
    expect((await get(open, '/p/1', { 'if-none-match': '"another"' })).status).toBe(200)
  })

  it('guards the page and its files', async () => {
    for (const path of ['/', ...assets]) {
      const { headers } = await get(withDemo, path, { origin: 'https://example.com' })
      const policy = headers.get('content-security-policy') ?? ''
      for (const rule of ["default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]) {
        expect(policy).toContain(rule)
      }
      expect(policy).not.toMatch(/unsafe|https?:|\*/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })

  it.each([
    ['localhost', true],
    ['localhost:4000', true],
    ['127.0.0.1:8080', true],
    ['[::1]:4000', true],
    ['rebound.example', false],
    ['localhost.rebound.example', false],
    ['192.168.1.7:4000', false],
  ])('asked as %s: has the demo key is %s', async (host, hasKey) => {
    for (let time = 0; time < 2; time++) {
      const html = await (await withDemo.fetch(`http://${host}/p/1`, { headers: { accept: 'text/html' } })).text()
      expect(optionsIn(html).demoKey).toBe(hasKey ? demoKey : null)
      expect(html).not.toContain('<script>alert(1)')
    }
  })

  it('has no key where there is no demo', async () => {
    expect(optionsIn(await (await get(open, '/')).text()).demoKey).toBeNull()
  })

  it('has the map of the schema, at the depth of its address', async () => {
    const response = await get(open, '/graphiql/map')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self';")
    const html = await response.text()
    expect(html).toContain('src="../page/')
    expect(optionsIn(html)).toMatchObject({ map: true, graphiql: true })
    expect((await get(open, '/graphiql/map', { accept: 'application/json' })).status).toBe(404)
  })

  it.each([{ GRAPHIQL: 'false' }, { INTROSPECTION: 'false' }, { WEB_PAGE: 'false' }])('has no map with %j', async (settings) => {
    const server = createServer({ ...options, config: readConfig(settings) })
    expect((await get(server, '/graphiql/map')).status).toBe(404)
    expect(optionsIn(await (await get(server, '/')).text())?.map ?? false).toBe(false)
    expect(await (await get(server, '/graphql')).text()).not.toContain('graphiql/map')
  })

  it('is not there when it is switched off', async () => {
    for (const path of ['/p/1', ...assets]) expect((await get(closed, path, { accept: '*/*' })).status).toBe(404)
    const index = await (await get(closed, '/')).text()
    expect(index).toContain('<a href="graphql">')
    expect(index).not.toContain('id="root"')
  })
})
