import { getOperationAST, OperationTypeNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { ReadReplicas } from '../../database/replicas/openReplicas.ts'
import type { RecentWriters } from '../../database/replicas/recentWriters.ts'
import type { Context } from '../../graphql/context.ts'

/**
 * Lets queries read from a replica, unless their key may have written lately. Everything else keeps the primary: mutations with their payloads,
 * and subscriptions, whose events are sent before a replica has the change.
 */
export function useReadReplicas(replicas: Pick<ReadReplicas, 'clientFor'>, recentWriters: RecentWriters): Plugin<Context> {
  return {
    onExecute: ({ args: { document, operationName, contextValue: context } }) => {
      const { viewer } = context.authentication
      if (viewer === null) return undefined
      const operation = getOperationAST(document, operationName)?.operation
      // Before the write, so that no other server can miss it, also if the caller gets no answer.
      if (operation === OperationTypeNode.MUTATION) return recentWriters.announce(viewer.keyHash)
      if (operation === OperationTypeNode.QUERY && !recentWriters.mayHaveWritten(viewer.keyHash)) {
        context.db = replicas.clientFor(viewer.keyHash) ?? context.db
      }
      return undefined
    },
  }
}
