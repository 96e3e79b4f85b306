import {
  type ExecutionArgs,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  getOperationAST,
  isLeafType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import { coerceVariables } from '../../graphql/variables.ts'
import { aliasCost, argumentsCost, argumentValues, fieldCost, findField } from './fieldCost.ts'
import { fragmentsOf } from './operationCost.ts'

type Values = Readonly<Record<string, unknown>>

/** Where a response name comes from: the type that has the field, and each place that selects it. */
interface Selected {
  parent: GraphQLNamedType
  nodes: FieldNode[]
}

/** Computes what a result cost, as `operationCost` does, but with the lists and objects that it really has. */
export function actualCost({ schema, document, operationName, variableValues }: ExecutionArgs, data: Values | null | undefined): number {
  const operation = getOperationAST(document, operationName)
  const root = operation && schema.getRootType(operation.operation)
  const variables = operation ? coerceVariables(schema, operation, variableValues ?? {}).coerced : undefined
  if (!operation || !root || variables === undefined || data == null) return 0
  const fragments = fragmentsOf(document)

  function objectCost(type: GraphQLNamedType, sets: readonly SelectionSetNode[], object: Values): number {
    const selected = new Map<string, Selected>()
    const visited = new Set<string>()
    for (const set of sets) collect(type, set, object, selected, visited)
    let points = 0
    for (const [name, { parent, nodes }] of selected) points += costOfField(parent, nodes, object[name])
    return points
  }

  /** Collects the fields of an object. Those of other types are not in the result. */
  function collect(type: GraphQLNamedType, set: SelectionSetNode, object: Values, into: Map<string, Selected>, visited: Set<string>): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value
        if (!(name in object)) continue
        const known = into.get(name)
        if (known === undefined) into.set(name, { parent: type, nodes: [selection] })
        else known.nodes.push(selection)
        continue
      }
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (visited.has(selection.name.value)) continue
        visited.add(selection.name.value)
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
      if (fragment === undefined) continue
      const condition = (fragment.typeCondition && schema.getType(fragment.typeCondition.name.value)) ?? type
      const isOther = isObjectType(condition) && typeof object.__typename === 'string' && object.__typename !== condition.name
      if (!isOther) collect(condition, fragment.selectionSet, object, into, visited)
    }
  }

  function costOfField(parent: GraphQLNamedType, nodes: readonly FieldNode[], result: unknown): number {
    const [node] = nodes
    const field = node && findField(parent, node.name.value)
    if (field === undefined) return 0
    const { weight, nullWeight, watched } = fieldCost(field)
    const type = getNamedType(field.type)
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
    const valueCost = (of: GraphQLOutputType, value: unknown): number => {
      if (value === null || value === undefined) return nullWeight
      const nullable = getNullableType(of)
      if (isListType(nullable)) return (value as unknown[]).reduce<number>((sum, entry) => sum + valueCost(nullable.ofType, entry), 0)
      return weight + (isLeafType(type) ? 0 : objectCost(type, sets, value as Values))
    }
    const hasWatched = node?.arguments?.some(({ name }) => watched.has(name.value)) ?? false
    const values = hasWatched && node ? argumentValues(field, node, variables as Record<string, unknown>) : {}
    return valueCost(field.type, result) + argumentsCost(field, values) + (node ? aliasCost(parent, node) : 0)
  }

  return objectCost(root, [operation.selectionSet], data)
}
