import {
  type ASTVisitor,
  type ExecutionArgs,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  NoSchemaIntrospectionCustomRule,
  type ValidationContext,
  validate,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { coerceVariables } from '../../graphql/variables.ts'

/** Keeps the schema from callers: no introspection, no SDL of the subgraph, and no suggestions of names in errors. */
export function useHiddenSchema(): Plugin {
  return {
    onValidate: ({ addValidationRule, setValidationFn }) => {
      addValidationRule(NoSchemaIntrospectionCustomRule)
      addValidationRule(noSubgraphSdl)
      setValidationFn((schema, document, rules) => validate(schema, document, rules, { hideSuggestions: true }))
    },
    onExecute: ({ args, setResultAndStopExecution }) => rejectVariables(args, setResultAndStopExecution),
    onSubscribe: ({ args, setResultAndStopExecution }) => rejectVariables(args, setResultAndStopExecution),
  }
}

/** Yoga's executor has an option against suggestions, which errors about variables do not obey. So they are reported before it runs. */
function rejectVariables(args: ExecutionArgs, reject: (result: { errors: readonly GraphQLError[] }) => void): void {
  const { schema, document, operationName, variableValues } = args
  const operation = getOperationAST(document, operationName)
  const variables = variableValues ?? {}
  if (!operation || coerceVariables(schema, operation, variables).errors === undefined) return
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { hideSuggestions: true })
  if (errors !== undefined) reject({ errors })
}

function noSubgraphSdl(context: ValidationContext): ASTVisitor {
  return {
    Field: (node) => {
      if (node.name.value !== '_service') return
      const message = 'GraphQL introspection has been disabled, but the requested query contained the field "_service".'
      context.reportError(new GraphQLError(message, { nodes: node }))
    },
  }
}
