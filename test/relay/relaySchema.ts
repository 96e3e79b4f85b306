import {
  buildClientSchema,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'
import type { TestServer } from '../support/testServer.ts'

/** A field that gives a connection. */
export interface ConnectionField {
  /** As in `FeatureFlag.experiments`. */
  name: string
  owner: GraphQLObjectType
  field: GraphQLField<unknown, unknown>
  connection: GraphQLObjectType
  /** The type of what is listed. */
  node: GraphQLObjectType
  /** Every order that can be asked for, as the value of `orderBy`; none where the list has but one. */
  orders: readonly { field: string; direction: string }[]
}

/** The schema as a client gets to know it. */
export async function servedSchema({ run }: Pick<TestServer, 'run'>): Promise<GraphQLSchema> {
  return buildClientSchema((await run(null, getIntrospectionQuery())).data)
}

export function objectTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__')) as GraphQLObjectType[]
}

export function nodeTypes(schema: GraphQLSchema): GraphQLObjectType[] {
  const node = schema.getType('Node')
  return isInterfaceType(node) ? [...schema.getPossibleTypes(node)] : []
}

export function fieldsOf(type: GraphQLObjectType): GraphQLField<unknown, unknown>[] {
  return Object.values(type.getFields())
}

/** Relay knows a connection by its name. */
export const isConnection = ({ name }: { name: string }) => name.endsWith('Connection')

export function connectionFields(schema: GraphQLSchema): ConnectionField[] {
  return objectTypes(schema).flatMap((owner) =>
    fieldsOf(owner).flatMap((field) => {
      const connection = getNamedType(field.type)
      if (!isConnection(connection) || !isObjectType(connection)) return []
      const edge = getNamedType(connection.getFields().edges?.type) as GraphQLObjectType
      const node = getNamedType(edge.getFields().node?.type) as GraphQLObjectType
      return [{ name: `${owner.name}.${field.name}`, owner, field, connection, node, orders: ordersOf(field) }]
    }),
  )
}

function ordersOf({ args }: GraphQLField<unknown, unknown>): { field: string; direction: string }[] {
  const order = getNamedType(args.find(({ name }) => name === 'orderBy')?.type)
  if (!isInputObjectType(order)) return []
  const valuesOf = (name: string) => {
    const type = getNamedType(order.getFields()[name]?.type)
    return isEnumType(type) ? type.getValues().map((value) => value.name) : []
  }
  return valuesOf('field').flatMap((field) => valuesOf('direction').map((direction) => ({ field, direction })))
}

/** The fields of a type that are values, as a selection. */
export function leavesOf(type: GraphQLObjectType): string {
  const leaves = fieldsOf(type).filter((field) => isLeafType(getNamedType(field.type)) && !field.args.some(isRequiredArgument))
  return ['__typename', ...leaves.map(({ name }) => name)].join(' ')
}

/** Every field that needs no argument, as a selection: of a list its first two, and what is inside down to so many levels. */
export function everythingIn(type: GraphQLObjectType, levels: number): string {
  const inside = fieldsOf(type).flatMap((field) => {
    const given = getNamedType(field.type)
    if (!isObjectType(given) || field.args.some(isRequiredArgument) || levels === 0) return []
    return [`${field.name}${isConnection(given) ? '(first: 2)' : ''} { ${everythingIn(given, isConnection(given) ? levels : levels - 1)} }`]
  })
  return [leavesOf(type), ...inside].join(' ')
}
