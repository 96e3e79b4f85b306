import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'

// The page's script, with the parts of a browser that it uses.

const script = readFileSync(new URL('../../../src/server/graphiql/start.js', import.meta.url), 'utf8')
const placeholder = 'Bearer YOUR-PERSONAL-API-KEY'
const headers = JSON.stringify({ Authorization: placeholder })
const examples = ['query First { a }', 'query Second { b }'].map((query) => ({ query, variables: '{}', headers }))

class Storage {
  readonly values = new Map<string, string>()
  getItem = (name: string) => this.values.get(name) ?? null
  setItem = (name: string, value: string) => void this.values.set(name, value)
}

const channels: BroadcastChannel[] = []
afterEach(() => {
  for (const channel of channels.splice(0)) channel.close()
})

/** Opens the page in a browser tab. `local` is what all tabs of the browser store. */
function open(search = '', local = new Storage(), session = new Storage()) {
  const sent: (string | null)[] = []
  const location = { href: `http://localhost/graphql${search}` }
  // biome-ignore lint/suspicious/noExplicitAny: the properties of GraphiQL
  const given: any[] = []
  const page: Record<string, unknown> = {
    URL,
    Headers,
    BroadcastChannel: class extends BroadcastChannel {
      constructor(name: string) {
        super(name)
        channels.push(this)
      }
    },
    location,
    history: { replaceState: (_state: null, _title: string, { href }: URL) => void Object.assign(location, { href }) },
    localStorage: local,
    sessionStorage: session,
    document: {
      getElementById: () => ({ textContent: JSON.stringify({ placeholder, defaultHeaders: headers, defaultTabs: examples }) }),
    },
    YogaGraphiQL: { renderYogaGraphiQL: (_root: unknown, props: unknown) => void given.push(props) },
    fetch: async (_url: string, init: { headers: Headers }) => void sent.push(init.headers.get('authorization')),
  }
  page.self = page
  runInContext(script, createContext(page))
  const ask = (authorization: string | null) =>
    (page.fetch as (url: string, init: object) => unknown)('/graphql', {
      headers: new Headers(authorization === null ? {} : { authorization }),
    })
  return { props: given[0], location, sent, ask, local, session }
}

const remember = (tabs: object[], activeTabIndex: number) => {
  const local = new Storage()
  local.setItem('graphiql:tabState', JSON.stringify({ tabs, activeTabIndex }))
  return local
}

describe('the first operation', () => {
  const link = `?${new URLSearchParams({ query: 'query Linked { c }', variables: '{"id":"1"}', operationName: 'Linked' })}`
  const linked = { query: 'query Linked { c }', variables: '{\n  "id": "1"\n}' }

  it('is the first example on the first visit', () => {
    expect(open().props).toMatchObject({ defaultTabs: examples, initialQuery: examples[0]?.query, initialVariables: '{}' })
  })

  it('is that of the tab that was open last', () => {
    const { props } = open(
      '',
      remember(
        [
          { query: 'query Old { a }', variables: null },
          { query: 'query Last { b }', variables: '{"x":1}' },
        ],
        1,
      ),
    )
    expect(props).toMatchObject({ initialQuery: 'query Last { b }', initialVariables: '{"x":1}' })
  })

  it.each([
    ['the first visit', new Storage()],
    ['a later visit', remember([{ query: 'query Old { a }', variables: null }], 0)],
  ])('is that of a link, on %s, which is opened once', (_when, local) => {
    const { props, location } = open(link, local)
    expect(props).toMatchObject({ initialQuery: linked.query, initialVariables: linked.variables })
    expect(props.defaultTabs).toMatchObject([linked, ...examples])
    expect(location.href).toBe('http://localhost/graphql')
  })

  it('is that of a link without variables, or with broken ones', () => {
    expect(open('?query={a}').props).toMatchObject({ initialQuery: '{a}', initialVariables: '' })
    expect(open('?query={a}&variables={x').props).toMatchObject({ initialQuery: '{a}', initialVariables: '{x' })
    expect(open('?query=').props).toMatchObject({ initialQuery: examples[0]?.query })
  })

  it.each([
    ['of two', 'query A { a }\nquery B { b }', 'query B { b }\n\nquery A { a }'],
    [
      'with values that look like operations',
      'query A($x: In = { y: "} query B {" }) @d(z: { a: 1 }) { a(s: """ } query B { \\""" """) } # query B {\n"why"\nmutation B { b }\nfragment F on T { c }',
      '# query B {\n"why"\nmutation B { b }\n\nquery A($x: In = { y: "} query B {" }) @d(z: { a: 1 }) { a(s: """ } query B { \\""" """) }\n\nfragment F on T { c }',
    ],
    ['that is the first', 'query B { b } query A { a }', 'query B { b } query A { a }'],
    ['of a longer name', 'query A { a } query Bee { b }', 'query A { a } query Bee { b }'],
    ['that is not there', 'query A { a }', 'query A { a }'],
    ['of a broken document', 'query A { a } } query B {', 'query A { a } } query B {'],
  ])('is the one that a link names: %s', (_what, query, expected) => {
    expect(open(`?${new URLSearchParams({ query, operationName: 'B' })}`).props).toMatchObject({ initialQuery: expected })
    for (const operationName of ['', '.*', 'A|B']) {
      expect(open(`?${new URLSearchParams({ query, operationName })}`).props).toMatchObject({ initialQuery: query })
    }
  })

  it('is the first example where what was stored is broken', () => {
    for (const state of ['', '{', 'null', '{"tabs":[],"activeTabIndex":3}']) {
      const local = new Storage()
      local.setItem('graphiql:tabState', state)
      expect(open('', local).props.initialQuery).toBe(examples[0]?.query)
    }
  })
})

describe('the key', () => {
  it('that was used last is sent where a tab has the placeholder; other keys stay', async () => {
    const { ask, sent, local } = open()
    for (const given of [placeholder, 'Bearer phx_one', placeholder, 'Bearer phx_two', placeholder]) await ask(given)
    expect(sent).toEqual([placeholder, 'Bearer phx_one', 'Bearer phx_one', 'Bearer phx_two', 'Bearer phx_two'])
    await ask(null)
    expect(sent.at(-1)).toBeNull()
    expect(JSON.stringify([...local.values])).not.toContain('phx_')
  })

  it('is kept when the page is loaded again', async () => {
    const { ask, session } = open()
    await ask('Bearer phx_one')
    const again = open('', new Storage(), session)
    await again.ask(placeholder)
    expect(again.sent).toEqual(['Bearer phx_one'])
  })

  it('is known to a page in a new browser tab', async () => {
    const first = open()
    await first.ask('Bearer phx_one')
    const told = new Promise((resolve) => {
      const listener = new BroadcastChannel('experiments-graph:authorization')
      channels.push(listener)
      listener.onmessage = ({ data }: MessageEvent) => data !== null && resolve(data)
    })
    const second = open()
    expect(await told).toBe('Bearer phx_one')
    await new Promise(setImmediate)
    await second.ask(placeholder)
    expect(second.sent).toEqual(['Bearer phx_one'])
  })
})
