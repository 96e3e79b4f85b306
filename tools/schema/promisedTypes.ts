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
 * The types that clients reach without touching anything @deprecated. A type cannot carry the mark itself: it may go when it is none of
 * these.
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

/** `Node` gives only what a client holds the id of, and so has reached before. */
function implementationsOf(schema: GraphQLSchema, type: GraphQLNamedType): GraphQLNamedType[] {
  return isInterfaceType(type) && type.name !== 'Node' ? [...schema.getPossibleTypes(type)] : []
}

const isSupported = ({ deprecationReason }: { deprecationReason?: string | null | undefined }) => deprecationReason == null
