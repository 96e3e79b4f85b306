import { createRequire } from 'node:module'
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import type { Observer, Outcome, RequestActivity, Statement } from '../../platform/activity.ts'
import type { Logger } from '../../platform/logger.ts'
import { OperatorError } from '../../platform/operatorError.ts'

// Loaded only if traces are on. Spans are made at the end of a request from what was recorded, so that a request pays nothing while it runs.

/** Long statements are cut. */
const maxStatementLength = 2_000

export interface Traces {
  observer: Observer
  /** Sends the spans that wait. */
  close(): Promise<void>
}

/** The parts of the optional packages that are used. */
interface Sdk {
  TracerProvider: new (options: {
    resource: unknown
    spanProcessors: unknown[]
  }) => {
    getTracer(name: string): Tracer
    shutdown(): Promise<void>
  }
  BatchSpanProcessor: new (options: { exporter: unknown }) => unknown
  OTLPTraceExporter: new (options: { url: string }) => unknown
  resourceFromAttributes(attributes: object): { merge(other: unknown): unknown }
  detectResources(options: { detectors: unknown[] }): unknown
  envDetector: unknown
}

/**
 * Creates what sends traces to a collector, by OTLP over HTTP.
 *
 * @param endpoint the base URL of the collector
 * @throws OperatorError if the optional packages are not installed.
 */
export function createTraces(endpoint: string, log: Logger): Traces {
  const { TracerProvider, BatchSpanProcessor, OTLPTraceExporter, resourceFromAttributes, detectResources, envDetector } = loadSdk()
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })
  const provider = new TracerProvider({
    // `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` win.
    resource: resourceFromAttributes({ 'service.name': 'experiments-graph' }).merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('experiments-graph')
  return {
    observer: { onRequest: (request) => traceRequest(tracer, request) },
    close: () => provider.shutdown().catch((err: unknown) => log.warn({ err }, 'Traces: the last spans were not sent.')),
  }
}

function loadSdk(): Sdk {
  const load = createRequire(import.meta.url)
  try {
    return {
      ...load('@opentelemetry/sdk-trace'),
      ...load('@opentelemetry/resources'),
      ...load('@opentelemetry/exporter-trace-otlp-http'),
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new OperatorError(
      'OTEL_EXPORTER_OTLP_ENDPOINT needs packages that are not installed. Run `npm install --no-save --save-prod ' +
        '@opentelemetry/exporter-trace-otlp-http@0.301.0 @opentelemetry/resources@3.1.1 @opentelemetry/sdk-trace@3.1.1`.',
    )
  }
}

/** The spans of a request: HTTP, each operation in it, and each statement in that. */
function traceRequest(tracer: Tracer, request: RequestActivity): void {
  const http = tracer.startSpan(
    `${request.method} ${request.path}`,
    {
      kind: SpanKind.SERVER,
      startTime: epochMs(request.startedAt),
      attributes: {
        'http.request.method': request.method,
        'url.path': request.path,
        'http.response.status_code': request.status,
        'network.protocol.name': request.transport,
        'experiments_graph.request_id': request.id,
      },
    },
    parentOf(request),
  )
  request.traceId = http.spanContext().traceId
  const inHttp = trace.setSpan(ROOT_CONTEXT, http)
  const traced = new Set<Statement>()
  for (const { name, kind, documentHash, cost, codes, outcome, startedAt, durationMs, statements } of request.operations) {
    const operation = tracer.startSpan(
      [kind ?? 'operation', ...(name === null ? [] : [name])].join(' '),
      {
        startTime: epochMs(startedAt),
        attributes: {
          ...(kind === null ? {} : { 'graphql.operation.type': kind }),
          ...(name === null ? {} : { 'graphql.operation.name': name }),
          ...(documentHash === null ? {} : { 'experiments_graph.document': documentHash }),
          ...(cost === null ? {} : { 'experiments_graph.cost': cost }),
          'experiments_graph.outcome': outcome,
          'experiments_graph.codes': [...codes],
        },
      },
      inHttp,
    )
    const inOperation = trace.setSpan(ROOT_CONTEXT, operation)
    for (const statement of statements.kept) {
      traced.add(statement)
      traceStatement(tracer, statement, inOperation)
    }
    end(operation, startedAt + durationMs, outcome)
  }
  // Those of no operation.
  for (const statement of request.statements.kept) if (!traced.has(statement)) traceStatement(tracer, statement, inHttp)
  end(http, request.startedAt + request.durationMs, request.outcome)
}

function traceStatement(tracer: Tracer, { system, sql, startedAt, durationMs, failed }: Statement, parent: Context): void {
  const span = tracer.startSpan(
    /^\W*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? 'statement',
    {
      kind: SpanKind.CLIENT,
      startTime: epochMs(startedAt),
      attributes: { 'db.system.name': system, 'db.query.text': sql.slice(0, maxStatementLength) },
    },
    parent,
  )
  end(span, startedAt + durationMs, failed ? 'error' : 'ok')
}

/** The span of the caller, if it sent one. */
function parentOf({ traceparent }: RequestActivity): Context {
  if (traceparent === null) return ROOT_CONTEXT
  const { traceId, spanId, flags } = traceparent
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: flags, isRemote: true })
}

function end(span: Span, endedAt: number, outcome: Outcome): void {
  if (outcome === 'error') span.setStatus({ code: SpanStatusCode.ERROR })
  span.end(epochMs(endedAt))
}

const epochMs = (time: number) => performance.timeOrigin + time
