import { composeServices as composeByApollo } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { createYoga } from 'graphql-yoga'
import { afterAll, describe, expect, it } from 'vitest'
import { ask as fetchData } from '../../../examples/ask.ts'
import { listen } from '../../../examples/listen.ts'
import { compose } from '../../../examples/supergraph/compose.ts'
import { createNodeHandler } from '../../../src/server/nodeHandler.ts'
import { seedFlag, seedKey } from '../../../test/support/seed.ts'
import { globalId, seedTenant, testServer } from '../../../test/support/testServer.ts'
import { type Ask, apolloGateway, hiveGateway } from '../support/gateways.ts'

// Subgraphs of other teams that use our entities in all ways that federation allows. They add fields, some with @requires on ours, reference
// entities with Federation 1, and take over `node`, so that one subgraph resolves the types of all.

const { db, server, time } = await testServer({ federatedNode: 'shared' })
const tenant = await seedTenant(db)
const key = await seedKey(db, tenant.user, { lastUsedAt: time.now })
const flag = await seedFlag(db, tenant.project, { key: 'checkout', tags: ['growth'] })
const flagId = globalId('FeatureFlag', flag.id)

const teams = buildSubgraphSchema({
  typeDefs: parse(`
    extend schema
      @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires", "@override"])

    type Query {
      node(id: ID!): Node @override(from: "experiments")
      nodes(ids: [ID!]!): [Node]! @override(from: "experiments")
    }
    interface Node { id: ID! }
    type Team implements Node @key(fields: "id") { id: ID! name: String! members: [User!]! }
    type FeatureFlag implements Node @key(fields: "id") { id: ID! tags: [String!]! @external owner: Team @requires(fields: "tags") }
    type User implements Node @key(fields: "id") { id: ID! team: Team }
    type Project implements Node @key(fields: "id", resolvable: false) { id: ID! }
  `),
  resolvers: {
    Query: {
      node: (_root: unknown, { id }: { id: string }) => nodeOf(id),
      nodes: (_root: unknown, { ids }: { ids: string[] }) => ids.map(nodeOf),
    },
    Team: { __resolveReference: () => growth },
    FeatureFlag: {
      owner: ({ tags }: { tags: string[] }) => (tags.includes('growth') ? growth : null),
    },
    User: { team: ({ id }: { id: string }) => (id === globalId('User', tenant.user.id) ? growth : null) },
  },
})
const growth = { __typename: 'Team', id: globalId('Team', 1), name: 'Growth', members: [{ id: globalId('User', tenant.user.id) }] }

/** Returns an own object, or only the type and id of another subgraph's object. The gateway reads the rest there. */
function nodeOf(id: string) {
  const [__typename = ''] = Buffer.from(id, 'base64').toString().split(':')
  if (__typename === 'Team') return growth
  return ['FeatureFlag', 'User', 'Project'].includes(__typename) ? { __typename, id } : null
}

// Without @link, this is Federation 1.
const budgets = buildSubgraphSchema({
  typeDefs: parse(`
    extend type Query { budgets: [Project!]! }
    extend type Project @key(fields: "databaseId") { databaseId: Int! @external budget: Int }
  `),
  resolvers: {
    Query: { budgets: () => [{ databaseId: tenant.project.id }] },
    Project: { budget: ({ databaseId }: { databaseId: number }) => databaseId * 1000 },
  },
})

const subgraphs = [
  { name: 'experiments', ...(await listen(createNodeHandler(server, { compression: true }))) },
  { name: 'teams', ...(await listen(createYoga({ schema: teams, logging: false }))) },
  { name: 'budgets', ...(await listen(createYoga({ schema: budgets, logging: false }))) },
]
afterAll(() => Promise.all(subgraphs.map(({ close }) => close())))
const supergraph = await compose(subgraphs)

it("compose by Apollo's composer too", async () => {
  const services = await Promise.all(
    subgraphs.map(async ({ name, url }) => {
      const { _service } = await fetchData<{ _service: { sdl: string } }>(url, '{ _service { sdl } }')
      return { name, url, typeDefs: parse(_service.sdl) }
    }),
  )
  expect(composeByApollo(services).errors?.map(({ message }) => message)).toBeUndefined()
})

describe.each<[string, Ask]>([
  // Without the resolvers of the example, because one subgraph owns `node` here.
  ["Hive's gateway", await hiveGateway(supergraph, { additionalResolvers: {} })],
  ["Apollo's gateway", await apolloGateway(supergraph)],
])('through %s', (_name, ask) => {
  it('fields of others stand beside ours, those included that they make of ours', async () => {
    const { data, errors } = await ask(
      key,
      `query ($project: ID!) {
        eligibleFeatureFlags(projectId: $project) { nodes { key owner { name members { email team { name } } } project { budget name } } }
        budgets { name budget eligibleFeatureFlags { totalCount } }
      }`,
      { project: globalId('Project', tenant.project.id) },
    )
    expect(errors).toBeUndefined()
    const members = [{ email: tenant.user.email, team: { name: 'Growth' } }]
    const budget = { name: tenant.project.name, budget: tenant.project.id * 1000 }
    expect(data).toEqual({
      eligibleFeatureFlags: { nodes: [{ key: 'checkout', owner: { name: 'Growth', members }, project: budget }] },
      budgets: [{ ...budget, eligibleFeatureFlags: { totalCount: 1 } }],
    })
  })

  it('node and nodes read everything, where one subgraph has taken them over', async () => {
    const { data, errors } = await ask(
      key,
      `query ($flag: ID!, $ids: [ID!]!) {
        node(id: $flag) { __typename id ... on FeatureFlag { key owner { name } } }
        nodes(ids: $ids) { __typename id ... on FeatureFlag { key } ... on Team { name } ... on Project { name budget } }
      }`,
      { flag: flagId, ids: [growth.id, globalId('Project', tenant.project.id), globalId('Nothing', 1), flagId] },
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      node: { __typename: 'FeatureFlag', id: flagId, key: 'checkout', owner: { name: 'Growth' } },
      nodes: [
        { __typename: 'Team', id: growth.id, name: 'Growth' },
        {
          __typename: 'Project',
          id: globalId('Project', tenant.project.id),
          name: tenant.project.name,
          budget: tenant.project.id * 1000,
        },
        null,
        { __typename: 'FeatureFlag', id: flagId, key: 'checkout' },
      ],
    })
  })

  it('what the key may not read stays so, and what others add to it is theirs to guard', async () => {
    const few = await seedKey(db, tenant.user, { scopes: ['experiment:read'] })
    const { data, errors } = await ask(few, 'query ($id: ID!) { node(id: $id) { ... on FeatureFlag { key owner { name } } } }', {
      id: flagId,
    })
    expect(data.node).toBeNull()
    expect(errors?.map(({ extensions: { code } }) => code)).toContain('FORBIDDEN')
  })
})
