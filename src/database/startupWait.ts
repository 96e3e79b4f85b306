import type { Logger } from '../platform/logger.ts'
import { OperatorError } from '../platform/operatorError.ts'

/** When to say what the start waits for, in milliseconds. */
const noticeMs = 1_000

/** Waits for something that the start needs. `what` completes "The start waits for …". */
export type WaitAtStart = <Result>(what: string, work: Promise<Result>) => Promise<Result>

/**
 * Limits each wait of the start. A wait of more than a second is logged.
 *
 * @returns a function that waits. It throws an OperatorError that names what was waited for.
 */
export function createStartupWait(limitSeconds: number, log: Logger): WaitAtStart {
  return async (what, work) => {
    const timeUp = Promise.withResolvers<never>()
    const notice = setTimeout(() => log.warn(`The start waits for ${what}.`), noticeMs)
    const limit = setTimeout(
      () =>
        timeUp.reject(
          new OperatorError(`The start waited for ${what}, and gave up after ${limitSeconds} seconds (STARTUP_TIMEOUT_SECONDS).`),
        ),
      limitSeconds * 1000,
    )
    try {
      return await Promise.race([work, timeUp.promise])
    } finally {
      clearTimeout(notice)
      clearTimeout(limit)
    }
  }
}
