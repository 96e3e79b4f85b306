// Generates the tables of docs/from-rest.md from tools/restMap/ and schema.graphql.
import { readFileSync, writeFileSync } from 'node:fs'
import { withTables } from '../restMap/render.ts'
import { restMap } from '../restMap/restMap.ts'
import { servedSchema } from '../restMap/servedSchema.ts'

const page = new URL('../../docs/from-rest.md', import.meta.url)
writeFileSync(page, withTables(readFileSync(page, 'utf8'), restMap, servedSchema()))
