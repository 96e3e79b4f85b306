import { type GraphQLObjectType, getNamedType, isLeafType } from 'graphql'
import { expect } from 'vitest'
import type { EveryType } from '../support/seedEveryType.ts'
import type { Answer, TestServer } from '../support/testServer.ts'
import type { ConnectionField } from './relaySchema.ts'

export interface Arguments {
  first?: number
  after?: string | undefined
  last?: number
  before?: string | undefined
  orderBy?: { field: string; direction: string }
}

export interface Page {
  edges: { cursor: string; node: { __typename: string; id: string } }[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
  nodes: { id: string }[]
  totalCount: number
}

/** A list of the world: one that has rows, or the same of something that has none. */
export function list({ run }: Pick<TestServer, 'run'>, world: EveryType, connection: ConnectionField, which: 'full' | 'empty' = 'full') {
  const { key, around, inside, argument } = wayTo(world, connection, which)
  const given = (args: Arguments) => {
    const pairs = Object.entries(args).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${literal(value)}`]))
    const all = [...argument, ...pairs].join(', ')
    return all === '' ? '' : `(${all})`
  }
  const ask = (pages: readonly Arguments[]) => {
    const selections = pages.map((args, n) => `page${n}: ${connection.field.name}${given(args)} { ...Page }`)
    return run(key, `query { ${around(selections.join('\n'))} } ${pageFragment(connection.connection)}`)
  }
  /** Several pages in one request; fails when one of them was refused. */
  const readAll = async (pages: readonly Arguments[]): Promise<Page[]> => {
    const { data, errors } = await ask(pages)
    expect(errors, JSON.stringify(pages)).toBeUndefined()
    return pages.map((_, n) => inside(data)[`page${n}`])
  }
  return {
    ask: (args: Arguments): Promise<Answer> => ask([args]),
    /** A page with another selection. */
    askFor: (args: Arguments, selection: string): Promise<Answer> =>
      run(key, `{ ${around(`${connection.field.name}${given(args)} { ${selection} }`)} }`),
    readAll,
    read: async (args: Arguments): Promise<Page> => (await readAll([args]))[0] as Page,
  }
}

interface Way {
  key: string
  /** What every page of the list is asked with. */
  argument: string[]
  around(selection: string): string
  inside(data: Answer['data']): Answer['data']
}

/** How a client comes to the list. Fails for a list that stands where nobody knew of any. */
function wayTo({ ids, empty, key, emptyKey }: EveryType, { name, owner, field }: ConnectionField, which: 'full' | 'empty'): Way {
  const idOf = (type: GraphQLObjectType | { name: string }) => (which === 'full' ? ids[type.name]?.[0] : empty[type.name])
  const required = field.args.filter(({ type }) => String(type).endsWith('!')).map((argument) => argument.name)
  const inside = (data: Answer['data']) => data.owner
  if (owner.name === 'Query' && required.join() === 'projectId') {
    return { key, argument: [`projectId: "${idOf({ name: 'Project' })}"`], around: (selection) => selection, inside: (data) => data }
  }
  if (owner.name === 'Viewer' && required.length === 0) {
    return { key: which === 'full' ? key : emptyKey, argument: [], around: (selection) => `owner: viewer { ${selection} }`, inside }
  }
  const id = idOf(owner)
  // The viewer is a member of each organization that they see.
  const argument = which === 'empty' && name === 'Organization.members' ? ['levels: []'] : []
  if (id === undefined || required.length > 0) throw new Error(`The world has no ${which} list ${name}: seed it, or say how it is reached.`)
  return { key, argument, around: (selection) => `owner: node(id: "${id}") { ... on ${owner.name} { ${selection} } }`, inside }
}

function literal(value: string | number | { field: string; direction: string }): string {
  return typeof value === 'object' ? `{ field: ${value.field}, direction: ${value.direction} }` : JSON.stringify(value)
}

function pageFragment(connection: GraphQLObjectType): string {
  // What has no id is told apart by its number, or its first value.
  const fields = (getNamedType(connection.getFields().nodes?.type) as GraphQLObjectType).getFields()
  const first = Object.values(fields).find(({ type }) => isLeafType(getNamedType(type)))?.name
  const id = 'id' in fields ? 'id' : `id: ${'number' in fields ? 'number' : first}`
  return `fragment Page on ${connection.name} {
    edges { cursor node { __typename ${id} } } nodes { ${id} } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }`
}

/** The page that stands from one place of a list up to another. */
export function pageOf({ edges }: Page, from: number, to: number): Page {
  const own = edges.slice(from, to)
  return {
    edges: own,
    nodes: own.map(({ node: { id } }) => ({ id })),
    totalCount: edges.length,
    pageInfo: {
      hasNextPage: to < edges.length,
      hasPreviousPage: from > 0,
      startCursor: own.at(0)?.cursor ?? null,
      endCursor: own.at(-1)?.cursor ?? null,
    },
  }
}
