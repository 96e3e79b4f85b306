import { getOperationAST, OperationTypeNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Context } from '../../graphql/context.ts'

/** Mutations are done for whoever the database says it is at that moment, and in the project as it is then, not for what was kept of them. */
export function useFreshViewer(): Plugin<Context> {
  return {
    onExecute: ({ args: { document, operationName, contextValue } }) => {
      if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.MUTATION) return
      return contextValue.reauthenticate().then((fresh) => void Object.assign(contextValue, fresh))
    },
  }
}
