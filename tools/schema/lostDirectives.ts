import { type ConstDirectiveNode, type GraphQLSchema, isInterfaceType, isObjectType, print } from 'graphql'

/** The directives that other subgraphs rely on. Without @key they cannot reference a type. Without @shareable they cannot define it too. */
const requiredDirectives = ['key', 'shareable']

/** The uses of these directives that were removed from types and fields that still exist, such as `FeatureFlag @key(fields: "id")`. */
export function findRemovedDirectives(released: GraphQLSchema, current: GraphQLSchema): string[] {
  const now = usesByOwner(current)
  return [...usesByOwner(released)].flatMap(([owner, uses]) => {
    const kept = now.get(owner)
    return kept === undefined ? [] : uses.filter((use) => !kept.includes(use)).map((use) => `${owner} ${use}`)
  })
}

/** The uses of the directives, by the path of the type or field. */
function usesByOwner(schema: GraphQLSchema): Map<string, string[]> {
  const types = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) || isInterfaceType(type))
  return new Map(
    types.flatMap((type) => [
      [type.name, usesOn([type.astNode, ...type.extensionASTNodes])] as const,
      ...Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, usesOn([field.astNode])] as const),
    ]),
  )
}

function usesOn(nodes: readonly ({ readonly directives?: readonly ConstDirectiveNode[] } | null | undefined)[]): string[] {
  return nodes.flatMap(
    (node) => node?.directives?.filter(({ name }) => requiredDirectives.includes(name.value)).map((use) => print(use)) ?? [],
  )
}
