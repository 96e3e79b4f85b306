import {
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  parse,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../../../src/schema/schema.ts'
import { fieldCost } from '../../../src/server/limits/fieldCost.ts'
import { operationCost } from '../../../src/server/limits/operationCost.ts'
import { seedFlag } from '../../support/seed.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

const cost = (text: string, variables = {}, name: string | null = null) => {
  const { points, depth } = operationCost(schema, parse(text), name, variables)
  return { points, depth }
}
const flags = (args: string, fields: string) => `eligibleFeatureFlags(projectId: 1, ${args}) { ${fields} }`

it('the cost of an operation goes by its variables, each time that it comes', () => {
  const document = parse(
    'query ($project: ID!, $first: Int) { eligibleFeatureFlags(projectId: $project, first: $first) { nodes { key } } }',
  )
  const points = [5, 50, 5, undefined].map((first) => operationCost(schema, document, null, { project: '1', first }).points)
  expect(points).toEqual([6, 51, 6, 21])
  const flag = parse('query ($any: Boolean) { requiresFlagImplementation(projectId: 1, anyEvent: $any) { required } }')
  expect([null, true, null].map((any) => operationCost(schema, flag, null, { any }).points)).toEqual([5, 505, 5])
  const ids = parse('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }')
  expect([['a'], ['a', 'b'], ['a']].map((list) => operationCost(schema, ids, null, { ids: list }).points)).toEqual([1, 2, 1])
  const fixed = parse('query ($project: ID!) { eligibleFeatureFlags(projectId: $project, first: 5) { nodes { key } } }')
  expect(['1', '2'].map((project) => operationCost(schema, fixed, null, { project }).points)).toEqual([6, 6])
})

describe('the cost of an operation', () => {
  it.each([
    ['a point an object, and none a text', '{ viewer { scopes } }', { points: 1, depth: 2 }],
    ['what is on a page, for each row of it', `{ ${flags('first: 10', 'nodes { key }')} }`, { points: 1 + 10, depth: 3 }],
    [
      'nodes and edges, which are the same page',
      `{ ${flags('first: 10', 'nodes { key } edges { node { key } }')} }`,
      { points: 1 + 10 * 3, depth: 4 },
    ],
    [
      'a page inside a page',
      `{ ${flags('first: 10', 'nodes { experiments(last: 5) { nodes { name } } }')} }`,
      { points: 1 + 10 * (1 + 1 + 5), depth: 5 },
    ],
    ['twenty rows, when nobody says how many', `{ ${flags('active: true', 'nodes { key }')} }`, { points: 21, depth: 3 }],
    [
      'a hundred rows at most, when somebody asks for more',
      `{ ${flags('first: 2000000000', 'nodes { key }')} }`,
      { points: 101, depth: 3 },
    ],
    ['nothing less than nothing', `{ ${flags('first: -7', 'nodes { key }')} }`, { points: 1, depth: 3 }],
    [
      'fragments as what is in them',
      '{ viewer { ...a ... on Viewer { scopes } } } fragment a on Viewer { scopes }',
      { points: 1, depth: 2 },
    ],
    ['the schema as a fixed price', '{ __schema { types { name fields { name } } } }', { points: 1_000, depth: 4 }],
    ['a type as another', '{ __type(name: "Query") { name } }', { points: 100, depth: 2 }],
    ['the text of the schema', '{ _service { sdl } }', { points: 100, depth: 2 }],
    ['aliases in the schema, which ask for it again', '{ __schema { types { name } a: types { name } } }', { points: 2_000, depth: 3 }],
    ['the standard introspection query', getIntrospectionQuery(), { points: 1_000, depth: 15 }],
    ['what costs more, as its directive says', '{ stats(projectId: 1) { percentChange } }', { points: 5, depth: 2 }],
    ['a count of a whole list', `{ ${flags('first: 1', 'totalCount')} }`, { points: 1 + 10, depth: 2 }],
    [
      'the days that are read',
      '{ node(id: "x") { ... on FeatureFlag { usage(days: 7) { calls } } } }',
      { points: 1 + 10 + 7 * 5, depth: 3 },
    ],
    ['days that nobody names', '{ node(id: "x") { ... on FeatureFlag { usage { calls } } } }', { points: 1 + 10 + 30 * 5, depth: 3 }],
    [
      'each alias of them, and what is listed of each day',
      '{ node(id: "x") { ... on FeatureFlag { usage(days: 90) { calls } b: usage(days: 2000000) { days { calls } } } } }',
      { points: 1 + 2 * (10 + 90 * 5) + 100, depth: 4 },
    ],
    ['JSON, which has no bound', `{ ${flags('first: 10', 'nodes { filters }')} }`, { points: 1 + 10 * (1 + 5), depth: 3 }],
    ['lists of JSON', '{ node(id: "x") { ... on Experiment { metrics } } }', { points: 1 + 5 * 5, depth: 2 }],
    [
      'an object in an argument',
      `{ ${flags('first: 1, orderBy: { field: KEY, direction: ASC }', 'nodes { key }')} }`,
      { points: 1 + 1 + 1, depth: 3 },
    ],
    [
      'the entries of a list in an argument',
      '{ requiresFlagImplementation(projectId: 1, events: ["a", "b"], actionIds: [1], sampleSize: 9) { events { event } } }',
      { points: 5 + (1 + 2) + (5 + 5) + 100 + 5, depth: 3 },
    ],
    ['an object for each id', '{ nodes(ids: ["a", "b", "c"]) { id } }', { points: 3, depth: 2 }],
    ['ten points a mutation', 'mutation { pauseExperiment(input: { id: 1 }) { __typename } }', { points: 10 + 1, depth: 2 }],
    [
      'the main page',
      `query Page($projectId: ID = 1) { eligibleFeatureFlags(projectId: $projectId, first: 20) {
         nodes { databaseId key name active createdAt createdBy { databaseId firstName email }
           experiments { nodes { databaseId name startDate } } evaluationContexts }
         pageInfo { hasNextPage endCursor } } }`,
      // The page, its position, and twenty flags with their creator and twenty experiments each.
      { points: 1 + 1 + 20 * (1 + 1 + (1 + 20)), depth: 5 },
    ],
  ])('counts %s', (_name, text, expected) => {
    expect(cost(text)).toEqual(expected)
  })

  it('knows variables, and their defaults', () => {
    const text = `query ($first: Int = 50) { ${flags('first: $first', 'nodes { key }')} }`
    expect([cost(text).points, cost(text, { first: 3 }).points, cost(text, { first: 'x' }).points]).toEqual([51, 4, 0])
  })

  it('counts the operation that is asked for', () => {
    const text = 'query A { viewer { scopes } } query B { viewer { user { email firstName } } }'
    expect([cost(text, {}, 'A').points, cost(text, {}, 'B').points]).toEqual([1, 2])
  })

  it('is reckoned at once where fragments double each other', () => {
    const levels = Array.from({ length: 60 }, (_, n) => `fragment f${n} on Viewer { ...f${n + 1} ...f${n + 1} }`).join(' ')
    expect(cost(`{ viewer { ...f0 } } ${levels} fragment f60 on Viewer { user { email } }`).points).toBe(1 + 2 ** 60)
  })
})

describe('a field whose argument is wrong', async () => {
  const { db, run } = await testServer({ maxOperationCost: 3_000 })
  const { key, project } = await seedTenant(db)
  await seedFlag(db, project, { key: 'only' })

  it('is rejected alone', async () => {
    const { data, errors } = await run(
      key,
      `{ viewer { scopes }
         bad: eligibleFeatureFlags(projectId: ${project.id}, first: 1000) { totalCount }
         project(id: ${project.id}) { experiments(first: 0) { totalCount } name }
         good: eligibleFeatureFlags(projectId: ${project.id}, first: 1) { nodes { key } } }`,
    )
    expect(data).toEqual({
      viewer: { scopes: ['*'] },
      bad: null,
      project: { experiments: null, name: project.name },
      good: { nodes: [{ key: 'only' }] },
    })
    expect(errors).toMatchObject([
      { path: ['bad'], extensions: { code: 'BAD_USER_INPUT', argument: 'first' } },
      { path: ['project', 'experiments'], extensions: { code: 'BAD_USER_INPUT', argument: 'first' } },
    ])
  })

  it('lets no operation past the limit', async () => {
    const dear = Array.from({ length: 30 }, (_, n) => `a${n}: eligibleFeatureFlags(projectId: ${project.id}, first: 100) { nodes { key } }`)
    const { data, errors } = await run(
      key,
      `{ eligibleFeatureFlags(projectId: ${project.id}, first: 1000) { totalCount } ${dear.join(' ')} }`,
    )
    expect(data ?? null).toBeNull()
    expect(errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_EXPENSIVE' } }])
  })
})

it('every list that costs something has a size in the schema', () => {
  const unsized = Object.values(schema.getTypeMap()).flatMap((type) => {
    if (isIntrospectionType(type) || !(isObjectType(type) || isInterfaceType(type)) || /Connection$/.test(type.name)) return []
    return Object.values(type.getFields()).flatMap((field) => {
      const { weight, listSize } = fieldCost(field)
      const isPage = /Connection$/.test(getNamedType(field.type).name)
      const needsSize = isPage || (isListType(getNullableType(field.type)) && weight > 0)
      return needsSize && listSize === undefined ? [`${type.name}.${field.name}`] : []
    })
  })
  expect(unsized).toEqual([])
})

describe('who asks for the schema', async () => {
  const { run } = await testServer({ maxAliases: 1_000, maxRootFields: 1_000, maxOperationTokens: 10_000 })
  const many = (count: number, field: string) => `{ ${Array.from({ length: count }, (_, n) => `a${n}: ${field}`).join(' ')} }`
  const refused = (what: string) => [{ message: expect.stringContaining(what), extensions: { code: 'OPERATION_TOO_EXPENSIVE' } }]

  it('gets it once', async () => {
    const { data, errors } = await run(null, getIntrospectionQuery())
    expect(errors).toBeUndefined()
    expect(data.__schema.types.length).toBeGreaterThan(100)
  })

  it.each([
    ['twice', many(2, '__schema { queryType { name } }'), '`__schema` 2 times'],
    [
      'twice, through a fragment',
      '{ ...f a: __schema { queryType { name } } } fragment f on Query { __schema { queryType { name } } }',
      '`__schema` 2 times',
    ],
    ['800 times, as text', many(800, '_service { sdl }'), '`_service` 800 times'],
    ['eleven times, type by type', many(11, '__type(name: "Query") { name }'), '`__type` 11 times'],
  ])('does not get it %s', async (_how, query, what) => {
    const { data, errors } = await run(null, query)
    expect(data ?? null).toBeNull()
    expect(errors).toMatchObject(refused(what))
  })

  it('gets no type of a type without end', async () => {
    const nested = (levels: number): string => (levels === 0 ? 'name' : `ofType { ${nested(levels - 1)} }`)
    const ask = (levels: number) => run(null, `{ __type(name: "Query") { ${nested(levels)} } }`)
    expect((await ask(12)).errors).toBeUndefined()
    expect((await ask(15)).errors).toMatchObject(refused('17 levels deep'))
  })
})
