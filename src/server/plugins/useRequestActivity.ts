import { hash } from 'node:crypto'
import { type DocumentNode, type GraphQLError, getOperationAST } from 'graphql'
import { type FetchAPI, type GraphQLParams, isAsyncIterable, type Plugin } from 'graphql-yoga'
import type { Context } from '../../graphql/context.ts'
import { type Observer, OperationActivity, type Outcome, type RequestActivity, worstOutcome } from '../../platform/activity.ts'
import { isObject } from '../../platform/json.ts'
import { inScope, type RequestScope, requestScope } from '../../platform/requestScope.ts'
import { handedOverType } from '../delivery/useSocketOperations.ts'

/** Enough to find a document by. */
const hashLength = 12
/** An answer can have many errors. */
const maxCodes = 10

/** The result of an operation, or a later part of it. */
interface Payload {
  data?: unknown
  errors?: readonly GraphQLError[]
  incremental?: readonly Payload[]
}

/**
 * Records what each request does, and tells the observer at its end. Health checks that succeed are left out. This plugin comes after those
 * that change results, and before `useRequestId`.
 */
export function useRequestActivity(observer: Observer): Plugin<Context> {
  /** Requests with parts to come. */
  const withParts = new WeakSet<RequestActivity>()
  /** Requests of WebSockets with parts to come. Their answer has no body. */
  const handedOver = new WeakSet<RequestActivity>()
  const finish = (request: RequestActivity) => {
    request.durationMs = performance.now() - request.startedAt
    request.outcome =
      request.operations.length === 0 ? outcomeOfStatus(request.status) : worstOutcome(request.operations.map(({ outcome }) => outcome))
    const isHealthCheck = request.path === '/health' || request.path === '/ready'
    if (!isHealthCheck || request.outcome !== 'ok') observer.onRequest?.(request)
  }

  return {
    instrumentation: {
      operation: (_payload, handle) => {
        const scope = requestScope()
        if (scope === undefined || scope.request === null) return handle()
        const operation = new OperationActivity()
        scope.request.operations.push(operation)
        const end = () => {
          operation.durationMs = performance.now() - operation.startedAt
        }
        return inScope(operationScope(scope, operation), () => {
          const handled = handle()
          if (handled !== undefined) return handled.finally(end)
          end()
          return undefined
        })
      },
    },
    onContextBuilding:
      () =>
      ({ context }) => {
        const request = requestScope()?.request
        const { viewer } = context.authentication
        if (request != null && viewer !== null) request.key = viewer.keyMask
      },
    onParse: ({ context }) => {
      const operation = requestScope()?.operation
      if (operation == null) return undefined
      return ({ result }) => {
        if (result !== null && !(result instanceof Error)) describe(operation, result, (context as { params?: GraphQLParams }).params)
      }
    },
    onResultProcess: ({ result, setResult }) => {
      const scope = requestScope()
      if (scope === undefined || scope.request === null) return
      const { request } = scope
      const payloads = [result].flat()
      // The request was refused before its operations were read.
      if (request.operations.length === 0) request.operations.push(new OperationActivity())
      for (const [index, operation] of request.operations.entries()) {
        const payload = payloads[index]
        if (payload === undefined || isAsyncIterable(payload)) continue
        judge(operation, payload as Payload)
      }
      const [operation] = request.operations
      if (!isAsyncIterable<Payload>(result) || operation === undefined) return
      withParts.add(request)
      const onEnd = () => {
        operation.durationMs = performance.now() - operation.startedAt
        withParts.delete(request)
        if (handedOver.delete(request)) finish(request)
      }
      setResult(watchParts(result, operationScope(scope, operation), operation, onEnd))
    },
    onResponse: ({ response, setResponse, fetchAPI }) => {
      const request = requestScope()?.request
      if (request == null) return
      request.status = response.status
      if (response.headers.get('content-type') === handedOverType) {
        if (withParts.has(request)) handedOver.add(request)
        else finish(request)
        return
      }
      const length = response.headers.get('content-length')
      const body = length === null ? response.body : null
      const finishWith = (bytes: number) => {
        request.bytes = bytes
        finish(request)
      }
      if (body === null) return finishWith(Number(length ?? 0))
      const { status, statusText, headers } = response
      setResponse(new fetchAPI.Response(countBytes(body, fetchAPI, finishWith), { status, statusText, headers }))
    },
  }
}

