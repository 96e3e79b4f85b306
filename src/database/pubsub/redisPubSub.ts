import { Redis } from 'ioredis'
import { errorMessage, OperatorError } from '../../platform/operatorError.ts'
import type { PubSub } from './pubSub.ts'

/**
 * By Redis, where PostgreSQL stands behind a pooler that lets nobody listen. Sent when the transaction has committed: a server that dies in
 * between, or a Redis that is away, loses them, which is logged; what was written stays written.
 *
 * @param channel which the servers on one database share, and others do not
 * @param onPublishError told when texts could not be sent
 * @throws UserMistake when Redis cannot be reached.
 */
export async function createRedisPubSub(url: string, channel: string, onPublishError: (error: unknown) => void): Promise<PubSub> {
  const options = { lazyConnect: true, maxRetriesPerRequest: 1, connectTimeout: 5_000 }
  const publisher = new Redis(url, options)
  // Told by what is sent meanwhile; without a listener it would be printed.
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
        if (open) onDisconnect(new Error('The connection to Redis ended.'))
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
    // Waits for what is under way; a Redis that is away has nothing to wait for.
    close: async () => void (await publisher.quit().catch(() => publisher.disconnect())),
  }
}
