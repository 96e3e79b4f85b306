import { describe, expect, it } from 'vitest'
import { seedFlag } from '../../support/seed.ts'
import { globalId, seedTenant, testServer } from '../../support/testServer.ts'

// What a gateway, or anybody, may send as a reference: every mistake is told in its own place.

const { db, run } = await testServer()
const tenant = await seedTenant(db)
const theirs = await seedTenant(db)
const { project } = tenant
const stored = await seedFlag(db, project)
const sound = { __typename: 'Project', databaseId: project.id }

type Reference = Record<string, unknown>

const entities = `query ($references: [_Any!]!) {
  _entities(representations: $references) { __typename ... on Node { id } }
}`
const read = (key: string | null, references: unknown, query = entities) => run(key, query, { references })

describe('a reference that is none', () => {
  const flag = { __typename: 'FeatureFlag' }
  const id = globalId('FeatureFlag', 1)

  it.each<[string, unknown]>([
    ['no object', 'FeatureFlag'],
    ['a number', 5],
    ['a list', [flag]],
    ['an object without a type', { id }],
    ['a type that is no text', { __typename: 5, id }],
    ['a type that is a list', { __typename: ['FeatureFlag'], id }],
    ['an unknown type', { __typename: 'Page', id: globalId('Page', 1) }],
    ['a type that is no entity', { __typename: 'Tag', id: globalId('Tag', 'a') }],
    ['an id that is no UUID', { __typename: 'Role', id: globalId('Role', 'a') }],
    ['a union', { __typename: '_Entity', id }],
    ['an interface', { __typename: 'Node', id }],
    ['a root type', { __typename: 'Query', id }],
    ['a scalar', { __typename: 'Int', id }],
    ['a property of every object', { __typename: 'constructor', id }],
    ['__proto__', { ...JSON.parse('{"__proto__": 1}'), __typename: '__proto__', id }],
    ['no key', flag],
    ['an id of another type', { ...flag, id: globalId('Experiment', 1) }],
    ['an id of another subgraph', { ...flag, id: globalId('Page', 1) }],
    ['an id that is null', { ...flag, id: null }],
    ['an id that is a number', { ...flag, id: 1 }],
    ['an id that is an object', { ...flag, id: { eq: id } }],
    ['an id that is not base64', { ...flag, id: '!!!' }],
    ['an id without a number', { ...flag, id: globalId('FeatureFlag', 'x') }],
    ['an endless id', { ...flag, id: 'A'.repeat(100_000) }],
    ['a negative number', { ...flag, databaseId: -1 }],
    ['a number of 0', { ...flag, databaseId: 0 }],
    ['a fraction', { ...flag, databaseId: 1.5 }],
    ['a number beyond all', { ...flag, databaseId: 1e300 }],
    ['a number as text', { ...flag, databaseId: '1' }],
    ['a number in a list', { ...flag, databaseId: [1] }],
    ['a number where the type has no such key', { __typename: 'ChangeRequest', databaseId: 1 }],
    ['a key without a project', { ...flag, key: 'a' }],
    ['a project without a key', { ...flag, projectId: '1' }],
    ['a project that is an object', { ...flag, projectId: { id: 1 }, key: 'a' }],
    ['a project that is a flag', { ...flag, projectId: id, key: 'a' }],
    ['a project that is nonsense', { ...flag, projectId: 'shop', key: 'a' }],
    ['a project that is a fraction', { ...flag, projectId: 1.5, key: 'a' }],
    ['a key that is an object', { ...flag, projectId: 1, key: { not: '' } }],
    ['a key that is null', { ...flag, projectId: 1, key: null }],
  ])('is told in its own place: %s', async (_name, reference) => {
    const { data, errors } = await read(tenant.key, [reference, sound])
    expect(data._entities).toEqual([null, { __typename: 'Project', id: globalId('Project', project.id) }])
    expect(errors).toMatchObject([{ path: ['_entities', 0], extensions: { code: 'BAD_USER_INPUT', argument: 'representations' } }])
    expect(errors?.[0]?.message.length).toBeLessThan(300)
  })

  it.each<[string, Reference]>([
    ['a number that no row can have', { databaseId: 2_147_483_648 }],
    ['an id that no row can have', { id: globalId('FeatureFlag', 2_147_483_648) }],
    ['a project that no row can have', { projectId: 9_999_999_999, key: 'a' }],
    ['a key with a NUL', { projectId: 1, key: 'a\0b' }],
    ['a key that is half a character', { projectId: 1, key: '\ud800' }],
    ['an endless key', { projectId: 1, key: 'a'.repeat(100_000) }],
    ['a key with signs of SQL', { projectId: 1, key: "'; DROP TABLE feature_flag; --%_" }],
  ])('is null where it is well-formed and names nothing: %s', async (_name, fields) => {
    expect(await read(tenant.key, [{ ...flag, ...fields }])).toEqual({ data: { _entities: [null] } })
  })

  it('may carry more than its key', async () => {
    const [reference] = [{ __typename: 'FeatureFlag', id: globalId('FeatureFlag', stored.id) }]
    const { data, errors } = await read(tenant.key, [{ ...reference, name: 'x', deleted: { a: [1] }, __proto: 1, unknown: null }])
    expect(errors).toBeUndefined()
    expect(data._entities).toEqual([reference])
  })

  it('spoils the whole field where it is null, as any argument does', async () => {
    const { errors } = await read(tenant.key, [null])
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })

  it('may stand in the operation itself', async () => {
    const { data, errors } = await run(
      tenant.key,
      `{ _entities(representations: [{ __typename: "Project", databaseId: ${project.id} }, { __typename: "Project", databaseId: 1.5 }]) {
        ... on Project { name }
      } }`,
    )
    expect(data._entities).toEqual([{ name: project.name }, null])
    expect(errors).toMatchObject([{ path: ['_entities', 1], extensions: { code: 'BAD_USER_INPUT' } }])
  })
})

