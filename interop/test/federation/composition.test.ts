import { readFileSync } from 'node:fs'
import { composeServices as composeByApollo } from '@apollo/composition'
import { composeServices as composeByTheGuild } from '@theguild/federation-composition'
import {
  buildASTSchema,
  buildClientSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
  visit,
} from 'graphql'
import { expect, it } from 'vitest'
import { typeDefs as pagesSdl } from '../../../examples/supergraph/pages/typeDefs.ts'
import { testServer } from '../../../test/support/testServer.ts'

// Composes supergraphs with two composers that share no code. Clients must get the same API from both.

const experiments = { name: 'experiments', url: 'http://localhost/experiments', typeDefs: parse(readFileSync('schema.graphql', 'utf8')) }
/** The schema with FEDERATED_NODE `shared`. */
const withNode = {
  ...experiments,
  typeDefs: visit(experiments.typeDefs, {
    Directive: ({ name }) => (name.value === 'inaccessible' ? null : undefined),
    StringValue: ({ value }) => (value === '@inaccessible' ? null : undefined),
  }),
}
const pages = { name: 'pages', url: 'http://localhost/pages', typeDefs: parse(pagesSdl) }
type Subgraph = typeof pages

/** The API of a schema for clients, sorted. Fields and types for gateways are left out. */
function offer(schema: GraphQLSchema): string {
  const name = /^_(entities|service|Any|Entity|Service)$/
  const drop = (node: { name: { value: string } }) => (name.test(node.name.value) ? null : undefined)
  const document = visit(parse(printSchema(lexicographicSortSchema(schema))), {
    SchemaDefinition: () => null,
    // The service supports incremental delivery. A gateway decides for itself.
    DirectiveDefinition: ({ name }) => (/^(defer|stream)$/.test(name.value) ? null : undefined),
    FieldDefinition: drop,
    ObjectTypeDefinition: drop,
    UnionTypeDefinition: drop,
    ScalarTypeDefinition: drop,
    StringValue: (_node, key) => (key === 'description' ? null : undefined),
  })
  return print(document)
}

function composeBoth(subgraphs: Subgraph[]) {
  const apollo = composeByApollo(subgraphs)
  const theGuild = composeByTheGuild(subgraphs)
  expect(apollo.errors?.map(({ message }) => message)).toBeUndefined()
  expect(theGuild.errors?.map(({ message }) => message)).toBeUndefined()
  if (apollo.schema === undefined || theGuild.publicSdl === undefined) throw new Error('nothing was composed')
  return {
    byApollo: offer(apollo.schema.toAPISchema().toGraphQLJSSchema()),
    byTheGuild: offer(buildASTSchema(parse(theGuild.publicSdl))),
    hints: apollo.hints?.map(({ definition, message }) => ({ code: definition.code, message })) ?? [],
  }
}

it('composes alone, into what it serves without a gateway, and nobody has anything to remark', async () => {
  const { byApollo, byTheGuild, hints } = composeBoth([withNode])
  expect(hints).toEqual([])
  expect(byTheGuild).toBe(byApollo)
  const { run } = await testServer()
  expect(byApollo).toBe(offer(buildClientSchema((await run(null, getIntrospectionQuery())).data)))
})

it.each([
  ['first', [experiments, pages]],
  ['last', [pages, experiments]],
])('composes with another Relay-style subgraph, named %s, the same way by both composers', (_place, subgraphs) => {
  const { byApollo, byTheGuild } = composeBoth(subgraphs)
  expect(byTheGuild).toBe(byApollo)
  expect(byApollo).toMatch(/^type Page implements Node \{\n {2}experiment: Experiment\n {2}featureFlag: FeatureFlag\n/m)
  expect(byApollo).toMatch(/^type Project implements Node \{\n[^}]*\n {2}eligibleFeatureFlags\([^}]*\n {2}pages\(/m)
  expect(byApollo).toMatch(/^interface Error \{\n {2}code: ErrorCode!\n {2}message: String!\n\}/m)
  expect(byApollo).toMatch(/^enum ErrorCode \{[^}]*APPROVAL_REQUIRED\n[^}]*PATH_TAKEN\n/m)
  expect(byApollo.match(/^(type PageInfo|interface Node|scalar DateTime|scalar JSON) /gm)?.length).toBe(2)
})

it('composes with a Relay-style subgraph that has no type with a global id in common with it', () => {
  const notes = {
    name: 'notes',
    url: 'http://localhost/notes',
    typeDefs: parse(`
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])
      interface Node { id: ID! }
      interface Error { code: ErrorCode! message: String! }
      enum ErrorCode { NOTE_TOO_LONG }
      scalar DateTime
      scalar JSON
      type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
      type Query {
        node(id: ID!): Node @shareable
        nodes(ids: [ID!]!): [Node]! @shareable
        notes(first: Int, after: String, last: Int, before: String): NoteConnection!
      }
      type NoteConnection { edges: [NoteEdge!]! nodes: [Note!]! pageInfo: PageInfo! totalCount: Int! }
      type NoteEdge { cursor: String! node: Note! }
      type Note implements Node @key(fields: "id") { id: ID! at: DateTime! body: JSON flag: FeatureFlag project: Project }
      type NoteTooLongError implements Error { code: ErrorCode! message: String! }
      type FeatureFlag @key(fields: "projectId key", resolvable: false) { projectId: ID! key: String! }
      type Project @key(fields: "id", resolvable: false) { id: ID! }
    `),
  }
  const { byApollo, byTheGuild } = composeBoth([experiments, notes])
  expect(byTheGuild).toBe(byApollo)
  expect(byApollo).toMatch(/^type Note implements Node \{/m)
  expect(byApollo).not.toMatch(/^ {2}nodes?\(/m)
})

it('leaves the composer to remark what two teams that share types may differ in, and no more', () => {
  const { hints } = composeBoth([withNode, pages])
  expect(new Set(hints.map(({ code }) => code))).toEqual(
    new Set([
      // The descriptions of `node` and `nodes` differ: each names the types of its own subgraph.
      'INCONSISTENT_DESCRIPTION',
      // Each subgraph has its own error codes.
      'INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM',
      // `node` of one subgraph does not know the other's types. nodeRouting.ts of the example calls the right one.
      'INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN',
    ]),
  )
  const ours = /^(Element "(Query|Mutation|Node|Error|ErrorCode|PageInfo|DateTime|JSON)|Value|For the following)/
  expect(hints.filter(({ message }) => !ours.test(message))).toEqual([])
})
