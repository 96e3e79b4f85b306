// Writes schema.graphql without what is there for gateways only (@link, @key, @shareable), for clients' tools that do not know it:
// npm run schema:clients -- my-app/schema.graphql
import { readFileSync, writeFileSync } from 'node:fs'
import { buildSchema, printSchema } from 'graphql'

const [file] = process.argv.slice(2)
if (file === undefined) {
  console.error('Say where to write it: npm run schema:clients -- my-app/schema.graphql')
  process.exit(1)
}
const source = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')
writeFileSync(file, `${printSchema(buildSchema(source, { assumeValidSDL: true }))}\n`)
