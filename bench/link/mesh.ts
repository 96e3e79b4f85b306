import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadGraphQLSchemaFromOpenAPI } from '@omnigraph/openapi'
import { extendSchema, type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema, parse } from 'graphql'
import { createYoga } from 'graphql-yoga'
import { ownCpu } from './program.ts'

// GraphQL Mesh over PostHog's REST API: its OpenAPI handler, a description of three endpoints, and one field that joins them, as its users write
// it (`additionalTypeDefs` and `additionalResolvers`). Yoga serves it, as Mesh itself does.

export interface MeshArgs {
  origin: string
  project: number
  key: string
}

export interface MeshReady {
  url: string
}

const { origin, project, key } = JSON.parse(process.argv[2] ?? '{}') as MeshArgs
const list = { type: 'object', properties: { count: { type: 'integer' }, next: { type: 'string', nullable: true } } }
const text = { type: 'string', nullable: true }
const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const answer = (schema: object) => ({ 200: { description: 'OK', content: { 'application/json': { schema } } } })
const parameter = (name: string, place: 'path' | 'query') => ({ name, in: place, required: place === 'path', schema: { type: 'integer' } })

const description = {
  openapi: '3.0.3',
  info: { title: 'PostHog', version: '1' },
  servers: [{ url: `${origin}/api/projects/${project}` }],
  paths: {
    '/feature_flags/': {
      get: {
        operationId: 'flags',
        parameters: [parameter('limit', 'query'), parameter('offset', 'query')],
        responses: answer({ ...list, properties: { ...list.properties, results: { type: 'array', items: reference('Flag') } } }),
      },
    },
    '/feature_flags/{id}/': { get: { operationId: 'flag', parameters: [parameter('id', 'path')], responses: answer(reference('Flag')) } },
    '/experiments/{id}/': {
      get: { operationId: 'experiment', parameters: [parameter('id', 'path')], responses: answer(reference('Experiment')) },
    },
  },
  components: {
    schemas: {
      User: { type: 'object', title: 'User', properties: { id: { type: 'integer' }, email: text, first_name: text } },
      Flag: {
        type: 'object',
        title: 'Flag',
        properties: {
          ...{
            id: { type: 'integer' },
            key: { type: 'string' },
            name: text,
            active: { type: 'boolean' },
            version: { type: 'integer', nullable: true },
          },
          ...{ created_by: reference('User'), experiment_set: { type: 'array', items: { type: 'integer' } } },
        },
      },
      Experiment: {
        type: 'object',
        title: 'Experiment',
        properties: {
          id: { type: 'integer' },
          name: text,
          description: text,
          status: text,
          start_date: text,
          created_by: reference('User'),
        },
      },
    },
  },
}

const silent = { log() {}, info() {}, warn() {}, error: console.error, debug() {}, trace() {}, child: () => silent } as never
const loaded = await loadGraphQLSchemaFromOpenAPI('PostHog', {
  ...{ source: description as never, cwd: process.cwd(), fetch, logger: silent, pubsub: undefined as never },
  operationHeaders: { authorization: `Bearer ${key}` },
})
const schema: GraphQLSchema = extendSchema(loaded, parse('extend type Flag { experiments: [Experiment!]! }'))
const read = schema.getQueryType()?.getFields().experiment?.resolve as GraphQLFieldResolver<unknown, unknown>
const { experiments } = (schema.getType('Flag') as GraphQLObjectType).getFields()
if (experiments !== undefined) {
  experiments.resolve = ({ experiment_set: ids }: { experiment_set: number[] }, _args, context, info) =>
    Promise.all(ids.map((id) => read({}, { id }, context, info)))
}

const yoga = createYoga({ schema, logging: false, graphiql: false })
const server = createServer(yoga)
server.listen(0, '127.0.0.1', () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` } satisfies MeshReady)
})
process.on('message', () => process.send?.({ cpu: ownCpu(), rss: process.memoryUsage.rss() }))
process.on('disconnect', () => process.exit())
