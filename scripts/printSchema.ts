// Writes schema.graphql, or with --check says whether it is what the code serves.
import { readFileSync, writeFileSync } from 'node:fs'
import { printSubgraphSchema } from '@apollo/subgraph'
import { schema } from '../src/schema/schema.ts'

const file = new URL('../schema.graphql', import.meta.url)
const text = `${printSubgraphSchema(schema)}\n`

if (!process.argv.includes('--check')) {
  writeFileSync(file, text)
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('schema.graphql is not what the code serves: run `npm run generate` and commit it.')
  process.exit(1)
}
