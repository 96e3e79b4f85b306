import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { openRedisClient } from '../../database/redisClient.ts'
import type { Demand, Limit, LimitState } from './fixedWindows.ts'

/** How long a request waits for Redis at most, in milliseconds. */
const maxWaitMs = 100

/** Counts in Redis, for all servers that use the same prefix. `consume` rejects if Redis does not answer in time. */
export interface SharedWindows {
  consume(demands: readonly Demand[], now: number): Promise<LimitState[]>
  close(): void
}

export function openSharedWindows(url: string, prefix: string): SharedWindows {
  // The first requests wait for the connection, like any other request for an answer.
  const { client, connected } = openRedisClient(url, maxWaitMs)
  const limiters = new Map<Limit, RateLimiterRedis>()

  function limiterOf(limit: Limit): RateLimiterRedis {
    const { name, points, seconds: duration } = limit
    const limiter = limiters.get(limit) ?? new RateLimiterRedis({ storeClient: client, keyPrefix: `${prefix}:${name}`, points, duration })
    limiters.set(limit, limiter)
    return limiter
  }

  return {
    consume: async (demands, now) => {
      await connected
      return Promise.all(
        demands.map(async ({ limit, key, points }) => {
          const { consumedPoints, msBeforeNext } = await limiterOf(limit).consume(key, points).catch(stateIfExceeded)
          return { limit, used: consumedPoints, resetAt: now + msBeforeNext }
        }),
      )
    },
    close: () => client.disconnect(),
  }
}

/** The limiter rejects with the state if the limit is exceeded, and with an error if Redis fails. */
function stateIfExceeded(rejected: unknown): RateLimiterRes {
  if (rejected instanceof RateLimiterRes) return rejected
  throw rejected
}
