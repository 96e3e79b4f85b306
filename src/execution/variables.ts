import { type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql'

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
