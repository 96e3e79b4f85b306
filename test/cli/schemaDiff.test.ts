import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { compareSchemas, fetchSchema } from '../../src/cli/schemaDiff.ts'
import { schema } from '../../src/schema/schema.ts'
import { listen } from '../support/listen.ts'
import { seedTenant, testServer } from '../support/testServer.ts'

describe('the difference of two schemas', () => {
  const old = buildSchema('type Query { a: Int b(x: Int): Kind } enum Kind { ONE }')

  it('tells what breaks clients, and what can surprise them', () => {
    const changed = buildSchema('type Query { b(x: Int, y: Int!): Kind } enum Kind { ONE TWO }')
    expect(compareSchemas(old, changed)).toEqual({
      breaking: ['Query.a was removed.', 'A required arg y on Query.b was added.'],
      dangerous: ['TWO was added to enum type Kind.'],
    })
  })

  it('is nothing for additions, and for directives of gateways', () => {
    const changed = buildSchema('directive @key on OBJECT type Query { a: Int b(x: Int): Kind c: Int } enum Kind { ONE }')
    expect(compareSchemas(old, changed)).toEqual({ breaking: [], dangerous: [] })
    expect(compareSchemas(changed, buildSchema('type Query { a: Int b(x: Int): Kind c: Int } enum Kind { ONE }'))).toEqual({
      breaking: [],
      dangerous: [],
    })
  })
})

describe('the schema of a server', async () => {
  const test = await testServer()
  const { key } = await seedTenant(test.db)

  it('is the same as that of its program', async () => {
    expect(compareSchemas(await fetchSchema(await listen(test.server), key), schema)).toEqual({ breaking: [], dangerous: [] })
  })

  it.each([
    ['hides it', () => listen(test.serverOn(test, { introspection: false })), /does not tell its schema: .*INTROSPECTION=true/],
    ['is not there', async () => 'http://127.0.0.1:2/graphql', /cannot be asked: connect ECONNREFUSED/],
    ['has another address', async () => 'ftp://host', /Name the server by its URL/],
  ])('cannot be read where the server %s', async (_what, start, reason) => {
    await expect(fetchSchema(await start(), key)).rejects.toThrow(reason)
  })
})
