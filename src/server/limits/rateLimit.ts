import { RateLimiterMemory, RateLimiterRes, RateLimiterUnion } from 'rate-limiter-flexible'
import { RateLimitedError } from '../../graphql/errors.ts'
import type { Config } from '../../platform/config.ts'

/**
 * Counts the requests of each key, a minute and an hour (experiments.md 11.5), in this process.
 *
 * @returns counts one request of the key with this hash; throws RateLimitedError when either limit is used up.
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

/** What the limiter throws is the states of the limits that are used up, under their prefixes. */
function toRateLimitedError(exhausted: unknown): unknown {
  const states = Object.values(exhausted as Record<string, unknown>).filter((state) => state instanceof RateLimiterRes)
  if (states.length === 0) return exhausted
  return new RateLimitedError(Math.ceil(Math.max(...states.map(({ msBeforeNext }) => msBeforeNext)) / 1000))
}
