import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { type OperationResult, publicResult } from './publicResult.ts'

const boundary = '\r\n--graphql'
/** As often as Yoga sends signs of life in event streams. Proxies close connections that are silent for longer. */
const heartbeatMs = 12_000

/** Whether a client wants the events of a subscription as parts of a multipart answer, and not before an event stream. */
export function acceptsMultipartSubscriptions(accept: string | null): boolean {
  const types = (accept ?? '').toLowerCase().split(',')
  const multipart = types.findIndex((type) => /multipart\/mixed.*;\s*subscriptionspec="?1\.0\b/.test(type))
  const events = types.findIndex((type) => type.includes('text/event-stream'))
  return multipart !== -1 && (events === -1 || multipart < events)
}

/**
 * Sends subscriptions over HTTP as Apollo's clients and router expect: as parts of one answer. Yoga's own multipart answers are for `@defer`.
 * This plugin comes after those that change results.
 */
export function useMultipartSubscriptions(): Plugin {
  const subscriptions = new WeakSet<Request>()
  return {
    onSubscribe: ({ args: { contextValue } }) => void subscriptions.add(contextValue.request),
    onResultProcess: ({ request, result, setResultProcessor }) => {
      if (!isAsyncIterable(result) || !subscriptions.has(request)) return
      if (!acceptsMultipartSubscriptions(request.headers.get('accept'))) return
      setResultProcessor((parts, { Response, ReadableStream, TextEncoder }) => {
        const headers = {
          'content-type': 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
          'cache-control': 'no-cache',
          'content-encoding': 'none',
        }
        return new Response(writeParts(parts as AsyncIterable<OperationResult>, ReadableStream, new TextEncoder()), { headers })
      }, 'multipart/mixed')
    },
  }
}

function writeParts(
  parts: AsyncIterable<OperationResult>,
  ReadableStream: typeof globalThis.ReadableStream,
  encoder: TextEncoder,
): ReadableStream<Uint8Array> {
  const iterator = parts[Symbol.asyncIterator]()
  let heartbeat: NodeJS.Timeout | undefined
  const toPart = (value: object) => encoder.encode(`\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(value)}${boundary}`)
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(encoder.encode(boundary))
      heartbeat = setInterval(() => {
        // A client that does not read gets no more.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(toPart({}))
      }, heartbeatMs)
    },
    pull: async (controller) => {
      try {
        const { done, value } = await iterator.next()
        if (done !== true) return controller.enqueue(toPart({ payload: publicResult(value) }))
        clearInterval(heartbeat)
        controller.enqueue(encoder.encode('--\r\n'))
        controller.close()
      } catch (error) {
        clearInterval(heartbeat)
        controller.error(error)
      }
    },
    cancel: async () => {
      clearInterval(heartbeat)
      await iterator.return?.()
    },
  })
}
