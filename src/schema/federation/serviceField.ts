import { printSubgraphSchema } from '@apollo/subgraph'
import type { GraphQLSchema } from 'graphql'
import { builder } from '../../graphql/builder.ts'

// The plugin would add this field without a word about it.

/** Lets a schema tell how it was printed, also where a server has added directives of its own to it. Printed once, when somebody asks. */
export function withSubgraphSdl(schema: GraphQLSchema): GraphQLSchema {
  let sdl: string | undefined
  schema.extensions = {
    ...schema.extensions,
    subgraphText: () => {
      sdl ??= printSubgraphSchema(schema)
      return sdl
    },
  }
  return schema
}

/** The same for a supergraph that is to have `node` and `nodes`, which nothing else is hidden beside. */
function exposeNodeFields(sdl: string): string {
  return sdl.replace('"@inaccessible", ', '').replaceAll(' @inaccessible', '')
}

const Service = builder.objectRef<GraphQLSchema>('_Service').implement({
  description: 'This service, as a subgraph. Open to everybody, as introspection is.',
  fields: (t) => ({
    sdl: t.string({
      description: 'Its schema in the language of schemas, with the federation directives that introspection leaves out.',
      resolve: (schema, _args, { config }) => {
        const sdl = (schema.extensions.subgraphText as () => string)()
        return config.federatedNode === 'hidden' ? sdl : exposeNodeFields(sdl)
      },
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
