import { getOperationAST, OperationTypeNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Context } from '../../graphql/context.ts'

/** Makes mutations read the API key and the project from the database, not from the access cache. */
export function useFreshViewer(): Plugin<Context> {
  return {
    onExecute: ({ args: { document, operationName, contextValue } }) => {
      if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.MUTATION) return
      return contextValue.reauthenticate().then((fresh) => void Object.assign(contextValue, fresh))
    },
  }
}
