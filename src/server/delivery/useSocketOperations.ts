import type { GraphQLError } from 'graphql'
import { type GraphQLParams, isAsyncIterable, type Plugin } from 'graphql-yoga'
import { requestScope } from '../../platform/requestScope.ts'
import type { NodeContext } from '../limits/clientAddress.ts'
import type { OperationResult } from './publicResult.ts'

/** The part of the server's context that an operation over a WebSocket adds. */
export interface SocketContext extends NodeContext {
  socketOperation?: SocketOperation
}

/** An operation that came over a WebSocket. */
export interface SocketOperation {
  params: GraphQLParams
  /** Why it may not run. It is counted and recorded as any other request that is refused. */
  refusal: GraphQLError | null
  /** Set with the answer, which only says that the result is here. */
  result: OperationResult | AsyncIterable<OperationResult> | null
}

/** The type of answers whose result stays in this process. */
export const handedOverType = 'application/x-handed-over'

/**
 * Reads an operation from the server's context instead of a body, and hands its result over instead of writing it. All that is done for
 * requests is then done for it: limits, persisted documents, the time limit, error codes, the access log. This plugin comes after those that
 * read bodies or write results.
 */
export function useSocketOperations(): Plugin<object, SocketContext> {
  return {
    onRequestParse: ({ serverContext: { socketOperation }, setRequestParser }) => {
      if (socketOperation === undefined) return
      const recorded = requestScope()?.request
      if (recorded != null) recorded.transport = 'websocket'
      setRequestParser(() => {
        if (socketOperation.refusal !== null) throw socketOperation.refusal
        return socketOperation.params
      })
    },
    onResultProcess: ({ serverContext: { socketOperation }, setResultProcessor }) => {
      if (socketOperation === undefined) return
      setResultProcessor((result, { Response, ReadableStream }) => {
        socketOperation.result = result as NonNullable<SocketOperation['result']>
        // An answer that comes after the time limit is cancelled, and its subscription must end then.
        const cancel = async () => void (isAsyncIterable(result) && (await result[Symbol.asyncIterator]().return?.()))
        return new Response(new ReadableStream({ cancel }), { headers: { 'content-type': handedOverType } })
      }, 'application/json')
    },
  }
}
