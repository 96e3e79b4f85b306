import { type ExecutionArgs, type GraphQLError, getOperationAST, type OperationDefinitionNode, OperationTypeNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Context } from '../../graphql/context.ts'
import { findRefusedSelection } from '../../graphql/refusedSelection.ts'
import { coerceVariables } from '../../graphql/variables.ts'

/**
 * Refuses a mutation whose answer could not be given, before it writes. Otherwise the error would make `data` null after the write, and the
 * caller would believe that nothing was written.
 *
 * @param rereadsViewer whether to read the API key and the project from the database first, because the request may have them from a cache
 */
export function useMutationChecks(rereadsViewer: boolean): Plugin<Context> {
  async function findError(args: ExecutionArgs, operation: OperationDefinitionNode): Promise<GraphQLError | null> {
    const { schema, document, variableValues } = args
    const context = args.contextValue as Context
    if (rereadsViewer) Object.assign(context, await context.reauthenticate())
    const { coerced: variables } = coerceVariables(schema, operation, variableValues ?? {})
    // GraphQL itself rejects an operation with wrong variables.
    return variables === undefined ? null : findRefusedSelection(schema, document, operation, variables, context)
  }

  return {
    onExecute: ({ args, setResultAndStopExecution }) => {
      const operation = getOperationAST(args.document, args.operationName)
      // Queries do not wait for a promise.
      if (operation?.operation !== OperationTypeNode.MUTATION) return
      return findError(args, operation).then((error) => {
        if (error !== null) setResultAndStopExecution({ data: null, errors: [error] })
      })
    },
  }
}
