import { printSubgraphSchema } from '@apollo/subgraph'
import type { GraphQLSchema } from 'graphql'
import { builder } from '../../graphql/builder.ts'

// Defined here, because the federation plugin would add this field without a description.

/** Attaches the printed SDL to a schema, so that directives added later do not change it. Printed once, on the first request. */
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

/** Removes `@inaccessible`, for supergraphs that expose `node` and `nodes`. Only these fields have the directive. */
function exposeNodeFields(sdl: string): string {
  return sdl.replace('"@inaccessible", ', '').replaceAll(' @inaccessible', '')
}

const Service = builder.objectRef<GraphQLSchema>('_Service').implement({
  description: 'This service as a subgraph. Needs no key, like introspection.',
  fields: (t) => ({
    sdl: t.string({
      description: 'The schema in SDL, with the federation directives that introspection omits.',
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
    cost: 100,
    description: 'For composition: the schema of this subgraph. Needs no key, like introspection.',
    resolve: (_root, _args, _context, { schema }) => schema,
  }),
)
