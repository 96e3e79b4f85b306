// Writes schema.graphql from the code. This file is not in tools/, so that it uses the service's copy of `graphql`.
import { writeFileSync } from 'node:fs'
import { printSubgraphSchema } from '@apollo/subgraph'
import { schema } from '../src/schema/schema.ts'

writeFileSync(new URL('../schema.graphql', import.meta.url), `${printSubgraphSchema(schema)}\n`)
