import { readFileSync } from 'node:fs'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { createYoga } from 'graphql-yoga'
import type { Page } from './Page.ts'
import { resolvers } from './resolvers.ts'

/** A second, Relay-style subgraph: pages that refer to the flags and experiments of the first one. */
export function createPages(rows: Page[]) {
  const typeDefs = parse(readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'))
  return createYoga({ schema: buildSubgraphSchema({ typeDefs, resolvers: resolvers(rows) }), logging: false, landingPage: false })
}
