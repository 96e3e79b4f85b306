import type { FieldComplexity } from '@pothos/plugin-complexity'
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getOperationAST,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { coerceVariables, hasVariables } from '../../graphql/variables.ts'

interface OperationCost {
  /** One point per field, or the field's `complexity`. The selection of a page counts once per row. */
  points: number
  /** The number of nested levels of fields. */
  depth: number
}

const zeroCost: OperationCost = { points: 0, depth: 0 }

/** Caches the costs of operations that do not depend on variables. */
const constantCosts = new WeakMap<OperationDefinitionNode, { schema: GraphQLSchema; cost: OperationCost }>()

/**
 * Computes the cost of an operation before it runs. The document must be valid. Arguments count as they were sent, because only their field
 * rejects invalid ones. Pothos' `complexityFromQuery` validates them, and would reject the whole operation (docs/decisions/0019).
 */
export function operationCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  rawVariables: Readonly<Record<string, unknown>>,
): OperationCost {
  const operation = getOperationAST(document, operationName)
  const root = operation && schema.getRootType(operation.operation)
  if (!operation || !root) return zeroCost
  const cached = constantCosts.get(operation)
  if (cached?.schema === schema) return cached.cost
  const { coerced: variables } = coerceVariables(schema, operation, rawVariables)
  // GraphQL itself rejects the operation.
  if (variables === undefined) return zeroCost

  const fragments = new Map(
    document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])),
  )
  // Without this cache, fragments that spread each other twice would take exponential time.
  const known = new Map<SelectionSetNode, OperationCost>()
  let varies = false

  function setCost(type: GraphQLNamedOutputType, set: SelectionSetNode): OperationCost {
    const cached = known.get(set)
    if (cached !== undefined) return cached
    const costs = set.selections.map((selection) => selectionCost(type, selection))
    const cost = { points: costs.reduce((sum, { points }) => sum + points, 0), depth: Math.max(...costs.map(({ depth }) => depth)) }
    known.set(set, cost)
    return cost
  }

  function selectionCost(type: GraphQLNamedOutputType, selection: SelectionNode): OperationCost {
    if (selection.kind === Kind.FIELD) return fieldCost(type, selection)
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
    if (fragment === undefined) return zeroCost
    const condition = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value)
    return setCost((condition as GraphQLNamedOutputType | undefined) ?? type, fragment.selectionSet)
  }

  function fieldCost(type: GraphQLNamedOutputType, node: FieldNode): OperationCost {
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined
    // An introspection field.
    if (field === undefined) return { points: 1, depth: 1 }
    let stated = field.extensions.complexity as FieldComplexity<object, object> | undefined
    if (typeof stated === 'function') stated = stated(watchedArguments(field, node), {}, field as never)
    const { field: own = 1, multiplier = 1 } = typeof stated === 'number' ? { field: stated } : (stated ?? {})
    const selected = node.selectionSet === undefined ? zeroCost : setCost(getNamedType(field.type), node.selectionSet)
    return { points: own + multiplier * selected.points, depth: 1 + selected.depth }
  }

  /** The arguments of a field, in a proxy that records whether the cost depends on a variable. */
  function watchedArguments(field: GraphQLField<unknown, unknown>, node: FieldNode): Record<string, unknown> {
    const variable = new Set<unknown>(node.arguments?.filter(({ value }) => hasVariables(value)).map(({ name }) => name.value))
    const get = (args: Record<string, unknown>, name: string) => {
      varies ||= variable.has(name)
      return args[name]
    }
    try {
      return new Proxy(getArgumentValues(field, node, variables), { get })
    } catch {
      // GraphQL itself rejects the field with these variables. Other variables may be valid.
      varies = true
      return {}
    }
  }

  const cost = setCost(root, operation.selectionSet)
  if (!varies) constantCosts.set(operation, { schema, cost })
  return cost
}
