import { UpstreamError } from '../../../platform/upstreamError.ts'
import type { Timing } from '../../client/retries.ts'

/** Somebody is waiting for a write. What takes longer than this is told, and not waited for. */
const maxWaitMs = 2_500

/** The timing of writes: they wait shortly for room, and otherwise say when to come back. */
export function impatient(timing: Timing): Timing {
  return {
    ...timing,
    wait: (ms, signal) => {
      if (ms <= maxWaitMs) return timing.wait(ms, signal)
      const retryAfter = Math.max(1, Math.floor(ms / 1_000))
      return Promise.reject(
        new UpstreamError(`PostHog takes no request for now. Try again in ${retryAfter} seconds.`, { kind: 'throttled', retryAfter }),
      )
    },
  }
}
