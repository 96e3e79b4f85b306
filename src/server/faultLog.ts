import { type Fault, faultOf } from '../database/faults.ts'
import type { Clock } from '../platform/clock.ts'
import type { Logger } from '../platform/logger.ts'
import { createRepeatedLines } from './repeatedLines.ts'

export interface FaultLog {
  /** Logs an error if it is a fault. Returns the fault, or null for any other error. */
  logIfFault(error: unknown): Fault | null
  /** Logs a fault under its name. */
  log(name: string, error: unknown): void
}

/** Creates the log of faults. An outage fails every request, so each kind of fault is logged once, and then every ten seconds with a count. */
export function createFaultLog(logger: Logger, clock: Clock): FaultLog {
  const write = createRepeatedLines(clock)
  const log = (fault: string, err: unknown) =>
    write(fault, (unreported) => logger.error({ err, fault, unreported }, 'Fault: callers get an error that says to try again.'))
  return {
    log,
    logIfFault: (error) => {
      const fault = faultOf(error)
      if (fault !== null) log(fault.kind === 'timeout' ? `timeout ${fault.timeout}` : fault.kind, error)
      return fault
    },
  }
}
