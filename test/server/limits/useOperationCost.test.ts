import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { schema } from '../../../src/schema/schema.ts'
import { operationCost } from '../../../src/server/limits/operationCost.ts'
import { seedFlag } from '../../support/seed.ts'
import { seedTenant, testServer } from '../../support/testServer.ts'

const cost = (text: string, variables = {}, name: string | null = null) => operationCost(schema, parse(text), name, variables)
const flags = (args: string, fields: string) => `eligibleFeatureFlags(projectId: 1, ${args}) { ${fields} }`

it('the cost of an operation goes by its variables, each time that it comes', () => {
  const document = parse(
    'query ($project: ID!, $first: Int) { eligibleFeatureFlags(projectId: $project, first: $first) { nodes { key } } }',
  )
  const points = [5, 50, 5, undefined].map((first) => operationCost(schema, document, null, { project: '1', first }).points)
  expect(points).toEqual([6, 51, 6, 21])
  const fixed = parse('query ($project: ID!) { eligibleFeatureFlags(projectId: $project, first: 5) { nodes { key } } }')
  expect(['1', '2'].map((project) => operationCost(schema, fixed, null, { project }).points)).toEqual([6, 6])
})

describe('the cost of an operation', () => {
  it.each([
    ['a point a field', '{ viewer { scopes } }', { points: 2, depth: 2 }],
    ['what is on a page, for each row of it', `{ ${flags('first: 10', 'nodes { key }')} }`, { points: 1 + 10, depth: 3 }],
    [
      'nodes and edges, which are the same page',
      `{ ${flags('first: 10', 'nodes { key } edges { node { key } }')} }`,
      { points: 1 + 10 * 3, depth: 4 },
    ],
    [
      'a page inside a page',
      `{ ${flags('first: 10', 'nodes { experiments(last: 5) { nodes { name } } }')} }`,
      { points: 1 + 10 * 6, depth: 5 },
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
      { points: 3, depth: 2 },
    ],
    ['what the schema tells of itself as nothing much', '{ __schema { types { name } } }', { points: 1, depth: 1 }],
  ])('counts %s', (_name, text, expected) => {
    expect(cost(text)).toEqual(expected)
  })

  it('knows variables, and their defaults', () => {
    const text = `query ($first: Int = 50) { ${flags('first: $first', 'nodes { key }')} }`
    expect([cost(text).points, cost(text, { first: 3 }).points, cost(text, { first: 'x' }).points]).toEqual([51, 4, 0])
  })

  it('counts the operation that is asked for', () => {
    const text = 'query A { viewer { scopes } } query B { viewer { user { email firstName } } }'
    expect([cost(text, {}, 'A').points, cost(text, {}, 'B').points]).toEqual([2, 4])
  })

  it('is reckoned at once where fragments double each other', () => {
    const levels = Array.from({ length: 60 }, (_, n) => `fragment f${n} on Viewer { ...f${n + 1} ...f${n + 1} }`).join(' ')
    expect(cost(`{ viewer { ...f0 } } ${levels} fragment f60 on Viewer { scopes }`).points).toBe(1 + 2 ** 60)
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
