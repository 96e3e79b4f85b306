import { Redis } from 'ioredis'
import type { Logger } from '../../platform/logger.ts'
import { errorMessage, OperatorError } from '../../platform/operatorError.ts'
import type { PubSub } from './pubSub.ts'

/** How long Redis may take to connect, and to answer. In milliseconds, like the next one. */
const timeoutMs = 5_000
const heartbeatMs = 10_000

/**
 * Pub/sub through Redis, for PostgreSQL behind a pooler that does not support LISTEN. Messages are sent after the commit. They are lost if the
 * server stops in between or Redis is down. The committed data is not affected.
 *
 * @param channel the Redis channel; only servers on the same database may share one
 * @throws OperatorError if Redis cannot be reached.
 */
export async function createRedisPubSub(url: string, channel: string, log: Logger): Promise<PubSub> {
  const options = { lazyConnect: true, maxRetriesPerRequest: 1, connectTimeout: timeoutMs, commandTimeout: timeoutMs, keepAlive: 10_000 }
  // Without a connection, a message fails at once instead of waiting for one.
  const publisher = new Redis(url, { ...options, enableOfflineQueue: false })
  let failing = false
  const onPublished = (error: unknown) => {
    if (error && !failing)
      log.error({ err: error }, 'Pub/sub: change events cannot be sent to Redis. Subscribers miss them until it is back.')
    if (!error && failing) log.info('Pub/sub: Redis is back.')
    failing = Boolean(error)
  }
  // Failed messages report the error. Without this listener, ioredis would print it.
  publisher.on('error', () => {})
  await publisher.connect().catch((error: unknown) => {
    publisher.disconnect()
    throw new OperatorError(`The Redis of REDIS_URL cannot be reached: ${errorMessage(error)}`)
  })
  return {
    publish: () => Promise.resolve(),
    afterCommit: (messages) => {
      if (messages.length === 0) return
      const pipeline = publisher.pipeline()
      for (const message of messages) pipeline.publish(channel, message)
      pipeline.exec().then((results) => onPublished(results?.find(([error]) => error !== null)?.[0]), onPublished)
    },
    subscribe: async (onMessage, onDisconnect) => {
      const session = new Redis(url, { ...options, retryStrategy: () => null })
      let open = false
      // A silent connection is not noticed otherwise.
      const heartbeat = setInterval(() => session.ping().catch(() => session.disconnect()), heartbeatMs)
      heartbeat.unref()
      session.on('error', () => {})
      session.on('end', () => {
        clearInterval(heartbeat)
        if (open) onDisconnect(new Error('The Redis connection was closed.'))
        open = false
      })
      session.on('message', (_channel, message) => onMessage(message))
      try {
        await session.connect()
        await session.subscribe(channel)
      } catch (error) {
        clearInterval(heartbeat)
        session.disconnect()
        throw error
      }
      open = true
      return async () => {
        open = false
        clearInterval(heartbeat)
        session.disconnect()
      }
    },
    // Waits for pending messages. If Redis is down, there is nothing to wait for.
    close: async () => void (await publisher.quit().catch(() => publisher.disconnect())),
  }
}
