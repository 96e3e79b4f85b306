import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../platform/clock.ts'
import { UpstreamError } from '../../platform/upstreamError.ts'

/** What a client needs of time and chance. Tests give their own. */
export interface Timing {
  clock: Clock
  /** From 0 to below 1. */
  random(): number
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemTiming: Omit<Timing, 'clock'> = {
  random: Math.random,
  wait: async (ms, signal) => void (await sleep(ms, undefined, { signal, ref: false })),
}

export const maxAttempts = 5
/** The code of an answer that is too large to be read. It is asked for once. */
export const tooLarge = 'too_large'
/** The code of an answer in JSON that has not the fields that it should have. */
export const anotherShape = 'another_shape'
/** The code of a request without an answer. */
export const timedOut = 'timed_out'
/** A request waits no longer than this for one attempt. Whoever asked has something better to do then. */
const maxWaitMs = 90_000

/**
 * Returns how long to wait before another attempt, in milliseconds. Null if there is none.
 *
 * @param attempt the number of the attempt that failed, from 1
 * @param repeatable whether the request may be repeated without harm
 * @param most how many attempts there are at most
 */
export function retryDelay(error: unknown, attempt: number, repeatable: boolean, random: number, most = maxAttempts): number | null {
  if (attempt >= most || !(error instanceof UpstreamError)) return null
  const { kind, code, retryAfter, outcomeUnknown } = error
  // Whoever tries less often is in a hurry: what has failed at once may work at once, but there is no time to wait.
  if (most < maxAttempts && (kind === 'throttled' || code === timedOut)) return null
  // A refusal for too many requests comes before the work, so anything may be repeated.
  if (kind === 'throttled') return withinLimit((retryAfter ?? 60) * 1_000 + random * 1_000)
  if (kind !== 'unavailable' && kind !== 'malformed') return null
  if (!repeatable && outcomeUnknown) return null
  if (kind === 'malformed' && (!repeatable || code === tooLarge)) return null
  // 1, 2, 4, 8 seconds, less up to a half, so that those who failed together do not come back together.
  const backOff = 1_000 * 2 ** (attempt - 1) * (1 - random / 2)
  return withinLimit(Math.max(backOff, (retryAfter ?? 0) * 1_000))
}

function withinLimit(ms: number): number | null {
  return ms > maxWaitMs ? null : ms
}
