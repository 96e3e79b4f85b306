import { randomUUID } from 'node:crypto'
import { type GraphQLObjectType, getNamedType, isInterfaceType, isListType, isNonNullType, isObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { getErrors } from '../support/lists.ts'
import { rows, seedEveryType } from '../support/seedEveryType.ts'
import { testServer } from '../support/testServer.ts'
import { type Arguments, list, type Page, pageOf } from './relayLists.ts'
import { connectionFields, everythingIn, fieldsOf, isConnection, leavesOf, nodeTypes, objectTypes, servedSchema } from './relaySchema.ts'

// https://relay.dev/graphql/connections.htm and https://relay.dev/graphql/objectidentification.htm, for everything that the server says
// it has: what is new fails here until the world has rows of it.

// All fields of a type at once are more than one operation may hold.
const server = await testServer({ maxOperationTokens: 10_000 })
const world = await seedEveryType(server.db)
const schema = await servedSchema(server)
const lists = connectionFields(schema)
const types = nodeTypes(schema)
const everyId = Object.values(world.ids).flat()

const typesOf = (of: Record<string, { type: unknown }>) =>
  Object.fromEntries(Object.entries(of).map(([name, { type }]) => [name, String(type)]))

describe('the schema', () => {
  it('has the lists that are walked here', () => {
    expect(lists.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Query.eligibleFeatureFlags', 'Project.experiments', 'FeatureFlag.activity', 'Viewer.projects']),
    )
  })

  it.each(objectTypes(schema).filter(isConnection))('gives $name edges and pageInfo', (connection) => {
    const { edges, pageInfo } = connection.getFields()
    const edge = getNamedType(edges?.type)
    expect(String(edges?.type)).toBe(`[${edge}!]!`)
    expect(String(pageInfo?.type)).toBe('PageInfo!')
    const { node, cursor } = (edge as GraphQLObjectType).getFields()
    expect(String(cursor?.type)).toBe('String!')
    expect(isObjectType(isNonNullType(node?.type) ? node.type.ofType : node?.type)).toBe(true)
  })

  it('gives what has edges the name of a connection, and pages to nothing else', () => {
    const named = objectTypes(schema).filter(isConnection)
    expect(objectTypes(schema).filter((type) => type.getFields().edges !== undefined)).toEqual(named)
    const paged = objectTypes(schema).flatMap((type) => fieldsOf(type).filter(({ args }) => args.some(({ name }) => name === 'after')))
    expect(paged).toEqual(lists.map(({ field }) => field))
    expect(new Set(lists.map(({ connection }) => connection))).toEqual(new Set(named))
  })

  it.each(lists)('lets $name be paged both ways', ({ field }) => {
    const args = typesOf(Object.fromEntries(field.args.map((arg) => [arg.name, arg])))
    expect(args).toMatchObject({ first: 'Int', after: 'String', last: 'Int', before: 'String' })
    expect(isListType(isNonNullType(field.type) ? field.type.ofType : field.type)).toBe(false)
  })

  it('has the PageInfo of the specification', () => {
    expect(typesOf((schema.getType('PageInfo') as GraphQLObjectType).getFields())).toMatchObject({
      hasNextPage: 'Boolean!',
      hasPreviousPage: 'Boolean!',
      startCursor: 'String',
      endCursor: 'String',
    })
  })

  it('has the Node of the specification, and fields to read one and several again', () => {
    const node = schema.getType('Node')
    expect(isInterfaceType(node) && typesOf(node.getFields())).toEqual({ id: 'ID!' })
    const { node: one, nodes: several } = schema.getQueryType()?.getFields() ?? {}
    expect([String(one?.type), one?.args.map(({ name, type }) => `${name}: ${type}`)]).toEqual(['Node', ['id: ID!']])
    expect([String(several?.type), several?.args.map(({ name, type }) => `${name}: ${type}`)]).toEqual(['[Node]!', ['ids: [ID!]!']])
  })

  it('lets everything be read again that has an id', () => {
    expect(objectTypes(schema).filter((type) => String(type.getFields().id?.type) === 'ID!')).toEqual(types)
  })
})

describe.each(lists)('$name', (connection) => {
  const { ask, read, readAll } = list(server, world, connection)

  /** Goes from page to page by the cursors that they give, until they say that there is none. */
  async function walk(size: number, direction: 'forwards' | 'backwards', args: Arguments = {}): Promise<Page[]> {
    const pages: Page[] = []
    for (let cursor: string | undefined; pages.length <= rows; ) {
      const page = await read({ ...args, ...(direction === 'forwards' ? { first: size, after: cursor } : { last: size, before: cursor }) })
      pages.push(page)
      const { hasNextPage, hasPreviousPage, startCursor, endCursor } = page.pageInfo
      if (direction === 'forwards' ? !hasNextPage : !hasPreviousPage) break
      cursor = (direction === 'forwards' ? endCursor : startCursor) ?? undefined
    }
    return pages
  }

  it('lists what there is, each thing once', async () => {
    const whole = await read({ first: 100 })
    const expected = world.ids[connection.node.name] ?? world.parts[connection.node.name] ?? []
    expect(expected).toHaveLength(rows)
    expect(whole.nodes.map(({ id }) => id).sort()).toEqual([...expected].sort())
    expect(new Set(whole.edges.map(({ cursor }) => cursor)).size).toBe(rows)
    expect(whole.edges.map(({ node }) => node.__typename)).toEqual(Array(rows).fill(connection.node.name))
    expect(whole).toEqual(pageOf(whole, 0, rows))
    expect(await readAll([{}, { last: 100 }])).toEqual([whole, whole])
  })

  it.each([1, 2, 3])('is walked to its end and back by pages of %s', async (size) => {
    const whole = await read({ first: 100 })
    const pages = Math.ceil(rows / size)
    const forwards = [...Array(pages).keys()].map((n) => pageOf(whole, n * size, Math.min((n + 1) * size, rows)))
    expect(await walk(size, 'forwards')).toEqual(forwards)
    const backwards = [...Array(pages).keys()].map((n) => pageOf(whole, Math.max(rows - (n + 1) * size, 0), rows - n * size))
    expect(await walk(size, 'backwards')).toEqual(backwards)
  })

  it('is read from every place in it, both ways', async () => {
    const whole = await read({ first: 100 })
    // Pages of one row are those of the walk.
    const places = whole.edges.flatMap(({ cursor }, at) => [
      ...[2, 100].flatMap((size): [Arguments, Page][] => [
        [{ first: size, after: cursor }, pageOf(whole, at + 1, Math.min(at + 1 + size, rows))],
        [{ last: size, before: cursor }, pageOf(whole, Math.max(at - size, 0), at)],
      ]),
      ...[1, 2, 100].flatMap((size): [Arguments, Page][] => [
        // Not how one pages, but the specification has a meaning for it.
        [{ first: size, before: cursor }, pageOf(whole, 0, Math.min(size, at))],
        [{ last: size, after: cursor }, pageOf(whole, Math.max(rows - size, at + 1), rows)],
      ]),
    ])
    expect(await readAll(places.map(([args]) => args))).toEqual(places.map(([, page]) => page))
  })

  it('is read between any two places in it, both ways', async () => {
    const whole = await read({ first: 100 })
    const cursors = whole.edges.map(({ cursor }) => cursor)
    const spans = cursors.flatMap((after, from) =>
      cursors.slice(from + 1).flatMap((before, distance): [Arguments, Page][] => {
        const [start, end] = [from + 1, from + 1 + distance]
        return [1, 2].flatMap((size): [Arguments, Page][] => [
          [{ first: size, after, before }, pageOf(whole, start, Math.min(start + size, end))],
          [{ last: size, after, before }, pageOf(whole, Math.max(end - size, start), end)],
        ])
      }),
    )
    expect(await readAll(spans.map(([args]) => args))).toEqual(spans.map(([, page]) => page))
  })

  // A prompt is its versions, and a flag has one at least.
  it.skipIf(['Prompt.versions', 'FeatureFlag.versions'].includes(connection.name))(
    'has pages without cursors when it is empty',
    async () => {
      const nothing = pageOf({ edges: [] } as unknown as Page, 0, 0)
      const empty = list(server, world, connection, 'empty')
      const { endCursor } = (await read({ first: 1 })).pageInfo
      const pages: Arguments[] = [{}, { first: 1 }, { last: 1 }, { first: 1, after: endCursor ?? '' }, { last: 1, before: endCursor ?? '' }]
      expect(await empty.readAll(pages)).toEqual(pages.map(() => nothing))
    },
  )

  it('rejects wrong arguments by their name', async () => {
    const refusal = async (args: Arguments) => getErrors(await ask(args))
    for (const size of [0, -1, 101, 2_147_483_647]) {
      expect(await refusal({ first: size })).toEqual([{ code: 'BAD_USER_INPUT', argument: 'first' }])
      expect(await refusal({ last: size })).toEqual([{ code: 'BAD_USER_INPUT', argument: 'last' }])
    }
    const other = lists.find(({ node }) => node !== connection.node) ?? connection
    const { endCursor } = (await list(server, world, other).read({ first: 1 })).pageInfo
    for (const cursor of ['', 'nonsense', world.ids.User?.[0] ?? '', endCursor ?? '']) {
      expect(await refusal({ first: 1, after: cursor })).toEqual([{ code: 'BAD_USER_INPUT', argument: 'after' }])
      expect(await refusal({ last: 1, before: cursor })).toEqual([{ code: 'BAD_USER_INPUT', argument: 'before' }])
    }
    expect(await refusal({ first: 1, last: 1 })).toEqual([{ code: 'BAD_USER_INPUT', argument: 'last' }])
  })

  it.each(connection.orders)('rejects by $field $direction the cursors of its other orders', async (orderBy) => {
    const { endCursor } = (await read({ first: 1, orderBy })).pageInfo
    for (const other of connection.orders.filter((each) => each !== orderBy)) {
      const answer = await ask({ first: 1, after: endCursor ?? '', orderBy: other })
      expect(getErrors(answer)).toEqual([{ code: 'BAD_USER_INPUT', argument: 'after' }])
    }
  })

  it.each(connection.orders)('is walked by $field $direction, and is the other direction reversed', async (orderBy) => {
    const whole = await read({ first: 100, orderBy })
    expect(whole.edges).toHaveLength(rows)
    const forwards = await walk(2, 'forwards', { orderBy })
    expect(forwards).toEqual([pageOf(whole, 0, 2), pageOf(whole, 2, 4), pageOf(whole, 4, 5)])
    const backwards = await walk(2, 'backwards', { orderBy })
    expect(backwards).toEqual([pageOf(whole, 3, 5), pageOf(whole, 1, 3), pageOf(whole, 0, 1)])
    const direction = orderBy.direction === 'ASC' ? 'DESC' : 'ASC'
    const reversed = await read({ first: 100, orderBy: { ...orderBy, direction } })
    expect(reversed.nodes).toEqual([...whole.nodes].reverse())
  })
})

const again = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }'
async function readAgain(ids: string[]) {
  const { data, errors } = await server.run(world.key, again, { ids })
  expect(errors).toBeUndefined()
  return data.nodes
}