it('rejects more than 1,000 references, and answers 1,000', async () => {
  const [reference] = [sound]
  const many = (count: number) =>
    read(
      tenant.key,
      Array.from({ length: count }, () => reference),
    )
  const full = await many(1000)
  expect(full.errors).toBeUndefined()
  expect(full.data._entities).toHaveLength(1000)

  const { data, errors } = await many(1001)
  expect(data?._entities ?? null).toBeNull()
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'representations' } }])
})

it('counts what references cost', async () => {
  const references = Array.from({ length: 1000 }, (_, index) => ({ __typename: 'FeatureFlag', databaseId: index + 1 }))
  const dear = `query ($references: [_Any!]!) { _entities(representations: $references) {
    ... on FeatureFlag { experiments(first: 100) { nodes { name } } }
  } }`
  const { errors } = await read(tenant.key, references, dear)
  expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_EXPENSIVE' } }])
})

it('answers nobody without a key, and tells so in each place, of each of the lists that a gateway asks for at once', async () => {
  const several = `query ($references: [_Any!]!) {
    one: _entities(representations: $references) { ... on Project { name } }
    two: _entities(representations: $references) { ... on FeatureFlag { key } }
  }`
  const references = [project.id, theirs.project.id, 2_000_000_000].map((databaseId) => ({ __typename: 'Project', databaseId }))
  for (const key of [null, 'phx_wrong']) {
    const { data, errors } = await read(key, references, several)
    expect(data).toEqual({ one: [null, null, null], two: [null, null, null] })
    expect(errors?.map(({ path, extensions }) => `${path?.join('.')} ${extensions.code}`).sort()).toEqual(
      ['one', 'two'].flatMap((list) => [0, 1, 2].map((place) => `${list}.${place} UNAUTHENTICATED`)),
    )
  }
})

it("reads nothing, and rejects nothing, by an id that may be another subgraph's", async () => {
  const ids = [globalId('Page', 1), globalId('Blog_Post2', 'a:b/c é'), globalId('FeatureFlag', stored.id)]
  for (const id of ids.slice(0, 2))
    expect(await run(tenant.key, 'query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ data: { node: null } })
  const { data, errors } = await run(tenant.key, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })
  expect(errors).toBeUndefined()
  expect(data.nodes).toEqual([null, null, { id: globalId('FeatureFlag', stored.id) }])
})