/** Records what the current operation costs. */
export function recordCost(points: number): void {
  const operation = requestScope()?.operation
  if (operation != null) operation.cost = points
}

/** A body that tells its size when it has been read, or when nobody wants the rest. */
function countBytes(body: ReadableStream<Uint8Array>, { ReadableStream }: FetchAPI, onEnd: (bytes: number) => void) {
  const reader = body.getReader()
  let bytes = 0
  let ended = false
  const end = () => {
    if (!ended) onEnd(bytes)
    ended = true
  }
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read()
        bytes += value?.byteLength ?? 0
        if (value !== undefined) controller.enqueue(value)
        if (!done) return
        end()
        controller.close()
      } catch (error) {
        end()
        controller.error(error)
      }
    },
    cancel: (reason) => reader.cancel(reason).finally(end),
  })
}

function operationScope(scope: RequestScope, operation: OperationActivity): RequestScope {
  return { ...scope, operation, tallies: [...scope.tallies, operation.statements] }
}

/** By document, because parsed documents are cached. */
const documentHashes = new WeakMap<DocumentNode, string>()

function describe(operation: OperationActivity, document: DocumentNode, params: GraphQLParams | undefined): void {
  const definition = getOperationAST(document, params?.operationName)
  operation.name = definition?.name?.value ?? null
  operation.kind = definition?.operation ?? null
  const known = documentHashes.get(document) ?? hash('sha256', document.loc?.source.body ?? '').slice(0, hashLength)
  documentHashes.set(document, known)
  operation.documentHash = known
}

/** Adds the outcome of a result, or of a part of it. */
function judge(operation: OperationActivity, { data, errors = [], incremental = [] }: Payload): void {
  for (const { extensions } of errors) if (operation.codes.size < maxCodes) operation.codes.add(String(extensions.code))
  operation.outcome = worstOutcome([operation.outcome, outcomeOf(data, errors)])
  for (const part of incremental) judge(operation, part)
}

/** The codes of errors that are not the caller's fault. */
const serviceFaults = new Set(['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE', 'TIMEOUT'])

function outcomeOf(data: unknown, errors: readonly GraphQLError[]): Outcome {
  if (errors.length === 0) return 'ok'
  if (errors.some(({ extensions }) => serviceFaults.has(String(extensions.code)))) return 'error'
  return hasData(data) ? 'partial' : 'refused'
}

/** Whether any root field has a value. */
function hasData(data: unknown): boolean {
  return isObject(data) && Object.values(data).some((value) => value !== null)
}

/** The outcome of a request without operations, for example of a file. */
function outcomeOfStatus(status: number): Outcome {
  if (status < 400) return 'ok'
  return status < 500 ? 'refused' : 'error'
}

/** Judges the parts of a result. Their statements count for the operation. */
function watchParts(
  parts: AsyncIterable<Payload>,
  scope: RequestScope,
  operation: OperationActivity,
  onEnd: () => void,
): AsyncIterable<Payload> {
  const iterator = parts[Symbol.asyncIterator]()
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        try {
          const next = await inScope(scope, () => iterator.next())
          if (next.done === true) onEnd()
          else judge(operation, next.value)
          return next
        } catch (error) {
          onEnd()
          throw error
        }
      },
      return: async () => {
        try {
          return (await inScope(scope, async () => iterator.return?.())) ?? { done: true as const, value: undefined }
        } finally {
          onEnd()
        }
      },
    }),
  }
}
