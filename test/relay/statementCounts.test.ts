import { getNamedType, isInterfaceType, isObjectType, isRequiredArgument, isUnionType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { seedEveryType } from '../support/seedEveryType.ts'
import { testServer } from '../support/testServer.ts'
import { type Arguments, list } from './relayLists.ts'
import { type ConnectionField, connectionFields, fieldsOf, isConnection, leavesOf, servedSchema } from './relaySchema.ts'

// The number of statements does not grow with the rows of a page: for each list, and for each field of what is listed. Lists are found in the
// schema, so that a new list or field is looked at without a word here.

// Without the cache of keys and projects, a request takes the same statements whenever it comes.
const server = await testServer({ accessCacheSeconds: 0, maxOperationCost: 1_000_000 })
const many = 50
/** Among the first rows of a list is one of each kind that takes other statements: a draft beside a running experiment, for example. */
const kinds = 5
const world = await seedEveryType(server.db, many)
// The first use of a key is written.
for (const key of [world.key, world.emptyKey]) await server.run(key, '{ viewer { scopes } }')
const lists = connectionFields(await servedSchema(server))

/** A selection of one field: its values, and of a list what is on its first page. */
function selectionOf(field: ConnectionField['field']): string | null {
  if (field.args.some(isRequiredArgument)) return null
  const type = getNamedType(field.type)
  if (isUnionType(type) || isInterfaceType(type)) return `${field.name} { __typename }`
  if (!isObjectType(type)) return field.name
  return isConnection(type) ? `${field.name}(first: 3) { totalCount nodes { __typename } }` : `${field.name} { ${leavesOf(type)} }`
}

/** How many statements a page takes. */
function count(connection: ConnectionField, args: Arguments, selection: string): Promise<number> {
  const { askFor } = list(server, world, connection)
  return server.countStatements(async () => {
    const { errors } = await askFor(args, `nodes { ${selection} }`)
    expect(errors, selection).toBeUndefined()
  })
}

/** How many statements one row takes, of the kind that takes the most, and a page of fifty. */
async function compare(connection: ConnectionField, selection: string): Promise<{ one: number; more: number }> {
  const more = await count(connection, { first: many }, selection)
  let one = await count(connection, { first: 1 }, selection)
  if (more === one) return { one, more }
  const { edges } = await list(server, world, connection).read({ first: kinds })
  for (const { cursor } of edges) one = Math.max(one, await count(connection, { first: 1, after: cursor }, selection))
  return { one, more }
}

/** One list of each type, and every list with only the ids of its rows. */
const byNode = new Map(lists.map((connection) => [connection.node.name, connection]))

describe('a page of fifty rows takes as many statements as one row', () => {
  it.each(lists)('$name', async (connection) => {
    expect(await count(connection, { first: many }, '__typename')).toBe(await count(connection, { first: 1 }, '__typename'))
  })

  it.each([...byNode.values()])('$name, with each field of its rows', async (connection) => {
    const grown: string[] = []
    for (const field of fieldsOf(connection.node)) {
      const selection = selectionOf(field)
      if (selection === null) continue
      const { one, more } = await compare(connection, selection)
      if (more > one) grown.push(`${connection.node.name}.${field.name}: ${one} for one row, ${more} for ${many}`)
    }
    expect(grown).toEqual([])
  })
})