describe('everything that has a global id', () => {
  it('has one that is its alone', () => {
    expect(Object.keys(world.ids).sort()).toEqual(types.map(({ name }) => name).sort())
    expect(new Set(everyId).size).toBe(everyId.length)
  })

  it('is read again in the order that was asked for, whatever its type, also twice', async () => {
    const mixed = [...everyId.filter((_, n) => n % 2 === 0), ...everyId.filter((_, n) => n % 2 === 1).reverse(), everyId[0] ?? '']
    expect((await readAgain(mixed)).map(({ id }: { id: string }) => id)).toEqual(mixed)
  })
})

describe.each(types.map((type) => ({ name: type.name, type })))('a $name', ({ name, type }) => {
  const ids = world.ids[name] ?? []
  const one = `query ($id: ID!) { node(id: $id) { ... on ${name} { ${leavesOf(type)} } } }`

  it('is the same object, however it is read', async () => {
    expect(ids.length).toBeGreaterThan(1)
    const several = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${name} { ${leavesOf(type)} } } }`
    const { data, errors } = await server.run(world.key, several, { ids })
    expect(errors).toBeUndefined()
    for (const [place, id] of ids.entries()) {
      const { data: alone } = await server.run(world.key, one, { id })
      expect(alone.node).toMatchObject({ __typename: name, id })
      expect(data.nodes[place]).toEqual(alone.node)
    }
  })

  it('is null when it is not there, and spoils nothing', async () => {
    const own = atob(ids[0] ?? '').slice(name.length + 1)
    const missing = btoa(`${name}:${/^\d+$/.test(own) ? 2_147_483_000 : own.replace(/^.{36}/, randomUUID())}`)
    expect(await server.run(world.key, one, { id: missing })).toEqual({ data: { node: null } })
    const [first, last] = [ids[0] ?? '', ids.at(-1) ?? '']
    expect(await readAgain([first, missing, last])).toEqual([{ __typename: name, id: first }, null, { __typename: name, id: last }])
  })

  it('gives only what can be read again by its id', async () => {
    const { data, errors } = await server.run(
      world.key,
      `query ($id: ID!) { node(id: $id) { ... on ${name} { ${everythingIn(type, 2)} } } }`,
      {
        id: ids[0],
      },
    )
    expect(errors).toBeUndefined()
    const met = [...new Map(identified(data.node).map((object) => [object.id, object])).values()]
    expect(met).toContainEqual({ __typename: name, id: ids[0] })
    expect(met.filter(({ __typename }) => !types.some((known) => known.name === __typename))).toEqual([])
    expect(await readAgain(met.map(({ id }) => id))).toEqual(met)
  })
})

/** Every object with an id in an answer. */
function identified(value: unknown): { __typename: string; id: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const { __typename, id } = value as { __typename?: string; id?: string }
  const inside = Object.values(value).flatMap(identified)
  return __typename !== undefined && id !== undefined ? [{ __typename, id }, ...inside] : inside
}
