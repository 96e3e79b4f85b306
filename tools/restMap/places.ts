import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql'

type Member = GraphQLField<unknown, unknown> | GraphQLArgument | GraphQLInputField

/** What a place of the mapping is in the schema. */
export interface Found {
  /** The types, fields, arguments and enum values on the way, as `Query.featureFlags`. */
  passed: string[]
  /** Those that are deprecated. */
  deprecated: string[]
}

export function placesOf(text: string): string[] {
  return text.split(' ').filter((place) => place !== '')
}

/**
 * Follows a place through the schema.
 *
 * @param of where it starts, unless it names a type: a type, or a field such as `Query.featureFlags`, whose arguments it begins with.
 * @returns null if a part of it does not exist.
 */
export function find(schema: GraphQLSchema, place: string, of: string | null): Found | null {
  const found: Found = { passed: [], deprecated: [] }
  const [first = '', ...rest] = place.split('.')
  if (/^[A-Z]/.test(first)) {
    const type = schema.getType(first)
    return type !== undefined && follow(type, rest, found) ? found : null
  }
  if (of === null) return null
  const [typeName = '', fieldName] = of.split('.')
  const type = schema.getType(typeName)
  if (type === undefined) return null
  if (fieldName === undefined) return follow(type, [first, ...rest], found) ? found : null
  const argument = outputFields(type)[fieldName]?.args.find(({ name }) => name === first)
  if (argument === undefined) return null
  pass(found, `${of}(${first}:)`, argument.deprecationReason)
  return follow(getNamedType(argument.type), rest, found) ? found : null
}

function follow(type: GraphQLNamedType, [part, ...rest]: readonly string[], found: Found): boolean {
  if (part === undefined) return true
  const [, name = '', argument] = /^(\w+)(?:\((\w+):\))?$/.exec(part) ?? []
  if (isEnumType(type)) {
    const value = type.getValue(name)
    if (value == null || argument !== undefined || rest.length > 0) return false
    pass(found, `${type.name}.${name}`, value.deprecationReason)
    return true
  }
  const member: Member | undefined = isInputObjectType(type) ? type.getFields()[name] : outputFields(type)[name]
  if (member === undefined) return false
  pass(found, `${type.name}.${name}`, member.deprecationReason)
  if (argument !== undefined) {
    const given = 'args' in member ? member.args.find((one) => one.name === argument) : undefined
    if (given === undefined) return false
    pass(found, `${type.name}.${name}(${argument}:)`, given.deprecationReason)
  }
  return follow(getNamedType(member.type), rest, found)
}

function outputFields(type: GraphQLNamedType): Record<string, GraphQLField<unknown, unknown>> {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields() : {}
}

function pass(found: Found, name: string, deprecationReason: string | null | undefined): void {
  found.passed.push(name)
  if (deprecationReason != null) found.deprecated.push(name)
}
