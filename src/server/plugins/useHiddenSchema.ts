import { type ASTVisitor, GraphQLError, NoSchemaIntrospectionCustomRule, type ValidationContext, validate } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/**
 * Keeps the schema from callers: no introspection, no SDL of the subgraph, and no suggestions of names in errors. `useOperationCost` leaves them
 * out of errors about variables.
 */
export function useHiddenSchema(): Plugin {
  return {
    onValidate: ({ addValidationRule, setValidationFn }) => {
      addValidationRule(NoSchemaIntrospectionCustomRule)
      addValidationRule(noSubgraphSdl)
      setValidationFn((schema, document, rules) => validate(schema, document, rules, { hideSuggestions: true }))
    },
  }
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
