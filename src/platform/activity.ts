// What the service did, for those who observe it: the access log, metrics and traces. Nothing here holds a token, the value of a variable,
// or the text of an operation.

/** How a request or an operation ended. */
export type Outcome =
  /** Without errors. Errors that are members of a mutation's union are part of the data. */
  | 'ok'
  /** With some data, and with errors that the caller caused. */
  | 'partial'
  /** Without data: no root field has a value, for a reason that the caller caused. */
  | 'refused'
  /** With an error of ours. */
  | 'error'

const severity: readonly Outcome[] = ['ok', 'partial', 'refused', 'error']

export function worstOutcome(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce((worst, outcome) => (severity.indexOf(outcome) > severity.indexOf(worst) ? outcome : worst), 'ok')
}

/** What answers statements: the database, or where its events are. */
export type DatabaseSystem = 'postgresql' | 'clickhouse'

/** A statement that was sent to the database, with its time on the clock of `performance`. */
export interface Statement {
  system: DatabaseSystem
  /** With placeholders instead of values. */
  sql: string
  startedAt: number
  /** Until its rows arrived, in milliseconds. The wait for a connection is part of it. */
  durationMs: number
  failed: boolean
}

/** How many statements are kept, of all that are counted. */
const maxKeptStatements = 100

/** The statements of a request or an operation. */
export class StatementTally {
  count = 0
  /** The sum of their times: statements that ran side by side count in full. */
  durationMs = 0
  /** The first of them. */
  readonly kept: Statement[] = []

  add(statement: Statement): void {
    this.count++
    this.durationMs += statement.durationMs
    if (this.kept.length < maxKeptStatements) this.kept.push(statement)
  }
}

/** A GraphQL operation. Batches have several. */
export class OperationActivity {
  /** Null for an operation without a name, and until it is known. */
  name: string | null = null
  kind: 'query' | 'mutation' | 'subscription' | null = null
  /** The start of the SHA-256 of its text. Null if it was refused before it was parsed. */
  documentHash: string | null = null
  /** In points. Null if it was refused before it was counted. */
  cost: number | null = null
  outcome: Outcome = 'ok'
  readonly codes = new Set<string>()
  readonly startedAt = performance.now()
  durationMs = 0
  readonly statements = new StatementTally()
}

/** An HTTP request, or an operation over a WebSocket. */
export class RequestActivity {
  readonly id: string
  readonly method: string
  readonly path: string
  /** Operations over a WebSocket are requests of their own. */
  transport: 'http' | 'websocket' = 'http'
  /** The `traceparent` header, if it is valid. */
  readonly traceparent: TraceParent | null
  /** The trace that holds the request, if there is one. */
  traceId: string | null
  /** The mask of the API key. Null without a valid key. */
  key: string | null = null
  status = 0
  /** The size of the answer before compression, as far as it was sent. */
  bytes = 0
  outcome: Outcome = 'ok'
  readonly startedAt = performance.now()
  durationMs = 0
  readonly operations: OperationActivity[] = []
  readonly statements = new StatementTally()

  constructor(id: string, method: string, path: string, traceparent: TraceParent | null) {
    this.id = id
    this.method = method
    this.path = path
    this.traceparent = traceparent
    this.traceId = traceparent?.traceId ?? null
  }
}

/** The place of a caller in a trace (W3C Trace Context). */
export interface TraceParent {
  traceId: string
  spanId: string
  flags: number
}

/** Reads a `traceparent` header. Null if it is missing or invalid. */
export function parseTraceParent(header: string | null): TraceParent | null {
  if (header === null) return null
  const [, version, traceId = '', spanId = '', flags = '', rest] =
    /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/.exec(header) ?? []
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return null
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null
  return { traceId, spanId, flags: Number.parseInt(flags, 16) }
}

/** Why a request or a connection got no further. */
export type RefusalReason =
  | 'too_many_connections'
  | 'too_many_connections_of_address'
  | 'too_slow'
  | 'reset'
  | 'invalid_http'
  | 'headers_too_long'
  | 'invalid_head'
  | 'invalid_handshake'
  | 'unknown_expectation'
  | 'connect'
  | 'internal_error'

/** A request or a connection that ended before the request could be read, so that there is no `RequestActivity` of it. */
export interface Refusal {
  reason: RefusalReason
  /** The HTTP status of the answer. Null if there was none. */
  status: number | null
}

/** A run of a job. */
export interface JobRun {
  job: string
  durationMs: number
  failed: boolean
}

/** A request to PostHog. */
export interface UpstreamRequest {
  /** What it was for: a write, following, the first copy, or a query of events. */
  purpose: string
  /** `throttled` is a refusal for too many requests. `refused` are all others, and `failed` is an answer of 5xx, or none. */
  outcome: 'ok' | 'throttled' | 'refused' | 'failed'
  durationMs: number
}

/** A round of following, or a first copy: the rows that were written here. */
export interface LinkRound {
  result: 'ok' | 'failed'
  stored: number
  deleted: number
  skipped: number
}

/** Is told what the service did. It must not throw. */
export interface Observer {
  /** At the end of a request: when its answer is complete, and for an answer in parts after the last one. */
  onRequest?(request: RequestActivity): void
  onRefusal?(refusal: Refusal): void
  onStatement?(statement: Statement): void
  onJob?(run: JobRun): void
  onUpstreamRequest?(request: UpstreamRequest): void
  onLinkRound?(round: LinkRound): void
}

/** Tells several observers, in their order. Undefined if there is none. */
export function allObservers(observers: readonly Observer[]): Observer | undefined {
  if (observers.length === 0) return undefined
  return {
    onRequest: (request) => {
      for (const observer of observers) observer.onRequest?.(request)
    },
    onRefusal: (refusal) => {
      for (const observer of observers) observer.onRefusal?.(refusal)
    },
    onStatement: (statement) => {
      for (const observer of observers) observer.onStatement?.(statement)
    },
    onJob: (run) => {
      for (const observer of observers) observer.onJob?.(run)
    },
    onUpstreamRequest: (request) => {
      for (const observer of observers) observer.onUpstreamRequest?.(request)
    },
    onLinkRound: (round) => {
      for (const observer of observers) observer.onLinkRound?.(round)
    },
  }
}
