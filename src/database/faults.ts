import { UpstreamError } from '../platform/upstreamError.ts'
import { EventStoreFault } from './events/eventStoreErrors.ts'
import { Prisma } from './generated/client.ts'
import { TransactionSlotError } from './transactionSlots.ts'

/** The limit that ended the work: of one statement, of its wait for a lock, or of a transaction. */
export type DatabaseTimeout = 'STATEMENT' | 'LOCK' | 'TRANSACTION'

/**
 * What happened to work that the database did not do, though nothing is wrong with the work itself. It can be tried again.
 *
 * `unavailable`: the database, Redis or the store of events cannot be reached, does not answer, has no free connection, or stops. `conflict`: concurrent writes got in
 * each other's way, also in the last attempt.
 */
export type Fault = { kind: 'unavailable' } | { kind: 'conflict' } | { kind: 'timeout'; timeout: DatabaseTimeout }

const unavailable: Fault = { kind: 'unavailable' }
const conflict: Fault = { kind: 'conflict' }
const timeout = (timeout: DatabaseTimeout): Fault => ({ kind: 'timeout', timeout })

/** PostgreSQL's error codes, whole or as a class of two characters. */
const faultsBySqlState: Record<string, Fault> = {
  '08': unavailable, // connection failures
  '53': unavailable, // no connections, memory or disk space left
  '58': unavailable, // errors of the operating system
  '25006': unavailable, // read-only: the server is a replica since a failover
  '57P01': unavailable, // shutting down, or the session was terminated
  '57P02': unavailable,
  '57P03': unavailable, // starting up
  '57P04': unavailable, // the database was dropped, also by replay on a replica
  '57P05': unavailable,
  '57014': timeout('STATEMENT'),
  '55P03': timeout('LOCK'),
  '25P03': timeout('TRANSACTION'), // idle in a transaction
  '40001': conflict,
  '40P01': conflict,
}

/** The kinds of errors of Prisma's adapter, and Prisma's own codes. */
const faultsByPrismaName: Record<string, Fault> = {
  DatabaseNotReachable: unavailable,
  ConnectionClosed: unavailable,
  SocketTimeout: unavailable,
  TooManyConnections: unavailable,
  TransactionWriteConflict: conflict,
  P1001: unavailable,
  P1002: unavailable,
  P1008: unavailable,
  P1017: unavailable,
  P2024: unavailable,
  P2034: conflict,
  P2037: unavailable,
}

const networkErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** Errors of pg and ioredis that have no code. */
const unavailableMessages = [
  /^timeout exceeded when trying to connect$/,
  /^timeout expired$/,
  /^Connection terminated\b/,
  /^Query read timeout$/,
  /^Client (was closed|has encountered a connection error) and is not queryable$/,
  /^Cannot use a pool after calling end on the pool$/,
  /^The (server|LISTEN connection|Redis connection) (closed the connection|was closed)/,
  /^The pub\/sub connection was lost/,
  /^Connection is closed\.$/,
  /^Command timed out$/,
  /^Reached the max retries per request limit/,
]

/** Names the fault behind an error. Null for all other errors: those of the caller, and bugs. */
export function faultOf(error: unknown): Fault | null {
  if (!(error instanceof Error)) return null
  if (error instanceof TransactionSlotError) return unavailable
  // PostHog cannot be reached: nothing of ours failed.
  if (error instanceof UpstreamError) return null
  if (error instanceof EventStoreFault) return error.kind === 'timeout' ? timeout('STATEMENT') : unavailable
  if (error instanceof AggregateError) return error.errors.map(faultOf).find((fault) => fault !== null) ?? null
  return faultOfPrisma(error) ?? faultOfDriver(error) ?? faultOf(error.cause)
}

function faultOfPrisma(error: Error): Fault | null {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return null
  if (error.code === 'P2028') return error.message.includes('Unable to start a transaction') ? unavailable : timeout('TRANSACTION')
  const { driverAdapterError } = error.meta ?? {}
  return faultsByPrismaName[error.code] ?? (driverAdapterError === undefined ? null : faultOfAdapter(driverAdapterError))
}

/** The adapter keeps PostgreSQL's error in `cause`, which is a plain object. */
function faultOfAdapter(adapterError: unknown): Fault | null {
  const { cause = {} } = adapterError as { cause?: { kind?: string; originalCode?: string } }
  return faultsByPrismaName[cause.kind ?? ''] ?? faultOfSqlState(cause.originalCode ?? '')
}

function faultOfDriver(error: Error & { code?: unknown; syscall?: unknown }): Fault | null {
  if (error.name === 'DriverAdapterError') return faultOfAdapter(error)
  if (unavailableMessages.some((pattern) => pattern.test(error.message))) return unavailable
  if (typeof error.code !== 'string') return null
  // Without a system call, it is the caller who closed a connection.
  if (networkErrors.has(error.code)) return error.syscall === undefined ? null : unavailable
  return 'severity' in error ? faultOfSqlState(error.code) : null
}

function faultOfSqlState(state: string): Fault | null {
  return faultsBySqlState[state] ?? (state.length === 5 ? faultsBySqlState[state.slice(0, 2)] : undefined) ?? null
}
