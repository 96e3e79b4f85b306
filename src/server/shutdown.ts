import { setTimeout as wait } from 'node:timers/promises'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import type { Server } from './createServer.ts'
import type { HttpServer } from './httpServer.ts'

interface ShutdownOptions {
  http: HttpServer
  server: Server
  config: Pick<Config, 'drainSeconds' | 'shutdownSeconds'>
  log: Logger
  /** Ends everything else, once no request is under way. */
  close(): Promise<void>
}

/**
 * Ends the process on a stop signal. `/ready` fails at once, and connections close after their answer. After the drain period, the server takes no
 * more connections, completes subscriptions, and finishes the requests under way. The exit code is 0 if everything ended in time, and 1 if not.
 * A second signal ends the process at once.
 */
export function stopOnSignal({ http, server, config, log, close }: ShutdownOptions): void {
  let stopping = false
  http.prependListener('request', (_request, response) => {
    if (stopping) response.setHeader('connection', 'close')
  })

  const stop = async (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    server.announceStop()
    log.info({ signal }, 'Server stopping: finishing open requests.')
    if (config.drainSeconds > 0) await wait(config.drainSeconds * 1000)

    setTimeout(() => {
      log.error('Server stopped before everything had ended: SHUTDOWN_SECONDS are over.')
      process.exit(1)
    }, config.shutdownSeconds * 1000)
    const subscriptionsClosed = server.stopListening()
    const socketsClosed = http.endWebSockets()
    // Clients keep idle connections open, so the server closes them.
    const idleTimer = setInterval(() => http.closeIdleConnections(), 100)
    await new Promise((resolve) => http.close(resolve))
    clearInterval(idleTimer)
    await Promise.all([subscriptionsClosed, socketsClosed])
    await server.dispose()
    await close()
    process.exit(0)
  }
  const stopOrFail = (signal: string) => {
    stop(signal).catch((err: unknown) => {
      log.error({ err }, 'Server stopping: something could not be closed.')
      process.exit(1)
    })
  }
  process.on('SIGINT', stopOrFail)
  process.on('SIGTERM', stopOrFail)
}
