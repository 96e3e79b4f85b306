import type { IncomingMessage } from 'node:http'
import { type ExecutionArgs, type GraphQLError, parse } from 'graphql'
import { CloseCode, makeServer, type Context as ProtocolContext, type SubscribePayload } from 'graphql-ws'
import { isAsyncIterable } from 'graphql-yoga'
import type { WebSocket } from 'ws'
import { OperationTooExpensiveError } from '../../graphql/errors.ts'
import type { Config } from '../../platform/config.ts'
import { schema } from '../../schema/schema.ts'
import type { Server } from '../createServer.ts'
import { type OperationResult, publicResult } from '../delivery/publicResult.ts'
import { runSocketOperation } from './runSocketOperation.ts'

export type SocketConfig = Pick<
  Config,
  'receiveTimeoutSeconds' | 'keepAliveSeconds' | 'maxBodyBytes' | 'maxAnswerBytes' | 'maxSubscriptions' | 'maxBatchSize'
>

/** The first message is small, and a client has it at hand. */
const maxInitSeconds = 10
/** How often a client must show that it is there. */
const pingIntervalMs = 12_000
/** No key is longer. */
const maxAuthorizationLength = 1_000

interface Connection {
  socket: WebSocket
  request: IncomingMessage
  authorization: string | null
  /** The operations under way. Aborting one ends it, also before its result is known. */
  running: Set<AbortController>
  /** Closes the socket when it has no operations for a while. */
  idleTimer: NodeJS.Timeout | undefined
}

/** The result of an operation, on its way through the library. */
type Handover = ExecutionArgs & { rootValue: OperationResult | AsyncIterable<OperationResult> }

/** The library asks only what kind of operation a document holds. Results of all kinds are sent alike. */
const anyDocument = parse('{ __typename }')

/**
 * Speaks `graphql-transport-ws` on WebSockets. Each operation runs as a request of its own, with the key of the connection: in
 * `connectionParams.authorization`, or in the header `authorization`.
 *
 * The library's own binding to `ws` is not used: it writes the errors of hostile clients to standard error.
 */
export function createSocketProtocol(server: Server, config: SocketConfig) {
  const connections = new Set<Connection>()
  /** As many as one key may subscribe to, and as one request may hold. */
  const maxRunning = config.maxSubscriptions + config.maxBatchSize
  let ending = false

  const goAway = ({ socket }: Connection) => socket.close(1001, 'Going away')
  /** Closes a connection without operations: at once if the server ends, or else after a while. */
  const watchIdle = (connection: Connection) => {
    clearTimeout(connection.idleTimer)
    if (connection.running.size > 0) return
    if (ending) goAway(connection)
    else connection.idleTimer = setTimeout(() => goAway(connection), config.keepAliveSeconds * 1_000)
  }

  async function start({ extra: connection }: ProtocolContext<Record<string, unknown>, Connection>, payload: SubscribePayload) {
    const refusal =
      connection.running.size < maxRunning
        ? null
        : new OperationTooExpensiveError(`A connection can have ${maxRunning} operations under way. End one first.`)
    const operation = new AbortController()
    const end = () => {
      connection.running.delete(operation)
      watchIdle(connection)
      if (connection.running.size <= maxRunning && connection.socket.isPaused) connection.socket.resume()
    }
    connection.running.add(operation)
    // A refusal takes a moment too. Until then, the client sends no more.
    if (refusal !== null) connection.socket.pause()
    clearTimeout(connection.idleTimer)
    try {
      const result = await runSocketOperation(server, connection, payload, operation.signal, refusal)
      if (isAsyncIterable(result)) {
        const rootValue = watchParts(result, operation.signal, end)
        return { schema, document: anyDocument, rootValue } satisfies Handover
      }
      // The library sends the result, so the operation ends after that.
      setImmediate(end)
      const shown = publicResult(result)
      return shown.errors !== undefined && !('data' in shown)
        ? [...shown.errors]
        : ({ schema, document: anyDocument, rootValue: shown } satisfies Handover)
    } catch (error) {
      setImmediate(end)
      return [server.maskError(error)]
    }
  }

  const library = makeServer<Record<string, unknown>, Connection>({
    schema,
    connectionInitWaitTimeout: Math.min(maxInitSeconds, config.receiveTimeoutSeconds) * 1_000,
    onConnect: (context) => {
      const given = findAuthorization(context.connectionParams)
      // A connection lives long, and needs nothing else of them.
      delete (context as { connectionParams?: object }).connectionParams
      if (given === undefined) return true
      context.extra.authorization = given
      return given !== null
    },
    onSubscribe: (context, _id, payload): Promise<Handover | GraphQLError[]> => start(context, payload),
    execute: ({ rootValue }) => rootValue as never,
    subscribe: ({ rootValue }) => rootValue as never,
  })

  return {
    serve(socket: WebSocket, request: IncomingMessage): void {
      const connection: Connection = {
        socket,
        request,
        authorization: request.headers.authorization ?? null,
        running: new Set(),
        idleTimer: undefined,
      }
      connections.add(connection)
      watchIdle(connection)
      const closed = library.opened(
        {
          protocol: socket.protocol,
          close: (code, reason) => socket.close(code, reason),
          send: (text) => send(socket, text, config.maxAnswerBytes),
          onMessage: (handle) =>
            socket.on('message', (data, isBinary) => {
              if (isBinary) return socket.close(CloseCode.BadRequest, 'Messages must be text')
              handle(String(data)).catch((error: unknown) => {
                // The library throws at messages that only servers send.
                if (!String(error).includes('Unexpected message')) server.maskError(error)
                socket.close(CloseCode.BadRequest, 'Invalid message received')
              })
            }),
        },
        connection,
      )
      const stopPings = keepAlive(socket)
      // `ws` closes the socket itself, with a code that says what is wrong.
      socket.on('error', () => {})
      socket.once('close', (code, reason) => {
        stopPings()
        clearTimeout(connection.idleTimer)
        connections.delete(connection)
        for (const operation of connection.running) operation.abort()
        closed(code, String(reason)).catch((error: unknown) => void server.maskError(error))
      })
    },
    /** Closes each connection as soon as its operations have ended. */
    end: async () => {
      ending = true
      const closings = [...connections].map(({ socket }) => new Promise((resolve) => socket.once('close', resolve)))
      for (const connection of connections) watchIdle(connection)
      await Promise.all(closings)
    },
  }
}

