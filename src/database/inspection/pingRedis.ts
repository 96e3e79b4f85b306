import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from '../../platform/logger.ts'
import { OperatorError } from '../../platform/operatorError.ts'
import { createRedisPubSub } from '../pubsub/redisPubSub.ts'

/** Connects to Redis as the service does, and lets go again. @throws OperatorError if it does not answer within the limit. */
export async function pingRedis(url: string, limitMs: number, log: Logger): Promise<void> {
  const connecting = createRedisPubSub(url, 'doctor', log)
  const connected = await Promise.race([connecting, wait(limitMs, null, { ref: false })])
  if (connected === null) {
    connecting.then(
      (late) => late.close(),
      () => {},
    )
    throw new OperatorError(`The Redis of REDIS_URL is silent for ${limitMs / 1_000} seconds`)
  }
  await connected.close()
}
