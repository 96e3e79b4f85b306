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

/** Whether a part of a valid document uses a variable, itself or in a fragment that it spreads. The result is cached by node. */
export function hasVariables(node: ASTNode, fragments: Readonly<Record<string, FragmentDefinitionNode>> = {}): boolean {
  const cached = variableUsage.get(node)
  if (cached !== undefined) return cached
  let found = false
  visit(node, {
    Variable: () => {
      found = true
      return BREAK
    },
    FragmentSpread: ({ name }) => {
      const fragment = fragments[name.value]
      found = fragment !== undefined && hasVariables(fragment, fragments)
      return found ? BREAK : undefined
    },
  })
  variableUsage.set(node, found)
  return found
}
