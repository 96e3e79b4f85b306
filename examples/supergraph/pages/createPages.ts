import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { createYoga } from 'graphql-yoga'
import type { Page } from './Page.ts'
import { resolvers } from './resolvers.ts'
import { typeDefs } from './typeDefs.ts'

/** A second, Relay-style subgraph: pages that refer to the flags and experiments of the first one. */
export function createPages(rows: Page[]) {
  return createYoga({
    schema: buildSubgraphSchema({ typeDefs: parse(typeDefs), resolvers: resolvers(rows) }),
    logging: false,
    landingPage: false,
  })
}
