import { GraphQLError, type GraphQLResolveInfo } from 'graphql'

type Ask = (question: { root: unknown; args: object; context: Subgraphs; info: GraphQLResolveInfo }) => Promise<unknown>

/** The context of Hive's gateway: the fields of each subgraph, by its name. */
type Subgraphs = Record<string, { Query: { node: Ask; nodes: Ask } }>

/**
 * Resolvers of the gateway that send each global id to the subgraph of its type. Without them, the query planner may choose any subgraph,
 * because shared fields promise the same answer everywhere.
 *
 * @param owner returns the name of the subgraph that has a type
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

/** Removes the path of an error: it is an index in the subgraph's list. The gateway sets the path in the whole list. */
function withoutPath(node: unknown): unknown {
  return node instanceof GraphQLError ? new GraphQLError(node.message, { extensions: node.extensions }) : node
}
