// Writes schema.graphql without the directives for gateways (@link, @key, @shareable), for client tools that do not know them:
// npm run schema:clients -- my-app/schema.graphql
import { readFileSync, writeFileSync } from 'node:fs'
import { buildSchema, printSchema } from 'graphql'

const [file] = process.argv.slice(2)
if (file === undefined) {
  console.error('Name the file to write: npm run schema:clients -- my-app/schema.graphql')
  process.exit(1)
}
const source = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')
writeFileSync(file, `${printSchema(buildSchema(source, { assumeValidSDL: true }))}\n`)
