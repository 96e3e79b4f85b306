import { RateLimiterMemory, RateLimiterRes, RateLimiterUnion } from 'rate-limiter-flexible'
import { RateLimitedError } from '../../graphql/errors.ts'
import type { Config } from '../../platform/config.ts'

/**
 * Creates the rate limiter: it counts the requests of each key per minute and per hour (experiments.md 11.5). Counts are per process.
 *
 * @returns a function that counts one request of the key with this hash. It throws RateLimitedError if a limit is reached.
 */
export function createRateLimiter({
  rateLimitPerMinute,
  rateLimitPerHour,
}: Pick<Config, 'rateLimitPerMinute' | 'rateLimitPerHour'>): (keyHash: string) => Promise<void> {
  const limits = [
    { keyPrefix: 'minute', points: rateLimitPerMinute, duration: 60 },
    { keyPrefix: 'hour', points: rateLimitPerHour, duration: 3600 },
  ].filter(({ points }) => points > 0)
  if (limits.length === 0) return () => Promise.resolve()
  const limiter = new RateLimiterUnion(...limits.map((limit) => new RateLimiterMemory(limit)))

  return async (keyHash) => {
    try {
      await limiter.consume(keyHash)
    } catch (exhausted) {
      throw toRateLimitedError(exhausted)
    }
  }
}

/** Converts what the limiter throws: the states of the limits that are reached, by prefix. Other errors are returned unchanged. */
function toRateLimitedError(exhausted: unknown): unknown {
  const states = Object.values(exhausted as Record<string, unknown>).filter((state) => state instanceof RateLimiterRes)
  if (states.length === 0) return exhausted
  return new RateLimitedError(Math.ceil(Math.max(...states.map(({ msBeforeNext }) => msBeforeNext)) / 1000))
}
