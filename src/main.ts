import { createServer as createHttpServer } from 'node:http'
import { openDatabase } from './database/open.ts'
import { ensureDemo } from './features/demo/ensureDemo.ts'
import { systemClock } from './platform/clock.ts'
import { readConfig } from './platform/config.ts'
import { createLogger } from './platform/logger.ts'
import { errorMessage, OperatorError } from './platform/operatorError.ts'
import { startScheduler } from './platform/scheduler.ts'
import { createServer } from './server/createServer.ts'
import { jobs } from './server/jobs.ts'
import { createNodeHandler } from './server/nodeHandler.ts'
import { startupMessage } from './server/startupMessage.ts'

/** How long requests under way may take when the program is told to stop, in milliseconds. */
const gracePeriodMs = 10_000

async function start(): Promise<void> {
  const config = readConfig()
  const log = createLogger(config)
  const database = await openDatabase(config, log)
  const { db, close, migrated } = database
  if (migrated.length > 0) log.info({ migrated }, 'The database was brought up to date.')
  const demo = config.demoData ? await ensureDemo(db, config.dataDir, systemClock()) : null

  const server = createServer({ database, config, clock: systemClock, log, demoKey: demo?.key ?? null })
  const http = createHttpServer(createNodeHandler(server, config))
  // What the start leaves behind is a fifth of what a server takes at rest. `npm start` has it collected, and keeps room for new objects, so
  // that requests cost no more for it.
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error) => reject(new OperatorError(`HOST or PORT cannot be used: ${errorMessage(error)}`)))
    http.listen(config.port, config.host, resolve)
  })
  const address = http.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  process.stdout.write(startupMessage({ config, port, demo }))
  const stopJobs = startScheduler(jobs({ database, clock: systemClock, log }), { log, interval: config.jobsInterval })

  let stopping = false
  const stop = (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'Stopping: answering what is under way.')
    const subscriptionsClosed = server.stopListening().catch((err: unknown) => log.error({ err }, 'Subscriptions were not ended in order.'))
    // A connection that has nothing more to say is kept open by its other end.
    const idleTimer = setInterval(() => http.closeIdleConnections(), 100)
    http.close(async () => {
      clearInterval(idleTimer)
      await subscriptionsClosed
      await server.dispose()
      await stopJobs()
      await close()
    })
    // Somebody who never finishes a request holds nobody up.
    setTimeout(() => http.closeAllConnections(), gracePeriodMs).unref()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

// `npm run compile` loads it without starting it.
if (import.meta.main) {
  start().catch((error: unknown) => {
    console.error(error instanceof OperatorError ? error.message : error)
    process.exit(1)
  })
}
