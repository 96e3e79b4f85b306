import { ApolloGateway, type GraphQLDataSourceProcessOptions, RemoteGraphQLDataSource } from '@apollo/gateway'
import { parse } from 'graphql'
import { afterAll } from 'vitest'
import { listen } from '../../../examples/listen.ts'
import { createGateway } from '../../../examples/supergraph/createGateway.ts'
import type { Answer } from '../../../test/support/testServer.ts'

/** Sends an operation to a gateway, with a key unless it is null. */
export type Ask = (key: string | null, query: string, variables?: Record<string, unknown>) => Promise<Answer>

const getAuthorization = (key: string | null) => (key === null ? {} : { authorization: `Bearer ${key}` })

/** Starts Hive's gateway over a supergraph, on a free port, until the test file is done. */
export async function hiveGateway(supergraph: string, more: Parameters<typeof createGateway>[1] = {}): Promise<Ask> {
  const gateway = createGateway(supergraph, { logging: false, ...more })
  const { url, close } = await listen(gateway)
  afterAll(async () => {
    await close()
    await gateway[Symbol.asyncDispose]()
  })
  return async (key, query, variables = {}) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...getAuthorization(key) },
      body: JSON.stringify({ query, variables }),
    })
    return (await response.json()) as Answer
  }
}

interface Caller {
  authorization?: string
}

/** Apollo's data source, which forwards the caller's key. */
class WithKey extends RemoteGraphQLDataSource<Caller> {
  override willSendRequest({ request, context: { authorization } }: GraphQLDataSourceProcessOptions<Caller>) {
    if (authorization !== undefined) request.http?.headers.set('authorization', authorization)
  }
}

/** Loads Apollo's gateway, a library without a server, and calls it as Apollo Server does. */
export async function apolloGateway(supergraphSdl: string): Promise<Ask> {
  const gateway = new ApolloGateway({ supergraphSdl, buildService: ({ url = '' }) => new WithKey({ url }) })
  const { executor } = await gateway.load()
  afterAll(() => gateway.stop())
  return async (key, query, variables = {}) => {
    const document = parse(query)
    const question = {
      document,
      operation: document.definitions[0],
      operationName: null,
      queryHash: query,
      request: { query, variables },
      context: getAuthorization(key),
      metrics: {},
    }
    const answer = await executor(question as unknown as Parameters<typeof executor>[0])
    return JSON.parse(JSON.stringify(answer)) as Answer
  }
}
