import { explainFailure } from './database/explainFailure.ts'
import { openDatabase } from './database/open.ts'
import { countChangeRequests } from './features/approvals/data/countChangeRequests.ts'
import { ensureDemo } from './features/demo/ensureDemo.ts'
import { systemClock } from './platform/clock.ts'
import { readConfig } from './platform/config.ts'
import { createLogger } from './platform/logger.ts'
import { listenError } from './platform/operatorError.ts'
import { watchOutput } from './platform/program/watchOutput.ts'
import { startScheduler } from './platform/scheduler.ts'
import { systemTiming } from './posthog/client/retries.ts'
import { createLinkClients } from './posthog/link/connect/linkClients.ts'
import { countLinks } from './posthog/link/countLinks.ts'
import { startFollower } from './posthog/link/follower.ts'
import { createServer } from './server/createServer.ts'
import { createHttpServer } from './server/httpServer.ts'
import { jobs } from './server/jobs.ts'
import { stopOnSignal } from './server/shutdown.ts'
import { startupMessage } from './server/startupMessage.ts'
import { observeJobs } from './server/telemetry/observeJobs.ts'
import { createTelemetry } from './server/telemetry/telemetry.ts'

/** Serves until a stop signal. */
export async function start(): Promise<void> {
  const config = readConfig()
  const log = createLogger(config)
  // The server needs no output to answer.
  watchOutput((message) => log.warn(message))
  // One request's bug must not end all others. Yoga's executor can leave a rejection that nobody awaits.
  process.on('unhandledRejection', (err) =>
    log.error({ err }, 'Unhandled rejection: a promise failed and nobody awaited it. The server goes on.'),
  )
  const telemetry = await createTelemetry(config, log, systemClock)
  const database = await openDatabase(config, log, telemetry.observer)
  const { db, close, migrated } = database
  if (migrated.length > 0) log.info({ migrated }, 'Database: migrations applied.')
  const demo = config.demoData ? await ensureDemo(database, config.dataDir, systemClock()) : null

  const server = createServer({ database, config, clock: systemClock, log, demoKey: demo?.key ?? null, observer: telemetry.observer })
  const http = createHttpServer(server, config, log, telemetry.observer)
  // Startup garbage is a fifth of the memory of an idle server, so it is collected once. `npm start` exposes `gc`. It also sets a larger young
  // generation, so that the smaller heap does not slow down requests.
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error) => reject(listenError('HOST or PORT', error)))
    http.listen(config.port, config.host, resolve)
  })
  const address = http.address()
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  const metricsUrl = await telemetry.serveMetrics({
    pool: database.pool,
    replicas: database.replicas,
    openSubscriptions: server.openSubscriptions,
    countChangeRequests: (now) => countChangeRequests(db, now),
    countLinks: (now) => countLinks(db, now),
    clock: systemClock,
    log,
  })
  // Only told: what needs no events is answered without them.
  database.eventsElsewhere?.check().then(
    () => log.info('Events: ClickHouse answers.'),
    (err: unknown) => log.warn({ err }, 'Events: ClickHouse does not answer as EVENTS_URL and the other settings of events say.'),
  )
  process.stdout.write(startupMessage({ config, port, metricsUrl, demo }))
  const stopJobs = startScheduler(observeJobs(jobs({ database, clock: systemClock, log, server }), telemetry.observer), {
    log,
    interval: config.jobsInterval,
  })

  const clients = createLinkClients(db, config, { ...systemTiming, clock: systemClock }, telemetry.observer)
  const stopFollower = startFollower({ database, clients, settings: config, log, observer: telemetry.observer })

  stopOnSignal({
    http,
    server,
    config,
    log,
    close: async () => {
      await stopJobs()
      await stopFollower()
      await clients.close()
      await close()
      await telemetry.close()
    },
  })
}

// `npm run compile` imports this file without starting the server.
if (import.meta.main) {
  start().catch((error: unknown) => {
    console.error(explainFailure(error) ?? error)
    process.exit(1)
  })
}
