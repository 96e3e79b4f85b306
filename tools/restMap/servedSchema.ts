import { readFileSync } from 'node:fs'
import { buildSchema, type GraphQLSchema } from 'graphql'

/** Built here, also for tests: tools/ may have a copy of `graphql` of its own, which takes no schema of another one. */
export function servedSchema(): GraphQLSchema {
  return buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'), { assumeValidSDL: true })
}
