import type { Observer, OperationActivity, RequestActivity } from '../../platform/activity.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Logger } from '../../platform/logger.ts'
import { createRepeatedLines } from '../repeatedLines.ts'

/** Paths come from callers. */
const maxPathLength = 200

/**
 * Creates an observer that logs one line for each request. A batch is one line too: `batch` lists its operations, and the other values are
 * those of the whole request. What was refused before it could be read is counted by reason, so that broken connections do not flood the log.
 * Undefined if the log level hides the lines.
 */
export function createAccessLog(log: Logger, clock: Clock): Observer | undefined {
  if (!log.isLevelEnabled('info')) return undefined
  const write = createRepeatedLines(clock)
  return {
    onRequest: (request) => log.info(toLine(request), 'Request.'),
    onRefusal: ({ reason, status }) =>
      write(reason, (unreported) => {
        const outcome = reason === 'internal_error' ? 'error' : 'refused'
        log.info({ reason, ...(status === null ? {} : { status }), outcome, unreported }, 'Refused before the request was read.')
      }),
  }
}

function toLine(request: RequestActivity): object {
  const { operations, statements } = request
  const [only, ...others] = operations
  return {
    // The logger adds the id only while the request runs.
    requestId: request.id,
    ...(request.traceId === null ? {} : { traceId: request.traceId }),
    ...(request.key === null ? {} : { key: request.key }),
    ...(request.transport === 'http' ? {} : { transport: request.transport }),
    method: request.method,
    path: request.path.slice(0, maxPathLength),
    status: request.status,
    outcome: request.outcome,
    ...(others.length === 0 ? describe(only) : { batch: operations.map((each) => ({ ...describe(each), outcome: each.outcome })) }),
    durationMs: round(request.durationMs),
    databaseMs: round(statements.durationMs),
    statements: statements.count,
    ...(request.bytes === 0 ? {} : { bytes: request.bytes }),
  }
}

function describe(operation: OperationActivity | undefined): object {
  if (operation === undefined) return {}
  const { name, kind, documentHash, cost, codes } = operation
  return {
    ...(name === null ? {} : { operation: name }),
    ...(kind === null ? {} : { kind }),
    ...(documentHash === null ? {} : { document: documentHash }),
    ...(cost === null ? {} : { cost }),
    ...(codes.size === 0 ? {} : { codes: [...codes] }),
  }
}

const round = (ms: number) => Math.round(ms * 100) / 100
