import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'

/**
 * Opens a connection to Redis for values that the service can do without. A command fails at once while there is no connection, and after
 * `maxWaitMs` when there is no answer. The connection is opened anew for as long as the client exists.
 *
 * @returns the client, and a promise that the connection is open or has taken `maxWaitMs`
 */
export function openRedisClient(url: string, maxWaitMs: number): { client: Redis; connected: Promise<void> } {
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    commandTimeout: maxWaitMs,
    connectTimeout: 2_000,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  })
  // Failed commands report the error. Without this listener, ioredis would print it.
  client.on('error', () => {})
  const connected = Promise.race([client.connect().catch(() => {}), setTimeout(maxWaitMs, undefined, { ref: false })])
  return { client, connected }
}
