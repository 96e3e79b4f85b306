import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  isListType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'
import { coerceVariables } from '../../graphql/variables.ts'
import { aliasCost, argumentsCost, argumentValues, assumedListSize, fieldCost, findField } from './fieldCost.ts'

export interface OperationCost {
  /** What the operation costs at most, as far as the schema tells. */
  points: number
  /** The number of nested levels of fields. */
  depth: number
  /** How often each root field stands in the operation. */
  rootFields: ReadonlyMap<string, number>
  /** The number of mutations in it. Each alias counts. */
  mutations: number
}

type Values = Readonly<Record<string, unknown>>
type SelectionCost = Pick<OperationCost, 'points' | 'depth'>

/** The fields of a connection whose lists are as long as its page. */
interface SizedFields {
  names: readonly string[]
  size: number
}

const zeroCost: OperationCost = { points: 0, depth: 0, rootFields: new Map(), mutations: 0 }

/** The costs of an operation by the values of those variables that matter. Few clients use more than some page sizes. */
interface KnownCosts {
  schema: GraphQLSchema
  variables: readonly string[]
  costs: Map<string, OperationCost>
}
const maxKnownCosts = 50
const maxKeyLength = 200
const knownCosts = new WeakMap<OperationDefinitionNode, KnownCosts>()

/** Caches the cost by the object of variables, so for one request. */
const requestCosts = new WeakMap<Values, { schema: GraphQLSchema; operation: OperationDefinitionNode; cost: OperationCost }>()

/**
 * Computes the cost of an operation before it runs, from `@cost` and `@listSize` in the schema (docs/decisions/0025). The document must be valid.
 * Arguments count as they were sent, because only their field rejects invalid ones.
 */
export function operationCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  rawVariables: Values,
): OperationCost {
  const operation = getOperationAST(document, operationName)
  const root = operation && schema.getRootType(operation.operation)
  if (!operation || !root) return zeroCost
  const cached = requestCosts.get(rawVariables)
  if (cached?.schema === schema && cached.operation === operation) return cached.cost
  const { coerced: variables } = coerceVariables(schema, operation, rawVariables)
  // GraphQL itself rejects the operation.
  if (variables === undefined) return zeroCost

  let known = knownCosts.get(operation)
  let key = known?.schema === schema ? costKey(known.variables, variables) : null
  let cost = key === null ? undefined : known?.costs.get(key)
  if (cost === undefined) {
    const computed = computeCost(schema, document, operation, root, variables)
    cost = computed.cost
    if (known?.schema !== schema) known = { schema, variables: computed.variables, costs: new Map() }
    knownCosts.set(operation, known)
    key = costKey(known.variables, variables)
    if (known.costs.size >= maxKnownCosts) known.costs.clear()
    if (key !== null) known.costs.set(key, cost)
  }
  requestCosts.set(rawVariables, { schema, operation, cost })
  return cost
}

/** Null if there are values that are not worth to keep: objects, lists and long texts. */
function costKey(names: readonly string[], variables: Values): string | null {
  const values = names.map((name) => variables[name])
  if (values.some((value) => typeof value === 'object' && value !== null)) return null
  const key = JSON.stringify(values)
  return key.length > maxKeyLength ? null : key
}

/** Computes the cost, and finds the variables that it depends on. */
function computeCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  root: GraphQLNamedType,
  variables: Record<string, unknown>,
): { cost: OperationCost; variables: string[] } {
  const fragments = fragmentsOf(document)
  // Without this cache, fragments that spread each other twice would take exponential time.
  const known = new Map<SelectionSetNode, Map<SizedFields | undefined, SelectionCost>>()
  const relevant = new Set<string>()

  function setCost(type: GraphQLNamedType, set: SelectionSetNode, sized: SizedFields | undefined): SelectionCost {
    const ofSet = known.get(set) ?? new Map<SizedFields | undefined, SelectionCost>()
    known.set(set, ofSet)
    const cached = ofSet.get(sized)
    if (cached !== undefined) return cached
    let points = 0
    let depth = 0
    for (const selection of set.selections) {
      const cost = selectionCost(type, selection, sized)
      points += cost.points
      depth = Math.max(depth, cost.depth)
    }
    const cost = { points, depth }
    ofSet.set(sized, cost)
    return cost
  }

  function selectionCost(type: GraphQLNamedType, selection: SelectionNode, sized: SizedFields | undefined): SelectionCost {
    if (selection.kind === Kind.FIELD) return costOfField(type, selection, sized)
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
    if (fragment === undefined) return zeroCost
    const condition = fragment.typeCondition && schema.getType(fragment.typeCondition.name.value)
    return setCost(condition ?? type, fragment.selectionSet, sized)
  }

  function costOfField(type: GraphQLNamedType, node: FieldNode, sized: SizedFields | undefined): SelectionCost {
    const field = findField(type, node.name.value)
    if (field === undefined) return zeroCost
    const cost = fieldCost(field)
    const watched = node.arguments?.filter(({ name }) => cost.watched.has(name.value)) ?? []
    for (const { value } of watched) addVariables(value, relevant)
    const values = watched.length === 0 ? {} : argumentValues(field, node, variables)

    const size = assumedListSize(cost, values)
    const { sizedFields } = cost.listSize ?? {}
    const inside = sizedFields === undefined ? undefined : { names: sizedFields, size }
    const selected = node.selectionSet === undefined ? zeroCost : setCost(getNamedType(field.type), node.selectionSet, inside)
    const ownSize = isListType(getNullableType(field.type)) ? size : 1
    const count = sized?.names.includes(field.name) ? sized.size : ownSize
    return {
      points: count * (cost.weight + selected.points) + argumentsCost(field, values) + aliasCost(type, node),
      depth: 1 + selected.depth,
    }
  }

  const rootFields = countFields(operation.selectionSet, fragments)
  const isMutation = operation.operation === OperationTypeNode.MUTATION
  const mutations = isMutation ? [...rootFields].reduce((sum, [name, count]) => sum + (name === '__typename' ? 0 : count), 0) : 0
  return { cost: { ...setCost(root, operation.selectionSet, undefined), rootFields, mutations }, variables: [...relevant] }
}

function addVariables(value: ValueNode, into: Set<string>): void {
  if (value.kind === Kind.VARIABLE) into.add(value.name.value)
  else if (value.kind === Kind.LIST) for (const entry of value.values) addVariables(entry, into)
  else if (value.kind === Kind.OBJECT) for (const field of value.fields) addVariables(field.value, into)
}

export function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node)
  return fragments
}

/** How often each field stands in a selection set, with the fragments in it. */
function countFields(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  known = new Map<SelectionSetNode, ReadonlyMap<string, number>>(),
): ReadonlyMap<string, number> {
  const cached = known.get(set)
  if (cached !== undefined) return cached
  const counts = new Map<string, number>()
  const add = (name: string, count: number) => counts.set(name, (counts.get(name) ?? 0) + count)
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) add(selection.name.value, 1)
    else {
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
      if (fragment !== undefined) for (const [name, count] of countFields(fragment.selectionSet, fragments, known)) add(name, count)
    }
  }
  known.set(set, counts)
  return counts
}
