import type { Clock } from '../../platform/clock.ts'
import type { Config } from '../../platform/config.ts'
import type { Logger } from '../../platform/logger.ts'
import { type Demand, FixedWindows, type Limit, type LimitState } from './fixedWindows.ts'

/** How long Redis is left alone after a failure, in milliseconds. */
const retryAfterMs = 1_000

export interface RateLimits {
  /** Requests and operations of a key (experiments.md 11.5). */
  minute: Limit
  hour: Limit
  /** Points of cost of a key, and its mutations. */
  cost: Limit
  mutations: Limit
  /** Requests of an address without a valid key. */
  anonymous: Limit
  /** Counts, also what exceeds a limit. Limits of 0 points are off and left out. */
  consume(demands: readonly Demand[]): LimitState[] | Promise<LimitState[]>
  now(): number
  close(): Promise<void>
}

type RateLimitConfig = Pick<
  Config,
  | 'rateLimitPerMinute'
  | 'rateLimitPerHour'
  | 'costLimitPerMinute'
  | 'mutationLimitPerMinute'
  | 'anonymousLimitPerMinute'
  | 'redisUrl'
  | 'redisChannel'
>

/** Creates the rate limits. They are shared by all servers through Redis, if that is configured and answers. Otherwise each server counts. */
export function createRateLimits(config: RateLimitConfig, clock: Clock, log: Logger): RateLimits {
  const local = new FixedWindows()
  const { redisUrl: url } = config
  // Loaded only if it is used, because the Redis client is large.
  const opening =
    url === null
      ? null
      : import('./sharedWindows.ts').then(({ openSharedWindows }) => openSharedWindows(url, `${config.redisChannel}:limits`))
  let redisFails = false
  let retryAt = 0

  const now = () => clock().getTime()
  const consumeLocally = (demands: readonly Demand[]) => demands.map((demand) => local.consume(demand, now()))

  async function consumeShared(demands: readonly Demand[]): Promise<LimitState[]> {
    if (now() < retryAt) return consumeLocally(demands)
    try {
      const states = await (await opening)?.consume(demands, now())
      if (redisFails) log.info('Rate limits: Redis answers again. The servers share their counts.')
      redisFails = false
      return states ?? consumeLocally(demands)
    } catch (err) {
      if (!redisFails) log.warn({ err }, 'Rate limits: Redis does not answer. Until it does, each server counts for itself.')
      redisFails = true
      retryAt = now() + retryAfterMs
      return consumeLocally(demands)
    }
  }

  return {
    minute: { name: 'minute', points: config.rateLimitPerMinute, seconds: 60 },
    hour: { name: 'hour', points: config.rateLimitPerHour, seconds: 3_600 },
    cost: { name: 'cost', points: config.costLimitPerMinute, seconds: 60 },
    mutations: { name: 'mutations', points: config.mutationLimitPerMinute, seconds: 60 },
    anonymous: { name: 'anonymous', points: config.anonymousLimitPerMinute, seconds: 60 },
    consume: (demands) => {
      const counted = demands.filter(({ limit, points }) => limit.points > 0 && points >= 0)
      return opening === null || counted.length === 0 ? consumeLocally(counted) : consumeShared(counted)
    },
    now,
    close: async () => (await opening?.catch(() => undefined))?.close(),
  }
}
