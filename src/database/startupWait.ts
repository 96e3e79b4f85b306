import type { Logger } from '../platform/logger.ts'
import { OperatorError } from '../platform/operatorError.ts'

/** When to say what the start waits for, in milliseconds. */
const noticeMs = 1_000

export interface StartupWait {
  /**
   * Waits for something that the start needs. `what` completes "The start waits for …".
   *
   * @throws OperatorError that names what was waited for, if it takes too long.
   */
  waitFor<Result>(what: string, work: Promise<Result>): Promise<Result>
  /** Does work that must not be interrupted, however long it takes. `what` completes "The start …". */
  carryOut<Result>(what: string, work: Promise<Result>): Promise<Result>
}

/** Limits each wait of the start. A wait of more than a second is logged, and so is work of more than a second. */
export function createStartupWait(limitSeconds: number, log: Logger): StartupWait {
  async function noteIfLong<Result>(note: string, work: Promise<Result>): Promise<Result> {
    const notice = setTimeout(() => log.warn(`The start ${note}.`), noticeMs)
    return work.finally(() => clearTimeout(notice))
  }

  async function waitFor<Result>(what: string, work: Promise<Result>): Promise<Result> {
    const timeUp = Promise.withResolvers<never>()
    const limit = setTimeout(() => timeUp.reject(waitedTooLong(what, limitSeconds)), limitSeconds * 1000)
    return noteIfLong(`waits for ${what}`, Promise.race([work, timeUp.promise])).finally(() => clearTimeout(limit))
  }

  return { waitFor, carryOut: noteIfLong }
}

/** The error of a start that gave up. */
export function waitedTooLong(what: string, limitSeconds: number): OperatorError {
  return new OperatorError(`The start waited for ${what}, and gave up after ${limitSeconds} seconds (STARTUP_TIMEOUT_SECONDS).`)
}
