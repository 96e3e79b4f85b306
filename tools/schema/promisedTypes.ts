import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql'

/**
 * The types that clients can reach without using anything @deprecated. A type itself cannot be @deprecated, so it may be removed if it is not
 * one of these.
 */
export function supportedTypes(schema: GraphQLSchema): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (type: GraphQLNamedType | null | undefined) => {
    if (!type || found.has(type.name)) return
    found.add(type.name)
    for (const next of typesFrom(schema, type)) visit(next)
  }
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) visit(root)
  return found
}

function typesFrom(schema: GraphQLSchema, type: GraphQLNamedType): GraphQLNamedType[] {
  if (isUnionType(type)) return [...type.getTypes()]
  if (isInputObjectType(type))
    return Object.values(type.getFields())
      .filter(isSupported)
      .map(({ type }) => getNamedType(type))
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  const given = Object.values(type.getFields())
    .filter(isSupported)
    .flatMap((field) => [field, ...field.args.filter(isSupported)].map(({ type }) => getNamedType(type)))
  return [...given, ...type.getInterfaces(), ...implementationsOf(schema, type)]
}

/** The types of an interface. Not those of `Node`: it returns only objects whose id the client got from another field. */
function implementationsOf(schema: GraphQLSchema, type: GraphQLNamedType): GraphQLNamedType[] {
  return isInterfaceType(type) && type.name !== 'Node' ? [...schema.getPossibleTypes(type)] : []
}

const isSupported = ({ deprecationReason }: { deprecationReason?: string | null | undefined }) => deprecationReason == null
