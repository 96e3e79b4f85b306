import {
  type ASTNode,
  BREAK,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getVariableValues,
  type OperationDefinitionNode,
  visit,
} from 'graphql'

type Given = Readonly<Record<string, unknown>>

const known = new WeakMap<
  Given,
  { schema: GraphQLSchema; operation: OperationDefinitionNode; variables: ReturnType<typeof getVariableValues> }
>()

/** The variables of an operation as GraphQL takes them, or what is wrong with them; worked out once for those that came with a request. */
export function variablesOf(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Given): ReturnType<typeof getVariableValues> {
  const before = known.get(given)
  if (before?.schema === schema && before.operation === operation) return before.variables
  const variables = getVariableValues(schema, operation.variableDefinitions ?? [], given)
  known.set(given, { schema, operation, variables })
  return variables
}

const withVariables = new WeakMap<ASTNode, boolean>()

/** Whether a variable stands in this part of a document, or in a fragment of its document's that it spreads; worked out once. */
export function hasVariables(node: ASTNode, fragments: Readonly<Record<string, FragmentDefinitionNode>> = {}): boolean {
  const before = withVariables.get(node)
  if (before !== undefined) return before
  const found = findsVariables(node, fragments)
  withVariables.set(node, found)
  return found
}

function findsVariables(node: ASTNode, fragments: Readonly<Record<string, FragmentDefinitionNode>>): boolean {
  const spread = new Set<string>()
  const isIn = (part: ASTNode): boolean => {
    let found = false
    visit(part, {
      Variable: () => {
        found = true
        return BREAK
      },
      FragmentSpread: ({ name: { value } }) => {
        const fragment = spread.has(value) ? undefined : fragments[value]
        spread.add(value)
        if (fragment === undefined || !isIn(fragment)) return
        found = true
        return BREAK
      },
    })
    return found
  }
  return isIn(node)
}
