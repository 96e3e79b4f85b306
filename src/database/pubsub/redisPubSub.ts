import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Logger } from '../../platform/logger.ts'
import { errorMessage, OperatorError } from '../../platform/operatorError.ts'
import type { PubSub } from './pubSub.ts'

/** How long Redis may take to connect, and to answer. In milliseconds, like the next one. */
const timeoutMs = 5_000
const heartbeatMs = 10_000
/** How often a server tries to say that its messages were lost. */
const announceMs = 1_000

/** The message that others did not arrive. Whoever listens must read again, as after a lost connection. */
const messagesLost = 'messages lost'

/**
 * Pub/sub through Redis, for PostgreSQL behind a pooler that does not support LISTEN. Messages are sent after the commit. If Redis is down, they
 * are lost, and all subscriptions of all servers are told so, with `onDisconnect`. The committed data is not affected.
 *
 * @param channel the Redis channel; only servers on the same database may share one
 * @throws OperatorError if Redis cannot be reached.
 */
export async function createRedisPubSub(url: string, channel: string, log: Logger): Promise<PubSub> {
  const options = { lazyConnect: true, maxRetriesPerRequest: 1, connectTimeout: timeoutMs, commandTimeout: timeoutMs, keepAlive: 10_000 }
  // Without a connection, a message fails at once instead of waiting for one.
  const publisher = new Redis(url, { ...options, enableOfflineQueue: false })
  let closed = false
  let lost = 0
  const onFailure = (err: unknown) => {
    lost++
    if (lost > 1) return
    log.error({ err }, 'Pub/sub: change events cannot be sent to Redis. Once it is back, all subscriptions end, because they missed them.')
    void announceLoss()
  }
  /** Says that messages were lost, as soon as Redis takes it, and again if more were lost meanwhile. */
  const announceLoss = async () => {
    while (lost > 0 && !closed) {
      await wait(announceMs, undefined, { ref: false })
      const announced = lost
      const arrived = await publisher.publish(channel, messagesLost).then(
        () => true,
        () => false,
      )
      if (!arrived || lost > announced) continue
      lost = 0
      log.info('Pub/sub: Redis is back.')
    }
  }
  // Failed messages report the error. Without this listener, ioredis would print it.
  publisher.on('error', () => {})
  await publisher.connect().catch((error: unknown) => {
    publisher.disconnect()
    throw new OperatorError(`The Redis of REDIS_URL cannot be reached: ${errorMessage(error)}`)
  })
  return {
    publish: () => Promise.resolve(),
    sendsAfterCommit: true,
    afterCommit: async (messages) => {
      if (messages.length === 0) return true
      const pipeline = publisher.pipeline()
      for (const message of messages) pipeline.publish(channel, message)
      try {
        const failed = (await pipeline.exec())?.find(([error]) => error !== null)
        if (failed === undefined) return true
        onFailure(failed[0])
      } catch (error) {
        onFailure(error)
      }
      return false
    },
    subscribe: async (onMessage, onDisconnect) => {
      const session = new Redis(url, { ...options, retryStrategy: () => null })
      let open = false
      // A silent connection is not noticed otherwise.
      const heartbeat = setInterval(() => session.ping().catch(() => session.disconnect()), heartbeatMs)
      heartbeat.unref()
      session.on('error', () => {})
      const end = (error: Error) => {
        clearInterval(heartbeat)
        if (open) onDisconnect(error)
        open = false
      }
      session.on('end', () => end(new Error('The Redis connection was closed.')))
      session.on('message', (_channel, message) => {
        if (message !== messagesLost) return onMessage(message)
        end(new Error('A server could not send its messages to Redis.'))
        session.disconnect()
      })
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
    close: async () => {
      closed = true
      await publisher.quit().catch(() => publisher.disconnect())
    },
  }
}
