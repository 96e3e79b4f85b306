import { openDatabase } from '../../src/database/open.ts'
import { ensureDemo } from '../../src/features/demo/ensureDemo.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { readConfig } from '../../src/platform/config.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { OperatorError } from '../../src/platform/operatorError.ts'
import { createServer } from '../../src/server/createServer.ts'
import { createNodeHandler } from '../../src/server/nodeHandler.ts'
import { listen } from '../listen.ts'

/** Starts the service with its demo data, on a free port. The settings are those of `npm start`: by default, the embedded database. */
export async function startService() {
  // The gateway of the example routes ids to their subgraph: nodeRouting.ts.
  const config = { ...readConfig(), federatedNode: 'shared' as const }
  const log = createLogger(config)
  const database = await openDatabase(config, log)
  const demo = await ensureDemo(database, config.dataDir, systemClock())
  if (demo === null) {
    await database.close()
    throw new OperatorError('The example needs the demo data, which this database does not have. Set DATA_DIR to a new folder.')
  }
  const server = createServer({ database, config, clock: systemClock, log, demoKey: demo.key })
  const http = await listen(createNodeHandler(server, config))
  const stop = async () => {
    await server.stopListening()
    await http.close()
    await server.dispose()
    await database.close()
  }
  return { url: http.url, stop, ...demo }
}
