import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import { schema } from '../../src/schema/schema.ts'
import { type Answer, type TestServer, testServer } from '../support/testServer.ts'

const rootTypes = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter((type) => type != null)
/** The schema itself, for composers: open to everybody, as introspection is. */
const publicFields = ['Query._service']
/** References are refused each in its place, lest one list of a gateway's takes the others along. */
const refusedInPlaces = ['Query._entities']
const rootFields = rootTypes
  .flatMap((type) => Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, type, field] as const))
  .filter(([name]) => !publicFields.includes(name))

/** What a page is made of holds nothing of its own: the types in it have their scopes. */
const partOfAPage = (name: string) => name === 'PageInfo' || name === '_Service' || name.endsWith('Connection') || name.endsWith('Edge')
const objects = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter(({ name }) => !name.startsWith('__') && !partOfAPage(name))
  .filter((type) => !rootTypes.includes(type))

/** What stands at `authScopes` where a type or a field was defined. */
function statedScopes({ extensions }: { extensions: Readonly<Record<string, unknown>> }): unknown {
  return (extensions.pothosOptions as { authScopes?: unknown } | undefined)?.authScopes
}

/** What is asked of a key. A field may also grant the reading of what it gives, which a list does not. */
function withoutGrants(scopes: unknown): unknown {
  const { $any } = scopes as { $any?: { scope: string } }
  return $any === undefined ? scopes : { scope: $any.scope }
}

/** The word for an error of a mutation: it says what was refused and holds no rows. */
const saysARefusal = (type: GraphQLObjectType) => type.getInterfaces().some(({ name }) => name === 'Error')

describe('the schema', () => {
  it.each(rootFields.filter(([name]) => !refusedInPlaces.includes(name)))('states what %s needs', (_name, _type, field) => {
    expect(statedScopes(field)).toBeTruthy()
  })

  it.each(objects.filter((type) => !saysARefusal(type)).map((type) => [type.name, type] as const))(
    'states what %s needs',
    (_name, type) => {
      expect(statedScopes(type)).toBeTruthy()
    },
  )
})

const lists = objects.flatMap((type) =>
  Object.values(type.getFields())
    .filter((field) => getNamedType(field.type).name.endsWith('Connection'))
    .map((field) => [`${type.name}.${field.name}`, type, field] as const),
)

describe('a list inside an object', () => {
  // Else its cursors and its count would tell of rows that the key may not read.
  it.each(lists)('%s needs what its rows need', (_name, type, field) => {
    const page = getNamedType(field.type) as GraphQLObjectType
    const row = getNamedType(page.getFields().nodes?.type) as GraphQLObjectType
    const needed = withoutGrants(statedScopes(row))
    expect([statedScopes(field), statedScopes(type)]).toContainEqual(needed)
  })
})

describe('without a key', () => {
  let tested: TestServer
  beforeAll(async () => {
    tested = await testServer()
  })

  it.each(rootFields)('%s answers UNAUTHENTICATED and null', async (name, type, field) => {
    const response = await tested.server.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ query: operation(type, field) }),
    })
    const { data, errors } = (await response.json()) as Answer
    if (refusedInPlaces.includes(name)) expect(data[field.name]).toEqual([null])
    else expect(data?.[field.name] ?? null).toBeNull()
    expect(errors).toMatchObject([{ message: 'Authentication credentials were not provided.', extensions: { code: 'UNAUTHENTICATED' } }])
    expect(tested.statements).toEqual([])
  })
})

function operation(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): string {
  const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }'
  const required = field.args.filter(isRequiredArgument).map(withValue)
  return `${type.name.toLowerCase()} { ${field.name}${required.length === 0 ? '' : `(${required.join(', ')})`}${selection} }`
}

function withValue({ name, type }: Pick<GraphQLArgument, 'name' | 'type'>): string {
  return `${name}: ${someValue(type)}`
}

/** A value that GraphQL itself finds nothing wrong with. */
function someValue(type: GraphQLInputType): string {
  if (isNonNullType(type)) return someValue(type.ofType)
  if (isListType(type)) return `[${someValue(type.ofType)}]`
  if (isEnumType(type)) return type.getValues()[0]?.name ?? 'null'
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
    const given = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField)
    return `{ ${given.map(withValue).join(', ')} }`
  }
  return { Int: '1', Float: '1', Boolean: 'true', DateTime: '"2026-01-01T00:00:00Z"', JSON: '{}' }[type.name] ?? '"1"'
}
