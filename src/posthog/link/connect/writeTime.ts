import { UpstreamError } from '../../../platform/upstreamError.ts'
import { timedOut } from '../../client/retries.ts'

// How long a write may be under way. Its own server keeps to it, so that all others know when it was killed.

/** Seconds from the entry into the outbox to the last request: for one that hangs, and as long again for what is read and sent around it. */
const writeSeconds = (timeoutSeconds: number) => 2 * timeoutSeconds
/** For storing the answer, in a transaction with a limit of its own, and for clocks of servers that differ. */
const storingSeconds = 10

/** A write that was entered before this has no server any more. It is cleared up by reading. */
export function abandonedBefore(now: Date, timeoutSeconds: number): Date {
  return new Date(now.getTime() - (writeSeconds(timeoutSeconds) + storingSeconds) * 1_000)
}

/** Cuts a write off when its time is over. Whether it was carried out is then found out by reading, like after an answer that is lost. */
export async function withinWriteTime<Result>(timeoutSeconds: number, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const over = new AbortController()
  const seconds = writeSeconds(timeoutSeconds)
  const message = `The write was not done within ${seconds} seconds.`
  const reason = new UpstreamError(message, { kind: 'unavailable', code: timedOut, outcomeUnknown: true })
  const timer = setTimeout(() => over.abort(reason), seconds * 1_000)
  try {
    return await work(over.signal)
  } finally {
    clearTimeout(timer)
  }
}
