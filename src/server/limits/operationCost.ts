import type { FieldComplexity } from '@pothos/plugin-complexity'
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
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
  type SelectionSetNode,
} from 'graphql'

import { coerceVariables, hasVariables } from '../../graphql/variables.ts'

/** What an operation takes, before it is done. */
export interface OperationCost {
  /** A point a field, or what the field says (`complexity`); what is selected in it counts for each thing on its page. */
  points: number
  /** Levels of fields. */
  depth: number
}

const zeroCost: OperationCost = { points: 0, depth: 0 }

/** Of operations that cost the same whatever their variables are. */
const constantCosts = new WeakMap<OperationDefinitionNode, { schema: GraphQLSchema; cost: OperationCost }>()

/**
 * What an operation of a valid document takes, with the variables that came with it. Arguments are taken as they came, within bounds or not: a wrong one is its own field's to
 * refuse, and no way round the limits.
 */
export function operationCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  given: Readonly<Record<string, unknown>>,
): OperationCost {
  const operation = getOperationAST(document, operationName)
  const root = operation && schema.getRootType(operation.operation)
  if (!operation || !root) return zeroCost
  const before = constantCosts.get(operation)
  if (before?.schema === schema) return before.cost
  let varies = false
  const { coerced } = coerceVariables(schema, operation, given)
  // GraphQL itself refuses the operation.
  if (coerced === undefined) return zeroCost
  const variables = coerced
  const fragments = new Map(
    document.definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  )
  // Else a fragment that is spread twice, in one that is spread twice, and so on, would take for ever.
  const known = new Map<SelectionSetNode, Map<GraphQLNamedOutputType, OperationCost>>()

  function ofSelections(type: GraphQLNamedOutputType, set: SelectionSetNode): OperationCost {
    const before = known.get(set)?.get(type)
    if (before !== undefined) return before
    let { points, depth } = zeroCost
    for (const selection of set.selections) {
      const cost = ofSelection(type, selection)
      points += cost.points
      depth = Math.max(depth, cost.depth)
    }
    const cost = { points, depth }
    known.set(set, (known.get(set) ?? new Map()).set(type, cost))
    return cost
  }

  function ofSelection(type: GraphQLNamedOutputType, selection: SelectionSetNode['selections'][number]): OperationCost {
    if (selection.kind === Kind.FIELD) return ofField(type, selection)
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
    if (fragment === undefined) return zeroCost
    const condition = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value)
    return ofSelections((condition as GraphQLNamedOutputType | undefined) ?? type, fragment.selectionSet)
  }

  function ofField(type: GraphQLNamedOutputType, node: FieldNode): OperationCost {
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined
    // What every schema tells of itself.
    if (field === undefined) return { points: 1, depth: 1 }
    const { own, times } = declaredCost(field, node, variables, () => {
      varies = true
    })
    const inside = node.selectionSet === undefined ? zeroCost : ofSelections(getNamedType(field.type), node.selectionSet)
    return { points: own + times * inside.points, depth: 1 + inside.depth }
  }

  const cost = ofSelections(root, operation.selectionSet)
  if (!varies) constantCosts.set(operation, { schema, cost })
  return cost
}

/** Fields whose cost hangs on a variable, so that it is asked for each request. */
const variableDependentFields = new WeakSet<FieldNode>()

/**
 * What a field says it takes, and how often what is selected in it.
 *
 * @param varied called when that depends on a variable
 */
function declaredCost(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
  varied: () => void,
) {
  let stated = field.extensions.complexity as FieldComplexity<object, object> | undefined
  if (typeof stated === 'function') {
    let args = getFieldArguments(field, node, variables)
    if (!variableDependentFields.has(node)) args = watchArguments(args, node, () => variableDependentFields.add(node))
    stated = stated(args, {}, field as never)
    if (variableDependentFields.has(node)) varied()
  }
  if (typeof stated === 'number') return { own: stated, times: 1 }
  return { own: stated?.field ?? 1, times: stated?.multiplier ?? 1 }
}

function getFieldArguments(field: GraphQLField<unknown, unknown>, node: FieldNode, variables: Readonly<Record<string, unknown>>) {
  try {
    return getArgumentValues(field, node, variables)
  } catch {
    // GraphQL itself refuses the field, with these variables.
    variableDependentFields.add(node)
    return {}
  }
}

/** The same arguments; tells when one is looked at that a variable stands in. */
function watchArguments(given: Record<string, unknown>, { arguments: nodes = [] }: FieldNode, seen: () => void): Record<string, unknown> {
  const args = { ...given }
  for (const { name, value } of nodes) {
    if (!hasVariables(value)) continue
    Object.defineProperty(args, name.value, {
      enumerable: true,
      get: () => {
        seen()
        return given[name.value]
      },
    })
  }
  return args
}