/** The key in the first message: undefined if it has none, and null if it cannot be a header. */
function findAuthorization(params: Readonly<Record<string, unknown>> | undefined): string | null | undefined {
  const [, value] = Object.entries(params ?? {}).find(([name]) => name.toLowerCase() === 'authorization') ?? []
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' && value.length <= maxAuthorizationLength && /^[\x20-\x7e]*$/.test(value) ? value : null
}

/** Sends a message. A client that reads too slowly is cut off, because its answers would fill the memory. */
async function send(socket: WebSocket, text: string, maxWaitingBytes: number): Promise<void> {
  if (socket.readyState !== socket.OPEN) return
  if (socket.bufferedAmount > maxWaitingBytes) return socket.terminate()
  // The connection may have ended meanwhile, which is no error.
  await new Promise<void>((resolve) => socket.send(text, () => resolve()))
}

/** Cuts off a client that does not answer pings. Returns a function that stops the pings. */
function keepAlive(socket: WebSocket): () => void {
  let isAlive = true
  socket.on('pong', () => {
    isAlive = true
  })
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate()
    isAlive = false
    socket.ping()
  }, pingIntervalMs)
  return () => clearInterval(timer)
}

/** Passes on the parts of a result until the signal aborts. Not a generator: its `return` would wait for the next part. */
function watchParts(
  parts: AsyncIterable<OperationResult>,
  signal: AbortSignal,
  onEnd: () => void,
): AsyncIterableIterator<OperationResult, void, void> {
  const iterator = parts[Symbol.asyncIterator]()
  const end = async () => {
    signal.removeEventListener('abort', end)
    // The library sends what is left, so the operation ends after that.
    setImmediate(onEnd)
    await iterator.return?.()
    return { done: true as const, value: undefined }
  }
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) void end()
  const watched: AsyncIterableIterator<OperationResult, void, void> = {
    [Symbol.asyncIterator]: () => watched,
    next: async () => {
      const next = await iterator.next()
      return next.done === true ? end() : { done: false, value: publicResult(next.value) }
    },
    return: end,
    throw: end,
  }
  return watched
}
