import { getIntrospectionQuery } from 'graphql'
import { describe, expect, it } from 'vitest'
import { seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, server, serverOn, ...test } = await testServer({ introspection: false, maxBatchSize: 2 })
const { key, project } = await seedTenant(db)

const wanted = '{ eligibleFeatureFlags(projectId: 1) { totalCount } }'

describe('without introspection', () => {
  it.each([
    ['__schema', getIntrospectionQuery()],
    ['__schema', '{ __schema { queryType { name } } }'],
    ['__type', '{ __type(name: "Query") { name } }'],
    ['__schema', 'query { x: __schema { types { name } } }'],
    ['__schema', 'query { ...f } fragment f on Query { __schema { types { name } } }'],
    ['_service', '{ _service { sdl } }'],
    ['_service', '{ x: _service { __typename } }'],
  ])('%s is refused, also once the document is cached: %s', async (field, query) => {
    for (let time = 0; time < 2; time++) {
      const { data, errors } = await run(key, query)
      expect(data).toBeUndefined()
      expect(errors?.length).toBeGreaterThan(0)
      for (const { message, extensions } of errors ?? []) {
        expect(message).toContain('introspection has been disabled')
        expect(extensions.code).toBe('BAD_USER_INPUT')
      }
      expect(errors?.[0]?.message).toContain(`"${field}"`)
    }
  })

  it('__typename and everything else are answered', async () => {
    const { data, errors } = await run(
      key,
      `{ __typename project(id: ${project.id}) { __typename name } _entities(representations: []) { __typename } }`,
    )
    expect(errors).toBeUndefined()
    expect(data).toMatchObject({ __typename: 'Query', project: { __typename: 'Project' }, _entities: [] })
  })

  it.each([
    ['a field', '{ eligibleFeatureFlag(projectId: 1) { totalCount } }', {}],
    ['a field of a type', '{ viewer { scope } }', {}],
    ['an argument', '{ eligibleFeatureFlags(projectIds: 1) { totalCount } }', {}],
    ['a type', 'query ($id: IDD) { node(id: $id) { id } }', {}],
    ['a fragment', '{ node(id: "x") { ... on FeatureFlags { id } } }', {}],
    ['a value of an enum', `{ experiments(projectId: 1, status: RUNING) { totalCount } }`, {}],
    ['a field of an input', '{ eligibleFeatureFlags(projectId: 1, orderBy: { fields: KEY, direction: ASC }) { totalCount } }', {}],
    [
      'a field of an input in a variable',
      'query ($by: FeatureFlagOrder) { eligibleFeatureFlags(projectId: 1, orderBy: $by) { totalCount } }',
      { by: { fields: 'KEY', direction: 'ASC' } },
    ],
    [
      'a value of an enum in a variable',
      'query ($status: ExperimentStatus) { experiments(projectId: 1, status: $status) { totalCount } }',
      { status: 'RUNING' },
    ],
  ])('an error about %s suggests no name', async (_what, query, variables) => {
    const open = serverOn({ ...test, db }, { introspection: true })
    const ask = async (from: typeof server) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
      const response = await from.fetch('http://localhost/graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
      return JSON.stringify(await response.json())
    }
    expect(await ask(open)).toContain('Did you mean')
    for (let time = 0; time < 2; time++) {
      const answer = await ask(server)
      expect(answer).toContain('errors')
      expect(answer).not.toContain('Did you mean')
    }
  })

  it('a batch does not get around it', async () => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
    const body = JSON.stringify([{ query: wanted }, { query: '{ __schema { queryType { name } } }' }])
    const response = await server.fetch('http://localhost/graphql', { method: 'POST', headers, body })
    expect(await response.text()).not.toContain('queryType":{')
  })
})

it('with introspection, the schema is told', async () => {
  const open = serverOn({ ...test, db }, { introspection: true })
  const response = await open.fetch(
    `http://localhost/graphql?query=${encodeURIComponent('{ __schema { queryType { name } } _service { sdl } }')}`,
  )
  expect(await response.json()).toMatchObject({
    data: { __schema: { queryType: { name: 'Query' } }, _service: { sdl: expect.any(String) } },
  })
})
