import {
  type ASTNode,
  BREAK,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getVariableValues,
  type OperationDefinitionNode,
  visit,
} from 'graphql'

/** A list of half a million wrong values would otherwise have as many errors. */
const maxErrors = 20

type RawVariables = Readonly<Record<string, unknown>>

const coercedVariables = new WeakMap<
  RawVariables,
  { schema: GraphQLSchema; operation: OperationDefinitionNode; variables: ReturnType<typeof getVariableValues> }
>()

/** Coerces the variables of an operation, or returns the errors. The result is cached by the object of variables, so once per request. */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  rawVariables: RawVariables,
): ReturnType<typeof getVariableValues> {
  const cached = coercedVariables.get(rawVariables)
  if (cached?.schema === schema && cached.operation === operation) return cached.variables
  const variables = getVariableValues(schema, operation.variableDefinitions ?? [], rawVariables, { maxErrors })
  coercedVariables.set(rawVariables, { schema, operation, variables })
  return variables
}

const variableUsage = new WeakMap<ASTNode, boolean>()

/** Whether a part of a document uses a variable, itself or in a fragment that it spreads. The result is cached by node. */
export function hasVariables(node: ASTNode, fragments: Readonly<Record<string, FragmentDefinitionNode>> = {}): boolean {
  const cached = variableUsage.get(node)
  if (cached !== undefined) return cached
  const found = containsVariable(node, fragments)
  variableUsage.set(node, found)
  return found
}

function containsVariable(node: ASTNode, fragments: Readonly<Record<string, FragmentDefinitionNode>>): boolean {
  const visitedFragments = new Set<string>()
  const isUsedIn = (subtree: ASTNode): boolean => {
    let found = false
    visit(subtree, {
      Variable: () => {
        found = true
        return BREAK
      },
      FragmentSpread: ({ name: { value } }) => {
        const fragment = visitedFragments.has(value) ? undefined : fragments[value]
        visitedFragments.add(value)
        if (fragment === undefined || !isUsedIn(fragment)) return
        found = true
        return BREAK
      },
    })
    return found
  }
  return isUsedIn(node)
}
