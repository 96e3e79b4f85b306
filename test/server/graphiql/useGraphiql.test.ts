import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { parse, validate } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import { seedDemo } from '../../../src/features/demo/seedDemo.ts'
import { readConfig } from '../../../src/platform/config.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { schema } from '../../../src/schema/schema.ts'
import { createServer, type Server } from '../../../src/server/createServer.ts'
import { exampleGroups } from '../../../src/server/graphiql/examples/examples.ts'
import { mainOperations } from '../../../src/server/graphiql/examples/mainOperations.ts'
import { seedKey } from '../../support/seed.ts'
import { type TestServer, testServer } from '../../support/testServer.ts'

// A key is letters and digits; this one would end the script that it is written into.
const demoKey = 'phx_</script><script>alert(1)</script>'

let test: TestServer
let open: Server
let withDemo: Server
let closed: Server

beforeAll(async () => {
  test = await testServer({ graphiql: true })
  const options = { database: test, clock: () => test.time.now, log: createLogger({ logLevel: 'silent' }), demoKey }
  open = test.server
  withDemo = createServer({ ...options, config: { ...readConfig({}), graphiql: true } })
  closed = createServer({ ...options, config: { ...readConfig({}), graphiql: false } })
})

function get(server: Server, path: string, headers: Record<string, string> = {}) {
  return server.fetch(`http://localhost${path}`, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', ...headers } })
}

const page = async (from: Server) => (await get(from, '/graphql')).text()

/** What the page hands to GraphiQL. */
async function optionsOf(from: Server) {
  const json = /<script type="application\/json" id="options">(.*?)<\/script>/s.exec(await page(from))?.[1]
  return JSON.parse(json ?? 'null') as { defaultHeaders: string; defaultTabs: { query: string; variables: string; headers: string }[] }
}

describe('GraphiQL', () => {
  it('opens for browsers', async () => {
    const response = await get(open, '/graphql')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await response.text()).toContain('<title>Experiments and feature flags</title>')
  })

  it('leaves GraphQL over GET to those who do not ask for a page', async () => {
    const response = await get(open, '/graphql?query={__typename}', { accept: 'application/json' })
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } })
  })

  it('is not there when it is switched off', async () => {
    for (const path of ['/graphql', '/graphiql/start.js', '/graphiql/graphiql.js']) {
      const response = await get(closed, path)
      expect(response.status).toBe(path === '/graphql' ? 200 : 404)
      expect(response.headers.get('content-type') ?? '').not.toMatch(/html|javascript/)
      expect(await response.text()).not.toContain('phx_')
    }
  })

  it('asks no other host for anything', async () => {
    const html = await page(open)
    const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address ?? '')
    expect(addresses).toHaveLength(6)
    for (const address of addresses) expect(address).toMatch(/^(graphiql\/|data:)/)

    const css = await (await get(open, '/graphiql/graphiql.css')).text()
    for (const [, address] of css.matchAll(/url\(["']?([^)]{0,5})/g)) expect(address).toBe('data:')
    expect(css).not.toContain('@import')
  })

  it('serves every file that the page and its workers need', async () => {
    const start = await (await get(open, '/graphiql/start.js')).text()
    const worker = (label: string) => `graphiql/${label}.worker.js`
    expect(start).toContain('`graphiql/')
    expect(start).toContain('.worker.js`')
    const linked = [...(await page(open)).matchAll(/(?:src|href)="(graphiql\/[^"]*\.\w+)"/g)].map(([, address]) => address ?? '')
    for (const file of [...linked, ...['editorWorkerService', 'json', 'graphql'].map(worker)]) {
      const response = await get(open, `/${file}`, { accept: '*/*' })
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe(`text/${file.endsWith('.css') ? 'css' : 'javascript'}; charset=utf-8`)
    }
  })

  it('links to its examples and to the map of the schema, which is served where introspection is', async () => {
    expect(await page(withDemo)).toContain('<a href="graphiql/map">')
    expect((await get(withDemo, '/graphiql/map')).status).toBe(200)
    expect(await page(withDemo)).toContain('<a href="graphiql/examples">')
  })

  it('lists examples that open in it', async () => {
    const response = await get(open, '/graphiql/examples')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const html = await response.text()
    const links = [...html.matchAll(/href="(\.\.\/graphql\?[^"]+)"/g)].map(
      ([, link = '']) => new URL(link.replaceAll('&amp;', '&'), 'http://localhost/graphiql/examples'),
    )
    const opened = links.map(({ searchParams }) => ({
      query: searchParams.get('query'),
      variables: JSON.parse(searchParams.get('variables') ?? ''),
    }))
    const listed = exampleGroups.flatMap(({ examples }) => examples.map(({ query, variables }) => ({ query, variables })))
    expect(opened).toEqual(listed)
    expect(html).not.toContain('<script')
  })

  it('guards the page and its files', async () => {
    for (const path of ['/graphql', '/graphiql/examples', '/graphiql/graphql.worker.js']) {
      const { headers } = await get(withDemo, path, { origin: 'https://example.com' })
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self';")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toMatch(/unsafe-eval|https?:|\*/)
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })

  it('still lets every origin ask GraphQL', async () => {
    const response = await get(withDemo, '/graphql?query={__typename}', { accept: 'application/json', origin: 'https://example.com' })
    expect(response.headers.get('access-control-allow-origin')).toBe('https://example.com')
  })

  it.each([
    { accepted: 'gzip, deflate, br, zstd', sent: 'br', unpack: brotliDecompressSync },
    { accepted: 'gzip, br;q=0', sent: 'gzip', unpack: gunzipSync },
    { accepted: '', sent: null, unpack: (bytes: Uint8Array) => bytes },
  ])('sends $sent to those who accept "$accepted"', async ({ accepted, sent, unpack }) => {
    const plain = await (await get(open, '/graphiql/graphiql.js')).text()
    const response = await get(open, '/graphiql/graphiql.js', { 'accept-encoding': accepted })
    expect(response.headers.get('content-encoding')).toBe(sent)
    expect(response.headers.get('vary')).toContain('accept-encoding')
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(response.headers.get('content-length')).toBe(String(bytes.byteLength))
    if (sent !== null) expect(bytes.byteLength).toBeLessThan(plain.length / 3)
    expect(Buffer.from(unpack(bytes)).toString() === plain).toBe(true)
  })

  it.each(['/graphql', '/graphiql/graphiql.js'])('does not send %s again to a browser that has it', async (path) => {
    const encoded = { 'accept-encoding': 'br' }
    const etag = (await get(open, path, encoded)).headers.get('etag') ?? ''
    const again = await get(open, path, { ...encoded, 'if-none-match': etag })
    expect(again.status).toBe(304)
    expect(again.headers.get('etag')).toBe(etag)
    expect(await again.text()).toBe('')

    expect((await get(open, path, { ...encoded, 'if-none-match': '"another"' })).status).toBe(200)
    expect((await get(open, path, { 'if-none-match': etag })).status).toBe(200)
  })

  it('has the demo key in every tab', async () => {
    const { defaultHeaders, defaultTabs } = await optionsOf(withDemo)
    expect(defaultTabs).toHaveLength(4)
    for (const headers of [defaultHeaders, ...defaultTabs.map((tab) => tab.headers)]) {
      expect(JSON.parse(headers)).toEqual({ Authorization: `Bearer ${demoKey}` })
    }
  })

  it.each([
    ['localhost', true],
    ['localhost:4000', true],
    ['127.0.0.1:8080', true],
    ['[::1]:4000', true],
    ['rebound.example', false],
    ['rebound.example:4000', false],
    ['localhost.rebound.example', false],
    ['192.168.1.7:4000', false],
  ])('asked as %s: has the demo key is %s', async (host, hasKey) => {
    for (let time = 0; time < 2; time++) {
      const response = await withDemo.fetch(`http://${host}/graphql`, { headers: { accept: 'text/html' } })
      const html = await response.text()
      expect(html.includes('Bearer phx_')).toBe(hasKey)
      expect(html.includes('YOUR-PERSONAL-API-KEY')).toBe(!hasKey)
    }
  })

  it('has no key where there is no demo', async () => {
    expect(await page(open)).not.toContain('phx_')
    const { defaultHeaders } = await optionsOf(open)
    expect(JSON.parse(defaultHeaders)).toEqual({ Authorization: 'Bearer YOUR-PERSONAL-API-KEY' })
  })

  it('lets nothing that it is given end its script', async () => {
    const html = await page(withDemo)
    expect(html).not.toContain('<script>alert(1)')
    expect(html.match(/<script/g)).toHaveLength(3)
  })
})

describe('the example operations', () => {
  let key: string

  beforeAll(async () => {
    await test.db.$transaction((tx) => seedDemo(tx, test.time.now), { timeout: 60_000 })
    key = await seedKey(test.db, await test.db.user.findUniqueOrThrow({ where: { email: 'demo@example.com' } }))
  })

  it('show the four main operations', () => {
    const shown = ['eligibleFeatureFlags', 'promptTemplates', 'requiresFlagImplementation', 'stats']
    expect(mainOperations).toHaveLength(shown.length)
    for (const [index, field] of shown.entries()) expect(mainOperations[index]?.query).toContain(`  ${field}(`)
  })

  it('are valid, and run on the demo data', async () => {
    for (const { query, variables } of mainOperations) {
      expect(validate(schema, parse(query))).toEqual([])
      const { data, errors } = await test.run(key, query, variables)
      expect(errors).toBeUndefined()
      expect(Object.values(data)).not.toContain(null)
    }
  })

  it('answer with something in every list that they ask for', async () => {
    for (const { query, variables } of mainOperations) {
      const { data } = await test.run(key, query, variables)
      for (const list of listsIn(data, 2)) expect(list, query).not.toEqual([])
    }
  })

  it('find something to show', async () => {
    const run = async (index: number) => (await test.run(key, mainOperations[index]?.query ?? '', mainOperations[index]?.variables)).data
    expect((await run(0)).eligibleFeatureFlags.nodes).toHaveLength(5)
    expect((await run(2)).requiresFlagImplementation).toMatchObject({ required: false, events: { length: 3 } })
    expect((await run(3)).stats.activeExperiments).toBeGreaterThan(0)
  })
})

/** The lists of an answer, down to so many levels: those that the operation is about. */
function listsIn(value: unknown, levels: number): unknown[][] {
  if (Array.isArray(value)) return [value]
  if (typeof value !== 'object' || value === null || levels < 0) return []
  return Object.values(value).flatMap((inner) => listsIn(inner, levels - 1))
}
