import { GraphQLError, type GraphQLResolveInfo } from 'graphql'

type Ask = (question: { root: unknown; args: object; context: Subgraphs; info: GraphQLResolveInfo }) => Promise<unknown>

/** What Hive's gateway puts into the context: the fields of each subgraph, by its name. */
type Subgraphs = Record<string, { Query: { node: Ask; nodes: Ask } }>

/**
 * Resolvers of the gateway that ask the one subgraph which knows the type of a global id. A query planner would ask any subgraph that
 * shares `node`, since shared fields are promised to answer alike.
 *
 * @param owner the subgraph that knows a type
 */
export function nodeRouting(owner: (typename: string) => string) {
  const ownerOf = (id: string) => owner(Buffer.from(id, 'base64').toString().split(':')[0] ?? '')

  return {
    Query: {
      node: (root: unknown, args: { id: string }, context: Subgraphs, info: GraphQLResolveInfo) =>
        context[ownerOf(args.id)]?.Query.node({ root, args, context, info }),

      nodes: async (root: unknown, args: { ids: string[] }, context: Subgraphs, info: GraphQLResolveInfo) => {
        const places = Map.groupBy(args.ids.keys(), (place) => ownerOf(args.ids[place] ?? ''))
        const nodes: unknown[] = []
        const ask = async (subgraph: string, its: number[]) => {
          const found = await context[subgraph]?.Query.nodes({ root, args: { ids: its.map((place) => args.ids[place]) }, context, info })
          its.forEach((place, index) => {
            nodes[place] = Array.isArray(found) ? withoutPath(found[index]) : found
          })
        }
        await Promise.all([...places].map(([subgraph, its]) => ask(subgraph, its)))
        return nodes
      },
    },
  }
}

/** An error is told at the place where it stands in the whole list, not in the subgraph's part of it. */
function withoutPath(node: unknown): unknown {
  return node instanceof GraphQLError ? new GraphQLError(node.message, { extensions: node.extensions }) : node
}
