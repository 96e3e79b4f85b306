// Writes schema.graphql: what the code serves. It stands here for the service's own copy of `graphql`.
import { writeFileSync } from 'node:fs'
import { printSubgraphSchema } from '@apollo/subgraph'
import { schema } from '../src/schema/schema.ts'

writeFileSync(new URL('../schema.graphql', import.meta.url), `${printSubgraphSchema(schema)}\n`)
