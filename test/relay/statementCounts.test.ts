import { getNamedType, isInterfaceType, isObjectType, isRequiredArgument, isUnionType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { seedEveryType } from '../support/seedEveryType.ts'
import { testServer } from '../support/testServer.ts'
import { list } from './relayLists.ts'
import { type ConnectionField, connectionFields, fieldsOf, isConnection, leavesOf, servedSchema } from './relaySchema.ts'

// The number of statements does not grow with the rows of a page: for each list, and for each field of what is listed. Lists are found in the
// schema, so that a new list or field is looked at without a word here.

// Without the cache of keys and projects, a request takes the same statements whenever it comes.
const server = await testServer({ accessCacheSeconds: 0, maxOperationCost: 1_000_000 })
const many = 50
/** Two rows of each kind that takes other statements: a draft beside a running experiment, for example. */
const few = 2
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

/** How many statements a page of so many rows takes. */
function count(connection: ConnectionField, first: number, selection: string): Promise<number> {
  const { askFor } = list(server, world, connection)
  return server.countStatements(async () => {
    const { errors } = await askFor(`first: ${first}`, `nodes { ${selection} }`)
    expect(errors, selection).toBeUndefined()
  })
}

/** One list of each type, and every list with only the ids of its rows. */
const byNode = new Map(lists.map((connection) => [connection.node.name, connection]))

describe('a page of fifty rows takes as many statements as a page of two', () => {
  it.each(lists)('$name', async (connection) => {
    expect(await count(connection, many, '__typename')).toBe(await count(connection, few, '__typename'))
  })

  it.each([...byNode.values()])('$name, with each field of its rows', async (connection) => {
    const grown: string[] = []
    for (const field of fieldsOf(connection.node)) {
      const selection = selectionOf(field)
      if (selection === null) continue
      const [fewer, more] = [await count(connection, few, selection), await count(connection, many, selection)]
      if (more > fewer) grown.push(`${connection.node.name}.${field.name}: ${fewer} for ${few} rows, ${more} for ${many}`)
    }
    expect(grown).toEqual([])
  })
})
