import { printSubgraphSchema } from '@apollo/subgraph'
import type { GraphQLSchema } from 'graphql'
import { builder } from '../builder.ts'

// The plugin would add this field without a word about it.

let printed: string | undefined

/** The schema as composers read it, federation directives included. There is one schema, printed once. */
function sdlOf(schema: GraphQLSchema): string {
  printed ??= printSubgraphSchema(schema)
  return printed
}

const Service = builder.objectRef<GraphQLSchema>('_Service').implement({
  description: 'This service, as a subgraph. Open to everybody, as introspection is.',
  fields: (t) => ({
    sdl: t.string({
      description: 'Its schema in the language of schemas, with the federation directives that introspection leaves out.',
      resolve: sdlOf,
    }),
  }),
})

builder.queryField('_service', (t) =>
  t.field({
    type: Service,
    description: 'For composers: what this subgraph brings to a supergraph. Needs no key, as introspection needs none.',
    resolve: (_root, _args, _context, { schema }) => schema,
  }),
)
