import { readFileSync } from 'node:fs'
import { stripIgnoredCharacters } from 'graphql'
import { describe, expect, it } from 'vitest'
import { seedTenant, testServer } from '../../support/testServer.ts'

const { db, run, server } = await testServer()

it('tells its schema to everybody, as it is committed', async () => {
  const { data, errors } = await run(null, '{ _service { sdl } }')
  expect(errors).toBeUndefined()
  expect(`${data._service.sdl}\n`).toBe(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'))
  expect(data._service.sdl).not.toMatch(/_entities|_service|_Any|_Entity/)
})

it('hides node and nodes from a supergraph, unless the setting says otherwise', async () => {
  const shared = await testServer({ federatedNode: 'shared' })
  const sdlOf = async ({ run }: typeof shared) => (await run(null, '{ _service { sdl } }')).data._service.sdl as string
  const [hidden, open] = [await sdlOf({ ...shared, run }), await sdlOf(shared)]
  expect(hidden.match(/@inaccessible @shareable( @listSize\(assumedSize: 100\))?$/gm)).toHaveLength(2)
  expect(open).not.toContain('inaccessible')
  expect(open.match(/\): (Node|\[Node\]!) @shareable\b/gm)).toHaveLength(2)
  expect(hidden.replaceAll(' @inaccessible', '').replace('"@inaccessible", ', '')).toBe(open)
})

it('tells it over GET too, as some composers ask', async () => {
  const response = await server.fetch(`http://localhost/graphql?query=${encodeURIComponent('{ _service { sdl } }')}`, {
    headers: { accept: 'application/json' },
  })
  expect(response.status).toBe(200)
})

describe("what Apollo's compatibility cases ask of every subgraph", () => {
  it('the types that gateways look for are there', async () => {
    const { data } = await run(
      null,
      `{
        service: __type(name: "_Service") { kind fields { name type { kind ofType { name kind } } } }
        entity: __type(name: "_Entity") { kind possibleTypes { name } }
        any: __type(name: "_Any") { kind }
        query: __type(name: "Query") { fields { name type { kind } args { name type { kind } } } }
      }`,
    )
    expect(data.service).toEqual({
      kind: 'OBJECT',
      fields: [{ name: 'sdl', type: { kind: 'NON_NULL', ofType: { name: 'String', kind: 'SCALAR' } } }],
    })
    expect(data.entity.kind).toBe('UNION')
    const entities = [
      'Project',
      'FeatureFlag',
      'Experiment',
      'Holdout',
      'User',
      'ChangeRequest',
      'ApprovalPolicy',
      'Cohort',
      'Survey',
      'Role',
    ]
    expect(data.entity.possibleTypes.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(entities))
    expect(data.any).toEqual({ kind: 'SCALAR' })
    expect(data.query.fields).toContainEqual({
      name: '_entities',
      type: { kind: 'NON_NULL' },
      args: [{ name: 'representations', type: { kind: 'NON_NULL' } }],
    })
  })

  it('the schema links to one version of the specification that routers know, and says each key', async () => {
    const { data } = await run(null, '{ _service { sdl } }')
    const sdl = stripIgnoredCharacters(data._service.sdl)
    // `@cost` and `@listSize` came with 2.9.
    const links = [...sdl.matchAll(/@link\(url:"https:\/\/specs\.apollo\.dev\/federation\/v(2\.9)" import:\[([^\]]*)\]\)/g)]
    expect(links.map(([, , imports]) => imports)).toEqual(['"@cost" "@inaccessible" "@key" "@listSize" "@shareable"'])
    expect(sdl).toContain('type User implements Node@key(fields:"id")@key(fields:"databaseId"){')
    expect(sdl).toContain('type Project implements Node@key(fields:"id")@key(fields:"databaseId"){')
    expect(sdl).toContain('type FeatureFlag implements Node@key(fields:"id")@key(fields:"databaseId")@key(fields:"projectId key"){')
    expect(sdl).toMatch(/type PageInfo@shareable\{/)
    expect(sdl).not.toMatch(/resolvable|@external|@extends/)
  })

  it('an entity may be asked for nothing but its type', async () => {
    const { key, project } = await seedTenant(db)
    const typename = 'query ($references: [_Any!]!) { _entities(representations: $references) { __typename } }'
    const { data, errors } = await run(key, typename, { references: [{ __typename: 'Project', databaseId: project.id }] })
    expect(errors).toBeUndefined()
    expect(data).toEqual({ _entities: [{ __typename: 'Project' }] })
  })
})
