import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Observer } from '../../src/platform/activity.ts'
import { type Config, readConfig } from '../../src/platform/config.ts'
import { createLogger } from '../../src/platform/logger.ts'
import type { Server } from '../../src/server/createServer.ts'
import { createHttpServer, type HttpServer } from '../../src/server/httpServer.ts'
import { afterFile } from './cleanUp.ts'

/** Opens a port for a server, until the test file is done. Returns the URL of its endpoint. */
export async function listen(server: Server, settings: Partial<Config> = {}, observer?: Observer): Promise<string> {
  return (await openPort(server, settings, observer)).url
}

/** The same, with Node's server. */
export async function openPort(
  server: Server,
  settings: Partial<Config> = {},
  observer?: Observer,
): Promise<{ url: string; http: HttpServer }> {
  const log = createLogger({ logLevel: 'silent' })
  const http = createHttpServer(server, { ...readConfig({}), ...settings }, log, observer).listen(0, '127.0.0.1')
  await once(http, 'listening')
  afterFile(() => {
    http.closeAllConnections()
    http.close()
  })
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`, http }
}
