import { Redis } from 'ioredis'
import { errorMessage, OperatorError } from '../../platform/operatorError.ts'
import type { PubSub } from './pubSub.ts'

/**
 * Pub/sub through Redis, for PostgreSQL behind a pooler that does not support LISTEN. Messages are sent after the commit. They are lost if the
 * server stops in between or Redis is down. The committed data is not affected.
 *
 * @param channel the Redis channel; only servers on the same database may share one
 * @param onPublishError called if messages could not be sent
 * @throws OperatorError if Redis cannot be reached.
 */
export async function createRedisPubSub(url: string, channel: string, onPublishError: (error: unknown) => void): Promise<PubSub> {
  const options = { lazyConnect: true, maxRetriesPerRequest: 1, connectTimeout: 5_000 }
  const publisher = new Redis(url, options)
  // Failed messages report the error. Without this listener, ioredis would print it.
  publisher.on('error', () => {})
  await publisher.connect().catch((error: unknown) => {
    publisher.disconnect()
    throw new OperatorError(`The Redis of REDIS_URL cannot be reached: ${errorMessage(error)}`)
  })
  return {
    publish: () => Promise.resolve(),
    afterCommit: (messages) => {
      const pipeline = publisher.pipeline()
      for (const message of messages) pipeline.publish(channel, message)
      pipeline.exec().then((results) => {
        const error = results?.find(([error]) => error !== null)?.[0]
        if (error) onPublishError(error)
      }, onPublishError)
    },
    subscribe: async (onMessage, onDisconnect) => {
      const session = new Redis(url, { ...options, retryStrategy: () => null })
      let open = false
      session.on('error', () => {})
      session.on('end', () => {
        if (open) onDisconnect(new Error('The Redis connection was closed.'))
        open = false
      })
      session.on('message', (_channel, message) => onMessage(message))
      try {
        await session.connect()
        await session.subscribe(channel)
      } catch (error) {
        session.disconnect()
        throw error
      }
      open = true
      return async () => {
        open = false
        session.disconnect()
      }
    },
    // Waits for pending messages. If Redis is down, there is nothing to wait for.
    close: async () => void (await publisher.quit().catch(() => publisher.disconnect())),
  }
}
