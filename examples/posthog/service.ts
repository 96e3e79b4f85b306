import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../src/database/open.ts'
import { ensureDemo } from '../../src/features/demo/ensureDemo.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { systemTiming } from '../../src/posthog/client/retries.ts'
import { targetProject } from '../../src/posthog/import/targetProject.ts'
import { createLinkClients } from '../../src/posthog/link/connect/linkClients.ts'
import { startFollower } from '../../src/posthog/link/follower.ts'
import { createServer } from '../../src/server/createServer.ts'
import { createNodeHandler } from '../../src/server/nodeHandler.ts'
import { listen } from '../listen.ts'

/** Starts the service with an empty project, on an embedded database in a folder of its own that `stop` removes. It asks PostHog each second. */
export async function startService(port: number) {
  const folder = await mkdtemp(join(tmpdir(), 'experiments-graph-example-'))
  const config = readConfig({
    // The stand-in does not count requests.
    ...{
      DATA_DIR: folder,
      LOG_LEVEL: 'error',
      LINK_POLL_SECONDS: '1',
      LINK_REQUESTS_PER_MINUTE: '10000',
      LINK_REQUESTS_PER_HOUR: '100000',
    },
    // The stand-in is on this machine. A key that was never stored need not be kept.
    ...{ LINK_ALLOW_PRIVATE_HOSTS: 'true', LINK_ENCRYPTION_KEY: randomBytes(32).toString('base64') },
  })
  const log = createLogger(config)
  const database = await openDatabase(config, log)
  const demo = await ensureDemo(database, folder, systemClock())
  if (demo === null) throw new Error('The demo data was not made.')
  const project = await database.db.$transaction((tx) => targetProject(tx, { createProject: 'Linked to PostHog' }))
  const server = createServer({ database, config, clock: systemClock, log, demoKey: demo.key })
  const http = await listen(createNodeHandler(server, config), port)
  const clients = createLinkClients(database.db, config, { ...systemTiming, clock: systemClock })
  const stopFollower = startFollower({ database, clients, settings: config, log })
  const stop = async () => {
    await stopFollower()
    await clients.close()
    await server.stopListening()
    await http.close()
    await server.dispose()
    await database.close()
    await rm(folder, { recursive: true })
  }
  return { url: http.url, key: demo.key, projectId: project.id, stop }
}
