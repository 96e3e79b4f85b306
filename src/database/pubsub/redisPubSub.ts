import { Redis } from 'ioredis'
import { reasonOf, UserMistake } from '../../platform/operatorError.ts'
import type { Signals } from './pubSub.ts'

/**
 * By Redis, where PostgreSQL stands behind a pooler that lets nobody listen. Sent when the transaction has committed: a server that dies in
 * between, or a Redis that is away, loses them, which is logged; what was written stays written.
 *
 * @param channel which the servers on one database share, and others do not
 * @param failed told when texts could not be sent
 * @throws UserMistake when Redis cannot be reached.
 */
export async function redisSignals(url: string, channel: string, failed: (error: unknown) => void): Promise<Signals> {
  const options = { lazyConnect: true, maxRetriesPerRequest: 1, connectTimeout: 5_000 }
  const sender = new Redis(url, options)
  // Told by what is sent meanwhile; without a listener it would be printed.
  sender.on('error', () => {})
  await sender.connect().catch((error: unknown) => {
    sender.disconnect()
    throw new UserMistake(`The Redis of REDIS_URL cannot be reached: ${reasonOf(error)}`)
  })
  return {
    send: () => Promise.resolve(),
    committed: (texts) => {
      const pipeline = sender.pipeline()
      for (const text of texts) pipeline.publish(channel, text)
      pipeline.exec().then((answers) => {
        const error = answers?.find(([error]) => error !== null)?.[0]
        if (error) failed(error)
      }, failed)
    },
    listen: async (heard, lost) => {
      const session = new Redis(url, { ...options, retryStrategy: () => null })
      let open = false
      session.on('error', () => {})
      session.on('end', () => {
        if (open) lost(new Error('The connection to Redis ended.'))
        open = false
      })
      session.on('message', (_channel, text) => heard(text))
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
    close: async () => void (await sender.quit().catch(() => sender.disconnect())),
  }
}
